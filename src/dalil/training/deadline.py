"""Keeps a run within its seconds: while it trains, its last step moves to where the pace of now ends, and the rate with it.

What is decided is written down before it counts, so that a run which was killed goes the same way again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from dalil.artefacts import read_records, write_records

ENDINGS = "endings.jsonl"
EVERY = 20
"""Steps between two decisions."""
RECENT = 3
"""The pace is that of so many times EVERY steps: batches of other widths take other times."""


@dataclass(frozen=True, slots=True)
class Ending:
    """From step `at` on, the run is held to have `steps` steps."""

    at: int
    steps: int


class Deadline(TrainerCallback):  # type: ignore[misc]
    """Moves the last step of a run, at most to `most` (for so many there are rows), so that it ends after `seconds`.

    `clock` tells the seconds so far, those before a resume included. `reserve`: seconds that what follows the last step takes.
    """

    def __init__(self, folder: Path, steps: int, most: int, seconds: float, clock: Callable[[], float]) -> None:
        self._file, self._most, self._seconds, self._clock = folder / ENDINGS, most, seconds, clock
        self._endings = read_records(Ending, self._file) if self._file.is_file() else [Ending(0, steps)]
        self._passed: list[float] = []
        self.reserve = 0.0

    def stretched(self, rate_at: Callable[[int], float]) -> Callable[[int], float]:
        """A schedule of the rate over the steps that were meant first, for those that there are: it goes on from where it is
        to its end at another pace."""
        return lambda step: rate_at(self.progress(step) * self._endings[0].steps)  # type: ignore[arg-type]

    def progress(self, step: int) -> float:
        """The share of the run that is over after so many steps."""
        done = 0.0
        for ending, following in pairwise([*self._endings, Ending(step, 0)]):
            until = min(step, following.at)
            if until > ending.at:
                done += (1 - done) * (until - ending.at) / max(1, ending.steps - ending.at)
        return min(1.0, done)

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """The steps that were decided upon before this one."""
        state.max_steps = self._decided(state.global_step).steps

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Now and then: decide, or follow what was decided before a kill."""
        step = state.global_step
        if step % EVERY or step >= state.max_steps:
            return
        self._passed = [*self._passed, self._clock()][-RECENT - 1 :]
        if step > self._endings[-1].at and len(self._passed) > 1:
            self._decide(step)
        state.max_steps = self._decided(step).steps

    def _decide(self, step: int) -> None:
        pace = (self._passed[-1] - self._passed[0]) / (EVERY * (len(self._passed) - 1))
        left = self._seconds - self.reserve - self._clock()
        self._endings.append(Ending(step, max(step + 1, min(self._most, step + int(left / pace)))))
        write_records(self._file, self._endings)

    def _decided(self, step: int) -> Ending:
        return self._endings[bisect_right(self._endings, step, key=lambda ending: ending.at) - 1]
