"""Callbacks of a run: seals on checkpoints, the curve as JSON lines, live progress, and a stop where the loss is no number."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from dalil.training.checkpoints import seal
from dalil.training.curve import CURVE, read_curve
from dalil.training.peak_memory import PeakMemory

__all__ = ["CURVE", "Spent", "Watching", "read_curve"]
POINT = ("loss", "learning_rate", "grad_norm", "eval_loss", "num_tokens", "epoch")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a killed run had spent before it is resumed: the trainer counts tokens from the resume on."""

    seconds: float = 0.0
    tokens: float = 0.0


class Watching(TrainerCallback):  # type: ignore[misc]
    """Keeps `folder`/curve.jsonl (one point a line: step, loss, learning_rate, grad_norm, tokens, seconds, memory).

    `notify(step, steps, point)` shows it. `spent`: what went before a resume. `healthy` tells whether every loss so far was a number. After `stop_reason` is set the run has ended
    before its last step, and the newest whole checkpoint is the last good one. Made before the model is loaded: what
    memory the process took until then does not count.
    """

    def __init__(
        self, folder: Path, key: str, notify: Callable[[int, int, dict[str, float]], None], spent: Spent
    ) -> None:
        self._folder, self._key, self._notify, self._spent = folder, key, notify, spent
        self._started = time.monotonic()
        self._memory = PeakMemory()
        self.stop_reason = ""
        self.healthy: Callable[[], bool] = lambda: True

    def seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        return self._spent.seconds + time.monotonic() - self._started

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **more: Any) -> None:
        """One point of the curve."""
        point = {name: float(logs[name]) for name in POINT if logs and name in logs}
        if not point.keys() & {"loss", "eval_loss"}:
            return
        if "num_tokens" in point:
            point["num_tokens"] += self._spent.tokens
        row = {
            "step": state.global_step,
            **point,
            "seconds": round(self.seconds(), 3),
            "memory_bytes": self._memory.taken(),
        }
        with (self._folder / CURVE).open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
        if not all(math.isfinite(value) for value in point.values()):
            self._stop(state, control)
        self._notify(state.global_step, state.max_steps, row)

    def _stop(self, state: Any, control: Any) -> None:
        self.stop_reason = f"the loss is no number at step {state.global_step}"
        control.should_training_stop = True

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Progress between the points of the curve; a checkpoint is a point too, so that a resumed run knows what was spent."""
        control.should_log = control.should_log or control.should_save
        self._notify(state.global_step, state.max_steps, {})

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Seal the checkpoint that was just written."""
        if not self.stop_reason and not self.healthy():
            self._stop(state, control)
        if not self.stop_reason:
            seal(Path(args.output_dir) / f"checkpoint-{state.global_step}", self._key)


class Measuring(TrainerCallback):  # type: ignore[misc]
    """Tells how far the trainer is with measuring held-out rows: `tell(batches done, batches)`."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        self._tell, self._done = tell, 0

    def on_prediction_step(self, args: Any, state: Any, control: Any, eval_dataloader: Any = None, **more: Any) -> None:
        """One batch more."""
        self._done += 1
        self._tell(self._done, len(eval_dataloader))

    def on_evaluate(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """The next measurement counts anew."""
        self._done = 0
