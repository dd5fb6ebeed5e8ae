"""kill -9 at every point of every stage: the next run goes on and makes what an undisturbed run makes."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from dalil import Workspace
from dalil.pipeline import STAGES
from dalil.testing.crash import POINTS
from small_workspace import PHONE_QUESTION, assert_said, contents, dalil, lines, write_workspace

NAMES = [stage.name for stage in STAGES]


@pytest.fixture(scope="module")
def stepwise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with, for each stage, the workspace as it was just before it (before-<stage>), and `whole` at the end."""
    folder = tmp_path_factory.mktemp("stepwise")
    root = write_workspace(folder / "whole")
    steps = Workspace(root).run()
    for name in NAMES:
        shutil.copytree(root, folder / f"before-{name}")
        assert next(steps).name == name
    list(steps)
    return folder


def hashes(root: Path, upto: str | None = None) -> dict[str, str]:
    """The content of each stage up to and including `upto`; asserts that all of them are up to date."""
    states = Workspace(root).runner.states(upto)
    assert [state.name for state in states if not state.up_to_date] == []
    return {state.name: state.manifest.content for state in states if state.manifest}


def split_of(root: Path) -> bytes | None:
    path = root / "state" / "split.jsonl"
    return path.read_bytes() if path.exists() else None


def assert_nothing_half_made_is_current(root: Path) -> None:
    """What current.json points at is whole: its manifest and every file of it."""
    build = Workspace(root).context.build
    for stage, key in build.current().items():
        assert not key.endswith(".partial")
        manifest = build.manifest(stage, key)
        assert manifest is not None
        assert build.damage(manifest) == ""


@pytest.mark.parametrize("stage", NAMES)
def test_a_run_killed_anywhere_goes_on_where_it_was(stage: str, stepwise: Path, tmp_path: Path) -> None:
    """After the last point by the command and to the report; after the others the stage itself: what follows it is
    made from its content alone, as the key of every later stage says."""
    for point in POINTS:
        last = point == POINTS[-1]
        root = Path(shutil.copytree(stepwise / f"before-{stage}", tmp_path / point))
        killed = dalil("run", "-w", root, crash_at=f"{stage}:{point}")
        assert killed.returncode == -signal.SIGKILL, (point, killed.stderr)
        assert_nothing_half_made_is_current(root)
        kept = split_of(root)
        if last:
            resumed = dalil("run", "-w", root)
            assert resumed.returncode == 0, resumed.stderr
            assert split_of(root) == split_of(stepwise / "whole")
        else:
            list(Workspace(root).run(stage))
        upto = None if last else stage
        assert hashes(root, upto) == hashes(stepwise / "whole", upto), point
        assert kept in (None, split_of(root)), point
        assert not list((root / "build").glob("*/*.partial"))


def test_the_command_says_the_same_contents_as_the_library(stepwise: Path) -> None:
    assert contents(stepwise / "whole") == hashes(stepwise / "whole")


@pytest.mark.parametrize("point", POINTS)
def test_the_report_is_the_old_one_or_the_new_one_never_half(point: str, small: Path) -> None:
    old = (small / "report.html").read_text(encoding="utf-8")
    with (small / "dalil.yaml").open("a") as settings:
        settings.write("targets: {wrong: 0.2}\n")
    killed = dalil("run", "-w", small, crash_at=f"report:{point}")
    assert killed.returncode == -signal.SIGKILL
    now = (small / "report.html").read_text(encoding="utf-8")
    assert now == old if point == "begin" else now.rstrip().endswith("</html>")
    assert not [path for path in small.iterdir() if path.suffix == ".partial"]
    assert dalil("run", "-w", small).returncode == 0


def test_after_a_kill_an_answer_is_from_the_documents_as_they_are_now(small: Path) -> None:
    faq = small / "sources" / "faq.md"
    faq.write_text(faq.read_text(encoding="utf-8").replace("4512", "7788"), encoding="utf-8")
    assert dalil("run", "-w", small, crash_at="index:made").returncode == -signal.SIGKILL
    again = dalil("ask", "--json", "-w", small, PHONE_QUESTION)
    assert again.returncode == 0, again.stderr
    assert "7788" in lines(again)[0]["answer"]


def test_a_killed_run_leaves_the_place_of_the_writer_free(small: Path) -> None:
    with (small / "dalil.yaml").open("a") as settings:
        settings.write("seed: 7\n")
    assert dalil("run", "-w", small, crash_at="split:begin").returncode == -signal.SIGKILL
    before = split_of(small)
    holder = (small / "state" / "writer.lock").read_text()
    with pytest.raises(ProcessLookupError):
        os.kill(int(holder), 0)
    assert dalil("run", "-w", small).returncode == 0
    assert split_of(small) == before  # every group was known: the split is sticky, whatever the seed


def test_a_damaged_split_is_never_made_anew_unasked(small: Path) -> None:
    kept = small / "state" / "split.jsonl"
    good = kept.read_bytes()
    kept.write_text('{"group')
    with (small / "dalil.yaml").open("a") as settings:
        settings.write("seed: 7\n")
    refused = dalil("run", "-w", small)
    assert_said(refused, 1, "split.jsonl is damaged", "cp ")
    command = refused.stderr.rsplit("→ cp ", 1)[1].split()
    shutil.copy(*command)
    assert dalil("run", "-w", small).returncode == 0
    assert kept.read_bytes() == good
