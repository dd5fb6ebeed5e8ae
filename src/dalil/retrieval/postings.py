"""One lexical leg of some passages as arrays: for each term the passages that hold it, and how often they say it.

A term is a hash of 64 bits, so that a few are looked up without reading a vocabulary. Passages are rows of the arrays.
Nothing here depends on other passages: what BM25 makes of it is in `leg.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PRIME = np.uint64(0x9E3779B97F4A7C15)
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Times = NDArray[np.uint8]
Rows = NDArray[np.unsignedinteger]


def hashed(terms: Sequence[str]) -> Hashes:
    """The terms' hashes: the sum of their characters, each times a power of a large odd number.

    An empty term is hashed as the character 0, which no text holds.
    """
    if not terms:
        return np.zeros(0, dtype=np.uint64)
    terms = [term or "\0" for term in terms]
    codes = np.frombuffer("".join(terms).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    lengths = np.fromiter(map(len, terms), dtype=np.int64, count=len(terms))
    starts = np.cumsum(lengths) - lengths
    powers = np.cumprod(np.full(lengths.max(), PRIME))
    return np.add.reduceat(codes * powers[np.arange(len(codes)) - np.repeat(starts, lengths)], starts)


def hashed_few(terms: Sequence[str]) -> list[int]:
    """The same of a few terms: numpy would take longer to begin than these take."""
    powers = _POWERS
    while (longest := max(map(len, terms), default=0)) > len(powers):
        powers = [pow(int(PRIME), power, 1 << 64) for power in range(1, 2 * longest)]
    return [sum(map(mul, map(ord, term or "\0"), powers)) & _BITS for term in terms]


_POWERS = [pow(int(PRIME), power, 1 << 64) for power in range(1, 65)]
_BITS = (1 << 64) - 1


@dataclass(slots=True)  # not frozen: like `Held`
class Part:
    """A term's rows in a segment: those that say it `once`, and those that say it `more` often, so many `times`.

    `count`: how many of them are there still."""

    once: Rows
    more: Rows
    times: Times
    count: int


@dataclass(frozen=True)
class Postings:
    """`terms`, ascending; term i is held by `rows[starts[i]:starts[i + 1]]`: first, in order, those that say it once, of
    which the terms before have `once[i]`; then, in order, the others, with their `times`. `lengths`: terms of a row.

    `gone`: rows whose passages went; `fewer`: the places of terms that these hold, and how many of them do."""

    terms: Hashes
    starts: Ints
    once: Ints
    rows: Rows
    times: Times
    lengths: NDArray[np.int32]
    gone: Ints
    fewer: Ints

    @classmethod
    def read(cls, folder: Path, leg: str) -> Postings:
        """As `Merging.write` and `write_fewer` wrote them. Raises ValueError where a file is not an array."""
        parts = {part: np.load(place(folder, leg, part), mmap_mode="r").view(np.ndarray) for part in PARTS}
        went = (folder / GONE).exists()
        gone = np.load(folder / GONE) if went else np.zeros(0, dtype=np.int64)
        return cls(
            **parts, gone=gone, fewer=np.load(place(folder, leg, FEWER)) if went else np.zeros((2, 0), dtype=np.int64)
        )

    @property
    def count(self) -> int:
        """Passages that are there."""
        return len(self.lengths) - len(self.gone)

    @property
    def said(self) -> int:
        """Terms of all passages that are there."""
        return int(self.lengths.sum(dtype=np.int64) - self.lengths[self.gone].sum(dtype=np.int64))

    def parts(self, wanted: Sequence[int]) -> list[Part]:
        """The rows of each of the terms, given by their hashes; none where no row holds it."""
        places: list[int] = np.searchsorted(self.terms, np.array(wanted, dtype=np.uint64)).tolist()
        terms, end = self._singly[0], len(self.terms)
        return [self._part(at) if at < end and terms[at] == term else self._none
                for at, term in zip(places, wanted, strict=True)]  # fmt: skip

    def _part(self, at: int) -> Part:
        """The rows of the term that stands there."""
        _, starts, once = self._singly
        start, stop, before, after = starts[at], starts[at + 1], once[at], once[at + 1]
        middle = start + after - before
        count = stop - start - (self._went(at) if len(self.gone) else 0)
        return Part(self.rows[start:middle], self.rows[middle:stop], self.times[start - before : stop - after], count)

    @cached_property
    def _none(self) -> Part:
        return Part(self.rows[:0], self.rows[:0], self.times[:0], 0)

    @cached_property
    def _singly(self) -> tuple[memoryview, memoryview, memoryview]:
        """Terms, starts and once: of an array numpy would make an object of its own for each number that is read."""
        return _read_singly(self.terms), _read_singly(self.starts), _read_singly(self.once)

    def _went(self, at: int) -> int:
        """How many of the term's rows are gone."""
        places, counts = self.fewer
        near = int(np.searchsorted(places, at))
        return int(counts[near]) if near < len(places) and places[near] == at else 0


def _read_singly(numbers: Any) -> memoryview:
    return memoryview(numbers)


PARTS = ("terms", "starts", "once", "rows", "times", "lengths")
GONE, FEWER = "gone.npy", "fewer"


def place(folder: Path, leg: str, part: str) -> Path:
    """A file of a leg's postings."""
    return folder / f"{leg}-{part}.npy"


def write_fewer(folder: Path, leg: str, postings: Postings, gone: Ints) -> None:
    """Write which terms the rows that are gone hold, and how many of them: read from all postings, without their texts."""
    went = np.zeros(len(postings.lengths), dtype=bool)
    went[gone] = True
    found = [start + np.flatnonzero(went[postings.rows[start : start + _READ]])
             for start in range(0, len(postings.rows), _READ)]  # fmt: skip
    at = np.searchsorted(postings.starts, np.concatenate([np.zeros(0, dtype=np.int64), *found]), side="right") - 1
    np.save(place(folder, leg, FEWER), np.stack(np.unique(at, return_counts=True)))


_READ = 1 << 20
"""So many postings are looked through at once."""
