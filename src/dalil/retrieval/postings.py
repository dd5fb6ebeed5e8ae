"""One lexical leg as arrays: for each term the passages that hold it, and how much that says of them by BM25.

A term is a hash of 64 bits, so that a few are looked up without reading a vocabulary. Passages are rows of the arrays.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
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
_GROUP = 64
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Impacts = NDArray[np.uint16]
Floats = NDArray[np.float64]
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

    def scores(self, weights: Mapping[str, float]) -> Floats:
        """BM25 of every row, each term counting `weights` times its impact times k1 + 1."""
        spans = [(held.start, held.stop, weights[term]) for term, held in self.held(weights).items() if held.count]
        rows = np.empty(sum(stop - start for start, stop, _ in spans), dtype=np.intp)
        parts = np.empty(len(rows))
        at = 0
        for start, stop, weight in spans:
            to = at + stop - start
            rows[at:to] = self.rows[start:stop]
            np.multiply(self.impacts[start:stop], weight * (K1 + 1) / WHOLE, out=parts[at:to])
            at = to
        return np.bincount(rows, parts, len(self.lengths)).astype(np.float64, copy=False)

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


def best(scores: Floats, k: int) -> Ints:
    """The k rows with the highest scores above 0, best first; of equal ones the first.

    The k-th highest of the maxima of groups is no higher than the k-th of all, and there are few of them.
    """
    groups = len(scores) // _GROUP
    maxima = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    least = float(np.partition(maxima, groups - k)[groups - k]) if groups > k else 0.0
    near = np.flatnonzero(scores >= least if least > 0 else scores)
    return near[np.argsort(-scores[near], kind="stable")[:k]]
