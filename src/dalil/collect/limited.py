"""Work in a process of its own that may run out of memory or time, or crash, and costs its file only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from dalil.config import ReadingSettings
from dalil.errors import SourceError

OUT_OF_MEMORY = 3
"""The exit status of a worker whose memory was not enough."""


def set_limits(memory_mb: int, seconds: int) -> None:
    """Limit this process: address space, CPU time, no core file."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def work(module: str, arguments: Sequence[str], reading: ReadingSettings, what: str) -> dict[str, Any]:
    """The JSON object that `python -m module` prints. Raises SourceError where it failed, was stopped or crashed.

    An `error` in the object is raised too. `what` names the worker in messages: "PDF reader".
    """
    command = [sys.executable, "-P", "-m", module, *arguments]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # threads cost address space
    try:
        done = subprocess.run(command, capture_output=True, timeout=reading.seconds_per_file, check=False, env=env)
    except subprocess.TimeoutExpired as error:
        raise SourceError(_too_long(reading)) from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SourceError(_too_long(reading))
    if done.returncode == OUT_OF_MEMORY or b"MemoryError" in done.stderr:
        raise SourceError(f"needs more memory than reading.memory_mb ({reading.memory_mb} MB)")
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
        raise SourceError(f"the {what} stopped (exit {done.returncode}{': ' + last if last else ''})")
    found: dict[str, Any] = json.loads(done.stdout)
    if "error" in found:
        raise SourceError(str(found["error"]))
    return found


def _too_long(reading: ReadingSettings) -> str:
    return f"took longer than reading.seconds_per_file ({reading.seconds_per_file} s)"
