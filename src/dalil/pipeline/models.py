"""The stage `models`: the memories that `run` trains, fold by fold; what `dalil train` trained is taken as it is.

`run` never trains a real model: where one was trained, the folds that it was not trained for stay without an answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dalil.answering.approaches import Asked
from dalil.answering.model_alone import ModelFiles
from dalil.artefacts import Made, file_hash, read_json, read_records, write_json
from dalil.config import READING_KINDS, ApproachSettings, Config
from dalil.config_models import SCRATCH, ModelSettings
from dalil.errors import WorkError
from dalil.language_model.loading import STACK, need_training_stack, training_stack_missing
from dalil.language_model.opening import open_model
from dalil.records import Example
from dalil.stages import Context, Job
from dalil.training.checkpoints import changed
from dalil.training.task import RESULT

MODELS, CURRENT = "models.json", "current.json"
MEMORY = "memory"
"""The kind of model that `run` trains where no real one can be had."""


@dataclass(frozen=True)
class FoldModel:
    """The model that answers while `fold` is held out. `kind`: memory or trained; paths are relative to the workspace.

    `threshold`: mean log-probability from which a gated one speaks; `seconds` of training; `decoding` of a trained one, so that
    another decoding is another model to what hangs on it.
    """

    model: str
    fold: int
    kind: str
    tuned: str
    base: str
    trained: str
    threshold: float
    seconds: float
    decoding: dict[str, Any] = field(default_factory=dict)


def wanted_models(config: Config) -> list[str]:
    """The models that an approach asks for, in the order of the configuration."""
    asked = {item.model for item in config.approaches if item.needs_model}
    return [name for name in config.models if name in asked]


def models_settings(config: Config) -> Any:
    """What the stage depends on: the models that approaches ask for."""
    return {"models": {name: config.models[name].model_dump(mode="json") for name in wanted_models(config)},
            "seed": config.seed, "targets": config.targets.model_dump(mode="json")}  # fmt: skip


def models_prints(context: Context) -> dict[str, str]:
    """Whether models can be trained here, and which real ones `dalil train` left."""
    names = wanted_models(context.config)
    kept = {name: real_model(context, name) for name in names}
    found = {
        f"model {name}": f"{file_hash(pointer(context, name))} {_sizes(context.root / real.tuned)}"
        for name, real in kept.items()
        if real is not None
    }
    return found | ({"extra `train`": "installed" if can_train() else "missing"} if names else {})


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of a model's files: a cut one is seen without reading gigabytes at each question, and a copied workspace is the same."""
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*")) if path.is_file()}


def can_train() -> bool:
    """Whether the extra `train` is installed."""
    return not training_stack_missing()


def pointer(context: Context, name: str) -> Path:
    """The file that names what `dalil train` left for a model."""
    return context.state / "models" / name / CURRENT


def real_model(context: Context, name: str) -> FoldModel | None:
    """What `dalil train` left for that model, or None."""
    path = pointer(context, name)
    return FoldModel(**read_json(path)) if path.is_file() else None


def is_memory(settings: ModelSettings) -> bool:
    """Whether `run` trains a stand-in for the model, or the model is that stand-in itself."""
    return settings.offline is not None or settings.model_name_or_path == SCRATCH


def make_models(job: Job) -> Made:
    """Models for each approach that needs one → models.json, and the memories beside it."""
    made: list[FoldModel] = []
    missing: list[dict[str, str]] = []
    for name in wanted_models(job.context.config):
        found, reason = _models_of(job, name)
        made += found
        missing += [{"what": f"model {name}", "reason": reason}] if reason else []
    write_json(job.folder / MODELS, [asdict(item) for item in made])
    shutil.rmtree(work_folder(job.context), ignore_errors=True)
    return Made({"models": len({m.model for m in made}), "folds": len(made)}, missing)


def _models_of(job: Job, name: str) -> tuple[Sequence[FoldModel], str]:
    """The models of that name, or why there are none."""
    from dalil.pipeline.memories import train_memories

    real = real_model(job.context, name)
    data = job.context.config.models[name].data
    if real is not None and data.test_size is not None:
        return (
            [],
            "trained on a random split, as published: its rows may stand in the test, so it is not measured on it",
        )
    if real is not None and (damage := _damage(job.context, real)):
        return [], damage
    if real is not None:
        return [real], "" if data.files else _changed_since(job, real)
    if not is_memory(job.context.config.models[name]):
        return [], f"not trained: dalil train --model {name}"
    if not can_train():
        return [], "the extra `train` is not installed: pip install 'dalil[train]'"
    need_training_stack(STACK, offline=True)
    return train_memories(job, name), ""


def _damage(context: Context, real: FoldModel) -> str:
    """What is wrong with the files that `dalil train` left, and what helps; "" where they are as they were written."""
    folder = context.root / real.tuned
    damage = changed(folder, read_json(folder.parent / RESULT).get("files", {}))
    again = f"put the file back from a copy, or remove {folder.parent} and: dalil train --model {real.model}"
    return f"its trained files are damaged ({damage}): {again}" if damage else ""


def _changed_since(job: Job, real: FoldModel) -> str:
    """How many of the rows that a real model was trained on have changed since ("" where none): it is never made anew unasked."""
    now = {(e.id, e.question, e.answer) for e in read_records(Example, job.inputs["examples"] / "examples.jsonl")}
    trained = read_records(Example, job.context.root / real.trained)
    changed = sum((e.id, e.question, e.answer) not in now for e in trained)
    if not changed:
        return ""
    return f"{changed} of the {len(trained)} rows that it was trained on have changed since: dalil train --model {real.model}"


def work_folder(context: Context) -> Path:
    """Where memories are trained until all of them are finished: a killed run goes on there."""
    return context.build.folder / "cache" / "models"


def fold_models(folder: Path) -> list[FoldModel]:
    """What the stage wrote."""
    return [FoldModel(**row) for row in read_json(folder / MODELS)]


def folds_of(settings: ApproachSettings, found: Sequence[FoldModel]) -> frozenset[int] | None:
    """The folds that an approach can be measured on; None: all of them."""
    return frozenset(item.fold for item in usable(settings, found)) if settings.needs_model else None


def usable(settings: ApproachSettings, found: Sequence[FoldModel]) -> list[FoldModel]:
    """The models that the approach can ask: a memory of the trained questions cannot read passages."""
    reads = settings.kind in READING_KINDS
    return [item for item in found if item.model == settings.model and not (reads and item.kind == MEMORY)]


def files_for(
    context: Context, settings: ApproachSettings, found: Sequence[FoldModel], fold: int | None
) -> ModelFiles | None:
    """The files of the approach's model for that fold (None: the first there is), or None where it needs none or has none."""
    of_model = [item for item in usable(settings, found) if fold in (None, item.fold)]
    if not settings.needs_model or not of_model:
        return None
    chosen, root = of_model[0], context.root
    base = root / chosen.base if chosen.base else None
    return ModelFiles(root / chosen.tuned, base, root / chosen.trained, chosen.threshold)


def asked_for(context: Context, settings: ApproachSettings, files: ModelFiles | None) -> Asked | None:
    """The language model that the approach asks over passages or at an address, opened once; None where it asks none.

    Raises WorkError where it is to be the tuned one and none has been trained.
    """
    if settings.kind not in READING_KINDS and not settings.opens_model:
        return None
    name = str(settings.model)
    model, tuned = context.config.models[name], files.tuned if files else None
    if settings.needs_model and tuned is None:
        raise WorkError(f"The approach {settings.label} needs the model {name} tuned, and it is not: a small memory of the "
                        "trained questions cannot read passages.", hint=f"dalil train --model {name}")  # fmt: skip
    return Asked(
        settings,
        model,
        cache(lambda: open_model(name, model, context.root, tuned, context.config.reading.masked_kinds)),
    )
