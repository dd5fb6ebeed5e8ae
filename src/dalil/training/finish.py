"""The end of a run: the model written beside and renamed, its card, the result; the checkpoints go."""

from __future__ import annotations

import math
import shutil
from dataclasses import asdict
from typing import Any

from dalil.artefacts import write_json
from dalil.language_model.encoding import probe_ids
from dalil.language_model.folder import CARD, ModelCard, write_card
from dalil.language_model.loading import is_quantised
from dalil.language_model.templates import CHAT, Template
from dalil.training.checkpoints import drop_checkpoints, hashes
from dalil.training.task import MODEL, RESULT, Prepared, Task, Trained, stack_versions


def finish(task: Task, key: str, prepared: Prepared, template: Template, trainer: Any,
            heldout: dict[str, dict[str, float]], resumed: int) -> Trained:  # fmt: skip
    """Save the model beside, rename it, write the result, remove the checkpoints."""
    from dalil.training.watching import read_curve

    final, beside = task.folder / MODEL, task.folder / f"{MODEL}.partial"
    shutil.rmtree(beside, ignore_errors=True)
    trainer.save_model(str(beside))
    prepared.tokenizer.save_pretrained(str(beside))
    (beside / "training_args.bin").unlink(missing_ok=True)
    write_card(beside, _card(task, prepared, template))
    shutil.rmtree(final, ignore_errors=True)
    beside.rename(final)
    curve = read_curve(task.folder)
    losses = [point["loss"] for point in curve if "loss" in point]
    trainable, total = _parameters(trainer.model)
    made = Trained(
        task.folder, key, int(trainer.state.global_step), max((p["seconds"] for p in curve), default=0.0),
        int(max((p.get("num_tokens", 0) for p in curve), default=0)), losses[-1] if losses else math.nan, heldout,
        trainable, total,
        int(max((p["memory_bytes"] for p in curve), default=0)),
        int(trainer.state.global_step) < int(trainer.state.max_steps), resumed, stack_versions(),
    )  # fmt: skip
    files = hashes(final, without=CARD)  # the card is written anew where `decoding` changes
    write_json(task.folder / RESULT, {**asdict(made), "folder": task.folder.name, "files": files})
    drop_checkpoints(task.folder)
    shutil.rmtree(task.folder / "data", ignore_errors=True)
    return made


def _parameters(model: Any) -> tuple[int, int]:
    """(trained, all) parameters; four bits lie two to a byte, which PEFT knows how to count."""
    if hasattr(model, "get_nb_trainable_parameters"):
        trainable, total = model.get_nb_trainable_parameters()
        return int(trainable), int(total)
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(size for size, trained in sizes if trained), sum(size for size, _ in sizes)


def _card(task: Task, prepared: Prepared, template: Template) -> ModelCard:
    settings = task.settings
    return ModelCard(
        name=task.name, base=prepared.base, adapter=settings.trains_adapter, template=template.name,
        template_text="" if template.name == CHAT else template.text, system_prompt=settings.system_prompt,
        decoding=settings.decoding.model_dump(), probes=probe_ids(prepared.tokenizer, template),
        scratch=prepared.scratch, quantization=settings.quantization.model_dump() if is_quantised(settings.quantization) else {},
    )  # fmt: skip
