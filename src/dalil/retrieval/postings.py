"""One lexical leg of some passages as arrays: for each term the passages that hold it, and how often they say it.

A term is a hash of 64 bits, so that a few are looked up without reading a vocabulary. Passages are rows of the arrays.
Nothing here depends on other passages: what BM25 makes of it is in `leg.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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

    def parts(self, wanted: Hashes) -> list[Part]:
        """The rows of each of the terms; none where no row holds it."""
        at = np.searchsorted(self.terms, wanted)
        there = np.flatnonzero(at < len(self.terms))
        there = there[self.terms[at[there]] == wanted[there]]
        at = at[there]
        went = self._went(at).tolist()
        edges = (part.tolist() for part in (self.starts[at], self.starts[at + 1], self.once[at], self.once[at + 1]))
        made = [Part(self.rows[:0], self.rows[:0], self.times[:0], 0)] * len(wanted)
        for row, gone, start, stop, a, b in zip(there.tolist(), went, *edges, strict=True):
            middle = start + b - a
            made[row] = Part(
                self.rows[start:middle], self.rows[middle:stop], self.times[start - a : stop - b], stop - start - gone
            )
        return made

    def _went(self, at: Ints) -> Ints:
        """How many of the terms' rows are gone."""
        places, counts = self.fewer
        if not len(places):
            return np.zeros(len(at), dtype=np.int64)
        near = np.minimum(np.searchsorted(places, at), len(places) - 1)
        return np.where(places[near] == at, counts[near], 0)


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
