"""Words that a passage has only in another spelling: how much of their 4-grams one of its words shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dalil.language.grams import grams
from dalil.retrieval.word_numbers import WordNumbers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def nearest_spelling(
    asked: Sequence[str], known: WordNumbers, forms: NDArray[np.int32], owner: Ints, count: int
) -> Floats:
    """For each passage and each asked word the share of 4-grams that its nearest word has (passages, asked).

    `forms`: the form of each word of the texts, by number; `owner`: the passage that it stands in, of which there are `count`.
    """
    nearest = np.zeros((count, len(asked)))
    if not len(forms):
        return nearest
    met = np.zeros(len(known.grams_from) - 1, dtype=bool)
    met[forms] = True
    there = np.flatnonzero(met)
    number = np.zeros(len(met), dtype=np.int64)
    number[there] = np.arange(len(there))
    place = number[forms]
    starts, ends = known.grams_from[there], known.grams_from[there + 1]
    lengths = ends - starts
    first = np.cumsum(lengths) - lengths
    inside = known.grams_of[np.arange(lengths.sum()) - np.repeat(first - starts, lengths)]
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    for column, word in enumerate(asked):
        own = grams(word)
        wanted = np.zeros(len(known.grams) + 1, dtype=np.int32)
        wanted[[known.grams.get(gram, -1) for gram in own]] = 1
        wanted[-1] = 0
        alike = np.add.reduceat(wanted[inside], first) / np.maximum(len(own), lengths)
        nearest[owner[begins], column] = np.maximum.reduceat(alike[place], begins)
    return nearest
