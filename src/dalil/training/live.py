"""Live progress of a run as one line: step, loss, rate, tokens a second, time left; or batches measured."""

from __future__ import annotations

import time
from collections.abc import Callable

from dalil.training.task import Task


def live_line(task: Task) -> Callable[[int, int, dict[str, float]], None]:
    """Live progress: step, loss, rate, tokens a second, time left."""
    started, last = time.monotonic(), dict[str, float]()
    first: list[int] = []

    def notify(step: int, steps: int, point: dict[str, float]) -> None:
        first.append(step) if not first else None
        last.update(point)
        spent = time.monotonic() - started
        pace = (step - first[0]) / spent if spent and step > first[0] else 0.0
        left = f" · about {(steps - step) / pace:.0f} s left" if pace else ""
        loss = f" · loss {last['loss']:.3f} · rate {last['learning_rate']:.1e}" if "loss" in last else ""
        speed = (
            f" · {last['num_tokens'] / last['seconds']:,.0f} tokens/s"
            if last.get("num_tokens") and last.get("seconds")
            else ""
        )
        task.say(f"training {task.name}: step {step:,} of {steps:,}{loss}{speed}{left}")

    return notify


def measuring_line(task: Task) -> Callable[[int, int], None]:
    """Live progress of a measurement of held-out rows: batches, time left."""
    started = [time.monotonic()]

    def tell(done: int, batches: int) -> None:
        if done == 1:
            started[0] = time.monotonic()
        spent = time.monotonic() - started[0]
        left = f" · about {(batches - done) * spent / (done - 1):.0f} s left" if done > 1 else ""
        task.say(f"measuring {task.name} on held-out rows: batch {done:,} of {batches:,}{left}")

    return tell
