"""What the re-ranker knows of a question and a passage: the legs' shares, and how the question's words stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dalil.language import stem, words
from dalil.language.analysis import function_words
from dalil.lexicon.saying import as_read_in
from dalil.records import Language, Passage
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
)
LONGEST_WORDS = 200
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
    """The question's content words with their stems in a passage's language, and what share of its rarity each has."""

    words: Sequence[str]
    stems: Sequence[str]
    shares: Floats


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
    every = list(dict.fromkeys(words(as_read_in(text, language, languages))[:LONGEST_WORDS]))
    content = [word for word in every if word not in ignored] or every
    stems = [stem(word, language) for word in content]
    idfs = np.array([idf(one) for one in stems])
    return Asked(content, stems, idfs / (idfs.sum() or 1.0))


def _standing(asked: Asked, known: WordNumbers, read: Sequence[ReadPassage]) -> Floats:
    """How the question's words stand in each passage (n, 6): covered, exact, sentence, neighbours, bigrams, length."""
    text, sentence = np.concatenate([one.words for one in read]), _sentences(read)
    first, counts = _parts([max(1, len(one.sentences)) for one in read])
    name, of_name = (
        np.concatenate([one.named for one in read]),
        np.repeat(np.arange(len(read)), [len(one.named) for one in read]),
    )
    owner = np.repeat(np.arange(len(read)), counts)
    distinct = list(dict.fromkeys(asked.stems))
    shares = np.bincount([distinct.index(one) for one in asked.stems], asked.shares, len(distinct))

    stems, named_stems = (_places(known.stem_of[part], known.stems, distinct) for part in (text, name))
    held = _marked(sentence, stems, (len(owner), len(distinct)))
    every = np.logical_or.reduceat(held, first) | _marked(of_name, named_stems, (len(read), len(distinct)))
    forms, named_forms = (_places(known.form_of[part], known.forms, asked.words) for part in (text, name))
    exact = _marked(owner[sentence], forms, (len(read), len(asked.words)))
    exact |= _marked(of_name, named_forms, exact.shape)
    alone = held @ shares
    beside = np.where(np.append(owner[1:] == owner[:-1], False), (held | np.roll(held, -1, axis=0)) @ shares, 0.0)
    return np.stack([
        every @ shares, exact @ asked.shares, np.maximum.reduceat(alone, first),
        np.where(counts > 1, np.maximum.reduceat(beside, first), alone[first]),
        _side_by_side(asked.stems, distinct, stems, sentence, owner, len(read)),
        np.log1p([one.forms for one in read]) / 6,
    ], axis=1)  # fmt: skip


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


def _marked(rows: Ints, places: Ints, shape: tuple[int, int]) -> Held:
    """Which of the wanted each row holds."""
    made = np.zeros(shape, dtype=bool)
    found = places >= 0
    made[rows[found], places[found]] = True
    return made


def _side_by_side(
    asked: Sequence[str], distinct: Sequence[str], stems: Ints, sentence: Ints, owner: Ints, count: int
) -> Floats:
    """The share of the question's neighbouring content words that stand side by side, or with one word between."""
    pairs = list(dict.fromkeys((distinct.index(a), distinct.index(b)) for a, b in pairwise(asked)))
    if not pairs:
        return np.zeros(count)
    at = np.flatnonzero(stems >= 0)
    a, b = at[:-1], at[1:]
    near = (b - a <= 2) & (sentence[a] == sentence[b])
    a, b = a[near], b[near]
    place = np.full((len(distinct), len(distinct)), -1, dtype=np.int64)
    place[tuple(np.array(pairs).T)] = np.arange(len(pairs))
    return np.asarray(_marked(owner[sentence[a]], place[stems[a], stems[b]], (count, len(pairs))).mean(axis=1))
