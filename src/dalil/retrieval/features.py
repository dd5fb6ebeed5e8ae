"""What the re-ranker knows of a question and a passage: the legs' shares, and how the question's words stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dalil.language import stem, words
from dalil.language.analysis import function_words
from dalil.lexicon.asked_values import asked_value
from dalil.lexicon.proper import written_as_names
from dalil.lexicon.saying import as_read_in
from dalil.records import Language, Passage
from dalil.retrieval.closeness import in_its_row, marked, side_by_side, together
from dalil.retrieval.spelling import nearest_spelling
from dalil.retrieval.word_numbers import Reader, ReadPassage, WordNumbers

FEATURES = (
    "fused",
    "stems",
    "grams",
    "names",
    "dense",
    "covered",
    "exact",
    "sentence",
    "neighbours",
    "bigrams",
    "length",
    "spelled",
    "lacking",
    "together",
    "triples",
    "often",
    "number",
    "proper",
)
LONGEST_WORDS = 200
SATURATED = 1.2
"""A word that stands so often in a passage counts half of the most that it can (BM25's k1)."""
Idf = Callable[[str], float]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Held = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that fusion found, with its fused score and its share in each leg."""

    passage: Passage
    fused: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """The question's content words with their stems in a passage's language, and what share of its rarity each has.

    `row`: all its words in order; `proper`: those that it writes like names or numbers; `wants_value`: it asks for an amount, a
    count or a date.
    """

    words: Sequence[str]
    stems: Sequence[str]
    shares: Floats
    row: Sequence[str]
    proper: Sequence[str]
    wants_value: bool


@dataclass(frozen=True)
class Texts:
    """Passages as one row of words: of each word its number, its sentence and its passage (`owner`); where sentences begin
    (`first`), how many each passage has (`counts`), and whose each is; and the words that name the passages."""

    words: NDArray[np.int32]
    sentence: Ints
    owner: Ints
    first: Ints
    counts: Ints
    owner_of_sentence: Ints
    named: NDArray[np.int32]
    owner_of_name: Ints
    count: int


def feature_table(
    text: str, candidates: Sequence[Candidate], languages: Sequence[Language], idf: Idf, reader: Reader
) -> Floats:
    """The numbers of FEATURES of each candidate, each about 0–1, as rows (n, features)."""
    table = np.zeros((len(candidates), len(FEATURES)))
    for row, one in enumerate(candidates):
        table[row, :5] = [one.fused, *(one.shares.get(leg, 0.0) for leg in FEATURES[1:5])]
    spoken = dict.fromkeys(one.passage.language for one in candidates)
    for language in spoken:
        rows = [row for row, one in enumerate(candidates) if one.passage.language == language]
        known, read = reader.read(language, [candidates[row].passage for row in rows])
        table[rows, 5:] = _standing(_asked_in(text, language, languages, idf), known, read)
    return table


def _asked_in(text: str, language: str, languages: Sequence[Language], idf: Idf) -> Asked:
    """The question as passages of one language read it."""
    ignored = set[str]().union(*(function_words(one) for one in languages))
    row = words(as_read_in(text, language, languages))[:LONGEST_WORDS]
    every = list(dict.fromkeys(row))
    content = [word for word in every if word not in ignored] or every
    stems = [stem(word, language) for word in content]
    idfs = np.array([idf(one) for one in stems])
    proper = written_as_names(text)
    return Asked(content, stems, idfs / (idfs.sum() or 1.0), row, [word for word in every if word in proper],
                 asked_value(text) is not None)  # fmt: skip


def _texts(read: Sequence[ReadPassage]) -> Texts:
    sentence = _sentences(read)
    first, counts = _parts([max(1, len(one.sentences)) for one in read])
    owner = np.repeat(np.arange(len(read)), counts)
    return Texts(
        np.concatenate([one.words for one in read]), sentence, owner[sentence], first, counts, owner,
        np.concatenate([one.named for one in read]), np.repeat(np.arange(len(read)), [len(one.named) for one in read]),
        len(read),
    )  # fmt: skip


def _standing(asked: Asked, known: WordNumbers, read: Sequence[ReadPassage]) -> Floats:
    """How the question's words stand in each passage: FEATURES from "covered" on (n, 13)."""
    texts = _texts(read)
    distinct = list(dict.fromkeys(asked.stems))
    wanted = np.array([distinct.index(one) for one in asked.stems], dtype=np.int64)
    shares: Floats = np.bincount(wanted, asked.shares, len(distinct)).astype(np.float64)
    stems, named_stems = (_places(known.stem_of[part], known.stems, distinct) for part in (texts.words, texts.named))
    held = marked(texts.sentence, stems, (len(texts.owner_of_sentence), len(distinct)))
    every = np.logical_or.reduceat(held, texts.first) | marked(
        texts.owner_of_name, named_stems, (texts.count, len(distinct))
    )
    row = list(dict.fromkeys(asked.row))
    said, named = (_places(known.form_of[part], known.forms, row) for part in (texts.words, texts.named))
    there = marked(texts.owner, said, (texts.count, len(row))) | marked(
        texts.owner_of_name, named, (texts.count, len(row))
    )
    alone = _weighed(held, shares)
    ends = np.append(texts.owner_of_sentence[1:] != texts.owner_of_sentence[:-1], True)
    beside = np.where(ends, 0.0, _weighed(held | np.roll(held, -1, axis=0), shares))
    order = np.array([row.index(word) for word in asked.row], dtype=np.int64)
    times = np.bincount(texts.owner[stems >= 0] * len(distinct) + stems[stems >= 0], minlength=every.size).reshape(
        every.shape
    )
    best = np.maximum.reduceat(alone, texts.first)
    return np.stack([
        _weighed(every, shares), _weighed(there[:, [row.index(word) for word in asked.words]], asked.shares), best,
        np.where(texts.counts > 1, np.maximum.reduceat(beside, texts.first), alone[texts.first]),
        side_by_side(wanted, stems, texts.sentence, texts.owner, texts.count),
        np.log1p(np.array([one.forms for one in read], dtype=np.float64)) / 6,
        _spelled(asked, known, texts, every[:, wanted]),
        np.max(~every * shares, axis=1, initial=0.0),
        together(stems, shares, texts.owner, texts.count),
        in_its_row(order, said, texts.owner, texts.count, 3),
        _weighed(times / (times + SATURATED), shares),
        _numbers_near(asked, known, texts, said < 0, alone >= best[texts.owner_of_sentence] - 1e-9, ends),
        there[:, [row.index(word) for word in asked.proper]].mean(axis=1) if asked.proper else np.zeros(texts.count),
    ], axis=1)  # fmt: skip


def _spelled(asked: Asked, known: WordNumbers, texts: Texts, held: Held) -> Floats:
    """The share of the question's rarity, each word that lacks counting as far as one word of the passage is spelled alike."""
    lacked: list[int] = np.flatnonzero(~held.all(axis=0)).tolist()
    alike = held.astype(np.float64)
    forms = known.form_of[texts.words]
    near = nearest_spelling([asked.words[i] for i in lacked], known, forms, texts.owner, texts.count)
    alike[:, lacked] = np.maximum(alike[:, lacked], near)
    return _weighed(alike, asked.shares)


def _weighed(counted: Floats | Held, shares: Floats) -> Floats:
    """Each row's sum by the shares, to the last bit as if the row were alone: a product of matrices adds in another order for
    one row than for many on some processors."""
    return np.asarray((counted * shares).sum(axis=1))


def _numbers_near(asked: Asked, known: WordNumbers, texts: Texts, not_asked: Held, best: Held, ends: Held) -> Floats:
    """Whether a number that the question does not say stands in the best sentence or the next, where it asks for a value."""
    if not asked.wants_value:
        return np.zeros(texts.count)
    new = known.has_digit[known.form_of[texts.words]] & not_asked
    counted = np.bincount(texts.sentence[new], minlength=len(best)) > 0
    near = counted | np.where(ends, False, np.roll(counted, -1))
    return np.logical_or.reduceat(best & near, texts.first).astype(np.float64)


def _parts(lengths: Sequence[int]) -> tuple[Ints, Ints]:
    """Where each part begins, and its length."""
    counts = np.array(lengths, dtype=np.int64)
    return np.cumsum(counts) - counts, counts


def _sentences(read: Sequence[ReadPassage]) -> Ints:
    """The sentence of each word, counted over all passages; a passage without one counts one that is empty."""
    lengths = [length for one in read for length in one.sentences or (0,)]
    return np.repeat(np.arange(len(lengths)), lengths)


def _places(numbers: NDArray[np.int32], known: Mapping[str, int], wanted: Sequence[str]) -> Ints:
    """For each number which of the wanted it is, -1 for none of them."""
    place = np.full(len(known) + 1, -1, dtype=np.int64)
    place[[known.get(one, len(known)) for one in wanted]] = np.arange(len(wanted))
    place[-1] = -1
    return place[numbers]
