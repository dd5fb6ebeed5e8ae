"""Real tokens per CPU-second of one tuning step: dalil's way on a processor against the published ways and TRL's defaults.

    python benchmarks/training_speed.py CORPORA [--steps 4] [--seeds 3] [--only-loss]

1,000 questions with a paragraph as answer (PIAF, mean about 130 tokens) on a Llama shape of about 50 M parameters with random
weights. Each way trains the same rows for a few steps after one to warm up; padding tokens do not count. The
ways that pad are given few steps: they take minutes each. So is bfloat16 where the processor has none and emulates it: TRL's
trainer is run in float32 too, which is then what ours is measured against. Then ours and TRL's are trained on the same rows, once
through, for the loss, with as many seeds (first weights, order of rows) as asked.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalil.config_training import TrainingSettings
from dalil.language_model.precision import computes_bf16
from dalil.language_model.templates import Template, named_templates
from dalil.training.arrow import write_rows
from dalil.training.gate import encode_rows
from dalil.training.rows import TrainingRow

ROWS, VOCABULARY, RATE = 1000, 16_000, 3e-4
LOSS_ROWS = 160


@dataclass(frozen=True)
class Way:
    """One way of training: dalil's settings, or none: then TRL's own trainer with TRL's defaults, in float32 where said."""

    name: str
    training: dict[str, Any] | None
    steps: int = 0
    float32: bool = False


OURS = Way("dalil: bf16, random batches of 8, rows in line (padding-free)", {"bf16": True})
PARTS = Way("dalil: random batches of 8 in 2 parts of like length, padded", {"bf16": True, "padding_free": False, "train_sampling_strategy": "batch_rebalance", "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2})  # fmt: skip
GROUPED = Way("dalil: bf16, grouped by length, batch 8", {"bf16": True, "train_sampling_strategy": "group_by_length"})
_BF16 = computes_bf16()
TRL = Way("TRL's trainer and defaults: bf16, random batches of 8, activations twice", None, steps=0 if _BF16 else 1)
TRL_FLOAT32 = Way("the same in fp32", None, float32=True)
WAYS = (
    OURS,
    PARTS,
    GROUPED,
    Way("dalil: bf16, packed to 512, batch 1", {"bf16": True, "packing": True, "max_length": 512, "per_device_train_batch_size": 1}),
    TRL,
    TRL_FLOAT32,
    Way("fp32, padded to 1,024, batch 4", {"bf16": False, "pad_to_max_length": True, "max_length": 1024, "per_device_train_batch_size": 4}, steps=1),
    Way("fp32, padded to 2,048, batch 4", {"bf16": False, "pad_to_max_length": True, "max_length": 2048, "per_device_train_batch_size": 4}, steps=1),
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("corpora", type=Path)
    asked.add_argument("--steps", type=int, default=6)
    asked.add_argument("--seeds", type=int, default=1)
    asked.add_argument("--only-loss", action="store_true")
    given = asked.parse_args()
    import torch

    torch.set_num_threads(os.cpu_count() or 1)
    rows = qa_rows(given.corpora / "piaf_fr" / "piaf-v1.0.json")
    tokenizer = _tokenizer(rows)
    encoded = list(
        encode_rows(
            tokenizer,
            Template("plain", named_templates()["plain"]),
            rows,
            system="",
            max_length=2048,
            answers_only=True,
        )
    )
    print(f"{len(rows)} rows, mean {sum(len(r.input_ids) for r in encoded) / len(rows):.0f} tokens; torch {torch.__version__}, "
          f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}")  # fmt: skip
    if not given.only_loss:
        print_speeds(tokenizer, encoded, given.steps)
    print_losses(tokenizer, encoded, given.seeds)


def print_speeds(tokenizer: Any, encoded: list[Any], steps: int) -> None:
    """Real tokens a CPU-second of each way, and the ratios."""
    speeds = {}
    for way in WAYS:
        speeds[way.name] = tokens_per_second(way, tokenizer, encoded, way.steps or steps)
        print(f"{way.name:<66} {speeds[way.name]:>8.1f} real tokens per CPU-second", flush=True)
    ours = speeds[OURS.name]
    print(
        "ratios, dalil's first against: " + json.dumps({name: round(ours / speed, 2) for name, speed in speeds.items()})
    )


def print_losses(tokenizer: Any, encoded: list[Any], seeds: int) -> None:
    """Held-out losses by seed, of ours and of TRL's defaults, and what parts them."""
    apart: dict[str, list[float]] = {OURS.name: [], GROUPED.name: []}
    for seed in range(1, seeds + 1):
        trl = held_out_loss(TRL if _BF16 else TRL_FLOAT32, tokenizer, encoded, seed)
        print(f"held-out loss after {LOSS_ROWS} rows, seed {seed}: TRL {trl:.4f}", flush=True)
        for way in (OURS, GROUPED):
            ours = held_out_loss(way, tokenizer, encoded, seed)
            apart[way.name].append(ours - trl)
            print(f"  {way.name}: {ours:.4f}", flush=True)
    for name, differences in apart.items() if seeds > 1 else ():
        error = statistics.stdev(differences) / seeds**0.5
        print(f"{name} - TRL: {statistics.mean(differences):+.4f}, standard error {error:.4f} over {seeds} seeds")


def qa_rows(path: Path) -> list[TrainingRow]:
    """Questions with the first sentences of their paragraph, about 130 tokens in all."""
    data = json.loads(path.read_text(encoding="utf-8"))
    made: list[TrainingRow] = []
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"][:2]:
                words = paragraph["context"].split()
                made.append(
                    TrainingRow(str(qa["id"]), qa["question"], " ".join(words[: 46 + (7 * len(made)) % 100]), "fr")
                )
    return made[:ROWS]


def _tokenizer(rows: list[TrainingRow]) -> Any:
    from dalil.training.scratch import train_tokenizer

    return train_tokenizer([f"{row.question}\n{row.answer}" for row in rows], VOCABULARY)


def _trainer(way: Way, tokenizer: Any, rows: list[Any], steps: int, folder: Path, seed: int = 1) -> Any:
    """The way's trainer over the rows, on a model with the same random weights."""
    import torch
    from transformers import LlamaForCausalLM

    from dalil.training.scratch import ScratchShape, llama_config

    torch.manual_seed(seed)
    shape = ScratchShape(hidden=512, layers=12, heads=8, kv_heads=8, intermediate=1408, context=2048)
    model = LlamaForCausalLM(llama_config(shape, len(tokenizer), tokenizer.pad_token_id, tokenizer.eos_token_id))
    data = write_rows(folder / "rows.arrow", rows)
    make = _plain_trainer if way.training is None else _dalil_trainer
    return make(way, model, tokenizer, data, steps, folder, seed)


def _plain_trainer(way: Way, model: Any, tokenizer: Any, data: Any, steps: int, folder: Path, seed: int) -> Any:
    from trl import SFTConfig, SFTTrainer

    args = SFTConfig(output_dir=str(folder), use_cpu=True, bf16=not way.float32, max_steps=steps, learning_rate=RATE, max_length=2048, seed=seed,
                     report_to="none", save_strategy="no", logging_steps=1, disable_tqdm=True,
                     dataset_kwargs={"skip_prepare_dataset": True})  # fmt: skip
    return SFTTrainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)


def _dalil_trainer(way: Way, model: Any, tokenizer: Any, data: Any, steps: int, folder: Path, seed: int) -> Any:
    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Spent, Watching

    settings = TrainingSettings(**{"max_length": 2048, "per_device_train_batch_size": 8, "logging_steps": 1, "learning_rate": RATE,
                                   "save_steps": 10_000, "eval_strategy": "no", **(way.training or {})})  # fmt: skip
    watching = Watching(folder, "benchmark", lambda step, total, point: None, Spent())
    return make_trainer(Setup(model, tokenizer, None, data, None, settings, steps, seed, folder, watching))


def tokens_per_second(way: Way, tokenizer: Any, encoded: list[Any], steps: int) -> float:
    """Real tokens a CPU-second, from the second step on."""
    with tempfile.TemporaryDirectory() as name:
        parts = (way.training or {}).get("gradient_accumulation_steps", 1)
        trainer = _trainer(way, tokenizer, encoded, steps + 1, Path(name))
        from transformers import TrainerCallback

        marks: list[float] = []

        class Clock(TrainerCallback):  # type: ignore[misc]
            def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
                marks.append(time.process_time())

        trainer.add_callback(Clock())
        real: list[int] = []
        collate = trainer.data_collator

        def counted(batch: list[dict[str, Any]]) -> Any:
            real.append(sum(len(row["input_ids"]) for row in batch))
            return collate(batch)

        trainer.data_collator = counted
        trainer.train()
        return sum(real[parts : parts * (steps + 1)]) / (marks[-1] - marks[0])


def held_out_loss(way: Way, tokenizer: Any, encoded: list[Any], seed: int) -> float:
    """Loss on 60 rows that were not trained, after the same rows once."""
    with tempfile.TemporaryDirectory() as name:
        steps = LOSS_ROWS // 8
        trainer = _trainer(way, tokenizer, encoded[:LOSS_ROWS], steps, Path(name), seed)
        trainer.train()
        trainer.args.per_device_eval_batch_size = 8  # the library's mean is over batches: of one size in every way
        held = write_rows(Path(name) / "held.arrow", encoded[-60:])
        return float(trainer.evaluate(held)["eval_loss"])


if __name__ == "__main__":
    main()
