"""A file that ran out of time is no result: the next run reads it again, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil import Workspace
from dalil.collect import read
from dalil.collect.sources import SourceFile
from dalil.errors import PassingSourceError, SourceError
from dalil.initialise import initialise


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    sources = tmp_path / "given"
    sources.mkdir()
    for name in ("slow", "quick", "bad"):
        (sources / f"{name}.txt").write_text(f"The {name} text says what it says.")
    initialise(tmp_path / "w", recipe=None, sources=(str(sources),), pairs=None)
    return tmp_path / "w"


def paths(folder: Path, *, full: bool = True) -> tuple[list[str], dict[str, int], list[str]]:
    """What was read (documents' names), the counts, and the reasons of what was not."""
    made = Workspace(folder)
    if full:
        (state,) = made.run("documents")
        manifest = state.manifest
    else:
        made.prepare("documents")
        manifest = made.runner.manifest("documents")
    assert manifest is not None
    text = (made.runner.folder("documents") / "documents.jsonl").read_text()
    names = [name for name in ("slow", "quick", "bad") if f"The {name} text" in text]
    return names, manifest.counts, [drop["reason"] for drop in manifest.dropped]


def test_a_file_out_of_time_is_tried_again_and_a_bad_one_is_not(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    whole = read._read

    def reader(file: SourceFile, *given: object) -> object:
        tried.append(Path(file.path).stem)
        if tried[-1] == "slow" and tried.count("slow") < 3:
            raise PassingSourceError("took longer than reading.seconds_per_file (30 s)")
        if tried[-1] == "bad":
            raise SourceError("damaged")
        return whole(file, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(read, "_read", reader)
    names, counts, reasons = paths(workspace)
    assert names == ["quick"]
    assert counts["to_try_again"] == 1
    assert sorted(reasons) == ["damaged", "took longer than reading.seconds_per_file (30 s)"]
    assert [s.reason for s in Workspace(workspace).runner.states("documents")] == [
        "1 file ran out of time or memory: tried again"
    ]
    paths(workspace, full=False)  # a question waits for no slow file
    assert tried.count("slow") == 1
    paths(workspace)
    names, counts, reasons = paths(workspace)
    assert names == ["slow", "quick"]
    assert "to_try_again" not in counts
    assert reasons == ["damaged"]
    assert (tried.count("slow"), tried.count("quick"), tried.count("bad")) == (3, 1, 1)
    assert [s.up_to_date for s in Workspace(workspace).runner.states("documents")] == [True]
