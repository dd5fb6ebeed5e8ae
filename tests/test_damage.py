"""Bad luck: a full or read-only disk, damaged files, two runs at once. What was good stays, and the next run mends the rest."""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dalil.artefacts import writer_lock
from small_workspace import (
    FAQ,
    PHONE_QUESTION,
    add_setting,
    answers,
    artefacts,
    assert_kept,
    assert_said,
    dalil,
    lines,
    obeying_modes,
)


def limited(kilobytes: int) -> Callable[[], None]:
    """Files may not grow past a size: writing fails as on a full disk, at another place for each size."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    return limit


@pytest.mark.parametrize("kilobytes", [1, 8, 40, 64, 120])
def test_a_disk_that_takes_no_more(kilobytes: int, small: Path) -> None:
    """Rebuilt from nothing under the limit; the old report stays, and with room the same command goes on."""
    old = (small / "report.html").read_bytes()
    shutil.rmtree(small / "build")
    add_setting(small, "seed: 7")
    refused = dalil("run", "-w", small, preexec=limited(kilobytes))
    assert_said(refused, 1, "could not be written", "free some space")
    assert (small / "report.html").read_bytes() == old
    resumed = dalil("run", "-w", small)
    assert resumed.returncode == 0, resumed.stderr
    assert "4512" in answers(small)


def test_a_disk_that_is_full_while_the_current_artefacts_are_replaced(small: Path) -> None:
    before = artefacts(small)
    faq = small / "sources" / "faq.md"
    faq.write_text(FAQ.replace("4512", "7788"), encoding="utf-8")
    assert_said(dalil("run", "-w", small, preexec=limited(1)), 1, "could not be written")
    assert_kept(before, small)
    faq.write_text(FAQ, encoding="utf-8")
    assert "4512" in answers(small)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("name", ["documents/*/documents.jsonl", "passages/*/passages.jsonl", "examples/*/manifest.json",
                                  "calibration/*/calibration.json", "judged/*/extractive.jsonl", "current.json",
                                  "report/*/report.json", "answers/*/times.json"])  # fmt: skip
def test_a_damaged_artefact_is_named_and_made_again(name: str, small: Path) -> None:
    (path,) = (small / "build").glob(name)
    good = path.read_bytes()
    truncate(path)
    status = lines(dalil("status", "--json", "-w", small))
    assert any(not row["up_to_date"] and row["reason"] for row in status)
    for verb in (["evaluate"], ["compare"], ["ask", PHONE_QUESTION]):
        done = dalil(*verb, "-w", small)
        if done.returncode:
            assert_said(done, 1, "dalil run")
    assert dalil("run", "-w", small).returncode == 0
    assert all(row["up_to_date"] for row in lines(dalil("status", "--json", "-w", small)))
    if not name.endswith(("manifest.json", "report.json", "times.json", "current.json")):
        assert path.read_bytes() == good


def overwritten(path: Path, start: int) -> None:
    data = bytearray(path.read_bytes())
    data[start:] = b"\xaa" * (len(data) - start)
    path.write_bytes(data)


@pytest.mark.parametrize("start", [0, 8192])
def test_a_garbage_index_is_set_aside_and_made_again(start: int, small: Path) -> None:
    index = small / "build" / "index" / "index.sqlite"
    overwritten(index, start)
    status = {row["stage"]: row for row in lines(dalil("status", "--json", "-w", small))}
    assert "cannot be opened" in status["index"]["reason"]
    assert "4512" in answers(small)
    assert list(index.parent.glob("damaged-*-index.sqlite"))
    assert sqlite3.connect(index).execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize(
    "part",
    [
        "*-terms.npy",
        "*-starts.npy",
        "*-once.npy",
        "*-rows.npy",
        "*-times.npy",
        "*-lengths.npy",
        "numbers.npy",
        "*.json",
    ],
)
@pytest.mark.parametrize("same_size", [True, False])
def test_a_garbage_cache_of_the_index_is_built_again(part: str, same_size: bool, small: Path) -> None:
    damaged = list((small / "build" / "index").glob(f"lexical-*/**/{part}"))
    assert damaged
    for path in damaged:
        path.write_bytes(b"x" * (path.stat().st_size if same_size else 7))
    (found,) = lines(dalil("search", "--json", "-k", "1", "-w", small, PHONE_QUESTION))
    assert found["hits"][0]["document"] == "faq.md"


def test_an_index_made_anew_forgets_the_caches_of_the_one_before(small: Path) -> None:
    """Both count their generations from one: a cache of the first would give passages of other numbers."""
    (small / "build" / "index" / "index.sqlite").unlink()
    (small / "sources" / "faq.md").write_text(FAQ.replace("panne", "incendie"), encoding="utf-8")
    (small / "sources" / "a-first.md").write_text("# Avant\n\nUn texte qui prend les premiers numéros.\n")
    (found,) = lines(dalil("search", "--json", "-k", "1", "-w", small, "Qui appeler en cas d'incendie ?"))
    assert "incendie" in found["hits"][0]["text"]


def test_a_second_run_is_refused_and_harms_nothing(small: Path) -> None:
    add_setting(small, "passages: {words: 20, overlap: 5}")
    before = artefacts(small)
    with writer_lock(small / "state"):
        assert_said(dalil("run", "-w", small), 2, "Another dalil is writing in this workspace (process", "wait until")
        asked = dalil("ask", PHONE_QUESTION, "-w", small)
        assert "4512" in asked.stdout, "one writer, any readers: the index of before answers"
        assert "another dalil is writing here" in asked.stderr
        assert_kept(before, small)
    assert dalil("run", "-w", small).returncode == 0


def test_asking_and_searching_go_on_while_a_run_holds_the_workspace(small: Path) -> None:
    """What an answer needs is current; the answers to the test, and the report, are what the run still has to make."""
    add_setting(small, "approaches: [extractive]")
    with writer_lock(small / "state"):
        assert "4512" in answers(small)
        assert dalil("search", "--json", "-w", small, PHONE_QUESTION).returncode == 0
        assert dalil("status", "--json", "-w", small).returncode == 0
        assert_said(dalil("compare", "-w", small), 2, "Another dalil is writing")


def test_a_read_only_workspace_answers_and_says_what_it_cannot_write(small: Path) -> None:
    wrapped = obeying_modes()
    places = [small, *small.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        done = dalil("ask", "--json", "-w", small, PHONE_QUESTION, before=wrapped)
        assert done.returncode == 0, done.stderr
        assert "4512" in lines(done)[0]["answer"]
        for verb in (["search", "x"], ["status"], ["run"], ["evaluate"], ["compare"]):
            done = dalil(*verb, "-w", small, before=wrapped)
            assert done.returncode == 0, done.stderr
        assert_said(dalil("report", "-w", small, before=wrapped), 1, "report.html could not be written", "permission")
        small.chmod(0o000)
        assert_said(dalil("ask", "x", "-w", small, before=wrapped), 2, "cannot be read: permission denied")
    finally:
        for place in places:
            place.chmod(0o755)
