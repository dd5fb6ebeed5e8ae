"""A run keeps the time that it was given, whatever the machine does meanwhile, and a killed one goes the same way again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("trl")

from test_training_run import settings
from tiny_models import rows, save

from dalil.artefacts import file_hash, read_records
from dalil.config_models import GateSettings
from dalil.training.base_model import prepare_model
from dalil.training.deadline import ENDINGS, EVERY, Deadline, Ending
from dalil.training.run import train
from dalil.training.task import Prepared, Task, Trained


def seconds_taken(folder: Path, pace: dict[int, float], *, steps: int, most: int, seconds: float) -> tuple[int, float]:
    """(steps, seconds) of a run whose steps take `pace` seconds each, from the given step on."""
    now = 0.0
    deadline = Deadline(folder, steps, most, seconds, lambda: now)
    state = SimpleNamespace(global_step=0, max_steps=0)
    deadline.on_train_begin(None, state, None)
    while state.global_step < state.max_steps:
        now += next(each for since, each in sorted(pace.items(), reverse=True) if since <= state.global_step)
        state.global_step += 1
        deadline.on_step_end(None, state, None)
    return state.global_step, now


@pytest.mark.parametrize(
    ("pace", "wanted"),
    [({0: 0.1}, 1000), ({0: 0.1, 400: 0.3}, 600), ({0: 0.2, 150: 0.1}, 850), ({0: 0.3, 100: 0.1, 800: 0.2}, 800)],
    ids=["as foretold", "slower", "slow at first", "up and down"],
)
def test_the_seconds_are_kept(tmp_path: Path, pace: dict[int, float], wanted: int) -> None:
    steps, seconds = seconds_taken(tmp_path, pace, steps=1000, most=1300, seconds=100)
    assert seconds == pytest.approx(100, abs=EVERY * max(pace.values()))
    assert steps == pytest.approx(wanted, abs=2 * EVERY)


def test_no_more_steps_than_there_are_rows_for(tmp_path: Path) -> None:
    steps, seconds = seconds_taken(tmp_path, {0: 0.05}, steps=1000, most=1300, seconds=100)
    assert steps == 1300
    assert seconds == pytest.approx(65)


def test_the_rate_goes_on_from_where_it_is_to_nought_at_the_last_step(tmp_path: Path) -> None:
    steps, _ = seconds_taken(tmp_path, {0: 0.1, 400: 0.3}, steps=1000, most=1300, seconds=100)
    again = Deadline(tmp_path, 1000, 1300, 100.0, lambda: 0.0)
    rate = again.stretched(lambda step: max(0.0, 1 - step / 1000))
    rates = [rate(step) for step in range(steps + 1)]
    drops = [before - after for before, after in pairwise(rates)]
    assert rates[0] == 1
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert all(0 < drop < 0.01 for drop in drops)
    assert rates[399] == pytest.approx(0.6, abs=0.01)


class Killed(BaseException):
    """As a kill: nothing of the step is written."""


def timed(folder: Path, base: Path, killed_in: str = "never") -> Trained:
    def say(line: str) -> None:
        if killed_in in line:
            raise Killed

    def prepare(task: Task) -> Prepared:
        return replace(prepare_model(task), steps=60, seconds=2.0, most=100)

    chosen = settings(
        base, max_steps=60, save_steps=10, lr_scheduler_type="linear", gate=GateSettings(max_duplicates=1.0)
    )
    return train(Task("tiny", chosen, rows() * 25, folder, threads=1, offline=True, say=say), prepare)


def test_a_killed_run_follows_what_was_decided_before(tmp_path: Path) -> None:
    base = save(tmp_path / "base", "llama")
    whole = timed(tmp_path / "whole", base)
    decided = read_records(Ending, tmp_path / "whole" / ENDINGS)
    assert len(decided) > 1
    assert decided[-1].steps >= whole.steps
    (tmp_path / "killed").mkdir()
    shutil.copyfile(tmp_path / "whole" / ENDINGS, tmp_path / "killed" / ENDINGS)
    with pytest.raises(Killed):
        timed(tmp_path / "killed", base, "step 35 of")
    resumed = timed(tmp_path / "killed", base)
    assert (resumed.resumed, resumed.steps) == (30, whole.steps)
    weights = "adapter_model.safetensors"
    assert file_hash(resumed.model / weights) == file_hash(whole.model / weights)
