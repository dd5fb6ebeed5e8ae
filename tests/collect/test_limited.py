"""Limited work: one server for many files; what breaks in a child costs that file only."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from dalil.collect.limited import work
from dalil.config import ReadingSettings
from dalil.errors import PassingSourceError, SourceError

READING = ReadingSettings(memory_mb=512, seconds_per_file=1)
BREAKS = """
import os, time

def prepare(asked):
    pass

def answer(asked):
    if asked["do"] == "kill the server":
        os.kill(os.getppid(), 9)
        time.sleep(0.2)
    if asked["do"] == "memory":
        return {"made": "x" * (1 << 30)}
    if asked["do"] == "sleep":
        time.sleep(60)
    if asked["do"] == "spin":
        while True:
            pass
    if asked["do"] == "print":
        print("noise")
    if asked["do"] == "signal":
        os.kill(os.getpid(), asked["signal"])
    if asked["do"] == "exit":
        os._exit(7)
    if asked["do"] == "raise":
        raise ValueError("odd")
    return {"pid": os.getpid(), "server": os.getppid()}
"""


@pytest.fixture(scope="module")
def breaks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The name of a module that breaks as it is told to."""
    folder: Path = tmp_path_factory.mktemp("module")
    (folder / "breaks_as_told.py").write_text(BREAKS)
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    yield "breaks_as_told"
    patch.undo()


def ask(module: str, **asked: Any) -> dict[str, Any]:
    return work(module, asked, READING, "breaker")


def test_files_have_a_process_each_and_one_server(breaks: str) -> None:
    first, second = ask(breaks, do="nothing"), ask(breaks, do="print")
    assert first["server"] == second["server"]
    assert len({first["pid"], second["pid"], first["server"], os.getpid()}) == 4


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"do": "memory"}, "needs more memory than reading.memory_mb (512 MB)"),
        ({"do": "sleep"}, "took longer than reading.seconds_per_file (1 s)"),
        ({"do": "spin"}, "took longer than reading.seconds_per_file (1 s)"),
        ({"do": "signal", "signal": signal.SIGSEGV}, "the breaker stopped (SIGSEGV)"),
        ({"do": "signal", "signal": signal.SIGKILL}, "the breaker was killed"),
        ({"do": "exit"}, "the breaker stopped (exit 7)"),
        ({"do": "raise"}, "cannot be read (ValueError: odd)"),
    ],
    ids=lambda value: value if isinstance(value, str) else value["do"],
)
def test_what_breaks_costs_that_file_only(breaks: str, asked: dict[str, Any], reason: str) -> None:
    server = ask(breaks, do="nothing")["server"]
    with pytest.raises(SourceError) as raised:
        ask(breaks, **asked)
    assert reason in raised.value.message
    assert isinstance(raised.value, PassingSourceError) == (asked["do"] in ("sleep", "spin") or "killed" in reason)
    assert ask(breaks, do="nothing")["server"] == server


def test_a_server_that_was_killed_is_started_again(breaks: str) -> None:
    server = ask(breaks, do="nothing")["server"]
    with pytest.raises(SourceError, match="the breaker was stopped twice before it answered"):
        ask(breaks, do="kill the server")
    assert ask(breaks, do="nothing")["server"] != server
