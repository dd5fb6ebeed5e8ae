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
PATIENT = READING.model_copy(update={"seconds_per_file": 30})
"""Where memory is asked about: a machine that stands still for three seconds is no answer to that."""
BREAKS = """
import os, time

LEFT = []

def prepare(asked):
    pass

def answer(asked):
    if asked["do"] == "kill the server":
        os.kill(os.getppid(), 9)
        time.sleep(0.2)
    if asked["do"] == "leave":
        LEFT.append(bytearray(asked["mb"] << 20))
    if asked["do"] == "allocate":
        bytearray(asked["mb"] << 20)
    if asked["do"] == "spin for":
        end = time.process_time() + asked["seconds"]
        while time.process_time() < end:
            pass
    if asked["do"] in ("set a trap", "set and step in the trap"):
        LEFT.append("a trap")
    if "step in the trap" in asked["do"] and "a trap" in LEFT:
        os._exit(9)
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


def ask(module: str, reading: ReadingSettings = READING, **asked: Any) -> dict[str, Any]:
    return work(module, asked, reading, "breaker")


def test_files_share_a_child_and_never_this_process(breaks: str) -> None:
    first, second = ask(breaks, do="nothing"), ask(breaks, do="print")
    assert first == second
    assert len({first["pid"], first["server"], os.getpid()}) == 3


def test_a_child_is_replaced_after_many_files(breaks: str) -> None:
    pids = [ask(breaks, do="nothing")["pid"] for _ in range(130)]
    assert 2 <= len(set(pids)) <= 4
    assert pids == sorted(pids, key=pids.index)  # none comes back
    assert max(pids.count(pid) for pid in pids) == 64


def test_a_file_that_cannot_be_read_is_the_last_of_its_child(breaks: str) -> None:
    before = ask(breaks, do="nothing")
    with pytest.raises(SourceError, match="odd"):
        ask(breaks, do="raise")
    assert ask(breaks, do="nothing")["pid"] != before["pid"]


def test_what_a_file_leaves_behind_is_not_counted_to_the_next(breaks: str) -> None:
    before = ask(breaks, PATIENT, do="nothing")
    left = ask(breaks, PATIENT, do="leave", mb=200)
    following = ask(breaks, PATIENT, do="allocate", mb=250)
    assert left["pid"] == before["pid"] != following["pid"]  # much was left: the child is replaced
    small = ask(breaks, PATIENT, do="leave", mb=40)
    beside = ask(breaks, PATIENT, do="allocate", mb=250)
    assert small["pid"] == beside["pid"]
    for _ in range(3):  # more seconds in all than one file may take
        ask(breaks, do="spin for", seconds=0.6)


def test_a_later_file_has_no_more_time_than_the_first(breaks: str) -> None:
    """The system counts whole seconds of the whole process: what earlier files took is no gift to the next one."""
    first = ask(breaks, do="spin for", seconds=0.3)
    with pytest.raises(PassingSourceError, match="took longer"):
        ask(breaks, do="spin for", seconds=1.5)
    assert ask(breaks, do="x")["pid"] != first["pid"]


def test_a_child_that_breaks_on_what_earlier_files_left_is_tried_again_in_a_new_one(breaks: str) -> None:
    ask(breaks, do="set a trap")
    assert ask(breaks, do="step in the trap")["pid"]
    with pytest.raises(SourceError, match="exit 9"):
        ask(breaks, do="set and step in the trap")


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
