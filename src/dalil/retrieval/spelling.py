"""Words that a passage has only in another spelling: how much of their 4-grams one of its words shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.word_numbers import WordNumbers, distinct_grams

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
    place = np.zeros(len(known.forms), dtype=np.int64)
    place[forms] = 1
    there = np.flatnonzero(place)
    place[there] = np.arange(len(there))
    starts, ends = known.grams_from[there], known.grams_from[there + 1]
    lengths = ends - starts
    first = np.cumsum(lengths) - lengths
    inside = known.grams_of[np.arange(lengths.sum()) - np.repeat(first - starts, lengths)]
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    for column, word in enumerate(asked):
        own, _ = distinct_grams([word])
        alike = np.add.reduceat(np.isin(inside, own), first, dtype=np.int64) / np.maximum(len(own), lengths)
        nearest[owner[begins], column] = np.maximum.reduceat(alike[place[forms]], begins)
    return nearest
