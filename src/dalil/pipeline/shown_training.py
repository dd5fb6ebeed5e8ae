"""What training did, and what it was not done for: the report's parts `training` and `not_measured`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, read_records
from dalil.config import Config
from dalil.config_models import SCRATCH, ModelSettings
from dalil.errors import DalilError
from dalil.language_model.place import place_of
from dalil.pipeline.material import Material, read_material
from dalil.pipeline.models import FoldModel, can_train, fold_models, wanted_models
from dalil.pipeline.shown_before_after import judged_samples
from dalil.records import Document, Example
from dalil.stages import Job
from dalil.training.around import tokens_around
from dalil.training.curve import read_curve
from dalil.training.devices import load_devices
from dalil.training.gate import BINS
from dalil.training.lengths import measured
from dalil.training.pace import CURRENCY
from dalil.training.plan import Plan, Request, make_plan
from dalil.training.shapes import find_shape

MOST_POINTS, MOST_EVALUATIONS = 400, 100
RESULT = ("steps", "seconds", "tokens", "loss", "heldout", "trainable_parameters", "total_parameters", "peak_memory_bytes",
          "stopped_early", "resumed")  # fmt: skip
AS_PUBLISHED = "-as-published"


def training_data(job: Job) -> dict[str, Any]:
    """`training`: a row for each model that an approach uses; `not_measured`: a row for each that was not measured itself."""
    config, made = job.context.config, fold_models(job.inputs["models"])
    models = trained_models(job.context.root, config, made)
    if any(model["samples"] for model in models):
        documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
        examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
        models = [model | {"samples": judged_samples(model["samples"], documents, examples)} for model in models]
    return {"training": models, "not_measured": unmeasured(job, made)}


def trained_models(root: Path, config: Config, made: Sequence[FoldModel]) -> list[dict[str, Any]]:
    """What the runs of the models left, in the order of the configuration. `approaches`: the labels of those that use it."""
    found = []
    for name in wanted_models(config):
        folds = [item for item in made if item.model == name]
        if folds:
            places = [(root / item.tuned).parent for item in folds]
            report = _maybe(places[0] / "report.json") or {}
            found.append({
                "model": name, "kind": folds[0].kind, "base": config.models[name].model_name_or_path,
                "approaches": [a.label for a in config.approaches if a.model == name],
                "folds": [run_data(item.fold, place) for item, place in zip(folds, places, strict=True)],
                "samples": [row for place in places for row in _samples(place)],
                "plan": (report.get("result") or {}).get("plan") or None,
            })  # fmt: skip
    return found


def run_data(fold: int, place: Path) -> dict[str, Any]:
    """One run: its result, its curve (thinned to MOST_POINTS) and the report of its data gate. What is missing is None."""
    result: Mapping[str, Any] = _maybe(place / "result.json") or {}
    gate = _maybe(place / "gate.json")
    if gate:
        gate = {**gate, "lengths": _without_gaps(gate.get("lengths", {}))}
    row = {name: result.get(name) for name in RESULT}
    return {"fold": fold, **_finite(row), "heldout": _finite(result.get("heldout") or {}), "curve": thinned(read_curve(place)), "gate": gate}  # fmt: skip


def thinned(points: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """At most MOST_POINTS of a curve's points, evenly, evaluations first. Values that are no number are left out."""
    evaluations = [point for point in points if "eval_loss" in point]
    others = [point for point in points if "eval_loss" not in point]
    if len(points) > MOST_POINTS:
        evaluations = _evenly(evaluations, MOST_EVALUATIONS)
        others = _evenly(others, MOST_POINTS - len(evaluations))
    kept = sorted([*evaluations, *others], key=lambda point: (point["step"], "eval_loss" in point))
    return [{key: value for key, value in point.items() if math.isfinite(value)} for point in kept]


def _evenly(points: Sequence[Mapping[str, float]], most: int) -> list[Mapping[str, float]]:
    """The first, the last and what lies evenly between them."""
    if len(points) <= most:
        return list(points)
    return [points[round(i * (len(points) - 1) / (most - 1))] for i in range(most)]


def _without_gaps(lengths: Mapping[str, int]) -> dict[str, int]:
    """Every bin up to the longest row's, the empty ones too."""
    known = {int(bound): n for bound, n in lengths.items()}
    bounds = sorted({bound for bound in BINS if bound <= max(known, default=0)} | set(known))
    return {str(bound): known.get(bound, 0) for bound in bounds}


def _samples(place: Path) -> list[dict[str, Any]]:
    return list(_maybe(place / "samples.json") or (_maybe(place / "report.json") or {}).get("samples") or [])


def _maybe(path: Path) -> Any:
    return read_json(path) if path.is_file() else None


def _finite(value: Any) -> Any:
    """NaN and infinities as None: they are not JSON."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def unmeasured(job: Job, made: Sequence[FoldModel]) -> list[dict[str, Any]]:
    """Each configured model that was not measured itself, with the plan's price. `reason`: memory (its stand-in was
    measured), no_extra, untrained, or unused (no approach asks it); `unplanned`: why minutes are None."""
    config = job.context.config
    wanted, kinds = wanted_models(config), {item.model: item.kind for item in made}
    named = [*wanted, *(n for n in config.trainable if n not in wanted and not n.endswith(AS_PUBLISHED))]
    missing = [
        n for n in named if kinds.get(n) != "trained" and not (kinds.get(n) == "memory" and _is_scratch(config, n))
        and not _is_encoder(job.context.root, config.models[n])
    ]  # fmt: skip
    rows = _training_texts(job) if missing else []
    return [
        {"model": name, "base": config.models[name].model_name_or_path, "reason": _reason(name, wanted, kinds),
         "command": f"dalil train --model {name}", **price(name, config.models[name], rows, job.context.root)}
        for name in missing
    ]  # fmt: skip


def _is_scratch(config: Config, name: str) -> bool:
    return config.models[name].model_name_or_path == SCRATCH


def _is_encoder(root: Path, settings: ModelSettings) -> bool:
    """Whether it makes vectors and writes no answers: `dalil train` does not take it."""
    try:
        return find_shape(place_of(settings.model_name_or_path, root)).family == "encoder"
    except DalilError:
        return False


def _reason(name: str, wanted: Sequence[str], kinds: Mapping[str, str]) -> str:
    if kinds.get(name) == "memory":
        return "memory"
    if name not in wanted:
        return "unused"
    return "untrained" if can_train() else "no_extra"


def price(name: str, settings: ModelSettings, rows: Sequence[tuple[str, str]], root: Path) -> dict[str, Any]:
    """Minutes, cost and device by the plan (training/plan.py); minutes None, with the reason, where it cannot be planned."""
    empty = {"minutes": None, "cost": None, "currency": CURRENCY, "device": None, "unplanned": ""}
    base = place_of(settings.model_name_or_path, root)
    if base == SCRATCH:
        minutes = settings.offline.max_minutes if settings.offline else None
        return {**empty, "minutes": minutes, "cost": 0.0}
    if not rows:
        return {**empty, "unplanned": "no row to train on has been built"}
    try:
        shape = find_shape(base)
        data = measured(rows, shape.tokenizer, base, "", tokens_around(settings, base))
        request = Request("", name, settings, shape, data, settings.plan.device, devices=settings.plan.devices)
        plan = _with_a_price(request, make_plan(request))
    except DalilError as error:
        return {**empty, "unplanned": error.message}
    minutes = None if plan.seconds is None else plan.seconds / 60
    return {**empty, "minutes": minutes, "cost": plan.cost, "device": plan.device.name}


def _with_a_price(request: Request, plan: Plan) -> Plan:
    """The plan; on the smallest device that can be hired where none was named and the one that fits has no price."""
    if plan.cost is not None or request.device is not None:
        return plan
    hired = next((d for d in load_devices() if d.price_usd_per_hour and d.holds(plan.memory.total)
                  and (d.bf16 or not request.settings.training.in_bf16)), None)  # fmt: skip
    return make_plan(replace(request, device=hired.name)) if hired else plan


def row_tokens(root: Path, config: Config, material: Material) -> list[dict[str, Any]]:
    """How long the rows are that each model that is trained here would be trained on, in its tokens; `tokenizer` says who
    counted. `root`: the workspace, whose folders may be named as models."""
    rows = _texts(material.trained(0))
    found: list[dict[str, Any]] = []
    for base, settings in {each.model_name_or_path: each for each in config.trainable.values()}.items():
        if base == SCRATCH or not rows:
            continue
        try:
            place = place_of(base, root)
            data = measured(rows, find_shape(place).tokenizer, place, "", tokens_around(settings, place))
        except DalilError as error:
            found.append({"base": base, "mean": None, "longest": None, "rows": len(rows), "tokenizer": error.message})
            continue
        found.append({"base": base, "mean": round(data.tokens_per_row, 1), "longest": data.longest, "rows": len(rows),
                      "tokenizer": data.tokenizer})  # fmt: skip
    return found


def _training_texts(job: Job) -> list[tuple[str, str]]:
    """Question and answer of every row that a real model would be trained on, as `dalil plan` counts them."""
    return _texts(read_material(job.context.config, job.inputs).trained(0))


def _texts(examples: Sequence[Example]) -> list[tuple[str, str]]:
    return [(f"{example.question}\n{example.answer}", example.language) for example in examples]
