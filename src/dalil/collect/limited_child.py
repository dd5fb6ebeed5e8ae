"""The life of a child of `limited_server`: one piece of work after another, each within limits of its own.

What an earlier piece left behind (memory that the allocator keeps, processor time) is added to the next one's limits, so
that each has what a new child would have. A child ends after `_MOST_FILES`, when much is left behind, and after a file that
it could not read: such a file may have been made to break its reader.
"""

from __future__ import annotations

import gc
import json
import math
import os
import signal
import time
from pathlib import Path
from typing import Any, BinaryIO

from dalil.collect.limited import OUT_OF_MEMORY, lift_time_limits, set_limits

_MOST_FILES = 64
_MOST_LEFT_BYTES = 64 << 20
_GARBAGE = 100_000
"""New objects between two searches for unused ones: what a file holds is in use until it is answered."""
_STATM = Path("/proc/self/statm")


def live(module: Any, tasks: BinaryIO, answers: BinaryIO) -> None:
    """Answer each line of `tasks`: `{"bytes", "last"}`, a newline, so many bytes of JSON. Never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.set_threshold(_GARBAGE)
        _work(module, tasks, answers)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _work(module: Any, tasks: BinaryIO, answers: BinaryIO) -> None:
    at_first = _address_space()
    for number, line in enumerate(tasks, 1):
        given = json.loads(line)
        used_seconds = math.ceil(time.process_time()) if number > 1 else 0
        left_bytes = max(0, _address_space() - at_first)
        set_limits(given["memory_mb"], given["seconds"], left_bytes, used_seconds)
        found = _answer(module, given["asked"])
        failed = "error" in found
        made = json.dumps(found, ensure_ascii=False).encode("utf-8", "surrogatepass")
        del found  # of a long text there is one copy at a time
        last = failed or number >= _MOST_FILES or _address_space() - at_first > _MOST_LEFT_BYTES
        answers.write(json.dumps({"bytes": len(made), "last": last}).encode() + b"\n")
        answers.write(made)
        answers.flush()
        lift_time_limits()
        if last:
            return


def _answer(module: Any, asked: Any) -> Any:
    try:
        return module.answer(asked)
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser does with a file, it is said of that file
        return {"error": f"cannot be read ({type(error).__name__}: {str(error)[:200]})"}


def _address_space() -> int:
    """Bytes that this process has mapped; 0 where the system does not say."""
    try:
        return int(_STATM.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
