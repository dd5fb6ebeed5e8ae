"""Memories of the trained questions, one a fold, within the minutes that the configuration gives."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dalil.answering.memory import Memory
from dalil.artefacts import read_json, write_json, write_records
from dalil.config_models import OfflineSettings
from dalil.dataset.noise import as_typed
from dalil.language_model.generation import Generator
from dalil.language_model.templates import Chat
from dalil.lexicon import load_lexicon
from dalil.pipeline.material import Material, read_material
from dalil.pipeline.models import MEMORY, FoldModel, work_folder
from dalil.records import Document, Example, content_id
from dalil.seams import Progress, silent
from dalil.stages import Context, Job
from dalil.training.before_after import samples
from dalil.training.rows import TrainingRow, rows_of
from dalil.training.run import train
from dalil.training.scratch_memory import BASE, ScratchMemory, memory_settings, seconds_wanted
from dalil.training.task import MODEL, Task, Trained

MOST_FOLDS = 3
TRIALS = 90
SHOWN = 12
TRAINED = "trained.jsonl"
NEVER, ALWAYS = 1.0, -1e9
"""Thresholds that no log-probability reaches, and that each does."""


def train_memories(job: Job, name: str) -> list[FoldModel]:
    """One memory a fold: as many folds (at most three) as the minutes hold well, at least one."""
    context = job.context
    found = read_material(context.config, job.inputs)
    offline = context.config.models[name].offline or OfflineSettings()
    total = 60 * offline.max_minutes
    rows = rows_of(found.trained(0), unknown=False)
    work = work_folder(context)
    folds = _folds(work / f"{name}.json", found.folds, total, rows, context.config.seed)
    return [_memory(job, name, found, fold, total / folds, work) for fold in range(folds)]


def _folds(kept: Path, most: int, seconds: float, rows: Sequence[TrainingRow], seed: int) -> int:
    """How many folds the time holds; decided once, so that a killed run goes on with as many."""
    given = content_id(str(seconds), str(seed), *(row.id + row.answer for row in rows))
    if kept.is_file() and (known := read_json(kept)).get("given") == given:
        return int(known["folds"])
    folds = max(1, min(MOST_FOLDS, most, math.floor(seconds / seconds_wanted(rows, seed))))
    write_json(kept, {"given": given, "folds": folds})
    return folds


def _memory(job: Job, name: str, found: Material, fold: int, seconds: float, work: Path) -> FoldModel:
    """Train the fold's memory in the work folder, where a killed run finds it, and copy what is finished."""
    context = job.context
    examples = found.trained(fold)
    held = {stratum: rows_of(asked, unknown=False) for stratum, asked in found.held_out(fold).items()}
    rows = rows_of(examples, unknown=False)
    task = Task(
        f"{name}, fold {fold + 1}", memory_settings(rows), rows, work / f"{name}-{fold}",
        heldout=held, seed=context.config.seed, threads=os.cpu_count() or 1, offline=True, given=content_id(str(seconds), *found.texts(fold)), say=context.say,
    )  # fmt: skip
    trained = train(task, ScratchMemory(found.texts(fold), seconds).prepare)
    place = job.folder / name / f"fold-{fold}"
    keep(trained, place)
    write_records(place / TRAINED, examples)
    asked = [(stratum, row) for stratum, rows in held.items() for row in rows[:SHOWN]]
    write_json(place / "samples.json", samples(place / MODEL, asked, place / BASE, progress=context.progress))
    threshold = sure_enough(
        place / MODEL, examples, found.documents, context.config.targets.wrong, context.config.seed, context.progress
    )
    final = context.build.path("models", job.folder.name.removesuffix(".partial")) / name / f"fold-{fold}"
    return fold_model(context, name, fold, MEMORY, final, threshold, trained.seconds)


def keep(trained: Trained, place: Path) -> None:
    """Copy what a finished run left, without its working files."""
    wanted = shutil.ignore_patterns("checkpoint-*", "data", "reading", "*.partial", "tokenizer")
    shutil.copytree(trained.folder, place, ignore=wanted, dirs_exist_ok=True)


def fold_model(
    context: Context, name: str, fold: int, kind: str, place: Path, threshold: float, seconds: float
) -> FoldModel:
    """The row of models.json for a folder with `model`, perhaps `base`, and trained.jsonl."""
    here = place.relative_to(context.root).as_posix()
    base = f"{here}/{BASE}" if kind == MEMORY else ""
    return FoldModel(name, fold, kind, f"{here}/{MODEL}", base, f"{here}/{TRAINED}", threshold, seconds)


def sure_enough(
    model: Path,
    examples: Sequence[Example],
    records: Sequence[Document],
    wrong: float,
    seed: int,
    progress: Progress = silent,
) -> float:
    """The mean log-probability from which at most `wrong` of the answers behind the gate are wrong, on trained questions as
    people type them and on questions without an answer. NEVER where no threshold reaches that."""
    generator, memory = Generator.of(model), Memory(examples, records)
    ordered = sorted(examples, key=lambda example: content_id("sure", example.id))
    asked = [e for e in ordered if e.answerable][:TRIALS] + [e for e in ordered if not e.answerable][: TRIALS // 3]
    trials: list[tuple[float, bool]] = []
    typed = [_as_typed(example, seed) for example in asked]
    told = generator.answers([Chat(question, generator.card.system_prompt) for question in typed])
    shown = progress(told, label="asking what was learnt, for the threshold", total=len(typed))
    for example, question, said in zip(asked, typed, shown, strict=True):
        if said.logprob is not None and not said.truncated and memory.match(question, said.text) is not None:
            trials.append((said.logprob, example.answerable and said.text.strip() == example.answer.strip()))
    return _threshold(trials, wrong)


def _as_typed(example: Example, seed: int) -> str:
    rng = np.random.default_rng([seed, int(content_id("sure", example.id), 16)])
    return as_typed(example.question, load_lexicon(example.language).around, rng)


def _threshold(trials: Sequence[tuple[float, bool]], wrong: float) -> float:
    """The lowest log-probability above which the share of wrong ones stays within the limit. ALWAYS where all the trials
    do: none of them tells where to stop."""
    best, mistakes = NEVER, 0
    for count, (logprob, right) in enumerate(sorted(trials, reverse=True), start=1):
        mistakes += not right
        if mistakes <= wrong * count:
            best = logprob
    return ALWAYS if trials and mistakes <= wrong * len(trials) else best
