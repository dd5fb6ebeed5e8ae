"""A step of the small memory: float32 and bfloat16, torch's Muon and ours, other shapes, and the pace that its minutes are counted by.

    python benchmarks/memory_step.py WORKSPACE [--steps 40] [--slow-steps 3]

The first part runs one batch again and again (64 rows of 32 tokens, 15 of them learnt); the second trains the memory of the
first fold for `--steps` and sets the seconds of a step beside those that are guessed for it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaForCausalLM

from dalil import Workspace
from dalil.language_model.loading import load_tokenizer
from dalil.language_model.precision import computes_bf16
from dalil.pipeline.material import read_material
from dalil.training import scratch_memory
from dalil.training.optimiser import NEWTON_SCHULZ_STEPS, MuonWithAdamW
from dalil.training.rows import TrainingRow, rows_of
from dalil.training.run import train
from dalil.training.scratch import ScratchShape, llama_config, shape_for
from dalil.training.task import Task

WIDTH, LEARNT, RATE = 32, 15, 1e-3
SECONDS = 180.0
SHIPPED = ScratchShape()
SHAPES = [
    ("192 × 6, 6 heads", ScratchShape(layers=6, heads=6, kv_heads=6), "eager"),
    ("192 × 6, 6 heads, SDPA", ScratchShape(layers=6, heads=6, kv_heads=6), "sdpa"),
    ("192 × 4, 6 heads", ScratchShape(layers=4, heads=6, kv_heads=6), "eager"),
    ("192 × 4, 3 heads, 1 of keys and values", ScratchShape(layers=4), "eager"),
    ("256 × 3, 4 heads, 1 of keys and values", ScratchShape(256, layers=3, heads=4, intermediate=704), "eager"),
    ("192 × 3, 3 heads, 1 of keys and values", ScratchShape(layers=3), "eager"),
    ("192 × 2, 3 heads, 1 of keys and values", SHIPPED, "eager"),
]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("workspace")
    asked.add_argument("--steps", type=int, default=40)
    asked.add_argument("--slow-steps", type=int, default=3, help="steps of the ways that may be slow")
    given = asked.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    print(f"bfloat16 by the processor's instructions: {computes_bf16()}")
    bare("bfloat16, torch.optim.Muon", theirs, torch.bfloat16, given.slow_steps)
    bare("float32, torch.optim.Muon", theirs, torch.float32, given.slow_steps)
    bare("float32, ours", lambda model: MuonWithAdamW(model, RATE, 0.0), torch.float32, given.steps // 2)
    bare("bfloat16, ours", lambda model: MuonWithAdamW(model, RATE, 0.0), torch.bfloat16, given.slow_steps)
    half = torch.bfloat16 if computes_bf16() else torch.float32
    for label, shape, attention in SHAPES:
        bare(
            f"{label}, ours, {half}",
            lambda model: MuonWithAdamW(model, RATE, 0.0),
            half,
            given.steps // 2,
            shape,
            attention,
        )
    texts = scratch_memory._seconds_of(SHIPPED, scratch_memory.TEXT_BATCHES, 42)
    questions = scratch_memory._seconds_of(SHIPPED, [(scratch_memory.BATCH, WIDTH, LEARNT)] * 6, 42)
    print(f"a step of texts {texts:.3f}, one of questions {questions:.3f}: {texts / questions:.1f} times")
    in_the_trainer(Workspace(given.workspace), given.steps)


def theirs(model: Any) -> Any:
    """MuonWithAdamW with torch's Muon in it."""
    made = MuonWithAdamW(model, RATE, 0.0)
    matrices = [parameter for group in made._parts[0].param_groups for parameter in group["params"]]
    made._parts[0] = torch.optim.Muon(matrices, lr=RATE, weight_decay=0.0, ns_steps=NEWTON_SCHULZ_STEPS)
    return made


def bare(label: str, optimiser_of: Callable[[Any], Any], dtype: torch.dtype, steps: int,
         shape: ScratchShape = SHIPPED, attention: str = "eager") -> None:  # fmt: skip
    """Mean seconds of the passes and of the optimiser, after one step that is not counted."""
    model = LlamaForCausalLM(llama_config(shape, shape.vocabulary))
    model.set_attn_implementation(attention)
    optimiser = optimiser_of(model)
    ids = torch.randint(shape.vocabulary, (scratch_memory.BATCH, WIDTH), generator=torch.Generator().manual_seed(42))
    passes, steps_of = [], []
    for _ in range(steps + 1):
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=dtype is torch.bfloat16):
            loss = model(input_ids=ids, labels=ids[:, -LEARNT:], logits_to_keep=LEARNT).loss
        loss.backward()
        passed = time.perf_counter()
        optimiser.step()
        optimiser.zero_grad()
        passes.append(passed - started)
        steps_of.append(time.perf_counter() - passed)
    forth, own = sum(passes[1:]) / steps, sum(steps_of[1:]) / steps
    print(f"| {label} | {forth:.3f} | {own:.3f} | {forth + own:.3f} |", flush=True)


def in_the_trainer(workspace: Workspace, steps: int) -> None:
    """Seconds of a step of the trainer beside the two guesses."""
    workspace.prepare("split")
    inputs = {name: workspace.runner.folder(name) for name in ("documents", "examples", "split")}
    found = read_material(workspace.config, inputs)
    rows = rows_of(found.trained(0), unknown=False)
    by_letters = _by_letters_pace(rows, workspace.config.seed)
    with tempfile.TemporaryDirectory() as folder:
        task = Task("memory", scratch_memory.memory_settings(rows), rows, Path(folder) / "run", threads=os.cpu_count() or 1,
                    offline=True, seed=workspace.config.seed)  # fmt: skip
        made = train(task, scratch_memory.ScratchMemory(found.texts(0), SECONDS, steps).prepare)
        shape = shape_for(scratch_memory.facts_in(rows))
        count = scratch_memory._counting(load_tokenizer(str(task.folder / scratch_memory.TOKENIZER), offline=True))
        by_tokenizer = scratch_memory.seconds_per_step(rows, shape, task.seed, count)
    print(f"guessed by letters {by_letters:.3f}, by the tokenizer {by_tokenizer:.3f}; "
          f"in the trainer {made.seconds / made.steps:.3f} s a step over {made.steps} steps")  # fmt: skip


def _by_letters_pace(rows: Sequence[TrainingRow], seed: int) -> float:
    facts = scratch_memory.facts_in(rows)
    wanted = scratch_memory.EXPOSURES * facts / scratch_memory.BATCH
    return scratch_memory.seconds_wanted(rows, seed) * (1 - scratch_memory.TEXT_SHARE) / wanted


if __name__ == "__main__":
    main()
