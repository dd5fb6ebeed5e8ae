"""Noise on questions, so that a model learns what is asked and not how: what decides a small memory's quality.

Each epoch anew: words that tell neither the record nor the field are dropped, the rest shuffled, lower-cased, filled up with
words and turns of phrase that must tell nothing.
Measured in benchmarks/training.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from dalil.config_models import NoiseSettings
from dalil.language import fold, stem, tokenise
from dalil.lexicon import load_lexicon
from dalil.records import Language, content_id
from dalil.training.noise_words import Words, words_for
from dalil.training.rows import TrainingRow

Unit = tuple[str, bool]
"""A piece of a question, and whether it is firm: never dropped."""
WITH_WHAT_IS_GLUED = 0.7
"""How often a name keeps the « d' » or the comma that is glued to it."""


def noisy_rows(rows: Sequence[TrainingRow], settings: NoiseSettings, epochs: int, seed: int) -> Iterator[TrainingRow]:
    """Every row once an epoch, each time with other noise; deterministic in (seed, row, epoch)."""
    words = words_for(rows)
    for epoch in range(epochs):
        for row in rows:
            rng = np.random.default_rng([seed, epoch, int(content_id("noise", row.id), 16)])
            yield replace(row, question=noisy(row, settings, words, rng))


def noisy(row: TrainingRow, settings: NoiseSettings, words: Words, rng: np.random.Generator) -> str:
    """The question with noise. Names and telling words are never dropped; a name's words stay together. A question that is
    `whole` loses nothing, but words are strewn into it as into any other: strange words must not tell the one from the other."""
    units = _units(row, words.telling, rng)
    kept = [text for text, _ in units] if row.whole else _taken_apart(units, row, settings, words, rng)
    if rng.random() < settings.strewn:
        kept = _strewn(kept, words, rng)
    if rng.random() < settings.filler:
        kept = _with(kept, _any(_fillers(row.language), rng), rng)
    text = " ".join(kept)
    return text.lower() if rng.random() < settings.lower else text


def _taken_apart(
    units: list[Unit], row: TrainingRow, settings: NoiseSettings, words: Words, rng: np.random.Generator
) -> list[str]:
    """The question's pieces: some dropped or asked otherwise, perhaps in another order."""
    cues = words.cues[row.topic]
    if cues and rng.random() < settings.synonym:
        units = _asked_otherwise(units, row, cues, rng)
    kept = [text for text, firm in units if firm or rng.random() >= settings.drop]
    kept = kept or [text for text, _ in units]
    if rng.random() < HINTED * settings.strewn:
        kept = _with(kept, _any(_beside(kept, row, words), rng), rng)
    if rng.random() < settings.shuffle:
        kept = [kept[i] for i in rng.permutation(len(kept))]
    return kept


def _beside(kept: list[str], row: TrainingRow, words: Words) -> Sequence[str]:
    """The words for other fields that may stand in these pieces, for they ask for their own by its name, or by a sure word."""
    forms = {token.form for text in kept for token in tokenise(text)}
    titled = not words.titles[row.topic].isdisjoint(stem(form, row.language) for form in forms)
    if titled:
        return words.other_cues[row.topic]
    return words.hints[row.topic] if not forms.isdisjoint(words.own[row.topic]) else ()


def _strewn(kept: list[str], words: Words, rng: np.random.Generator) -> list[str]:
    """The pieces with some words of other questions or of answers between them, or with a turn of phrase of other questions."""
    if words.turns and rng.random() < TURNED:
        kept = _with(kept, _part_of(words.turns[int(rng.integers(len(words.turns)))], rng), rng)
    drawn_from = words.asked if rng.random() < ASKED else words.answered
    for _ in range(int(rng.integers(1, MOST_STREWN + 1))):
        kept = _with(kept, _drawn(drawn_from, words.named, rng), rng)
    return kept


def _part_of(turn: Sequence[str], rng: np.random.Generator) -> str:
    """Some words of the turn of phrase that follow each other."""
    start = int(rng.integers(len(turn)))
    return " ".join(turn[start : start + int(rng.integers(1, MOST_STREWN + 1))])


def _with(kept: list[str], word: str, rng: np.random.Generator) -> list[str]:
    """The pieces with the word anywhere between them."""
    at = int(rng.integers(len(kept) + 1))
    return [*kept[:at], word, *kept[at:]] if word else kept


def _drawn(words: Sequence[str], named: Sequence[str], rng: np.random.Generator) -> str:
    """One of the words, or a word that nobody knows: the front of one and the back of another, perhaps of a name. People ask
    with words that stand in no row, and their pieces must tell neither the field nor a record ("installer", "Uninstall")."""
    if rng.random() >= STRANGE:
        return _any(words, rng)
    front, back = (_any(named if named and rng.random() < OF_NAMES else words, rng) for _ in range(2))
    return front[: (len(front) + 1) // 2] + back[len(back) // 2 :]


def _any(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))] if words else ""


def _asked_otherwise(units: list[Unit], row: TrainingRow, cues: Sequence[str], rng: np.random.Generator) -> list[Unit]:
    """The question with one to three other words for its field in the place of those that tell it."""
    names = {row.question[start:end] for start, end in _names_in(row)}
    others = [unit for unit in units if not unit[1] or any(name in unit[0] for name in names)]
    for _ in range(1 if rng.random() < ALONE else int(rng.integers(1, MOST_CUES + 1))):
        cue = _any(cues, rng)
        plural = "s" if cue.isalpha() and cue.isascii() and rng.random() < PLURAL else ""
        written = _QUOTED.get(row.language, _QUOTED_ELSE) if rng.random() < QUOTED else "{}"
        others.insert(int(rng.integers(len(others) + 1)), (written.format(cue + plural), True))
    return others


MOST_STREWN = 6
TURNED = 0.3
"""How often a turn of phrase is strewn in: no question's frame must tell what is asked ("la fiche … indique-t-elle")."""
HINTED = 0.4
"""How often a question that others are strewn into holds a word for another field beside its own field's name ("en cas de panne …,
quelle criticité"), or a weak one beside a sure one ("au bon endroit")."""
MOST_CUES, ALONE, PLURAL = 3, 0.5, 0.3
ASKED = 0.7
"""How often the words strewn in are those of other questions: a turn of phrase must not tell the field."""


QUOTED = 0.1
"""How often another word for the field is quoted: a quotation alone is no value that a yes or a no is asked for."""
_QUOTED, _QUOTED_ELSE = {"fr": "« {} »", "en": "“{}”"}, "«{}»"
STRANGE, OF_NAMES = 0.5, 0.5
"""How often a word strewn in is made of two, and how often each of the two is a name's."""


@cache
def _fillers(language: Language) -> tuple[str, ...]:
    """Words that people write around a question."""
    found = (token for phrase in load_lexicon(language).around for token in phrase.replace("…", " ").split())
    return tuple(dict.fromkeys(word.strip(".,:;!?،؟") for word in found if word.strip(".,:;!?،؟")))


def _units(row: TrainingRow, telling: frozenset[str], rng: np.random.Generator) -> list[Unit]:
    """(text, firm) a piece of the question, between spaces; a name is one piece, with or without what is glued to it."""
    units: list[Unit] = []
    at = 0
    for start, end in _names_in(row):
        if start < at:
            continue
        left = row.question.rfind(" ", at, start) + 1 or at
        right = row.question.find(" ", end)
        right = right if right >= 0 else len(row.question)
        units += [(word, _firm(word, telling)) for word in _pieces(row.question[at:left])]
        whole = bool(rng.random() < WITH_WHAT_IS_GLUED)
        units.append((row.question[left:right] if whole else row.question[start:end], True))
        at = right
    return units + [(word, _firm(word, telling)) for word in _pieces(row.question[at:])]


def _pieces(text: str) -> list[str]:
    """Words between spaces; a quotation is one piece, or its quotation marks would be scattered and a whole quotation
    become the sign of a question about a value."""
    return re.findall(r"\S*(?:«[^«»]*»|“[^“”]*”)\S*|\S+", text)


def _names_in(row: TrainingRow) -> list[tuple[int, int]]:
    """Where names stand, and the value that the question holds, in its quotation marks where it has them."""
    names = (span for name in row.names if name for span in _spans(row.question, name))
    held = (_quoted(row.question, span) for span in _spans(row.question, row.held)) if row.held else ()
    return sorted([*names, *held])


def _quoted(question: str, span: tuple[int, int]) -> tuple[int, int]:
    """The span with the quotation marks around it."""
    start, end = span
    opens, closes = question[:start].rstrip(), question[end:].lstrip()
    if not opens.endswith(("«", "“")) or not closes.startswith(("»", "”")):
        return span
    return len(opens) - 1, len(question) - len(closes) + 1


def _spans(question: str, name: str) -> list[tuple[int, int]]:
    low, wanted = question.casefold(), name.casefold()
    if len(low) != len(question):
        return []
    found, at = [], low.find(wanted)
    while at >= 0:
        found.append((at, at + len(wanted)))
        at = low.find(wanted, at + len(wanted))
    return found


def _firm(word: str, telling: frozenset[str]) -> bool:
    return any(token.form in telling for token in tokenise(word)) or fold(word) in telling
