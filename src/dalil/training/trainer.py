"""The settings as TRL's SFTConfig and SFTTrainer. One path for a 3 M memory and for Qwen2.5-7B."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Sampler
from transformers import EarlyStoppingCallback, PrinterCallback, Trainer
from transformers.trainer_pt_utils import BatchRebalanceSampler
from trl import SFTConfig, SFTTrainer

from dalil.config_training import TrainingSettings
from dalil.language_model.precision import computes_bf16
from dalil.training import padding_free
from dalil.training.activations import BYTES_PER_LOGIT, MOST_LOGITS_BYTES, SHORT_ROWS
from dalil.training.deadline import Deadline
from dalil.training.gate import IGNORED
from dalil.training.optimiser import MuonWithAdamW
from dalil.training.padding_free import TOKENS, InLine, learnt_tokens
from dalil.training.refusals import accepted_settings
from dalil.training.watching import Watching
from dalil.training.widths import down, multiple_for

log = logging.getLogger("dalil.training")
MUON = "muon"
PAGED = "paged_"
UNPAGED_NAMES = {"adamw_32bit": "adamw_torch_fused", "ademamix_32bit": "ademamix"}
"""What the library calls a paged optimiser without its pages, where that is not the rest of its name."""
POOL = 16
EPOCH_STRIDE = 1_000_003
"""Seeds of two epochs, or of two near seeds, never meet."""
HELD_OUT = "heldout"
"""How the names of the losses of held-out rows begin."""


@dataclass(frozen=True)
class Setup:
    """What one run of the trainer needs. `steps`: -1 where epochs count; `adapter`: PEFT's configuration, or None;
    `deadline`: what moves the last step, or None."""

    model: Any
    tokenizer: Any
    adapter: Any
    train: Any
    validation: Any
    settings: TrainingSettings
    steps: int
    seed: int
    folder: Path
    watching: Watching
    deadline: Deadline | None = None


class LengthBatches(Sampler[int]):  # type: ignore[misc]
    """Indices whose runs of `batch_size` have nearly the same length, the runs in random order; anew each epoch.

    The order hangs on seed and epoch alone, so that a run resumed in a later epoch goes on in that epoch's order.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths, self._batch_size, self._seed, self._epoch = torch.tensor(lengths), batch_size, seed, 0

    def __len__(self) -> int:
        return len(self._lengths)

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer before each epoch."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """Rows are drawn in pools of POOL batches, sorted by length within the pool."""
        draw = torch.Generator().manual_seed(self._seed + EPOCH_STRIDE * self._epoch)
        pools = torch.randperm(len(self), generator=draw).split(POOL * self._batch_size)
        sorted_pools = [pool[self._lengths[pool].argsort(stable=True)] for pool in pools]
        batches = [batch for pool in sorted_pools for batch in pool.split(self._batch_size)]
        whole = [batch for batch in batches if len(batch) == self._batch_size]
        rest = [batch for batch in batches if len(batch) < self._batch_size]
        order = torch.randperm(len(whole), generator=draw).tolist()
        return iter([int(i) for batch in [*(whole[n] for n in order), *rest] for i in batch])


class Tuner(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer with Muon as a choice and without the model card that it writes beside every checkpoint."""

    row_lengths: list[int] | None = None
    optimizer: Any

    no_number: Any = None
    deadline: Deadline | None = None

    def training_step(self, *given: Any, **named: Any) -> Any:
        """A step whose loss is looked at without waiting for the device."""
        loss = super().training_step(*given, **named)
        seen = ~torch.isfinite(loss.detach())
        self.no_number = seen if self.no_number is None else self.no_number | seen
        return loss

    def healthy(self) -> bool:
        """Whether every loss so far was a number."""
        return self.no_number is None or not bool(self.no_number.any())

    def evaluate(self, *given: Any, **named: Any) -> Any:
        """Measures without drawing from training's generators: at the end of an epoch the library saves first and measures
        then, and a run resumed there does not measure again."""
        with torch.random.fork_rng():
            return super().evaluate(*given, **named)

    def create_optimizer(self, model: Any = None) -> Any:
        """Muon with AdamW where `optim: muon` was asked for."""
        made: Any = self.optimizer
        if made is None and getattr(self.args, "dalil_muon", False):
            made = MuonWithAdamW(model or self.model, self.args.learning_rate, self.args.weight_decay)
        with accepted_settings():
            self.optimizer = made if made is not None else super().create_optimizer(model)
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """The library's own; one that lacks a setting is refused before the first step."""
        with accepted_settings():
            made = super().create_scheduler(num_training_steps, optimizer)
        if self.deadline is not None:
            made.lr_lambdas = [self.deadline.stretched(rate_at) for rate_at in made.lr_lambdas]
        return made

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The model's own loss where its logits are small, of the learnt tokens only: TRL's fused head saves memory that is
        then not needed, and on a processor takes as long as all the rest of a small model (benchmarks/training.md)."""
        padded = inputs.get("attention_mask")
        tokens = inputs.pop(TOKENS, inputs["input_ids"].numel() if padded is None else int(padded.sum()))
        if _logits_bytes(inputs, self.model.config.vocab_size) > MOST_LOGITS_BYTES:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if self.model.training:
            self._total_train_tokens += tokens
            self._metrics["train"]["num_tokens"] = [self._total_train_tokens]
        learnt = learnt_tokens(inputs) if padded is None else _learnt_part(inputs)
        return Trainer.compute_loss(self, model, learnt, return_outputs, num_items_in_batch)

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        """Batches of equal length in random order: the library's own goes from the longest to the shortest, again and again,
        and a small model forgets the one while it learns the other (benchmarks/training.md)."""
        rows = train_dataset if train_dataset is not None else self.train_dataset
        if self.args.train_sampling_strategy != "group_by_length":
            sampler = super()._get_train_sampler(train_dataset)
            if isinstance(sampler, BatchRebalanceSampler):
                sampler.seed = self.args.seed  # the library leaves its default
            return sampler
        return LengthBatches(
            self.row_lengths or [len(row["input_ids"]) for row in rows], self.args.train_batch_size, self.args.seed
        )

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Points of the curves; the losses of held-out rows, measured before and after a run, are none."""
        if any(name.startswith(HELD_OUT) for name in logs):
            self._metrics["eval"].clear()
            return
        super().log(logs, start_time)

    def create_model_card(self, *given: Any, **named: Any) -> None:
        """dalil writes its own card, once, beside the finished model."""
        log.debug("no card beside a checkpoint")


def _widest(settings: TrainingSettings, row_lengths: Sequence[int] | None) -> int:
    """Tokens of the widest batch."""
    if settings.pad_to_max_length or not row_lengths:
        return settings.max_length
    return max(row_lengths)


def _logits_bytes(inputs: Mapping[str, torch.Tensor], vocabulary: int) -> int:
    return int(inputs["input_ids"].numel()) * vocabulary * BYTES_PER_LOGIT


def _learnt_part(inputs: Mapping[str, torch.Tensor]) -> dict[str, Any]:
    """The batch with its logits asked for from about the first learnt token on: prompts need none."""
    labels = inputs["labels"]
    learnt = (labels != IGNORED).any(dim=0).nonzero()
    first = down(max(0, int(learnt[0]) - 1)) if len(learnt) else 0
    return {**inputs, "labels": labels[:, first:], "logits_to_keep": labels.shape[1] - first}


def make_trainer(setup: Setup) -> Tuner:
    """The trainer, ready to train or to resume."""
    settings = setup.settings
    args = sft_config(settings, setup.folder, setup.steps, setup.seed, validated=setup.validation is not None)
    args.dalil_muon = settings.optim == MUON
    patience = settings.early_stopping_patience
    stop = [EarlyStoppingCallback(patience)] if patience and setup.validation is not None else []
    in_line = padding_free.computes_in_line(settings, setup.model)
    tuner = Tuner(
        model=setup.model, args=args, train_dataset=setup.train, eval_dataset=setup.validation,
        processing_class=setup.tokenizer, peft_config=setup.adapter, callbacks=[setup.watching, *stop],
    )  # fmt: skip
    tuner.row_lengths = None if settings.packing else list(setup.train["length"])
    if in_line and not settings.packing:
        tuner.data_collator = InLine(tuner.data_collator.pad_token_id, padding_free=True)
    if in_line:
        padding_free.attend_in_line(setup.model)
    elif not torch.cuda.is_available() and _widest(settings, tuner.row_lengths) <= SHORT_ROWS:
        tuner.model.set_attn_implementation("eager")
    tuner.remove_callback(PrinterCallback)
    setup.watching.healthy = tuner.healthy
    if setup.deadline is not None:
        tuner.deadline = setup.deadline
        tuner.add_callback(setup.deadline)
    return tuner


def sft_config(settings: TrainingSettings, folder: Path, steps: int, seed: int, *, validated: bool) -> SFTConfig:
    """Our keys are TRL's own, but for the few that depend on the machine."""
    cuda = torch.cuda.is_available()
    evaluated = settings.eval_strategy if validated else "no"
    stopping = evaluated != "no" and settings.early_stopping_patience is not None
    here = settings if cuda else on_a_processor(settings, bf16=computes_bf16())
    given = here.model_dump(exclude=set(OUR_OWN))
    if stopping and evaluated == "steps":
        given["save_steps"] = settings.eval_steps or settings.logging_steps
    return SFTConfig(
        output_dir=str(folder), seed=seed, data_seed=seed, use_cpu=not cuda, max_steps=steps,
        optim="adamw_torch_fused" if here.optim == MUON else here.optim, bf16=here.in_bf16,
        activation_checkpointing=settings.activation_checkpointing and cuda,
        pad_to_multiple_of=multiple_for(settings.max_length, to_max_length=settings.pad_to_max_length),
        eval_strategy=evaluated, eval_steps=settings.eval_steps, load_best_model_at_end=stopping,
        metric_for_best_model="eval_loss" if stopping else None, greater_is_better=False if stopping else None,
        save_strategy=evaluated if stopping else "steps", save_total_limit=max(2, settings.save_total_limit),
        per_device_eval_batch_size=settings.per_device_train_batch_size, report_to=list(settings.report_to) or "none",
        run_name=f"{folder.parent.name}-{folder.name}", project="dalil", trackio_static_space_id=False,
        dataset_kwargs={"skip_prepare_dataset": not settings.packing}, eval_packing=False if settings.packing else None,
        disable_tqdm=True, logging_first_step=True, logging_nan_inf_filter=False, dataloader_pin_memory=cuda,
        restore_callback_states_from_checkpoint=True,
        shuffle_dataset=False, **given,
    )  # fmt: skip


OUR_OWN = frozenset({
    "max_steps", "pad_to_max_length", "eval_strategy", "eval_steps", "early_stopping_patience", "optim", "report_to", "bf16",
    "resume_from_adapter", "save_total_limit", "activation_checkpointing", "padding_free",
})  # fmt: skip
"""Settings that are not handed on under their own name."""


def on_a_processor(settings: TrainingSettings, *, bf16: bool) -> TrainingSettings:
    """The settings as a processor can follow them: no float16, no paged memory, bfloat16 where it has that (`bf16`); each
    change of what was asked for is said."""
    changed: dict[str, Any] = {"bf16": bf16 and settings.half_precision}
    if settings.fp16:
        changed["fp16"] = False
    if settings.optim.startswith(PAGED):
        unpaged = settings.optim.removeprefix(PAGED)
        changed["optim"] = UNPAGED_NAMES.get(unpaged, unpaged)
    asked = settings.model_dump()
    said = [f"{key} becomes {value}" for key, value in changed.items() if asked[key] not in (None, value)]
    if said:
        log.warning("on a processor: %s", ", ".join(sorted(said)))
    return settings.model_copy(update=changed)
