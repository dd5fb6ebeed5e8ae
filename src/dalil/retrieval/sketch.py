"""A rough copy of very many vectors, small enough for a processor's cache: it says which passages may be near.

A passage is a few numbers of 4 bits along the axes on which passages differ most. numpy has no fast product for such small
numbers, but one of a float32 holds 24 bits: those of two passages stand in one, and one product scores both, without rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

AXES = 160
LEVELS = 7
WITHIN = 2.2
"""LEVELS stands for so many standard deviations; what lies further counts as that."""
LANE = 4096
"""What the second passage's numbers are multiplied by: sums of products stay below half of it."""
LEARNT_FROM, BLOCK = 10_000, 1_000
Floats = NDArray[np.float32]
Codes = NDArray[np.int8]


def find_axes(vectors: Floats) -> Floats:
    """The axes (dimensions, at most AXES) on which the vectors differ most, turned so that all weigh alike, and scaled."""
    some = np.asarray(vectors[:: max(1, len(vectors) // LEARNT_FROM)], dtype=np.float64)
    squares, turns = np.linalg.eigh(some.T @ some)
    axes = turns[:, np.argsort(-squares)[:AXES]]
    axes = axes @ _cosines(axes.shape[1])
    spread = float((some @ axes).std()) or 1.0
    return np.asarray(axes * (LEVELS / (WITHIN * spread)), dtype=np.float32)


def _cosines(size: int) -> NDArray[np.float64]:
    """The orthonormal matrix of the discrete cosine transform: each of its columns is spread over all axes."""
    at = np.arange(size)
    made: NDArray[np.float64] = np.cos(np.pi * np.outer(at + 0.5, at) / size) * np.sqrt(2 / size)
    made[:, 0] /= np.sqrt(2)
    return made


def encode(vectors: Floats, axes: Floats) -> Codes:
    """The numbers (n, axes) of vectors."""
    return np.asarray(np.clip(np.rint(vectors @ axes), -LEVELS, LEVELS), dtype=np.int8)


@dataclass(frozen=True)
class Sketch:
    """All passages' numbers, two passages in a row. `most`: how long a query's numbers may be, that no sum reaches half of LANE."""

    packed: NDArray[np.int16]
    axes: Floats
    most: float
    count: int

    @classmethod
    def of(cls, vectors: Floats) -> Sketch:
        axes = find_axes(vectors)
        codes = np.concatenate([encode(vectors[at : at + BLOCK], axes) for at in range(0, len(vectors), BLOCK)])
        half = (len(codes) + 1) // 2
        packed = codes[:half].astype(np.int16)
        packed[: len(codes) - half] += codes[half:] * np.int16(LANE)
        longest = float(np.sqrt(np.square(codes, dtype=np.int16).sum(axis=1).max(initial=1)))
        return cls(packed, axes, (LANE / 2 - 1) / longest, len(codes))

    @classmethod
    def read(cls, path: Path) -> Sketch:
        with np.load(path) as held:
            return cls(held["packed"], held["axes"], float(held["most"]), int(held["count"]))

    def write(self, path: Path) -> None:
        np.savez(path, packed=self.packed, axes=self.axes, most=self.most, count=self.count)

    @cached_property
    def _rows(self) -> Floats:
        return self.packed.astype(np.float32)

    def near(self, query: Floats, count: int) -> NDArray[np.int64]:
        """Rows of about so many passages that are likely the nearest, in the order of the rows."""
        scores = self._scores(query)
        if count >= self.count:
            return np.arange(self.count)
        return np.flatnonzero(scores >= np.partition(scores, self.count - count)[self.count - count])

    def _scores(self, query: Floats) -> Floats:
        """The rough score of each passage: a whole number."""
        both = self._rows @ self._asked(query)
        second = np.rint(both / LANE)
        return np.concatenate((both - second * LANE, second))[: self.count]

    def _asked(self, query: Floats) -> Floats:
        """The query's numbers, so small that no sum of products reaches half of LANE (Cauchy and Schwarz)."""
        turned = query @ self.axes
        turned *= self.most / (float(np.linalg.norm(turned)) or 1.0)
        numbers = np.rint(turned)
        return np.asarray(numbers if np.linalg.norm(numbers) <= self.most else np.trunc(turned), dtype=np.float32)
