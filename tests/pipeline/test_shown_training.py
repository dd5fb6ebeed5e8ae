"""What the report gathers from the folders of training runs, and the price of what was not trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dalil import Workspace
from dalil.artefacts import write_json
from dalil.config import Config, parse_config
from dalil.config_models import ModelSettings
from dalil.engine import LocalEngine
from dalil.evaluation.training_sentences import price as said_price
from dalil.evaluation.wording import Words
from dalil.pipeline.models import FoldModel
from dalil.pipeline.shown_training import MOST_POINTS, price, thinned, trained_models, unmeasured
from dalil.stages import Context, Job

BASE = "unsloth/llama-3.2-3b"
ROWS = [("Quel est le langage de Delta ?\nJava", "fr")] * 90


def config(**models: Any) -> Config:
    names = list(models)
    approaches = [
        {"kind": "extractive"},
        *({"kind": "fine-tuned", "model": name, "name": f"tuned {name}"} for name in names[:1]),
    ]
    return parse_config(
        {"language": ["fr"], "sources": [{"path": "sources"}], "models": models, "approaches": approaches}, "test"
    )


def fold(kind: str, place: str) -> FoldModel:
    return FoldModel("assistant", 0, kind, f"{place}/model", "", f"{place}/trained.jsonl", -1.0, 3.0)


def write_run(place: Path, *, loss: float = 0.5) -> None:
    place.mkdir(parents=True)
    result = {"steps": 20, "seconds": 3.0, "tokens": 900, "loss": loss, "heldout": {"seen": {"before": 7.0, "after": 0.4}}, "key": "k",
              "trainable_parameters": 10, "total_parameters": 10, "peak_memory_bytes": 5, "stopped_early": False, "resumed": 0}  # fmt: skip
    (place / "result.json").write_text(json.dumps(result), encoding="utf-8")
    lines = [
        {"step": 10, "loss": 2.0, "seconds": 1.0},
        {"step": 20, "loss": float("nan"), "seconds": 2.0},
        {"step": 20, "eval_loss": 1.0},
    ]
    (place / "curve.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in lines) + '{"step": 3', encoding="utf-8"
    )
    write_json(place / "gate.json", {"rows": 3, "lengths": {"32": 2, "96": 1}})


def test_a_run_is_read_as_it_lies_there(tmp_path: Path) -> None:
    write_run(tmp_path / "run", loss=float("nan"))
    write_json(tmp_path / "run" / "samples.json", [{"question": "q"}])
    [row] = trained_models(tmp_path, config(assistant={"model_name_or_path": BASE}), [fold("memory", "run")])
    assert (row["kind"], row["base"], row["approaches"], row["samples"]) == (
        "memory",
        BASE,
        ["tuned assistant"],
        [{"question": "q"}],
    )
    [run] = row["folds"]
    assert run["loss"] is None, "what is no number is no JSON"
    assert run["heldout"] == {"seen": {"before": 7.0, "after": 0.4}}
    assert [sorted(point) for point in run["curve"]] == [
        ["loss", "seconds", "step"],
        ["seconds", "step"],
        ["eval_loss", "step"],
    ]
    assert run["gate"]["lengths"] == {"32": 2, "64": 0, "96": 1}
    json.dumps(row, allow_nan=False)


def test_a_real_model_brings_its_plan_and_samples(tmp_path: Path) -> None:
    write_run(tmp_path / "run")
    write_json(tmp_path / "run" / "report.json", {"result": {"plan": {"device": "l4"}}, "samples": [{"question": "s"}]})
    [row] = trained_models(tmp_path, config(assistant={"model_name_or_path": BASE}), [fold("trained", "run")])
    assert row["plan"] == {"device": "l4"}
    assert row["samples"] == [{"question": "s"}]


def test_a_run_of_which_nothing_is_left_breaks_nothing(tmp_path: Path) -> None:
    [row] = trained_models(tmp_path, config(assistant={"model_name_or_path": BASE}), [fold("memory", "gone")])
    assert row["folds"][0] | {"steps": None, "curve": [], "gate": None, "heldout": {}} == row["folds"][0]
    assert row["samples"] == []


def test_a_long_curve_is_thinned_and_keeps_its_ends_and_evaluations() -> None:
    points: list[dict[str, float]] = [{"step": step, "loss": 1.0} for step in range(5000)]
    points += [{"step": step, "eval_loss": 1.0} for step in range(0, 5000, 100)]
    kept = thinned(points)
    assert len(kept) == MOST_POINTS
    assert sum("eval_loss" in point for point in kept) == 50
    trained = [point["step"] for point in kept if "loss" in point]
    assert (trained[0], trained[-1]) == (0, 4999)
    assert trained == sorted(set(trained))


def test_the_price_is_the_plans() -> None:
    found = price("assistant", ModelSettings(model_name_or_path=BASE), ROWS, Path())
    assert found["minutes"] > 0
    assert 0 < found["cost"] < 0.005, "seconds on a hired device cost less than a cent, and are not free of charge"
    assert "< 0.01 $" in said_price(found, Words("en")).replace("\u00a0", " ")
    assert (found["currency"], found["unplanned"]) == ("USD", "")
    assert found["device"]


def test_the_device_that_was_named_is_taken_without_a_price_too() -> None:
    settings = ModelSettings.model_validate({"model_name_or_path": BASE, "plan": {"device": "rtx-3090"}})
    found = price("assistant", settings, ROWS, Path())
    assert (found["device"], found["cost"]) == ("rtx-3090", None)
    assert found["minutes"] > 0


def test_what_cannot_be_planned_says_why() -> None:
    unknown = price("assistant", ModelSettings(model_name_or_path="nobody/knows-this"), ROWS, Path())
    assert unknown["minutes"] is None
    assert "is not known" in unknown["unplanned"]
    assert price("assistant", ModelSettings(model_name_or_path=BASE), [], Path())["minutes"] is None


def job(root: Path, settings: Config) -> Job:
    """The report's job over the folders of a workspace that is built."""
    runner = Workspace(root).runner
    return Job(
        Context(root, settings, LocalEngine(1)), root, {n: runner.folder(n) for n in ("documents", "examples", "split")}
    )


def test_each_model_that_was_not_measured_itself_is_named(built: Path) -> None:
    model = {"model_name_or_path": BASE}
    settings = config(assistant={**model, "offline": {}}, other=model, **{"other-as-published": model})
    rows = unmeasured(job(built, settings), [fold("memory", "x")])
    assert [(row["model"], row["reason"]) for row in rows] == [("assistant", "memory"), ("other", "unused")]
    assert rows[0]["command"] == "dalil train --model assistant"
    assert rows[0]["minutes"] > 0
    assert [row["model"] for row in unmeasured(job(built, settings), [fold("trained", "x")])] == ["other"]


def test_an_encoder_is_no_model_that_train_could_measure(built: Path) -> None:
    settings = config(encoder={"model_name_or_path": "intfloat/multilingual-e5-large"})
    assert unmeasured(job(built, settings), []) == []


def test_a_memory_that_was_asked_for_is_measured_itself(built: Path) -> None:
    settings = config(assistant={"model_name_or_path": "scratch"})
    assert unmeasured(job(built, settings), [fold("memory", "x")]) == []
    [row] = unmeasured(job(built, settings), [])
    assert row["reason"] in ("untrained", "no_extra")
    assert row["cost"] == 0
