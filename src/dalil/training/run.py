"""One training run in a folder of its own: begun, killed, gone on with, finished; each part written beside and renamed."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalil.artefacts import json_lines, read_json, write_json, write_text
from dalil.config_training import TrainingSettings
from dalil.errors import WorkError
from dalil.language_model.belonging import known_tokens, not_its_own
from dalil.language_model.memory_limits import fitting_into_memory
from dalil.language_model.quiet import quieten
from dalil.language_model.templates import Template, find_template
from dalil.training.checkpoints import newest_whole
from dalil.training.curve import CURVE, read_curve
from dalil.training.disk import fitting_onto_disk
from dalil.training.finish import finish
from dalil.training.gate import EncodedRow, GateReport, encode_rows, hold, inspect, question_key
from dalil.training.live import live_line, measuring_line
from dalil.training.noise import noisy_rows
from dalil.training.refusals import accepted_settings
from dalil.training.reporters import need_reporters, reporting_to
from dalil.training.rows import TrainingRow
from dalil.training.task import GATE, RUN, Prepared, Task, Trained, finished, stack_versions

if TYPE_CHECKING:
    from dalil.training.deadline import Deadline
    from dalil.training.watching import Spent

log = logging.getLogger("dalil.training")
LESS_MEMORY = (
    "dalil plan --model {name}; halve per_device_train_batch_size and double gradient_accumulation_steps, "
    "lower max_length, or add quantization: {{load_in_4bit: true}}"
)


def train(task: Task, prepare: Callable[[Task], Prepared]) -> Trained:
    """Train, or go on where a killed run was. `prepare` makes tokenizer and model.

    Raises WorkError where the data gate stops it, memory does not suffice, or the loss is no number.
    """
    quieten(offline=task.offline)
    import torch

    key = task.key
    done = finished(task.folder, key)
    if done is not None:
        return done
    reporters = task.settings.training.report_to
    need_reporters(reporters, task.folder)
    _claim(task.folder, key)
    torch.set_num_threads(task.threads)
    prepared = prepare(task)
    template = find_template(task.settings.template, bool(getattr(prepared.tokenizer, "chat_template", None)))
    report = check_data(task, prepared.tokenizer, template)
    write_json(task.folder / GATE, asdict(report))
    hold(report, task.settings.gate)
    fitting = fitting_into_memory(task.name, LESS_MEMORY.format(name=task.name))
    with fitting_onto_disk(task.folder), fitting, reporting_to(reporters, task.folder):
        return _tune(task, key, prepared, template)


def _claim(folder: Path, key: str) -> None:
    """Mark the folder as this run's. What another configuration left there is set aside, never mixed."""
    if (folder / RUN).is_file() and _key_in(folder / RUN) != key:
        aside = folder.with_name(f"{folder.name}.other-{time.time_ns()}")
        folder.rename(aside)
        log.warning(
            "%s held a run of another configuration, or a damaged one: set aside as %s", folder.name, aside.name
        )
    write_json(folder / RUN, {"key": key, "versions": stack_versions()})


def _key_in(path: Path) -> str | None:
    """The key of the run that a folder holds; None where its file is damaged."""
    try:
        return str(read_json(path).get("key"))
    except WorkError:
        return None


def check_data(task: Task, tokenizer: Any, template: Template) -> GateReport:
    """The data gate's report over the rows as they are (before noise)."""
    asked = {question_key(row.question) for rows in task.heldout.values() for row in rows}
    return inspect(task.rows, _encoded(task, tokenizer, template, task.rows), asked)


def _encoded(task: Task, tokenizer: Any, template: Template, rows: Iterable[TrainingRow]) -> Iterator[EncodedRow]:
    settings = task.settings
    return encode_rows(tokenizer, template, rows, system=settings.system_prompt, max_length=settings.training.max_length,
                       answers_only=settings.training.completion_only_loss)  # fmt: skip


def _known(rows: Iterable[EncodedRow], known: int, name: str) -> Iterator[EncodedRow]:
    """The rows. Raises ConfigError where one has a token that the model has no place for."""
    for row in rows:
        if (highest := max(row.input_ids, default=0)) >= known:
            raise not_its_own(name, highest, known)
        yield row


def _unless_empty(name: str, made: Any) -> Any:
    """The rows as a data set; None, and said, where none of them has a token of its answer."""
    if len(made):
        return made
    log.warning("%s: no row has a token of its answer within max_length: not measured", name)
    return None


def _tune(task: Task, key: str, prepared: Prepared, template: Template) -> Trained:
    from dalil.training.arrow import write_rows
    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Measuring, Watching

    def dataset(name: str, rows: Iterable[TrainingRow]) -> Any:
        encoded = _known(_encoded(task, prepared.tokenizer, template, rows), known, prepared.base)
        return write_rows(task.folder / "data" / f"{name}.arrow", encoded)

    def measurable(name: str, rows: Sequence[TrainingRow]) -> Any:
        return _unless_empty(name, dataset(name, rows)) if rows else None

    noise = task.settings.data.noise
    rows = noisy_rows(task.rows, noise, prepared.epochs, task.seed) if noise else task.rows
    found = newest_whole(task.folder, key)
    for reason in found.passed_over:
        log.warning("checkpoint passed over: %s", reason)
    before = _progress_until(task.folder, found.step)
    watching = Watching(task.folder, key, live_line(task), before)
    model = prepared.load()
    known = known_tokens(prepared.tokenizer, model, prepared.base)
    adapter = _adapter(task, model)
    setup = Setup(
        _continued(task, model), prepared.tokenizer, adapter, dataset("train", rows),
        measurable("validation", task.validation),
        _as_drawn(task), prepared.steps, task.seed, task.folder, watching, _deadline(task, prepared, before),
    )  # fmt: skip
    with accepted_settings():
        trainer = make_trainer(setup)
    trainer.add_callback(Measuring(measuring_line(task)))
    strata = {name: held for name, rows in task.heldout.items() if (held := measurable(name, rows)) is not None}
    started = time.monotonic()
    losses = _losses_before(task.folder, trainer, strata)
    if setup.deadline is not None:
        setup.deadline.reserve = time.monotonic() - started  # they are measured once more at the end
    _run_trainer(task, trainer, found.path)
    if watching.stop_reason:
        kept = newest_whole(task.folder, key)
        raise WorkError(f"Training stopped: {watching.stop_reason}. The last good checkpoint is kept: {kept.path or 'none yet'}.",
                        hint="lower training.learning_rate or raise warmup_steps, then: dalil train")  # fmt: skip
    after = _losses(trainer, strata)
    heldout = {name: {"before": losses[name], "after": after[name]} for name in strata}
    return finish(task, key, prepared, template, trainer, heldout, found.step)


def _deadline(task: Task, prepared: Prepared, before: Spent) -> Deadline | None:
    from dalil.training.deadline import Deadline

    if prepared.seconds is None:
        return None

    def clock() -> float:
        return before.seconds + time.monotonic() - prepared.made_at

    return Deadline(task.folder, prepared.steps, prepared.most, prepared.seconds, clock)


def _as_drawn(task: Task) -> TrainingSettings:
    """The settings for rows with noise: all epochs lie in one long data set, where the end of an epoch is a count of steps."""
    training = task.settings.training
    if task.settings.data.noise is None:
        return training
    changed: dict[str, Any] = {"num_train_epochs": 1}
    if training.eval_strategy == "epoch":
        changed |= {"eval_strategy": "steps", "eval_steps": max(1, math.ceil(len(task.rows) / training.rows_per_step))}
    return training.model_copy(update=changed)


def _progress_until(folder: Path, step: int) -> Spent:
    """Seconds and tokens that a killed run had spent up to the step that is resumed; later points leave the curve."""
    from dalil.training.watching import Spent

    kept = [point for point in read_curve(folder) if point["step"] <= step]
    write_text(folder / CURVE, json_lines(kept))
    counted = [point for point in kept if "num_tokens" in point]
    return Spent(counted[-1]["seconds"], counted[-1]["num_tokens"]) if counted else Spent()


def _adapter(task: Task, model: Any) -> Any:
    from dalil.training.lora import lora_config

    lora = task.settings.lora
    if lora is None or task.settings.training.resume_from_adapter:
        return None
    return lora_config(lora, model)


def _continued(task: Task, model: Any) -> Any:
    from dalil.training.lora import continued

    settings = task.settings
    before = settings.training.resume_from_adapter
    return continued(model, before, settings.model_name_or_path, settings.lora) if before else model


def _losses_before(folder: Path, trainer: Any, strata: Mapping[str, Any]) -> dict[str, float]:
    """Held-out losses of the untuned model, measured once (a resumed run reads them)."""
    path = folder / "before.json"
    if path.is_file() and (known := read_json(path)).keys() >= strata.keys():
        return {name: float(known[name]) for name in strata}
    made = _losses(trainer, strata)
    write_json(path, made)
    return made


def _losses(trainer: Any, strata: Mapping[str, Any]) -> dict[str, float]:
    """Mean loss a learnt token of each held-out part. Logged to no curve: the trainer's own evaluation is kept apart."""
    from dalil.training.trainer import HELD_OUT

    return {name: float(trainer.evaluate(rows, metric_key_prefix=f"{HELD_OUT}_{name}")[f"{HELD_OUT}_{name}_loss"])
            for name, rows in strata.items()}  # fmt: skip


def _run_trainer(task: Task, trainer: Any, checkpoint: Path | None) -> None:
    """Run the trainer. The seed is set anew: a run that began before and read the losses of the untuned model from disk has
    drawn less than one that measured them."""
    from transformers import set_seed

    set_seed(task.seed)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
