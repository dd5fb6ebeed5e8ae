"""A file that ran out of time is no result: the next run reads it again, and nothing else."""

from __future__ import annotations

from pathlib import Path

from dalil import Workspace
from dalil.artefacts import Manifest
from dalil.engine import LocalEngine, RowCache
from dalil.initialise import initialise
from dalil.records import Dropped

LAYERS = 7
"""Lists of ten aliases each: ten million values, more than a second's work."""


def slow_yaml() -> str:
    layers = [f"l{i + 1}: &l{i + 1} [{', '.join([f'*l{i}'] * 10)}]" for i in range(LAYERS)]
    return "\n".join(["l0: &l0 x", *layers])


def workspace(tmp_path: Path) -> Path:
    sources = tmp_path / "given"
    sources.mkdir()
    (sources / "quick.txt").write_text("The quick text says what it says.")
    (sources / "slow.yaml").write_text(slow_yaml())
    folder = tmp_path / "w"
    initialise(folder, recipe=None, sources=(str(sources),), pairs=None)
    settings = folder / "dalil.yaml"
    settings.write_text(settings.read_text() + "\nreading: {seconds_per_file: 1}\n")
    return folder


def built(folder: Path, *, asked: bool = False) -> Manifest:
    """The documents' manifest after `dalil run`, or after a question (`asked`)."""
    made = Workspace(folder)
    made.prepare("documents") if asked else list(made.run("documents"))
    manifest = made.runner.manifest("documents")
    assert manifest is not None
    return manifest


def test_a_file_out_of_time_is_named_and_tried_again_by_run_alone(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    first = built(folder)
    assert first.counts["to_try_again"] == 1
    assert [drop["reason"] for drop in first.dropped] == ["took longer than reading.seconds_per_file (1 s)"]
    (state,) = Workspace(folder).runner.states("documents")
    assert state.reason == "1 file ran out of time or memory: tried again"
    assert len(list((folder / "build" / "cache" / "documents").rglob("*.json"))) == 1, "only the quick one is kept"
    assert built(folder, asked=True) == first, "a question waits for no slow file"
    again = built(folder)
    assert (again.key, again.content) == (first.key, first.content)
    assert again.made_at != first.made_at
    (tmp_path / "given" / "slow.yaml").write_text("nom: Pompe\nprix: 3\n")
    assert "to_try_again" not in built(folder).counts
    assert [state.up_to_date for state in Workspace(folder).runner.states("documents")] == [True]


def test_the_engine_keeps_what_another_try_cannot_better(tmp_path: Path) -> None:
    tried: list[str] = []

    def read(row: str) -> list[Dropped]:
        tried.append(row)
        return [Dropped(row, "damaged" if row == "bad" else "took longer", passing=row == "slow")]

    for _ in range(3):
        made = list(LocalEngine().map(read, ["bad", "slow"], RowCache(tmp_path, str)))
        assert [item[0].reason for item in made] == ["damaged", "took longer"]
    assert tried == ["bad", "slow", "slow", "slow"]
