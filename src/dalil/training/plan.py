"""The plan of a training run, before anything is trained: steps, tokens, memory, minutes, money."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from dalil.config_models import ModelSettings, TrainingSettings
from dalil.records import to_row
from dalil.training.advice import Advice, advise
from dalil.training.devices import Device, find_device, smallest_that_holds
from dalil.training.lengths import Data
from dalil.training.memory import Memory, memory
from dalil.training.presets import Published
from dalil.training.shapes import Shape, lora_parameters

FOUR_BIT_SLOWDOWN = 1.5
"""16-bit LoRA is 1.4–1.6 times as fast as 4-bit: each use of a weight unpacks it first."""
TIME_RANGE = (0.5, 2.0)
CURRENCY = "USD"
ALWAYS_NAMED = ("learning_rate", "per_device_train_batch_size", "max_length", "optim")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be planned. `published_device`: where the published minutes were measured."""

    recipe: str
    name: str
    settings: ModelSettings
    shape: Shape
    data: Data
    device: str | None = None
    published: Published = field(default_factory=Published)
    published_device: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run takes. None where it cannot be known. `length`: tokens of the longest row that is trained."""

    request: Request
    device: Device
    length: int
    trainable_parameters: int
    memory: Memory
    steps: int | None
    epochs: float | None
    tokens: int | None
    seconds: float | None
    cost: float | None
    advice: Advice | None

    @property
    def share(self) -> float:
        """Trained parameters / the base model's."""
        return self.trainable_parameters / self.request.shape.total

    @property
    def adapter_bytes(self) -> dict[str, int] | None:
        """The adapter's file by type; None where the whole model is trained."""
        if self.request.settings.lora is None:
            return None
        return {"bf16": 2 * self.trainable_parameters, "fp32": 4 * self.trainable_parameters}

    @property
    def warmup_steps(self) -> int | None:
        """Steps of warm-up; a share of all steps where it is given as one."""
        given = self.request.settings.training.warmup_steps
        if given >= 1 or given == 0:
            return int(given)
        return None if self.steps is None else math.ceil(given * self.steps)


def steps_of(training: TrainingSettings, rows: int | None) -> int | None:
    """Steps of a run; the last batch and the last step of an epoch may be smaller ones. None where rows are unknown."""
    if training.max_steps is not None:
        return training.max_steps
    if rows is None:
        return None
    batches = math.ceil(rows / training.per_device_train_batch_size)
    return math.ceil(math.ceil(batches / training.gradient_accumulation_steps) * training.num_train_epochs)


def trained_rows(training: TrainingSettings, rows: int | None) -> float | None:
    """Rows that pass through the model in the whole run, repeats counted."""
    if training.max_steps is not None:
        return float(training.max_steps * training.rows_per_step)
    return None if rows is None else rows * training.num_train_epochs


def flops_per_token(shape: Shape, settings: ModelSettings, trainable: int, length: float) -> float:
    """Floating-point operations a trained token costs (Kaplan et al., 2020: 2 a weight forward, 4 backward).

    An adapter spares the weight gradients of frozen weights (2 of the 4); activation checkpointing adds a forward pass.
    Attention adds 2 × length × width a layer and pass, half of 4 because it looks back only.
    """
    head = 0 if shape.family == "encoder" else shape.vocabulary * shape.hidden
    attention = 2 * length * shape.heads * shape.head_size * shape.layers
    forward = 2 * (shape.linear + head) + attention
    recomputed = forward if settings.training.activation_checkpointing else 0.0
    weights = 2 * (trainable if settings.lora is not None else shape.linear + head)
    return forward + recomputed + forward + attention + weights


def seconds_of(tokens: float, flops: float, device: Device, *, four_bit: bool) -> float:
    """Seconds of training, without loading and saving; good to a factor of two (TIME_RANGE)."""
    return tokens * flops / device.flops_per_second * (FOUR_BIT_SLOWDOWN if four_bit else 1.0)


def make_plan(request: Request) -> Plan:
    """The plan of a request. Raises ConfigError for an unknown device or LoRA target."""
    settings, shape, data = request.settings, request.shape, request.data
    training = settings.training
    limit = min(training.max_length, shape.context)
    length = min(limit, data.longest) if data.longest else limit
    parts = memory(shape, settings, length)
    smallest = smallest_that_holds(parts.total, bf16=training.in_bf16)
    device = find_device(request.device) if request.device else smallest
    trainable = lora_parameters(shape, settings.lora) if settings.lora else shape.total
    passed = trained_rows(training, data.rows)
    per_row = min(data.tokens_per_row, limit)
    tokens = seconds = None
    if passed is not None:
        tokens = round(passed * per_row)
        flops = flops_per_token(shape, settings, trainable, per_row)
        seconds = seconds_of(tokens, flops, device, four_bit=settings.quantization.load_in_4bit)
    price = device.price_usd_per_hour
    return Plan(
        request, device, length, trainable, parts, steps_of(training, data.rows),
        passed / data.rows if passed is not None and data.rows else None, tokens, seconds,
        round(price * seconds / 3600, 2) if price is not None and seconds is not None else None, advise(data.rows),
    )  # fmt: skip


def defaults_used(settings: ModelSettings) -> list[str]:
    """Settings that matter and were not given, with the library's value that is planned instead."""
    training, lora = settings.training, settings.lora
    wanted = [*ALWAYS_NAMED, *(["num_train_epochs"] if training.max_steps is None else [])]
    found = [f"{key} {getattr(training, key)}" for key in wanted if key not in training.model_fields_set]
    if lora is not None:
        given = lora.model_fields_set
        found += [f"{key} {getattr(lora, key)}" for key in ("r", "lora_alpha", "lora_dropout") if key not in given]
    return found


def as_row(plan: Plan, warnings: list[str]) -> dict[str, Any]:
    """The contract's form, and beside it what the plan was reckoned from."""
    request, adapter = plan.request, plan.adapter_bytes
    return {
        "recipe": request.recipe,
        "model": request.name,
        "base": request.settings.model_name_or_path,
        "device": plan.device.name,
        "trainable_parameters": plan.trainable_parameters,
        "trainable_share": round(plan.share, 6),
        "adapter_bytes": adapter["bf16"] if adapter else None,
        "adapter_bytes_by_type": adapter,
        "memory_bytes": plan.memory.total,
        "memory": {**asdict(plan.memory), "weights": plan.memory.weights},
        "steps": plan.steps,
        "epochs": None if plan.epochs is None else round(plan.epochs, 2),
        "rows": request.data.rows,
        "tokens": plan.tokens,
        "tokens_per_row": round(request.data.tokens_per_row, 1),
        "data": request.data.source,
        "tokenizer": request.data.tokenizer,
        "seconds": None if plan.seconds is None else round(plan.seconds, 1),
        "seconds_range": None if plan.seconds is None else [round(plan.seconds * f, 1) for f in TIME_RANGE],
        "cost": plan.cost,
        "currency": CURRENCY,
        "price_source": plan.device.price_source,
        "suggested": to_row(plan.advice) if plan.advice else None,
        "library_defaults": defaults_used(request.settings),
        "warnings": warnings,
    }
