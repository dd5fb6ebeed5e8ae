"""The scratch memory: texts first, then the questions with noise, within the minutes that were given."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, write_json
from dalil.config_models import (
    DataSettings,
    DecodingSettings,
    GateSettings,
    ModelSettings,
    NoiseSettings,
)
from dalil.config_training import TrainingSettings
from dalil.language_model.encoding import probe_ids
from dalil.language_model.folder import CARD, ModelCard, write_card
from dalil.language_model.loading import load_tokenizer
from dalil.language_model.precision import computes_bf16
from dalil.language_model.templates import PLAIN, Template, named_templates
from dalil.training.arrow import text_rows, write_rows
from dalil.training.checkpoints import drop_checkpoints, newest_whole
from dalil.training.noise import noisy_rows
from dalil.training.rows import TrainingRow
from dalil.training.scratch import ScratchShape, llama_config, new_model, shape_for, train_tokenizer
from dalil.training.task import Prepared, Task
from dalil.training.widths import down, up

Count = Callable[[str], int]
"""The tokens of a text."""
BATCH = 64
"""Muon's step costs as much as the passes of 40 such rows: batches of 32 take a third longer for the same rows, and learn
less from them (benchmarks/training.md)."""
EXPOSURES = 150
"""How often each fact is shown at most: more are not needed (benchmarks/training.md)."""
TEXT_SHARE = 1 / 6
LETTERS_PER_TOKEN = 3.0
SAMPLE = 500
MOST_MEASURING_S = 10.0
"""So long is a pace measured at most: on a machine with much other work it would take the minutes that it is to foretell."""
SPARE = 1.3
"""Rows are made for so many times the steps that the pace before training foretells: a machine may get faster meanwhile."""
WINDOW = 96
MOST_ANSWER_TOKENS = 256
BASE, TOKENIZER, PACE = "base", "tokenizer", "pace.json"
READING, ASKING, LEFT = "seconds_per_text_step", "seconds_per_step", "seconds_left"
"""What PACE keeps: the pace of the texts and of the questions, and the seconds that were left for these."""
Batches = Sequence[tuple[int, int, int]]
"""Batches as (rows, width, tokens from the first learnt one on)."""
TEXT_BATCHES: Batches = [(BATCH, WINDOW, WINDOW)] * 2
"""Whole windows, every token learnt: such a step takes about four times as long as one of questions."""


@dataclass(frozen=True)
class ScratchMemory:
    """What the memory is made of: `texts` to read first, and the seconds for both parts. `steps`: so many for the questions,
    whatever time they take."""

    texts: Sequence[str]
    seconds: float
    steps: int | None = None

    def prepare(self, task: Task) -> Prepared:
        """Tokenizer, the model that has read the texts, and about as many steps as the time holds: the run keeps the time."""
        started = time.monotonic()
        shape = shape_for(facts_in(task.rows))
        tokenizer = _tokenizer(task, self.texts, shape)
        count = _counting(tokenizer)
        pace = _kept(task, READING, lambda: _seconds_of(shape, TEXT_BATCHES, task.seed))
        base = _read_texts(task, tokenizer, shape, self.texts, pace, self.seconds * TEXT_SHARE)
        per_epoch = math.ceil(len(task.rows) / BATCH)
        if self.steps is not None:
            return Prepared(
                tokenizer, lambda: _load_base(base), self.steps, math.ceil(self.steps / per_epoch), "", scratch=True
            )
        wanted = math.ceil(EXPOSURES * facts_in(task.rows) / BATCH)
        pace = _kept(task, ASKING, lambda: seconds_per_step(task.rows, shape, task.seed, count))
        left = _kept(task, LEFT, lambda: self.seconds - (time.monotonic() - started))
        steps = max(1, min(wanted, math.floor(left / pace)))
        most = min(wanted, math.ceil(SPARE * steps))
        return Prepared(
            tokenizer, lambda: _load_base(base), steps, math.ceil(most / per_epoch), "", scratch=True, seconds=left, most=most
        )  # fmt: skip


def seconds_wanted(rows: Sequence[TrainingRow], seed: int) -> float:
    """Seconds that a memory of these rows takes on this machine to be shown every fact EXPOSURES times."""
    facts = facts_in(rows)
    steps = EXPOSURES * facts / BATCH
    return steps * seconds_per_step(rows, shape_for(facts), seed, _by_letters) / (1 - TEXT_SHARE)


def memory_settings(rows: Sequence[TrainingRow] = ()) -> ModelSettings:
    """The scratch memory's own preset: full tuning with Muon, noise on the questions, batches sorted by length; it says at
    most as much as the longest answer of the rows."""
    letters = max((len(row.answer) for row in rows), default=MOST_ANSWER_TOKENS)
    longest = min(MOST_ANSWER_TOKENS, 8 + letters // 2)
    return ModelSettings(
        model_name_or_path="scratch", template=PLAIN,
        training=TrainingSettings(
            learning_rate=2e-2, lr_scheduler_type="linear", warmup_steps=0.03, per_device_train_batch_size=BATCH,
            optim="muon", train_sampling_strategy="group_by_length", max_length=512, eval_strategy="no",
            activation_checkpointing=False, save_steps=200, logging_steps=20,
        ),
        data=DataSettings(noise=NoiseSettings()), gate=GateSettings(max_duplicates=1.0, max_cut=0.2, max_leaked=1.0),
        decoding=DecodingSettings(max_new_tokens=longest),
    )  # fmt: skip


def facts_in(rows: Sequence[TrainingRow]) -> int:
    """Distinct (record, field, answer): what is to be remembered."""
    return len({(row.names, row.topic, row.answer) for row in rows})


def _tokenizer(task: Task, texts: Sequence[str], shape: ScratchShape) -> Any:
    """The tokenizer of the run, made once. Names become whole tokens in lower case too, as many people type them, and so do
    the other words for a field, which may stand in no row: their pieces would tell little (benchmarks/training.md)."""
    folder = task.folder / TOKENIZER
    if not folder.is_dir():
        said = [
            text
            for row in task.rows
            for text in (f"{row.question}\n{row.answer}", row.question.lower(), " ".join(row.cues))
        ]
        beside = folder.with_suffix(".partial")
        train_tokenizer([*texts, *said], shape.vocabulary).save_pretrained(str(beside))
        beside.rename(folder)
    return load_tokenizer(str(folder), offline=True)


def _kept(task: Task, name: str, measure: Callable[[], float]) -> float:
    """A figure measured once and kept beside the run, so that a resumed run has the same steps."""
    path = task.folder / PACE
    known = read_json(path) if path.is_file() else {}
    if name not in known:
        write_json(path, known := {**known, name: measure()})
    return float(known[name])


def seconds_per_step(rows: Sequence[TrainingRow], shape: ScratchShape, seed: int, tokens: Count) -> float:
    """Seconds of one step on this machine now: the mean over batches of such rows with noise, as long and as wide as the
    trainer's, whose padding and answers cost up to a third more than a batch of middling rows; and what noise and tokens of
    its rows take before, a tenth of it."""
    batches, seconds_per_row = _batches(rows, seed, tokens)
    return _seconds_of(shape, batches, seed) + BATCH * seconds_per_row


def _seconds_of(shape: ScratchShape, batches: Batches, seed: int) -> float:
    """Mean seconds of a step over these batches, each met once before: kernels are made the first time that a width is met.
    Where that takes too long, over those that were met by then."""
    import torch
    from transformers import LlamaForCausalLM

    from dalil.training.optimiser import MuonWithAdamW

    model = LlamaForCausalLM(llama_config(shape, shape.vocabulary))
    model.set_attn_implementation("eager")
    optimiser = MuonWithAdamW(model, 1e-3, 0.0)
    draw = torch.Generator().manual_seed(seed)
    took: list[float] = []
    for rows_in_batch, width, learnt in (*batches, *batches):
        if sum(took) > MOST_MEASURING_S:
            break
        ids = torch.randint(shape.vocabulary, (rows_in_batch, width), generator=draw)
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=computes_bf16()):
            loss = model(input_ids=ids, labels=ids[:, -learnt:], logits_to_keep=learnt).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        took.append(time.perf_counter() - started)
    again = took[len(batches) :]
    measured = again if len(again) == len(batches) else took
    return sum(measured) / len(measured)


def _batches(rows: Sequence[TrainingRow], seed: int, tokens: Count) -> tuple[Batches, float]:
    """Batches sorted by length; and the seconds that a row took to be made."""
    sample = noisy_rows(rows[:: max(1, len(rows) // SAMPLE)], NoiseSettings(), 1, seed)
    first = next(sample)  # finds the words of all rows, once
    started = time.perf_counter()
    lengths = sorted(((tokens(row.question), tokens(row.answer)) for row in chain([first], sample)), key=sum)
    seconds_per_row = (time.perf_counter() - started) / len(lengths)
    made = [lengths[start : start + BATCH] for start in range(0, len(lengths), BATCH)]
    widths = [
        (len(batch), up(max(map(sum, batch))), down(max(0, min(asked for asked, _ in batch) - 1))) for batch in made
    ]
    sizes = [(count, width, width - first) for count, width, first in widths if count == BATCH or len(made) == 1]
    return sizes, seconds_per_row


def _by_letters(text: str) -> int:
    """About how many tokens the text has, where there is no tokenizer yet."""
    return max(2, math.ceil(len(text) / LETTERS_PER_TOKEN))


def _counting(tokenizer: Any) -> Count:
    """Counts the tokens of a text, with one for what stands between question and answer, or ends it."""
    return lambda text: len(tokenizer(text)["input_ids"]) + 1


def _read_texts(
    task: Task, tokenizer: Any, shape: ScratchShape, texts: Sequence[str], pace: float, seconds: float
) -> Path:
    """The folder of the model that has read the texts: `closed-book` is this one. `pace`: seconds a step, as foretold."""
    from dalil.training.deadline import Deadline
    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Spent, Watching

    final = task.folder / BASE
    if (final / CARD).is_file():
        return final
    work = task.folder / "reading"
    key = f"{task.key}:reading"
    found = newest_whole(work, key)
    rows = write_rows(work / "texts.arrow", list(text_rows(tokenizer, texts, WINDOW)))
    steps = min(math.floor(seconds / pace), 4 * math.ceil(len(rows) / BATCH))
    model = new_model(tokenizer, shape, task.seed)
    if steps and len(rows):
        watching = Watching(
            work, key, lambda step, total, point: task.say(f"reading {task.name}: step {step:,} of {total:,}"), Spent()
        )
        settings = task.settings.training
        deadline = Deadline(work, steps, steps, seconds, watching.seconds)
        trainer = make_trainer(
            Setup(model, tokenizer, None, rows, None, settings, steps, task.seed, work, watching, deadline)
        )
        trainer.train(resume_from_checkpoint=str(found.path) if found.path else None)
        model = trainer.model
    beside = final.with_suffix(".partial")
    shutil.rmtree(beside, ignore_errors=True)
    model.save_pretrained(str(beside))
    tokenizer.save_pretrained(str(beside))
    write_card(beside, _base_card(task, tokenizer))
    beside.rename(final)
    drop_checkpoints(work)
    return final


def _base_card(task: Task, tokenizer: Any) -> ModelCard:
    template = Template(PLAIN, named_templates()[PLAIN])
    return ModelCard(task.name, "", PLAIN, template.text, "", task.settings.decoding.model_dump(),
                     probe_ids(tokenizer, template), scratch=True)  # fmt: skip


def _load_base(folder: Path) -> Any:
    from dalil.config_training import QuantizationSettings
    from dalil.language_model.loading import load_model

    return load_model(str(folder), QuantizationSettings(), dtype="float32", offline=True)
