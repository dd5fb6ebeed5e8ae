"""The small memory on a workspace: trained facts in a held-out wording, lower-cased, behind the gate, on unseen records.

    python benchmarks/memory.py WORKSPACE --minutes 3 [--seed 7] [--free tests/data/sill_free_questions.jsonl]
    python benchmarks/memory.py WORKSPACE --steps 465 --shape 192x6x6x6 --threads 1

The memory of the first fold is trained as `dalil run` trains it, with all the minutes for it, and asked every fact that it
was trained on in the wording that is never trained. `--steps` and `--shape` (width, layers, heads, heads of keys and values)
are for trials of other shapes, where the machine has other work.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dalil import Workspace
from dalil.answering.memory import Memory
from dalil.artefacts import json_lines, read_json, write_text
from dalil.dataset.aggregates import is_aggregate
from dalil.dataset.wordings import HELD_OUT
from dalil.evaluation.judge import Judge
from dalil.language_model.generation import Generator
from dalil.language_model.templates import Chat
from dalil.measure import own_questions
from dalil.pipeline.material import read_material
from dalil.pipeline.memories import sure_enough
from dalil.records import Answer, Example
from dalil.training import scratch_memory
from dalil.training.rows import rows_of
from dalil.training.run import train
from dalil.training.scratch import ScratchShape, shape_for
from dalil.training.scratch_memory import ScratchMemory, facts_in, memory_settings
from dalil.training.task import GATE, Task

Change = Callable[[str], str]


def main() -> None:
    given = _options().parse_args()
    if given.shape:
        vars(scratch_memory)["shape_for"] = _shape(given.shape)
    workspace = Workspace(given.workspace)
    workspace.prepare("split")
    inputs = {name: workspace.runner.folder(name) for name in ("documents", "examples", "split")}
    found = read_material(workspace.config, inputs)
    trained = found.trained(0)
    groups = {e.group for e in trained if e.answerable}
    facts = [e for e in found.examples if e.wording == HELD_OUT and e.answerable and not is_aggregate(e)]
    with tempfile.TemporaryDirectory() as folder:
        task = Task("memory", memory_settings(rows_of(trained, unknown=False)), rows_of(trained, unknown=False), Path(folder) / "run", threads=given.threads,
                    heldout={"seen": rows_of([e for e in facts if e.group in groups][:300], unknown=False)},
                    offline=True, seed=workspace.config.seed if given.seed is None else given.seed)  # fmt: skip
        started = time.monotonic()
        made = train(task, ScratchMemory(found.texts(0), 60 * given.minutes, given.steps).prepare)
        took = time.monotonic() - started
        gate = read_json(task.folder / GATE)
        print(f"{facts_in(task.rows)} facts, {gate['rows']} rows, {made.steps} steps, {took:.0f} s in all of {60 * given.minutes:.0f}, "
              f"{made.trainable_parameters / 1e6:.1f} M parameters, {made.peak_memory_bytes / 1e6:.0f} MB; perplexity {math.exp(made.heldout['seen']['before']):.0f} → "
              f"{math.exp(made.heldout['seen']['after']):.2f}")  # fmt: skip
        generator, memory = Generator.of(made.model), Memory(trained, found.documents)
        threshold = sure_enough(
            made.model, trained, found.documents, workspace.config.targets.wrong, workspace.config.seed
        )
        wrong: list[dict[str, Any]] = []
        ask = _asker(generator, memory, Judge(found.documents), threshold, wrong)
        ask("seen facts, new wording", [e for e in facts if e.group in groups], str)
        ask("  the same, lower case", [e for e in facts if e.group in groups], str.lower)
        ask("unseen records", [e for e in facts if e.group not in groups], str)
        ask("without an answer", [e for e in found.examples if not e.answerable and e.wording == HELD_OUT], str)
        if given.free:
            free = own_questions(Path(given.free), found.documents, workspace, lambda line: None)
            ask("free questions", free.examples, str)
        print(json.dumps({"threshold": threshold}))
        if given.wrong:
            write_text(Path(given.wrong), json_lines(wrong))


def _options() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("workspace")
    asked.add_argument("--minutes", type=float, default=3)
    asked.add_argument("--free", help="own questions, stated beside")
    asked.add_argument("--seed", type=int, help="of the training; the workspace's, where it is not given")
    asked.add_argument("--steps", type=int, help="fixed, instead of what the minutes hold")
    asked.add_argument("--shape", help="192x2x3x1 and the like, instead of the one for so many facts")
    asked.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--wrong", help="a file for every answer that is not right, a JSON line each")
    return asked


def _shape(text: str) -> Callable[[int], ScratchShape]:
    """Of so many facts: that width, with the vocabulary that they would have."""
    hidden, layers, heads, kv_heads = map(int, text.split("x"))
    wide = 64 * math.ceil(8 * hidden / 3 / 64)
    return lambda facts: replace(
        shape_for(facts), hidden=hidden, layers=layers, heads=heads, kv_heads=kv_heads, intermediate=wide
    )


def _asker(
    generator: Generator, memory: Memory, judge: Judge, threshold: float, wrong: list[dict[str, Any]]
) -> Callable[[str, Sequence[Example], Change], None]:
    def ask(label: str, examples: Sequence[Example], change: Change) -> None:
        right = answered = right_of_answered = 0
        questions = [change(example.question) for example in examples]
        completions = generator.answers([Chat(question) for question in questions])
        for example, question, said in zip(examples, questions, completions, strict=True):
            answer = Answer(example.id, question, "memory", "answered", said.text)
            good = judge.judge(example, answer).outcome == "right"
            sure = said.logprob is not None and said.logprob >= threshold
            gated = sure and not said.truncated and memory.match(question, said.text) is not None
            if not good:
                wrong.append({"question": question, "gold": example.answer or list(example.values), "said": said.text})
            right, answered, right_of_answered = right + good, answered + gated, right_of_answered + (good and gated)
        n = max(1, len(examples))
        print(f"{label:<26} n {len(examples):>4}   right {right / n:6.1%}   behind the gate: answered {answered / n:6.1%}, "
              f"right of them {right_of_answered / max(1, answered):6.1%}")  # fmt: skip

    return ask


if __name__ == "__main__":
    main()
