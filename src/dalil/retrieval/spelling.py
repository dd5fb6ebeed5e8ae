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
    if not len(forms) or not asked:
        return nearest
    place = np.zeros(len(known.forms), dtype=np.int64)
    place[forms] = 1
    there = np.flatnonzero(place)
    place[there] = np.arange(len(there))
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    alike = _shares(asked, known, there)
    nearest[owner[begins]] = np.maximum.reduceat(alike[place[forms]], begins)
    return nearest


def _shares(asked: Sequence[str], known: WordNumbers, there: Ints) -> Floats:
    """For each of the forms the share of 4-grams that it has in common with each asked word (forms, asked)."""
    starts = known.grams_from[there]
    lengths = known.grams_from[there + 1] - starts
    first = np.cumsum(lengths) - lengths
    inside = known.grams_of[np.arange(lengths.sum()) - np.repeat(first - starts, lengths)]
    hashes, sizes = distinct_grams(asked)
    wanted, which = np.unique(hashes, return_inverse=True)
    held = np.zeros((len(wanted), len(asked)), dtype=np.int64)
    held[which, np.repeat(np.arange(len(asked)), sizes)] = 1
    at = np.minimum(np.searchsorted(wanted, inside), len(wanted) - 1)
    met = np.flatnonzero(wanted[at] == inside)
    shared = np.zeros((len(there), len(asked)), dtype=np.int64)
    np.add.at(shared, np.repeat(np.arange(len(there)), lengths)[met], held[at[met]])
    return np.asarray(shared / np.maximum(sizes, lengths[:, None]))
