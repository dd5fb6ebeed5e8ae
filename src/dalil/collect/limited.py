"""Work in a process of its own that may run out of memory or time, or crash, and costs its file only.

Starting Python costs more than reading a short file. So each kind of work has one server (`limited_server`), started when
it is first needed and kept, which has imported what the work needs and forks children that read many files each.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

from dalil.config import ReadingSettings
from dalil.errors import PassingSourceError, SourceError

OUT_OF_MEMORY = 3
"""The exit status of a child whose memory was not enough."""

_CLOCK = 3
"""Seconds on the clock for each of processor time: on a busy machine a good file waits for its turn."""
TOO_LONG = (-signal.SIGXCPU, -signal.SIGPROF, -signal.SIGALRM)
"""How a process ends that ran out of time."""


def set_limits(memory_mb: int, seconds: int, left_bytes: int = 0, used_seconds: int = 0) -> None:
    """Limit this process: address space, CPU time and time on the clock, no core file.

    `left_bytes` and `used_seconds`: what earlier work in this process left behind and took. The system's own limit of CPU time
    counts whole seconds of the whole process, so a timer holds this work to its own; programs that it starts have the limit.
    """
    import resource

    memory, processor = (memory_mb << 20) + left_bytes, seconds + used_seconds
    for limit, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, processor), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(limit)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(_CLOCK * seconds)


def lift_time_limits() -> None:
    """Between two pieces of work: waiting for the next one is nobody's time."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)


def work(module: str, asked: dict[str, Any], reading: ReadingSettings, what: str) -> dict[str, Any]:
    """What `module.answer(asked)` gives, within the limits. Raises SourceError where it failed, was stopped or crashed.

    An `error` in the answer is raised too. `what` names the work in messages: "PDF reader".
    """
    limits = {"memory_mb": reading.memory_mb, "seconds": reading.seconds_per_file}
    status, answer = _asked(module, {"asked": asked, **limits}, what)
    if status in TOO_LONG:
        raise PassingSourceError(f"took longer than reading.seconds_per_file ({reading.seconds_per_file} s)")
    if status == OUT_OF_MEMORY:
        raise SourceError(f"needs more memory than reading.memory_mb ({reading.memory_mb} MB)")
    if status == -signal.SIGKILL:
        raise PassingSourceError(f"the {what} was killed: the machine may be short of memory")
    if status != 0:
        how = signal.Signals(-status).name if status < 0 else f"exit {status}"
        raise SourceError(f"the {what} stopped ({how}): the file is damaged in a way that it does not survive")
    text = answer.decode("utf-8", "surrogatepass")
    del answer  # of a long text there is one copy at a time
    found: dict[str, Any] = json.loads(text)
    if "error" in found:
        raise SourceError(str(found["error"]))
    return found


def _asked(module: str, asked: dict[str, Any], what: str) -> tuple[int, bytes]:
    """How the child ended (a signal is negative) and what it wrote. A server that dies is started anew, once."""
    for _ in range(2):
        if (answer := _server(module).ask(asked)) is not None:
            return answer
    raise PassingSourceError(f"the {what} was stopped twice before it answered")


@dataclass
class _Server:
    """One running server; one file at a time."""

    module: str
    process: subprocess.Popen[bytes]
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, asked: dict[str, Any]) -> tuple[int, bytes] | None:
        """How the child ended and what it wrote; None where the server is gone."""
        answer = None
        with self.lock:
            try:
                answer = self._answer(json.dumps(asked).encode() + b"\n")
            finally:
                if answer is None:  # gone, or interrupted: what it still writes is not for the next file
                    self.stop()
        return answer

    def _answer(self, line: bytes) -> tuple[int, bytes] | None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # the end of its answers says so too
            self.process.stdin.write(line)
            self.process.stdin.flush()
        head = self.process.stdout.readline()
        if not head.endswith(b"\n"):
            return None
        given = json.loads(head)
        written = self.process.stdout.read(given["bytes"])
        return (given["status"], written) if len(written) == given["bytes"] else None

    def stop(self) -> None:
        """End it; the next file starts another."""
        _servers.pop(self.module, None)
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what was not written is for nobody
                if stream:
                    stream.close()


_servers: dict[str, _Server] = {}
"""The servers that this process has started, by the module that does the work."""
_starting = threading.Lock()


def _server(module: str) -> _Server:
    with _starting:
        if module not in _servers or _servers[module].process.poll() is not None:
            command = [sys.executable, "-P", "-m", "dalil.collect.limited_server", module]
            env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # threads cost address space
            started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
            _servers[module] = _Server(module, started)
        return _servers[module]


@atexit.register
def _stop_servers() -> None:
    for server in list(_servers.values()):
        server.stop()
