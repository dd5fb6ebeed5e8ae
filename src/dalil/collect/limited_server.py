"""Forks a child with limits for each line of work: python -m dalil.collect.limited_server MODULE.

A line of stdin is `{"asked", "memory_mb", "seconds"}`; the answer on stdout is `{"status", "bytes"}`, a newline, and so many
bytes: the JSON of what `MODULE.answer(asked)` gives. `MODULE.prepare(asked)` imports here what the children then have.
It ends when nobody asks any more.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any, BinaryIO

from dalil.collect.limited import OUT_OF_MEMORY, set_limits

_GARBAGE = 100_000
"""New objects between two searches for unused ones: a child lives for one file, and what a file holds is in use."""


def serve(module: Any, lines: Iterable[bytes], replies: BinaryIO) -> None:
    """Answer each line by a child of its own."""
    for line in lines:
        given = json.loads(line)
        module.prepare(given["asked"])
        status, written = _in_a_child(module, given)
        replies.write(json.dumps({"status": status, "bytes": len(written)}).encode() + b"\n" + written)
        replies.flush()


def _in_a_child(module: Any, given: dict[str, Any]) -> tuple[int, bytes]:
    """How the child ended (a signal is negative), and what it wrote."""
    reader, writer = os.pipe()
    gc.freeze()  # what the server holds is no child's to search
    child = os.fork()
    if child == 0:
        os.close(reader)
        _work(module, given, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        written = stream.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written


def _work(module: Any, given: dict[str, Any], writer: int) -> None:
    """In the child: set the limits, write what the module answers, end. Never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        set_limits(given["memory_mb"], given["seconds"])
        gc.set_threshold(_GARBAGE)
        made = json.dumps(_answer(module, given["asked"])).encode()
        with os.fdopen(writer, "wb") as stream:
            stream.write(made)
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _answer(module: Any, asked: Any) -> Any:
    try:
        return module.answer(asked)
    except MemoryError:
        raise
    except Exception as error:  # whatever a parser does with a file, it is said of that file
        return {"error": f"cannot be read ({type(error).__name__}: {str(error)[:200]})"}


def main(name: str) -> int:
    """Serve until stdin is closed. What a library prints goes nowhere: stdout is for answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who asks, and that ends the server
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    module = import_module(name)
    os.dup2(nowhere, 2)
    with contextlib.suppress(BrokenPipeError):  # who asked is gone
        serve(module, sys.stdin.buffer, replies)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
