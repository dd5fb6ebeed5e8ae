"""Postings in the making: blocks of passages, counted apart and then put together, with those of an index before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.cache import array_file
from dalil.retrieval.postings import Hashes, Ints, Postings, Rows, Times, place

MOST_TIMES = 255
"""A term that a passage says more often counts as said so often: its score differs by less than a hundredth."""
AT_ONCE = 4_000_000
"""So many postings of an index before are read at once."""
Numbers = NDArray[np.int32]
Lengths = NDArray[np.int32]


@dataclass
class Vocabulary:
    """Terms, numbered as they come: `known` hashes, ascending, and the number of each."""

    known: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    number: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def numbers(self, hashes: Hashes) -> Numbers:
        """The terms' numbers; new ones get the next."""
        new = np.sort(hashes[~self._holds(hashes)])
        new = new[_first(new)]
        at = np.searchsorted(self.known, new)
        self.number = np.insert(self.number, at, np.arange(len(self.known), len(self.known) + len(new)))
        self.known = np.insert(self.known, at, new)
        return self.number[np.searchsorted(self.known, hashes)]

    def _holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        at = np.searchsorted(self.known, hashes)
        return np.asarray(np.append(self.known, np.uint64(0))[at] == hashes)


@dataclass(frozen=True)
class Said:
    """Each of the `terms`, by number, is said by so many `counts` of `rows`."""

    terms: Numbers
    counts: Ints
    rows: Rows

    @classmethod
    def of(cls, numbers: Numbers, rows: Rows) -> Said:
        """Of postings in the order of their terms."""
        begin = _first(numbers)
        return cls(numbers[begin], np.diff(begin, append=len(numbers)), rows)

    def only(self, kept: NDArray[np.bool_]) -> Said:
        """Of the postings those that are kept."""
        ends = np.concatenate(([0], np.cumsum(kept)))[np.cumsum(self.counts)]
        return Said(self.terms, np.diff(ends, prepend=0), self.rows[kept])


@dataclass(frozen=True)
class Block:
    """Postings of some passages: terms that they say `once`, and `more` often: so many `times`.

    `lengths`: how many terms the passage of each row has."""

    once: Said
    more: Said
    times: Times
    lengths: Lengths

    def without(self, gone: NDArray[np.bool_]) -> Block:
        """Without postings of rows that went."""
        if not gone.any():
            return self
        kept = ~gone[self.more.rows]
        return Block(self.once.only(~gone[self.once.rows]), self.more.only(kept), self.times[kept], self.lengths)


def counted(terms: Numbers, rows: Ints, lengths: Lengths) -> Block:
    """The block of terms as they were met, each in its row."""
    bits = max(1, int(len(lengths) - 1).bit_length())
    most = int(terms.max(initial=0)) << bits | (1 << bits) - 1
    keys = (terms.astype(np.min_scalar_type(most)) << bits) | rows.astype(np.min_scalar_type(most))
    keys.sort()
    first = _first(keys)
    times = np.diff(first, append=len(keys))
    keys = keys[first]
    single = times == 1
    once, more = (
        Said.of((part >> bits).astype(np.int32), (part & ((1 << bits) - 1)).astype(np.min_scalar_type(len(lengths))))
        for part in (keys[single], keys[~single])
    )
    return Block(once, more, np.minimum(times[~single], MOST_TIMES).astype(np.uint8), lengths)


def _first(ordered: NDArray[np.generic]) -> Ints:
    """Where a value stands for the first time."""
    # np.unique would hash them, which takes ten times as long as numpy's sort of numbers.
    changes = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return np.flatnonzero(changes)


def _blocks_of(postings: Postings, vocabulary: Vocabulary, at_once: int) -> Iterator[Block]:
    """An index before as blocks of not too many postings."""
    if not len(postings.rows):
        return
    numbers = vocabulary.numbers(postings.terms)
    edges = np.unique(np.searchsorted(postings.starts, np.arange(0, len(postings.rows), at_once)))
    for a, b in zip(edges, [*edges[1:], len(numbers)], strict=True):
        starts, once = postings.starts[a : b + 1], postings.once[a : b + 1]
        counts = np.stack((np.diff(once), np.diff(starts) - np.diff(once)), axis=1)
        single = np.repeat(np.tile([True, False], b - a), counts.ravel())
        rows = postings.rows[starts[0] : starts[-1]]
        yield Block(
            Said(numbers[a:b], counts[:, 0], rows[single]),
            Said(numbers[a:b], counts[:, 1], rows[~single]),
            postings.times[starts[0] - once[0] : starts[-1] - once[-1]],
            postings.lengths,
        )


class Merging:
    """A leg's postings of so many passages in the making."""

    def __init__(self, size: int) -> None:
        self.vocabulary = Vocabulary()
        self._lengths = np.zeros(size, dtype=np.int32)
        self._placed: list[tuple[Block, Ints]] = []

    def add(self, block: Block, places: Ints) -> None:
        """`places`: where each row of the block stands in the whole; -1 where its passage is not of it."""
        there = places >= 0
        self._lengths[places[there]] = block.lengths[there]
        self._placed.append((block.without(~there), places))

    def add_postings(self, postings: Postings, places: Ints, at_once: int = AT_ONCE) -> None:
        """The same of an index before."""
        for block in _blocks_of(postings, self.vocabulary, at_once):
            self.add(block, places)

    def write(self, folder: Path, leg: str) -> None:
        """Write all that was added: `Postings.read` reads it."""
        order = np.empty_like(self.vocabulary.number)
        order[self.vocabulary.number] = np.arange(len(order))
        once, more = (
            self._counts([getattr(block, side) for block, _ in self._placed], order) for side in ("once", "more")
        )
        starts, singles = _sums(once + more), _sums(once)
        rows = array_file(
            place(folder, leg, "rows"), np.min_scalar_type(max(1, len(self._lengths) - 1)), (int(starts[-1]),)
        )
        times = array_file(place(folder, leg, "times"), np.uint8, (int(starts[-1] - singles[-1]),))
        free_once, free_more = starts[:-1].copy(), starts[:-1] + once
        for block, places in self._placed:
            to = _taken(block.once, order, free_once)
            rows[to] = places[block.once.rows]
            to = _taken(block.more, order, free_more)
            rows[to] = places[block.more.rows]
            times[to - np.repeat(singles[1:][order[block.more.terms]], block.more.counts)] = block.times
        held = np.append(True, once + more > 0)
        for part, values in (("terms", self.vocabulary.known[held[1:]]), ("starts", starts[held]),
                             ("once", singles[held]), ("lengths", self._lengths)):  # fmt: skip
            np.save(place(folder, leg, part), values)

    @staticmethod
    def _counts(said: Sequence[Said], order: Numbers) -> Ints:
        """How many rows say each term, in the order of the terms."""
        counts = np.zeros(len(order), dtype=np.int64)
        for one in said:
            counts[order[one.terms]] += one.counts
        return counts


def _sums(counts: Ints) -> Ints:
    """Where each part begins, and the end."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts)))


def _taken(said: Said, order: Numbers, free: Ints) -> Ints:
    """Where the postings stand in the whole; `free`, where the next one of each term stands, moves on."""
    terms = order[said.terms]
    before = np.cumsum(said.counts) - said.counts
    to = np.repeat(free[terms] - before, said.counts) + np.arange(len(said.rows))
    free[terms] += said.counts
    return to
