"""Noise on questions, so that a model learns what is asked and not how: what decides a small memory's quality.

Each epoch anew: words that tell neither the record nor the field are dropped, the rest shuffled, lower-cased, filled up.
Measured in benchmarks/training.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from dalil.config_models import NoiseSettings
from dalil.language import fold, tokenise
from dalil.lexicon import load_lexicon
from dalil.records import Language, content_id
from dalil.training.rows import TrainingRow

Unit = tuple[str, bool]
"""A piece of a question, and whether it is firm: never dropped."""
FEW_TOPICS = 0.25
"""A word that tells the topic stands in the questions of at most this share of the topics …"""
OFTEN, SURELY = 0.3, 0.5
"""… and in at least this share of its topic's questions: the field's own name, not one wording's turn of phrase. What stands
in fewer than `SURELY` is a weak sign ("sous" of a licence): it is kept, and strewn into questions of other topics."""
WITH_WHAT_IS_GLUED = 0.7
"""How often a name keeps the « d' » or the comma that is glued to it."""


def _signs(rows: Sequence[TrainingRow]) -> dict[str, float]:
    """The folded words that tell what is asked, whatever the wording, each with the largest share of a topic's questions that
    it stands in. Under three topics: every word."""
    questions = Counter(row.topic for row in rows)
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for form in {token.form for token in tokenise(row.question)} - _named_in(row):
            topics[form][row.topic] += 1
    if len(questions) < 3:
        return dict.fromkeys(topics, 1.0)
    most = max(1.0, FEW_TOPICS * len(questions))
    shares = {
        word: max(n / questions[topic] for topic, n in found.items())
        for word, found in topics.items()
        if len(found) <= most
    }
    return {word: share for word, share in shares.items() if share >= OFTEN}


def _named_in(row: TrainingRow) -> set[str]:
    """The folded words of the row's names: "Extended Support Release" must not make "support" a word of every field."""
    return {token.form for name in row.names for token in tokenise(name)}


@dataclass(frozen=True)
class Words:
    """What noise draws from: words that are never dropped, words of questions and of answers to strew in between, and words of
    names, whose pieces stand in other words too."""

    telling: frozenset[str]
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    named: tuple[str, ...]


def words_for(rows: Sequence[TrainingRow]) -> Words:
    """The words of these rows: those that tell the topic, and any others of their questions, answers and names. Words that the
    lexicon knows for a field are not strewn: they would be learnt as telling nothing."""
    named = {form for row in rows for form in _named_in(row)}
    cues = {fold(cue) for some in {row.cues for row in rows} for cue in some}
    signs = _signs(rows)
    kept = {word for word, share in signs.items() if share >= SURELY} | named | cues

    def others(texts: Iterable[str]) -> tuple[str, ...]:
        found = {word.lower() for text in texts for word in text.split() if word.isalpha()}
        return tuple(sorted(word for word in found if fold(word) not in kept))

    return Words(
        frozenset(signs),
        others(row.question for row in rows),
        others(row.answer for row in rows),
        tuple(sorted(word for word in named if word.isalpha() and len(word) >= FEWEST_LETTERS)),
    )


def noisy_rows(rows: Sequence[TrainingRow], settings: NoiseSettings, epochs: int, seed: int) -> Iterator[TrainingRow]:
    """Every row once an epoch, each time with other noise; deterministic in (seed, row, epoch)."""
    words = words_for(rows)
    for epoch in range(epochs):
        for row in rows:
            rng = np.random.default_rng([seed, epoch, int(content_id("noise", row.id), 16)])
            yield replace(row, question=noisy(row, settings, words, rng))


def noisy(row: TrainingRow, settings: NoiseSettings, words: Words, rng: np.random.Generator) -> str:
    """The question with noise. Names and telling words are never dropped; a name's words stay together. A question that is
    `whole` is only filled up and lower-cased: a question full of strange words must not look like one of these."""
    kept = row.question.split() if row.whole else _taken_apart(row, settings, words, rng)
    if rng.random() < settings.filler:
        kept = _with(kept, _any(_fillers(row.language), rng), rng)
    text = " ".join(kept)
    return text.lower() if rng.random() < settings.lower else text


def _taken_apart(row: TrainingRow, settings: NoiseSettings, words: Words, rng: np.random.Generator) -> list[str]:
    """The question's pieces: some dropped or asked otherwise, perhaps in another order, other words strewn in."""
    units = _units(row, words.telling, rng)
    if row.cues and rng.random() < settings.synonym:
        units = _asked_otherwise(units, row, rng)
    kept = [text for text, firm in units if firm or rng.random() >= settings.drop]
    kept = kept or [text for text, _ in units]
    if rng.random() < settings.shuffle:
        kept = [kept[i] for i in rng.permutation(len(kept))]
    if rng.random() < settings.strewn:
        drawn_from = words.asked if rng.random() < ASKED else words.answered
        for _ in range(int(rng.integers(1, MOST_STREWN + 1))):
            kept = _with(kept, _drawn(drawn_from, words.named, rng), rng)
    return kept


def _with(kept: list[str], word: str, rng: np.random.Generator) -> list[str]:
    """The pieces with the word anywhere between them."""
    at = int(rng.integers(len(kept) + 1))
    return [*kept[:at], word, *kept[at:]] if word else kept


def _drawn(words: Sequence[str], named: Sequence[str], rng: np.random.Generator) -> str:
    """One of the words, or a word that nobody knows: the front of one and the back of another, perhaps of a name. People ask
    with words that stand in no row, and their pieces must tell neither the field nor a record ("installer", "Uninstall")."""
    if rng.random() < QUOTED:
        return f"« {_any(words, rng)} »"
    if rng.random() >= STRANGE:
        return _any(words, rng)
    front, back = (_any(named if named and rng.random() < OF_NAMES else words, rng) for _ in range(2))
    return front[: (len(front) + 1) // 2] + back[len(back) // 2 :]


def _any(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))] if words else ""


def _asked_otherwise(units: list[Unit], row: TrainingRow, rng: np.random.Generator) -> list[Unit]:
    """The question with one to three other words for its field in the place of those that tell it."""
    names = {row.question[start:end] for start, end in _names_in(row)}
    others = [unit for unit in units if not unit[1] or any(name in unit[0] for name in names)]
    for _ in range(1 if rng.random() < ALONE else int(rng.integers(1, MOST_CUES + 1))):
        cue = row.cues[int(rng.integers(len(row.cues)))]
        plural = "s" if cue.isalpha() and cue.isascii() and rng.random() < PLURAL else ""
        others.insert(int(rng.integers(len(others) + 1)), (cue + plural, True))
    return others


MOST_STREWN = 6
MOST_CUES, ALONE, PLURAL = 3, 0.5, 0.3
ASKED = 0.7
"""How often the words strewn in are those of other questions: a turn of phrase must not tell the field."""


QUOTED = 0.1
"""How often a word strewn in is quoted: a quotation alone is no value that a yes or a no is asked for."""
STRANGE, OF_NAMES, FEWEST_LETTERS = 0.5, 0.5, 4
"""How often a word strewn in is made of two, and how often each of the two is a name's, of so many letters at least."""


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
        units += [(word, _firm(word, telling)) for word in row.question[at:left].split()]
        whole = bool(rng.random() < WITH_WHAT_IS_GLUED)
        units.append((row.question[left:right] if whole else row.question[start:end], True))
        at = right
    return units + [(word, _firm(word, telling)) for word in row.question[at:].split()]


def _names_in(row: TrainingRow) -> list[tuple[int, int]]:
    return sorted(span for name in row.names if name for span in _spans(row.question, name))


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
