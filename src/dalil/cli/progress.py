"""Progress on stderr: count, rate and time left, only for work that takes over two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Row = TypeVar("Row")
QUIET_SECONDS = 2.0
LINE_EVERY_SECONDS = 10.0


class TerminalProgress:
    """A line that is redrawn on a terminal; elsewhere a line every ten seconds."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._said = 0.0
        self._every = 0.2 if self._terminal else LINE_EVERY_SECONDS

    def __call__(self, rows: Iterable[Row], *, label: str, total: int | None = None) -> Iterator[Row]:
        started = shown = time.monotonic()
        drawn = False
        count = 0
        for count, row in enumerate(rows, start=1):
            now = time.monotonic()
            if now - started > QUIET_SECONDS and now - shown >= self._every:
                self._show(_line(label, count, total, now - started))
                shown, drawn = now, True
            yield row
        if drawn:
            self._show(_line(label, count, total, time.monotonic() - started), last=True)

    def say(self, line: str, *, last: bool = False) -> None:
        """One line of a long work, redrawn on a terminal; elsewhere at most one every ten seconds."""
        now = time.monotonic()
        if last or now - self._said >= self._every:
            self._show(line, last=last)
            self._said = now

    def _show(self, line: str, *, last: bool = False) -> None:
        start = "\r\x1b[K" if self._terminal else ""
        end = "\n" if last or not self._terminal else ""
        sys.stderr.write(start + line + end)
        sys.stderr.flush()


def _line(label: str, count: int, total: int | None, seconds: float) -> str:
    rate = count / seconds if seconds else 0.0
    text = f"{label}: {count}" + (f" of {total}" if total else "") + f" · {rate:.1f}/s"
    if total and rate and count < total:
        left = (total - count) / rate
        text += f" · about {left:.0f} s left" if left < 90 else f" · about {left / 60:.0f} min left"
    return text + f" · {seconds:.0f} s"
