"""Crash points: places where a test lets the process die as under `kill -9`.

    DALIL_CRASH_AT=passages:made dalil run      # dies when the stage "passages" has made its files, before publishing

Points of every stage: `begin`, `made`, `manifest`, `renamed`, `pointed`; while the index is written also those of INDEX_POINTS.
"""

from __future__ import annotations

import os
import signal

VARIABLE = "DALIL_CRASH_AT"
POINTS = ("begin", "made", "manifest", "renamed", "pointed")
INDEX_POINTS = ("sync:written", "sync:lexical", "sync:trained", "sync:vectors")


def crash_point(name: str) -> None:
    """Die here, without any clean-up, where the environment names this point."""
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
