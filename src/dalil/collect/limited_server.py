"""Has each line of work done by a child with limits: python -m dalil.collect.limited_server MODULE.

A line of stdin is `{"asked", "memory_mb", "seconds"}`; the answer on stdout is `{"status", "bytes"}`, a newline, and so many
bytes: the JSON of what `MODULE.answer(asked)` gives. `MODULE.prepare(asked)` imports here what the children then have.
A child does many lines (`limited_child`); one that breaks costs its line and is replaced. It ends when nobody asks any more.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, BinaryIO

from dalil.collect.limited import TOO_LONG
from dalil.collect.limited_child import live


def serve(module: Any, lines: Iterable[bytes], replies: BinaryIO) -> None:
    """Answer each line by a child."""
    child: _Child | None = None
    for line in lines:
        modules = len(sys.modules)
        module.prepare(json.loads(line)["asked"])
        if child and len(sys.modules) > modules:  # it was forked without what its work needs now
            child.end()
            child = None
        child, status, written = _answered(module, child, line, replies)
        replies.write(json.dumps({"status": status, "bytes": len(written)}).encode() + b"\n")
        replies.write(written)
        replies.flush()


def _answered(module: Any, child: _Child | None, line: bytes, replies: BinaryIO) -> tuple[_Child | None, int, bytes]:
    """The child for the next line, how this line's child ended (a signal is negative; 0: well), and what it wrote.

    Where a child breaks that has worked before, what is left in it may be why: a new one decides.
    """
    worked_before = child is not None
    child = child or _fork(module, replies)
    written = child.ask(line)
    if written is not None:
        return (child if child.alive else None), 0, written
    status = child.end()
    if worked_before and status not in TOO_LONG:
        return _answered(module, None, line, replies)
    return None, status, b""


@dataclass
class _Child:
    """A running child; where it is asked, and where it answers."""

    pid: int
    tasks: BinaryIO
    answers: BinaryIO
    alive: bool = True

    def ask(self, line: bytes) -> bytes | None:
        """What it answers to a line; None where it broke."""
        with contextlib.suppress(BrokenPipeError):  # the end of its answers says so too
            self.tasks.write(line)
            self.tasks.flush()
        head = self.answers.readline()
        if not head.endswith(b"\n"):
            return None
        given = json.loads(head)
        written = self.answers.read(given["bytes"])
        if len(written) < given["bytes"]:
            return None
        if given["last"]:
            self.end()
        return written

    def end(self) -> int:
        """How it ended (a signal is negative), now that nobody asks it any more."""
        self.alive = False
        with contextlib.suppress(BrokenPipeError):  # what was not written is for nobody
            self.tasks.close()
        self.answers.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _fork(module: Any, replies: BinaryIO) -> _Child:
    asked, tasks = os.pipe()
    answers, written = os.pipe()
    gc.freeze()  # what the server holds is no child's to search
    child = os.fork()
    if child == 0:
        for mine in (tasks, answers, replies.fileno(), sys.stdin.fileno()):
            os.close(mine)  # who waits for an end of these must not wait for the child's
        live(module, os.fdopen(asked, "rb"), os.fdopen(written, "wb"))
    os.close(asked)
    os.close(written)
    return _Child(child, os.fdopen(tasks, "wb"), os.fdopen(answers, "rb"))


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
