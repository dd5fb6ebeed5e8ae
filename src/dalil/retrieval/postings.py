"""One lexical leg as arrays: for each term the passages that hold it, and how much that says of them by BM25.

A term is a hash of 64 bits, so that a few are looked up without reading a vocabulary. Passages are rows of the arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

K1, B = 1.2, 0.75
PRIME = np.uint64(0x9E3779B97F4A7C15)
WHOLE = 1 << 16
"""An impact is kept as so many parts of one: 16 bits a passage, and scores differ by less than one in ten thousand."""
_KNOWN_TERMS = 100_000
"""About so many terms' places are remembered: questions share most of their 4-grams."""
_GROUP, _AT_ONCE = 64, 32_768
_FEW = 32
"""Rows are few where so many times as many are not all."""
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Impacts = NDArray[np.uint16]
Floats = NDArray[np.float32]
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


@dataclass(frozen=True, slots=True)
class Held:
    """Where a term's passages stand, and how rare it is (BM25's idf, ≥ 0)."""

    start: int
    stop: int
    idf: float

    @property
    def count(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Postings:
    """`terms`, ascending; term i is held by `rows[starts[i]:starts[i + 1]]`, with their `impacts`. `lengths`: terms of a row."""

    terms: Hashes
    starts: Ints
    rows: Rows
    impacts: Impacts
    lengths: NDArray[np.int32]

    @classmethod
    def read(cls, folder: Path, leg: str) -> Postings:
        """As `write_merged` wrote them. Raises ValueError where a file is not an array."""
        return cls(*(np.load(place(folder, leg, part), mmap_mode="r").view(np.ndarray) for part in PARTS))

    def held(self, terms: Iterable[str]) -> dict[str, Held]:
        """Where each of the terms stands; one that no passage holds is the rarest."""
        found = {term: self._known.get(term) for term in terms}
        new = [term for term, one in found.items() if one is None]
        looked = dict(zip(new, self._look_up(new), strict=True)) if new else {}
        if len(self._known) > _KNOWN_TERMS:
            self._known.clear()
        self._known.update(looked)
        return {term: one or looked[term] for term, one in found.items()}

    def scores(self, weighed: Iterable[tuple[Held, float]]) -> Floats:
        """BM25 of every row, each term counting its weight times its impact times k1 + 1.

        Postings are added up so many at once as stay in a processor's cache.
        """
        made = np.zeros(len(self.lengths), dtype=np.float32)
        rows, parts = np.empty(_AT_ONCE, dtype=np.intp), np.empty(_AT_ONCE, dtype=np.float32)
        filled = 0
        for one, weight in weighed:
            each = np.float32(weight * (K1 + 1) / WHOLE)
            for start in range(one.start, one.stop, _AT_ONCE):
                stop = min(one.stop, start + _AT_ONCE)
                if filled + stop - start > _AT_ONCE:
                    np.add.at(made, rows[:filled], parts[:filled])
                    filled = 0
                part = slice(filled, filled + stop - start)
                rows[part] = self.rows[start:stop]
                np.multiply(self.impacts[start:stop], each, out=parts[part])
                filled = part.stop
        np.add.at(made, rows[:filled], parts[:filled])
        return made

    def rows_of(self, held: Iterable[Held]) -> Rows | None:
        """The rows that hold one of the terms, ascending; None where they are not few."""
        spans = [one for one in held if one.count]
        if _FEW * sum(one.count for one in spans) > len(self.lengths):
            return None
        rows = np.sort(np.concatenate([self.rows[:0], *(self.rows[one.start : one.stop] for one in spans)]))
        return np.asarray(rows[np.append(True, rows[1:] != rows[:-1])[: len(rows)]])

    @cached_property
    def _known(self) -> dict[str, Held]:
        return {}

    def _look_up(self, terms: Sequence[str]) -> list[Held]:
        wanted = hashed(terms)
        at = np.searchsorted(self.terms, wanted)
        found = at < len(self.terms)
        found[found] = self.terms[at[found]] == wanted[found]
        starts, stops = np.zeros((2, len(terms)), dtype=np.int64)
        starts[found], stops[found] = self.starts[at[found]], self.starts[at[found] + 1]
        return [Held(a, b, idf(b - a, len(self.lengths))) for a, b in zip(starts.tolist(), stops.tolist(), strict=True)]


PARTS = ("terms", "starts", "rows", "impacts", "lengths")


def place(folder: Path, leg: str, part: str) -> Path:
    """A file of a leg's postings."""
    return folder / f"{leg}-{part}.npy"


def idf(frequency: int, size: int) -> float:
    """Inverse document frequency as BM25 has it (≥ 0) of a term in so many of `size` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def best(scores: Floats, k: int, among: NDArray[np.integer] | None = None) -> Ints:
    """The k rows with the highest scores above 0, best first; of equal ones the first. `among`: no other rows, ascending."""
    if among is None:
        near = np.flatnonzero(scores >= least if (least := _least(scores, k)) > 0 else scores)
    else:
        near = among[scores[among] > 0].astype(np.int64)
    return near[np.argsort(-scores[near], kind="stable")[:k]]


def _least(scores: Floats, k: int) -> float:
    """No more than the k-th highest score: the k-th highest of the maxima of groups, of which there are few."""
    groups = len(scores) // _GROUP
    maxima = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    return float(np.partition(maxima, groups - k)[groups - k]) if groups > k else 0.0
