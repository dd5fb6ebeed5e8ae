"""Nothing is half written, nothing good is lost, one writer at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from dalil.artefacts import (
    Build,
    Made,
    Plan,
    Records,
    Spool,
    read_json,
    read_records,
    write_json,
    write_records,
    write_text,
    writer_lock,
)
from dalil.errors import WorkError, WorkspaceError
from dalil.records import Dropped


def plan(key: str = "k1", outside: tuple[str, ...] = ()) -> Plan:
    return Plan("stage", key, {"a": 1}, {"input": "x"}, outside)


def make(build: Build, text: str, key: str = "k1", *, seconds: str = "") -> str:
    def work(folder: Path) -> Made:
        (folder / "out.txt").write_text(text)
        (folder / "times.json").write_text(seconds)
        return Made({"rows": 1}, [{"what": "x", "reason": "y"}])

    return build.make(plan(key, ("times.json",)), work).content


def test_a_stage_is_published_whole_with_its_manifest(tmp_path: Path) -> None:
    build = Build(tmp_path / "build")
    make(build, "hello")
    assert build.current() == {"stage": "k1"}
    manifest = build.manifest("stage", "k1")
    assert manifest is not None
    assert manifest.counts == {"rows": 1}
    assert manifest.dropped[0]["reason"] == "y"
    assert build.damage(manifest) == ""


def test_times_lie_outside_the_content_hash(tmp_path: Path) -> None:
    contents = {make(Build(tmp_path / name), "same", seconds=name) for name in ("a", "b")}
    assert len(contents) == 1
    assert make(Build(tmp_path / "c"), "other") not in contents


def test_work_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    build = Build(tmp_path / "build")
    make(build, "good")

    def fails(folder: Path) -> Made:
        (folder / "out.txt").write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(WorkError, match="the disk is full"):
        build.make(plan("k2"), fails)
    assert build.current() == {"stage": "k1"}
    assert (build.path("stage", "k1") / "out.txt").read_text() == "good"


def test_a_damaged_artefact_is_named_and_set_aside_not_deleted(tmp_path: Path) -> None:
    build = Build(tmp_path / "build")
    make(build, "good")
    (build.path("stage", "k1") / "out.txt").write_text("bad")
    manifest = build.manifest("stage", "k1")
    assert manifest is not None
    assert "is not what was written" in build.damage(manifest)
    make(build, "good")
    assert (build.path("stage", "k1") / "out.txt").read_text() == "good"
    assert [p.read_text() for p in (tmp_path / "build" / "stage").glob("*.damaged-*/out.txt")] == ["bad"]


def test_writes_replace_atomically_and_a_full_disk_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    write_text(path, "one")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert list(path.parent.iterdir()) == [path]
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkError, match="could not be written"):
        write_text(tmp_path / "file" / "below.txt", "x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_really_full_device(tmp_path: Path) -> None:
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OSError, match="space"), (tmp_path / "full").open("w") as out:
        out.write("x" * 100_000)


def test_damaged_json_names_the_file_and_the_next_command(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(WorkError, match=r"a\.json") as error:
        read_json(tmp_path / "a.json")
    assert error.value.hint == "dalil run"
    write_records(tmp_path / "r.jsonl", [Dropped("x", "y")])
    assert read_records(Dropped, tmp_path / "r.jsonl") == [Dropped("x", "y")]
    (tmp_path / "r.jsonl").write_text('{"what": "x"')
    with pytest.raises(WorkError, match="damaged"):
        read_records(Dropped, tmp_path / "r.jsonl")


def test_a_second_writer_is_refused_until_the_first_is_gone_even_by_kill(tmp_path: Path) -> None:
    code = ("import sys, time; from pathlib import Path; from dalil.artefacts import writer_lock\n"
            f"with writer_lock(Path({str(tmp_path)!r})): print('held', flush=True); time.sleep(60)")  # fmt: skip
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(WorkspaceError, match=f"process {holder.pid}"), writer_lock(tmp_path):
        write_json(tmp_path / "never.json", {})
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with writer_lock(tmp_path):
        write_json(tmp_path / "now.json", {})
    assert (tmp_path / "now.json").exists()
    assert not (tmp_path / "never.json").exists()


def many(count: int) -> Iterator[Dropped]:
    return (Dropped(f"{i:04}", f"{i} " * 4000) for i in range(count))


def test_records_are_written_and_read_one_at_a_time(tmp_path: Path) -> None:
    tracemalloc.start()
    assert write_records(tmp_path / "x.jsonl", many(200)) == 200
    written = Records(Dropped, tmp_path / "x.jsonl")
    assert [row.what for row in written] == [row.what for row in many(200)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(written) == 200
    assert peak < (tmp_path / "x.jsonl").stat().st_size / 4


def test_records_that_fail_half_way_leave_the_file_that_was_there(tmp_path: Path) -> None:
    def failing() -> Iterator[Dropped]:
        yield Dropped("a", "new")
        raise ValueError("half way")

    write_records(tmp_path / "x.jsonl", [Dropped("a", "old")])
    with pytest.raises(ValueError, match="half way"):
        write_records(tmp_path / "x.jsonl", failing())
    assert read_records(Dropped, tmp_path / "x.jsonl") == [Dropped("a", "old")]
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"]


def test_records_wait_on_disk_and_come_in_the_order_of_their_keys(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for what in ("c", "é", "a"):
        spool.add(Dropped(what, "reason"), (what,))
    assert len(spool) == 3
    assert list(tmp_path.iterdir()) == []
    spool.write(tmp_path / "x.jsonl")
    spool.close()
    assert [row.what for row in Records(Dropped, tmp_path / "x.jsonl")] == ["a", "c", "é"]
