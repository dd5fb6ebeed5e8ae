"""Terms that very many passages hold: what they count is known roughly of every row, and exactly of the few that may be best.

A rare term is added up posting by posting. A common one has too many: kept by rows, as bytes, some of them are added at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.best_rows import Floats, Ints, least_of_best

Bytes = NDArray[np.uint8]
COMMON = 8
"""A term of more than one passage in so many is common."""
STEP = 0.1
"""What a common term counts is known roughly in such steps: the best hundred of 50,000 rows are then among some 130."""
_TOGETHER = 5
"""What so many common terms count is no more steps than a byte holds: each has log(COMMON) times BM25's 2.2 at most."""
_BLOCK = 4096
"""So many rows are looked at exactly together: what is made of them stays in a processor's cache."""


@dataclass(frozen=True, slots=True)
class Common:
    """How often each row says a term, and how many whole steps it counts there, where it weighs `weight`."""

    times: Bytes
    steps: Bytes
    weight: float

    @classmethod
    def of(cls, times: Bytes, weight: float, added: Floats) -> Common:
        """`added`: what BM25 adds to the times below the line, for each row."""
        counted = times / (times + added)
        counted *= np.float32(weight / STEP)
        return cls(times, counted.astype(np.uint8), weight)


@dataclass(frozen=True, slots=True)
class Shares:
    """What common terms count in each row: each its weight times t / (t + added)."""

    terms: Sequence[Common]
    added: Floats

    def add(self, made: Floats, rows: Ints | None) -> None:
        """Add it to the scores of these rows, None: of all."""
        if rows is not None:
            made[rows] += self._of(rows)
            return
        for start in range(0, len(made), _BLOCK):
            block = slice(start, start + _BLOCK)
            made[block] += self._of(block)

    def may_be_best(self, made: Floats, k: int) -> Ints | None:
        """The rows that are among the k best when this is added to what is made, and few others; None: it may be any.

        A row counts no less than its steps, and less than one more for each term (and one, for rounding)."""
        rough = made + self._steps() * np.float32(STEP)
        least = least_of_best(rough, k) - STEP * (len(self.terms) + 1)
        return np.flatnonzero(rough >= least) if least > 0 else None

    def _of(self, rows: Ints | slice) -> Floats:
        found = np.concatenate([one.times[rows] for one in self.terms]).astype(np.float32).reshape(len(self.terms), -1)
        found /= found + self.added[rows]
        found *= np.array([[one.weight] for one in self.terms], dtype=np.float32)
        return np.asarray(found.sum(axis=0))

    def _steps(self) -> NDArray[np.uint16]:
        """How many whole steps the terms count in each row."""
        steps = np.zeros(len(self.added), dtype=np.uint16)
        for start in range(0, len(self.terms), _TOGETHER):
            first, *others = self.terms[start : start + _TOGETHER]
            together = first.steps.copy() if others else first.steps
            for one in others:
                together += one.steps
            steps += together
        return steps
