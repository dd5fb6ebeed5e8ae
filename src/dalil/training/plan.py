"""The plan of a training run, before anything is trained: steps, tokens, memory, minutes, money."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from dalil.config_models import SCRATCH, ModelSettings
from dalil.records import to_row
from dalil.training.adapters import lora_parameters
from dalil.training.advice import Advice, advise
from dalil.training.architecture import Shape
from dalil.training.devices import PROCESSOR, Device, find_device, priced, smallest_that_holds
from dalil.training.lengths import Data
from dalil.training.memory import Memory, in_full_precision, memory
from dalil.training.openai_plan import OpenAIPlan, openai_row
from dalil.training.pace import CURRENCY, TIME_RANGE, flops_per_token, lines_of, seconds_of, steps_of, trained_rows
from dalil.training.presets import Published

ALWAYS_NAMED = ("learning_rate", "per_device_train_batch_size", "max_length", "optim")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be planned. `published_device`: where the published minutes were measured; `others`: the models beside it."""

    recipe: str
    name: str
    settings: ModelSettings
    shape: Shape
    data: Data
    device: str | None = None
    published: Published = field(default_factory=Published)
    published_device: str | None = None
    notes: tuple[str, ...] = ()
    devices: int = 1
    others: tuple[str, ...] = ()

    @property
    def scratch(self) -> bool:
        """Whether the model is trained here from nothing."""
        return self.settings.model_name_or_path == SCRATCH


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run takes. None where it cannot be known. `length`: tokens of the longest row that is trained.

    `memory` is that of one device; `seconds` and `cost` are those of the whole run on all devices.
    """

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
    time_range: tuple[float, float] = TIME_RANGE

    @property
    def share(self) -> float:
        """Trained parameters / the base model's."""
        return self.trainable_parameters / self.request.shape.total

    @property
    def memory_without_bf16(self) -> Memory:
        """The memory on a processor that has no bfloat16: weights and activations lie in float32 there."""
        return memory(self.request.shape, in_full_precision(self.request.settings), self.length, processor=True)

    @property
    def adapter_bytes(self) -> dict[str, int] | None:
        """The adapter's file by type; None where the whole model is trained."""
        if self.request.settings.lora is None or self.request.scratch:
            return None
        return {"bf16": 2 * self.trainable_parameters, "fp32": 4 * self.trainable_parameters}

    @property
    def warmup_steps(self) -> int | None:
        """Steps of warm-up; a share of all steps where it is given as one."""
        given = self.request.settings.training.warmup_steps
        if given >= 1 or given == 0:
            return int(given)
        return None if self.steps is None else math.ceil(given * self.steps)

    @property
    def rows_per_step(self) -> int:
        """Rows of one step on all devices."""
        return self.request.settings.training.rows_per_step * self.request.devices


def make_plan(request: Request) -> Plan:
    """The plan of a request. Raises ConfigError for an unknown device or LoRA target."""
    settings, shape, data, devices = request.settings, request.shape, request.data, request.devices
    training = settings.training
    limit = min(training.max_length, shape.context)
    lines = lines_of(training, data, limit)
    filled = training.packing or training.pad_to_max_length
    length = min(limit, data.longest) if data.longest and not filled else limit
    parts = memory(shape, settings, length)
    smallest = smallest_that_holds(parts.total, bf16=training.in_bf16)
    device = priced(find_device(request.device) if request.device else smallest, settings.plan)
    processor = device.name == PROCESSOR
    if processor:
        parts = memory(shape, settings, length, processor=True)
    trainable = lora_parameters(shape, settings.lora) if settings.lora else shape.total
    passed = trained_rows(training, lines.rows, devices)
    tokens = seconds = None
    if passed is not None:
        tokens = round(passed * lines.tokens)
        flops = flops_per_token(shape, settings, trainable, min(lines.computed, length), processor=processor)
        four_bit = settings.quantization.load_in_4bit
        seconds = seconds_of(passed * lines.computed, flops, device, four_bit=four_bit, devices=devices)
    return Plan(
        request, device, length, trainable, parts, steps_of(training, lines.rows, devices),
        passed / lines.rows if passed is not None and lines.rows else None, tokens, seconds,
        _cost(device, seconds, devices), advise(data.rows),
    )  # fmt: skip


def _cost(device: Device, seconds: float | None, devices: int) -> float | None:
    price = device.price_usd_per_hour
    return price * devices * seconds / 3600 if price is not None and seconds is not None else None


def defaults_used(settings: ModelSettings) -> list[str]:
    """Settings that matter and were not given, with the library's value that is planned instead."""
    training, lora = settings.training, settings.lora
    if settings.model_name_or_path == SCRATCH:
        return []
    wanted = [*ALWAYS_NAMED, *(["num_train_epochs"] if training.max_steps is None else [])]
    found = [f"{key} {getattr(training, key)}" for key in wanted if key not in training.model_fields_set]
    if lora is not None:
        given = lora.model_fields_set
        found += [f"{key} {getattr(lora, key)}" for key in ("r", "lora_alpha", "lora_dropout") if key not in given]
    return found


def offline_line(settings: ModelSettings) -> str | None:
    """What `dalil run` trains in the place of this model; None where it trains nothing."""
    instead = settings.offline
    if instead is None or settings.model_name_or_path == SCRATCH:
        return None
    return f"`dalil run` trains a memory of the trained questions instead, at most {instead.max_minutes:g} minutes"


def as_row(plan: Plan | OpenAIPlan, warnings: list[str]) -> dict[str, Any]:
    """The contract's form, and beside it what the plan was reckoned from."""
    if isinstance(plan, OpenAIPlan):
        return openai_row(plan, warnings)
    request, adapter = plan.request, plan.adapter_bytes
    return {
        "recipe": request.recipe,
        "model": request.name,
        "base": request.settings.model_name_or_path,
        "device": plan.device.name,
        "devices": request.devices,
        "trainable_parameters": plan.trainable_parameters,
        "trainable_share": round(plan.share, 6),
        "adapter_bytes": adapter["bf16"] if adapter else None,
        "adapter_bytes_by_type": adapter,
        "memory_bytes": plan.memory.total,
        "memory": {**asdict(plan.memory), "weights": plan.memory.weights},
        "steps": plan.steps,
        "epochs": None if plan.epochs is None else round(plan.epochs, 2),
        "rows": request.data.rows,
        "rows_per_step": plan.rows_per_step,
        "tokens": plan.tokens,
        "tokens_per_row": round(request.data.tokens_per_row, 1),
        "data": request.data.source,
        "tokenizer": request.data.tokenizer,
        "seconds": None if plan.seconds is None else round(plan.seconds, 1),
        "seconds_range": None if plan.seconds is None else [round(plan.seconds * f, 1) for f in plan.time_range],
        "cost": plan.cost,
        "currency": CURRENCY,
        "price_source": plan.device.price_source,
        "offline": offline_line(request.settings),
        "suggested": to_row(plan.advice) if plan.advice else None,
        "library_defaults": defaults_used(request.settings),
        "warnings": warnings,
    }
