"""`dalil train`: a model of dalil.yaml on the workspace's rows, kept in state/models; the stand-in where it cannot be had."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dalil import pipeline
from dalil.artefacts import read_json, read_records, write_json, write_records, writer_lock
from dalil.config_models import SCRATCH, DataSettings, ModelSettings
from dalil.dataset.groups import group_examples
from dalil.dataset.sides import assign
from dalil.errors import ConfigError, DalilError
from dalil.language_model.folder import set_decoding
from dalil.language_model.place import place_of
from dalil.language_model.templates import CHAT, Template, find_template
from dalil.pipeline.material import Material, read_material
from dalil.records import Document, Example, Passage, Side
from dalil.seams import quiet
from dalil.training.published import random_split, short_enough
from dalil.training.task import GATE
from dalil.workspace import Workspace

Note = Callable[[str], None]
Parts = tuple[Sequence[Example], Sequence[Example], dict[str, list[Example]]]
FOLD = 0
"""A real model is trained once: for the first fold, whose questions it is then measured on."""
SHOWN = 24
REPORT = "report.json"


@dataclass(frozen=True)
class Outcome:
    """What `dalil train` did. `stand_in`: why the offline stand-in was trained instead ("" where it was not)."""

    model: str
    folder: Path
    result: dict[str, Any]
    stand_in: str = ""

    def as_row(self) -> dict[str, Any]:
        return {"model": self.model, "folder": str(self.folder), "stand_in": self.stand_in, **self.result}


def train_model(workspace: Workspace, name: str | None, *, offline: bool, note: Note) -> Outcome:
    """Train the named model (the first, where one was named not). Raises ConfigError where there is none of that name,
    WorkError where the data gate stops it or the model cannot be had and nothing stands in."""
    from dalil.language_model.loading import STACK, ModelMissing, need_training_stack

    models = workspace.config.trainable
    if not models:
        raise ConfigError(
            "dalil.yaml names no model under `models:` that is trained here.", hint="docs/training.md shows how"
        )
    wanted = name or next(iter(models))
    if wanted not in models:
        raise ConfigError(
            f"There is no model {wanted!r} to train here; there are: {', '.join(models)}.",
            hint="dalil train --model NAME",
        )
    need_training_stack(STACK, offline=offline)
    settings = models[wanted]
    if settings.model_name_or_path == SCRATCH:
        return _stand_in(workspace, wanted, "it is a memory that is trained here")
    try:
        return _real(workspace, wanted, settings, offline=offline, note=note)
    except ModelMissing as error:
        if settings.offline is None:
            stand_in = (
                f"so that a memory of the trained questions stands in: models.{wanted}.offline: {{max_minutes: 3}}"
            )
            raise ModelMissing(error.message, hint=f"{error.hint}\n  → {stand_in}") from error
        note(
            f"{error.message}\n  Trained instead: the stand-in of `models.{wanted}.offline`, a memory of the trained questions."
        )
        return _stand_in(workspace, wanted, error.message)


def _stand_in(workspace: Workspace, name: str, why: str) -> Outcome:
    """The memories of the stage `models`."""
    if name not in pipeline.wanted_models(workspace.config):
        raise ConfigError(f"No approach uses the model {name}, so that its memory would answer nothing.",
                          hint=f"approaches: [{{kind: fine-tuned, model: {name}}}]")  # fmt: skip
    for _ in workspace.runner.run("models"):
        continue
    folder = workspace.runner.folder("models")
    folds = [asdict(m) for m in pipeline.fold_models(folder) if m.model == name]
    return Outcome(name, folder / name, {"kind": "memory", "folds": folds}, why)


def _real(workspace: Workspace, name: str, settings: ModelSettings, *, offline: bool, note: Note) -> Outcome:
    from dalil.training.base_model import prepare_model
    from dalil.training.run import train

    settings = _as_it_can_be_read(workspace, settings, offline, note)
    workspace.prepare("passages")
    workspace.prepare("split")
    context = workspace.context
    folders = {stage: workspace.runner.folder(stage) for stage in ("documents", "examples", "split", "passages")}
    rows = make_rows(workspace, settings, read_material(workspace.config, folders), folders, note)
    with writer_lock(context.state):
        task = _task(workspace, name, settings, rows, offline)
        note(f"{name}: {len(rows.train):,} rows, {len(rows.validation):,} to validate; the run lies in {task.folder}")
        trained = train(task, prepare_model)
        anew = set_decoding(trained.model, settings.decoding.model_dump())
        if not anew and (trained.folder / REPORT).is_file() and _is_current(workspace, name, trained.model):
            return Outcome(name, trained.folder, read_json(trained.folder / REPORT)["result"])
        _publish(workspace, name, trained.folder, rows, trained.seconds)
        result = {"kind": "trained", **asdict(trained), "folder": str(trained.folder), "heldout": trained.heldout,
                  "gate": read_json(trained.folder / GATE), "plan": _estimate(workspace, name, trained, note)}  # fmt: skip
        write_json(trained.folder / REPORT, {"result": result, "samples": _samples(workspace, trained.folder, rows)})
    return Outcome(name, trained.folder, result)


def _as_it_can_be_read(workspace: Workspace, settings: ModelSettings, offline: bool, note: Note) -> ModelSettings:
    """Folders taken from the workspace, the template checked, `max_length` within what the model reads.

    Raises ConfigError where the template lacks a place, ModelMissing where the model cannot be had.
    """
    from dalil.language_model.loading import context_of

    _template_of(settings)
    name = place_of(settings.model_name_or_path, workspace.root)
    training = settings.training
    adapter = training.resume_from_adapter and place_of(training.resume_from_adapter, workspace.root)
    context = context_of(name, offline=offline)
    if context is not None and training.max_length > context:
        note(
            f"{settings.model_name_or_path} reads {context:,} tokens: max_length {training.max_length:,} becomes {context:,}"
        )
        training = training.model_copy(update={"max_length": context})
    training = training.model_copy(update={"resume_from_adapter": adapter})
    return settings.model_copy(update={"model_name_or_path": name, "training": training})


def _is_current(workspace: Workspace, name: str, model: Path) -> bool:
    """Whether that model is the one that `run` measures: then nothing is asked or written again."""
    real = pipeline.real_model(workspace.context, name)
    return real is not None and workspace.root / real.tuned == model


@dataclass(frozen=True)
class Rows:
    """What is trained on, validated with and held out, as examples and as rows."""

    documents: Sequence[Document]
    examples: Sequence[Example]
    train: Sequence[Any]
    validation: Sequence[Any]
    heldout: dict[str, Sequence[Any]]


def make_rows(workspace: Workspace, settings: ModelSettings, found: Material, folders: dict[str, Path],
              note: Note = quiet) -> Rows:  # fmt: skip
    """The rows by the settings: the workspace's own split, a file's, or the published random one."""
    from dalil.training.rows import rows_of

    data, template = settings.data, _template_of(settings)
    if data.files or data.test_size is not None:
        examples = _given(workspace, data.files, note) if data.files else [e for e in found.examples if e.answerable]
        kept = short_enough(examples, data.max_characters, template)
        train, validation, test = _parted(workspace, kept, data)
        held = test | (found.held_out(FOLD) if data.files else {})
        return Rows(
            found.documents, train, rows_of(train, unknown=True), rows_of(validation, unknown=True), _as_rows(held)
        )
    validation = found.validation(FOLD)
    apart = {example.group for example in validation}
    examples = short_enough([e for e in found.trained(FOLD) if e.group not in apart], data.max_characters, template)
    reading = _reading(workspace, settings, folders)
    held_out = {stratum: reading(asked) for stratum, asked in found.held_out(FOLD).items()}
    return Rows(found.documents, examples, reading(examples), reading(validation), held_out)


def _template_of(settings: ModelSettings) -> Template:
    """The template that is named, checked; the model's own where none is. Raises ConfigError where a place is missing."""
    return Template(CHAT) if settings.template is None else find_template(settings.template, has_chat=True)


def _parted(workspace: Workspace, examples: Sequence[Example], data: DataSettings) -> Parts:
    """A file's examples as (train, validation, held out by name): by group like the workspace's own, or the published random
    split where `test_size` asks for it."""
    if data.test_size is not None:
        train, test = random_split(examples, data.test_size, data.seed)
        return train, [], {"random": test}
    config = workspace.config
    grouped = group_examples(examples, (), config.seed)
    names: dict[str, list[str]] = {example.group: [example.group] for example in grouped}
    side = {row.group: row.side for row in assign(names, config.split, config.seed)}
    sides: dict[Side, list[Example]] = {"train": [], "validation": [], "test": []}
    for example in grouped:
        sides[side[example.group]].append(example)
    return sides["train"], sides["validation"], {"file": sides["test"]}


def _reading(
    workspace: Workspace, settings: ModelSettings, folders: dict[str, Path]
) -> Callable[[Sequence[Example]], Sequence[Any]]:
    """Examples → rows; with `data.context` each with its passages, those to validate and those held out too: what is measured
    is what was trained."""
    from dalil.training.rows import rows_of, with_context

    context = settings.data.context
    if context is None:
        return lambda examples: rows_of(examples, unknown=True)
    passages = read_records(Passage, folders["passages"] / "passages.jsonl")
    seed = workspace.config.seed
    return lambda examples: with_context(
        rows_of(examples, unknown=True), passages, proofs_of(examples, passages), context, seed
    )


def _as_rows(held: Mapping[str, Sequence[Example]]) -> dict[str, Sequence[Any]]:
    from dalil.training.rows import rows_of

    return {stratum: rows_of(asked, unknown=True) for stratum, asked in held.items()}


def proofs_of(examples: Sequence[Example], passages: Sequence[Passage]) -> dict[str, str]:
    """Example id → the id of the first passage that holds its evidence."""
    by_document: dict[str, list[Passage]] = {}
    for passage in passages:
        by_document.setdefault(passage.document, []).append(passage)
    found = {}
    for example in examples:
        for evidence in example.evidence[:1]:
            holding = [
                p for p in by_document.get(evidence.document, []) if p.start <= evidence.start and evidence.end <= p.end
            ]
            if holding:
                found[example.id] = holding[0].id
    return found


def _given(workspace: Workspace, files: Sequence[str], note: Note) -> list[Example]:
    """The examples of the files that have an answer; how many rows of a file are left out, and why, is said."""
    from dalil.dataset.pairs import read_questions

    config, found = workspace.config, list[Example]()
    for path in files:
        read = read_questions(
            workspace.root / path, None, expected=config.language, masked_kinds=config.reading.masked_kinds
        )
        answered = [example for example in read.examples if example.answerable]
        reasons = Counter(dropped.reason for dropped in read.dropped)
        reasons["they have no answer"] = len(read.examples) - len(answered)
        for reason, count in reasons.items():
            if count:
                note(f"{path}: {count:,} left out of {len(read.examples) + len(read.dropped):,} rows: {reason}")
        found += answered
    return found


def _task(workspace: Workspace, name: str, settings: ModelSettings, rows: Rows, offline: bool) -> Any:
    from dalil.training.task import Task

    task = Task(name, settings, rows.train, Path(), rows.validation, rows.heldout, workspace.config.seed,
                os.cpu_count() or 1, offline, say=workspace.context.say)  # fmt: skip
    return replace(task, folder=workspace.context.state / "models" / name / task.key)


def _publish(workspace: Workspace, name: str, folder: Path, rows: Rows, seconds: float) -> None:
    """Point at the finished model: the next `run` measures it."""
    from dalil.pipeline.memories import TRAINED, fold_model, sure_enough
    from dalil.training.task import MODEL

    write_records(folder / TRAINED, rows.examples)
    threshold = sure_enough(
        folder / MODEL,
        rows.examples,
        rows.documents,
        workspace.config.targets.wrong,
        workspace.config.seed,
        workspace.context.progress,
    )
    made = fold_model(workspace.context, name, FOLD, "trained", folder, threshold, seconds)
    decoding = workspace.config.models[name].decoding.model_dump()
    write_json(pipeline.pointer(workspace.context, name), asdict(replace(made, decoding=decoding)))


def _samples(workspace: Workspace, folder: Path, rows: Rows) -> list[dict[str, Any]]:
    """Held-out questions answered with the adapter off and on."""
    from dalil.training.before_after import samples
    from dalil.training.task import MODEL

    asked = [(stratum, row) for stratum, held in rows.heldout.items() for row in held[:SHOWN]]
    return samples(folder / MODEL, asked, progress=workspace.context.progress)


def _estimate(workspace: Workspace, name: str, trained: Any, note: Note) -> dict[str, Any]:
    """The plan for this machine beside what was measured; nothing where the plan does not know the architecture."""
    from dalil.language_model.precision import computes_bf16
    from dalil.planning import plan
    from dalil.training.devices import this_device
    from dalil.training.plan import Plan

    try:
        planned = plan(workspace.root, recipe=None, model=name, device=this_device())
    except DalilError as error:
        note(f"{name} has no plan to compare with: {error.message}")
        return {}
    if not isinstance(planned, Plan):
        return {}
    parts = planned.memory if computes_bf16() else planned.memory_without_bf16
    return {
        "device": planned.device.name,
        "planned": {"trainable_parameters": planned.trainable_parameters, "steps": planned.steps, "seconds": planned.seconds,
                    "memory_bytes": parts.total},
        "measured": {"trainable_parameters": trained.trainable_parameters, "steps": trained.steps,
                     "seconds": trained.seconds, "memory_bytes": trained.peak_memory_bytes},
    }  # fmt: skip
