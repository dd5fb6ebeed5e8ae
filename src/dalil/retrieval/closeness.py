"""How near to each other a question's words stand in passages: side by side, in the question's own row, within a few words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

NEAR = 13
"""So many words of a text in a row are looked at together."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Held = NDArray[np.bool_]


def marked(rows: Ints, places: Ints, shape: tuple[int, int]) -> Held:
    """Which of the wanted each row holds; -1 is none of them."""
    made = np.zeros(shape, dtype=bool)
    found = places >= 0
    made[rows[found], places[found]] = True
    return made


def side_by_side(wanted: Ints, stems: Ints, sentence: Ints, owner: Ints, count: int) -> Floats:
    """The share of the question's neighbouring content words that stand side by side in a sentence, or with one word between.

    `wanted`: the question's content stems in order; `stems`: which of them each word of the texts is, -1 for none;
    `sentence` and `owner`: each word's sentence and passage, of which there are `count`.
    """
    pairs = list(dict.fromkeys(pairwise(wanted.tolist())))
    if not pairs:
        return np.zeros(count)
    at = np.flatnonzero(stems >= 0)
    a, b = at[:-1], at[1:]
    near = (b - a <= 2) & (sentence[a] == sentence[b])
    a, b = a[near], b[near]
    size = 1 + int(wanted.max())
    place = np.full((size, size), -1, dtype=np.int64)
    place[tuple(np.array(pairs).T)] = np.arange(len(pairs))
    return np.asarray(marked(owner[a], place[stems[a], stems[b]], (count, len(pairs))).mean(axis=1))


def in_its_row(row: Ints, said: Ints, owner: Ints, count: int, length: int) -> Floats:
    """The share of the question's rows of `length` words, small words too, that stand in a passage just so.

    `row`: the question's words in order, by number; `said`: which of them each word of the texts is, -1 for none.
    """
    if len(row) < length:
        return np.zeros(count)
    size = 1 + int(row.max())
    wanted = np.unique(_codes(row, size, length))
    there = np.lib.stride_tricks.sliding_window_view(said, length).min(axis=1) >= 0 if len(said) >= length else []
    at = np.flatnonzero(there)
    at = at[owner[at] == owner[at + length - 1]]
    codes = _codes(said, size, length)[at] if len(at) else np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(wanted, codes), len(wanted) - 1)
    met = wanted[place] == codes
    return np.asarray(marked(owner[at[met]], place[met], (count, len(wanted))).mean(axis=1))


def _codes(numbers: Ints, size: int, length: int) -> Ints:
    """One number for each row of `length` numbers below `size`."""
    last = len(numbers) - length + 1
    return np.asarray(sum(numbers[i : i + last] * size ** (length - 1 - i) for i in range(length)))


def together(stems: Ints, shares: Sequence[float] | Floats, owner: Ints, count: int) -> Floats:
    """The most of the question that stands within NEAR words of a passage; `shares`: what part of the question each stem is."""
    at = np.flatnonzero(stems >= 0)
    held = np.zeros((len(at), len(shares)), dtype=bool)
    for further in range(min(NEAR, len(at))):
        a, b = at[: len(at) - further], at[further:]
        near = np.flatnonzero((b - a < NEAR) & (owner[a] == owner[b]))
        held[near, stems[b[near]]] = True
    best = np.zeros(count)
    np.maximum.at(best, owner[at], held @ np.asarray(shares))
    return best
