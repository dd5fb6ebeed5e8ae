"""What a training run holds on a processor beside what the plan says, each in a process of its own.

    python benchmarks/plan_memory.py MODEL_FOLDER [--steps 6]

The rows are of 24 to 134 tokens in the model's own tokens, in batches of equal length; "full" trains the whole model. Memory is
what `dalil train` keeps of a run: the process's highest resident set, less what it held before the model was loaded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dalil.config_models import GateSettings, ModelSettings
from dalil.config_training import LoraSettings, TrainingSettings
from dalil.language_model.precision import computes_bf16
from dalil.training.base_model import prepare_model
from dalil.training.devices import PROCESSOR
from dalil.training.lengths import measured
from dalil.training.plan import Request, make_plan
from dalil.training.rows import TrainingRow
from dalil.training.run import train
from dalil.training.shapes import find_shape
from dalil.training.task import Task

MIB = 2**20
WAYS: tuple[tuple[str, int, dict[str, Any] | None], ...] = (
    ("LoRA r 16, batch 4", 4, {}),
    ("LoRA r 16, batch 8", 8, {}),
    ("LoRA r 16, batch 16", 16, {}),
    ("LoRA r 16 and dropout, batch 8", 8, {"lora_dropout": 0.05}),
    ("full, batch 4", 4, None),
)
TEXT = "le dossier est complet quand la date et le lieu du dépôt sont écrits"


def rows(count: int = 320) -> list[TrainingRow]:
    """Short questions, answers of up to a hundred tokens."""
    words = TEXT.split()
    said = [" ".join(words[(i + j) % len(words)] for j in range(4 + i % 30)) for i in range(count)]
    return [TrainingRow(str(i), f"Question {i} ?", text, "fr") for i, text in enumerate(said)]


def settings(model: str, batch: int, lora: dict[str, Any] | None, steps: int) -> ModelSettings:
    adapter = None if lora is None else LoraSettings(r=16, lora_alpha=32, target_modules="all-linear", **lora)
    training = TrainingSettings(
        learning_rate=1e-4, per_device_train_batch_size=batch, max_steps=steps, warmup_steps=1, max_length=256,
        eval_strategy="no", save_steps=1000, logging_steps=1, activation_checkpointing=False,
        train_sampling_strategy="group_by_length",
    )  # fmt: skip
    return ModelSettings(
        model_name_or_path=model, lora=adapter, training=training, gate=GateSettings(max_duplicates=1.0)
    )


def measure(model: str, way: int, steps: int) -> None:
    """One way, in this process: its figures as JSON."""
    label, batch, lora = WAYS[way]
    chosen, made_of = settings(model, batch, lora, steps), rows()
    data = measured(((f"{row.question} {row.answer}", "fr") for row in made_of), "", model, "here")
    plan = make_plan(Request("plan", label, chosen, find_shape(model), data, device=PROCESSOR))
    with tempfile.TemporaryDirectory() as folder:
        made = train(Task("plan", chosen, made_of, Path(folder) / "run", offline=True), prepare_model)
    parts = plan.memory if computes_bf16() else plan.memory_without_bf16
    print(json.dumps({"way": label, "planned": parts.total, "measured": made.peak_memory_bytes,
                      "planned_seconds": (plan.seconds or 0.0) / steps, "measured_seconds": made.seconds / steps}))  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("model")
    asked.add_argument("--steps", type=int, default=6)
    asked.add_argument("--way", type=int)
    given = asked.parse_args()
    if given.way is not None:
        measure(given.model, given.way, given.steps)
        return
    print(
        "| way | planned, MiB | measured, MiB | measured / planned | seconds a step, planned | measured |\n|---|---|---|---|---|---|"
    )
    for way in range(len(WAYS)):
        command = [sys.executable, __file__, given.model, "--steps", str(given.steps), "--way", str(way)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        row = json.loads(done.stdout.splitlines()[-1])
        print(f"| {row['way']} | {row['planned'] / MIB:,.0f} | {row['measured'] / MIB:,.0f} | {row['measured'] / row['planned']:.2f} | "
              f"{row['planned_seconds']:.1f} | {row['measured_seconds']:.1f} |", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
