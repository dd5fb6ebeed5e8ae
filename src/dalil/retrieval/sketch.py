"""A rough copy of very many vectors, small enough for a processor's cache: it says which passages may be near.

A vector is turned in space a few times at random, and of each of its numbers one bit is kept: whether it lies above the passages'
mean. The more bits two vectors share, the nearer they are (Charikar, 2002). Before, directions in which the passages differ least
are stretched a little: else most bits would tell in which language, or on what large topic, a passage is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.cache import in_blocks

BITS, WORD = 512, 64
SEED = 0
STRETCHED = -0.15
"""The power of a direction's variance that it is stretched by: of 0, −0.1, −0.2 and −0.35 the middle ones find most."""
LEAST = 1e-6
"""A direction in which passages hardly differ is stretched as one that has this share of the largest variance."""
LOOKED_AT = 20_000
"""From so many vectors or a few more the directions are found."""
BLOCK = 1_000
Floats = NDArray[np.float32]
Words = NDArray[np.uint64]


def find_turns(vectors: Floats) -> Floats:
    """Axes (dimensions, BITS): those of one turned space after the other, stretched as the vectors ask for."""
    dimensions = vectors.shape[1]
    rng = np.random.default_rng(SEED)
    spaces = -(-BITS // dimensions)
    turned = [np.linalg.qr(rng.standard_normal((dimensions, dimensions)))[0] for _ in range(spaces)]
    step = max(1, len(vectors) // LOOKED_AT)
    some = np.concatenate([block[::step].copy() for block in in_blocks(vectors, BLOCK * step)])
    around = some - some.mean(axis=0)
    variances, directions = np.linalg.eigh((around.T @ around).astype(np.float64))
    stretched = np.maximum(variances, LEAST * variances[-1] or 1.0) ** STRETCHED
    return np.asarray(directions * stretched @ np.concatenate(turned, axis=1)[:, :BITS], dtype=np.float32)


@dataclass(frozen=True)
class Sketch:
    """`bits`: those of all passages, one row for each 64. `middle`: what lies above it is a bit."""

    bits: Words
    turns: Floats
    middle: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Sketch:
        turns = find_turns(vectors)
        sums = [block.sum(axis=0, dtype=np.float64) for block in in_blocks(vectors, BLOCK)]
        middle = np.asarray(np.sum(sums, axis=0) / len(vectors) @ turns, dtype=np.float32)
        bits = [_bits(block, turns, middle) for block in in_blocks(vectors, BLOCK)]
        return cls(np.ascontiguousarray(np.concatenate(bits).T), turns, middle)

    @classmethod
    def read(cls, path: Path) -> Sketch:
        with np.load(path) as held:
            return cls(held["bits"], held["turns"], held["middle"])

    def write(self, path: Path) -> None:
        np.savez(path, bits=self.bits, turns=self.turns, middle=self.middle)

    def near(self, query: Floats, count: int) -> NDArray[np.int64]:
        """Rows of about so many passages that are likely the nearest, in the order of the rows."""
        apart = self._apart(query)
        if count >= len(apart):
            return np.arange(len(apart))
        # So few different numbers are counted faster than parted.
        as_near = np.cumsum(np.bincount(apart, minlength=BITS + 1))
        return np.flatnonzero(apart <= int(np.searchsorted(as_near, count)))

    def _apart(self, query: Floats) -> NDArray[np.uint16]:
        """In how many bits each passage differs from the query."""
        found = np.zeros(self.bits.shape[1], dtype=np.uint16)
        for held, asked in zip(self.bits, _bits(query[None], self.turns, self.middle)[0], strict=True):
            found += np.bitwise_count(held ^ asked)
        return found


def _bits(vectors: Floats, turns: Floats, middle: Floats) -> Words:
    """The bits (n, BITS / 64) of vectors."""
    return np.packbits(vectors @ turns > middle, axis=1).view(np.uint64)
