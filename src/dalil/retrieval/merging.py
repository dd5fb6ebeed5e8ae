"""Postings in the making: blocks of passages, counted apart and then put together, with those of an index before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.cache import array_file
from dalil.retrieval.postings import K1, WHOLE, B, Hashes, Impacts, Ints, Postings, Rows, place

MOST_TIMES = 255
"""A term that a passage says more often counts as said so often: its impact differs by less than a hundredth."""
AT_ONCE = 4_000_000
"""So many postings of an index before are read at once."""
Times = NDArray[np.uint8]
Numbers = NDArray[np.int32]
Lengths = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass
class Vocabulary:
    """Terms, numbered as they come: `known` hashes, ascending, and the number of each."""

    known: Hashes = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    number: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def numbers(self, hashes: Hashes) -> Numbers:
        """The terms' numbers; new ones get the next."""
        new = np.unique(hashes[~self._holds(hashes)])
        at = np.searchsorted(self.known, new)
        self.number = np.insert(self.number, at, np.arange(len(self.known), len(self.known) + len(new)))
        self.known = np.insert(self.known, at, new)
        return self.number[np.searchsorted(self.known, hashes)]

    def _holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        at = np.searchsorted(self.known, hashes)
        return np.asarray(np.append(self.known, np.uint64(0))[at] == hashes)


@dataclass(frozen=True)
class Block:
    """Postings of some passages: each of the `terms`, by number, with so many `counts` of `rows`, said so many `times`.

    `lengths`: how many terms the passage of each row has."""

    terms: Numbers
    counts: Ints
    rows: Rows
    times: Times
    lengths: Lengths

    def without(self, gone: NDArray[np.bool_]) -> Block:
        """Without postings of rows that went."""
        if not gone.any():
            return self
        kept = ~gone[self.rows]
        ends = np.concatenate(([0], np.cumsum(kept)))[np.cumsum(self.counts)]
        return Block(self.terms, np.diff(ends, prepend=0), self.rows[kept], self.times[kept], self.lengths)


def counted(terms: Numbers, rows: Ints, lengths: Lengths) -> Block:
    """The block of terms as they were met, each in its row."""
    bits = max(1, int(len(lengths) - 1).bit_length())
    most = int(terms.max(initial=0)) << bits | (1 << bits) - 1
    keys = (terms.astype(np.min_scalar_type(most)) << bits) | rows.astype(np.min_scalar_type(most))
    keys.sort()
    first = _first(keys)
    times = np.minimum(np.diff(first, append=len(keys)), MOST_TIMES).astype(np.uint8)
    numbers, held = (keys[first] >> bits).astype(np.int32), keys[first] & ((1 << bits) - 1)
    begin = _first(numbers)
    return Block(
        numbers[begin],
        np.diff(begin, append=len(numbers)),
        held.astype(np.min_scalar_type(len(lengths))),
        times,
        lengths,
    )


def _first(ordered: NDArray[np.generic]) -> Ints:
    """Where a value stands for the first time."""
    changes = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return np.flatnonzero(changes)


def _blocks_of(postings: Postings, vocabulary: Vocabulary, at_once: int) -> Iterator[Block]:
    """An index before as blocks of not too many postings."""
    if not len(postings.rows):
        return
    numbers, damped = vocabulary.numbers(postings.terms), _damped(postings.lengths)
    edges = np.unique(np.searchsorted(postings.starts, np.arange(0, len(postings.rows), at_once)))
    for a, b in zip(edges, [*edges[1:], len(numbers)], strict=True):
        span = slice(postings.starts[a], postings.starts[b])
        rows = postings.rows[span]
        times = _times(postings.impacts[span], damped[rows])
        yield Block(numbers[a:b], np.diff(postings.starts[a : b + 1]), rows, times, postings.lengths)


class Merging:
    """A leg's postings of so many passages in the making."""

    def __init__(self, size: int) -> None:
        self.vocabulary = Vocabulary()
        self._lengths = np.zeros(size, dtype=np.int32)
        self._placed: list[tuple[Block, Ints]] = []

    def add(self, block: Block, places: Ints) -> None:
        """`places`: where each row of the block stands in the whole; -1 where its passage went."""
        there = places >= 0
        self._lengths[places[there]] = block.lengths[there]
        self._placed.append((block.without(~there), places))

    def add_postings(self, postings: Postings, places: Ints, at_once: int = AT_ONCE) -> None:
        """The same of an index before."""
        for block in _blocks_of(postings, self.vocabulary, at_once):
            self.add(block, places)

    def write(self, folder: Path, leg: str) -> None:
        """Write all that was added: `Postings.read` reads it."""
        counts = np.zeros(len(self.vocabulary.known), dtype=np.int64)
        for block, _ in self._placed:
            counts[block.terms] += block.counts
        in_order = counts[self.vocabulary.number]
        starts = np.concatenate(([0], np.cumsum(in_order)))
        free = np.empty_like(counts)
        free[self.vocabulary.number] = starts[:-1]
        self._write_rows(folder, leg, int(starts[-1]), free)
        held = in_order > 0
        np.save(place(folder, leg, "terms"), self.vocabulary.known[held])
        np.save(place(folder, leg, "starts"), np.concatenate(([0], starts[1:][held])))
        np.save(place(folder, leg, "lengths"), self._lengths)

    def _write_rows(self, folder: Path, leg: str, size: int, free: Ints) -> None:
        """`free`: where the first posting of each term stands."""
        rows = array_file(place(folder, leg, "rows"), np.min_scalar_type(max(1, len(self._lengths) - 1)), (size,))
        impacts = array_file(place(folder, leg, "impacts"), np.uint16, (size,))
        damped = _damped(self._lengths)
        for block, places in self._placed:
            before = np.cumsum(block.counts) - block.counts
            to = np.repeat(free[block.terms] - before, block.counts) + np.arange(len(block.rows))
            placed = places[block.rows]
            rows[to], impacts[to] = placed, _impacts(block.times, damped[placed])
            free[block.terms] += block.counts


def _damped(lengths: Lengths) -> Floats:
    """What BM25 adds to a term's times below the line: more in a long passage."""
    mean = float(lengths.mean()) if lengths.any() else 1.0
    return np.asarray(K1 * (1 - B + B / mean * lengths), dtype=np.float32)


def _impacts(times: Times, damped: Floats) -> Impacts:
    return np.asarray(np.clip(np.rint(WHOLE * (times / (times + damped))), 1, WHOLE - 1), dtype=np.uint16)


def _times(impacts: Impacts, damped: Floats) -> Times:
    """The times that gave the impacts; of a hundred or more about those."""
    shares = impacts / np.float32(WHOLE)
    return np.asarray(np.clip(np.rint(damped * shares / (1 - shares)), 1, MOST_TIMES), dtype=np.uint8)
