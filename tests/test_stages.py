"""What is up to date, why not, and what a change rebuilds."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.artefacts import Made, Manifest
from dalil.cli.show import show_run
from dalil.config import Config, PassageSettings
from dalil.engine import LocalEngine
from dalil.errors import WorkError
from dalil.stages import Context, Job, Runner, Stage, State


def first(job: Job) -> Made:
    (job.folder / "a.txt").write_text((job.context.root / "source.txt").read_text().upper())
    return Made({"rows": 1})


def second(job: Job) -> Made:
    (job.folder / "b.txt").write_text((job.inputs["first"] / "a.txt").read_text() + "!")
    return Made({"rows": 1})


STAGES = (
    Stage("first", (), first, lambda c: c.passages.words,
          lambda context: {"source.txt": (context.root / "source.txt").read_text()}),
    Stage("second", ("first",), second),
)  # fmt: skip


def runner(root: Path, words: int = 120) -> Runner:
    return Runner(STAGES, Context(root, Config(passages=PassageSettings(words=words)), LocalEngine()))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "source.txt").write_text("a")
    return tmp_path


def reasons(root: Path, words: int = 120) -> list[str]:
    return [state.reason for state in runner(root, words).states()]


def test_from_nothing_to_up_to_date(root: Path) -> None:
    assert reasons(root) == ["not built yet", "first changes first"]
    assert [state.up_to_date for state in runner(root).run()] == [True, True]
    assert reasons(root) == ["", ""]
    assert (runner(root).folder("second") / "b.txt").read_text() == "A!"


def test_a_changed_source_and_a_changed_setting_are_named(root: Path) -> None:
    list(runner(root).run())
    (root / "source.txt").write_text("b")
    assert reasons(root)[0] == "changed: source.txt"
    (root / "source.txt").write_text("a")
    assert reasons(root, words=50)[0] == "settings changed"


def test_a_stage_that_makes_the_same_again_stops_the_wave(root: Path) -> None:
    before = [state.manifest for state in runner(root).run()]
    (root / "source.txt").write_text("A")
    after = [state.manifest for state in runner(root).run()]
    assert before[0] is not None
    assert after[0] is not None
    assert before[0].key != after[0].key
    assert before[1] == after[1]


def test_going_back_points_back_without_work(root: Path) -> None:
    list(runner(root).run())
    (root / "source.txt").write_text("b")
    list(runner(root).run())
    (root / "source.txt").write_text("a")
    assert reasons(root)[0] == "another version is current"
    list(runner(root).run())
    assert (runner(root).folder("first") / "a.txt").read_text() == "A"


def test_damage_is_found_and_mended(root: Path) -> None:
    list(runner(root).run())
    (runner(root).folder("first") / "a.txt").write_text("rot")
    assert "is not what was written" in reasons(root)[0]
    list(runner(root).run())
    assert reasons(root) == ["", ""]


def test_only_what_is_needed_is_built(root: Path) -> None:
    assert [state.name for state in runner(root).run("first")] == ["first"]
    with pytest.raises(WorkError, match="second has not been built"):
        runner(root).folder("second")


def test_a_run_tells_one_of_a_thing_as_one_and_cuts_a_long_line_between_two_counts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def line(counts: dict[str, int]) -> str:
        show_run(State("models", None, Manifest("models", "k", {}, {}, "c", {}, counts=counts, seconds=0.04)))
        return capsys.readouterr().out.rstrip("\n")

    assert (
        line({"models": 1, "folds": 1, "approaches": 2, "dropped": 0})
        == "  models       1 model, 1 fold, 2 approaches  (0.0 s)"
    )
    long = line({f"sections:kind-of-question-{i}": 100 + i for i in range(9)})
    assert long.endswith("102 sections:kind-of-question-2 … and 6 more  (0.0 s)")
    assert len(long) < 150
