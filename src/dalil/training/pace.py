"""How long a run takes: steps, rows that pass, operations a token, seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dalil.config_models import ModelSettings
from dalil.config_training import TrainingSettings
from dalil.training.architecture import Shape
from dalil.training.devices import Device
from dalil.training.lengths import Data

CURRENCY = "USD"
FOUR_BIT_SLOWDOWN = 1.5
"""16-bit LoRA is 1.4–1.6 times as fast as 4-bit: each use of a weight unpacks it first."""
TIME_RANGE = (0.5, 2.0)


@dataclass(frozen=True, slots=True)
class Lines:
    """What the trainer reads as rows: rows, or with packing several in one. `computed`: tokens with the padding."""

    rows: int | None
    tokens: float
    computed: float


def lines_of(training: TrainingSettings, data: Data, limit: int) -> Lines:
    """The lines of so much data, cut at `limit` tokens. Padding within a batch is not counted, that to max_length is."""
    tokens = min(data.tokens_per_row, limit)
    if training.packing and data.rows is not None:
        packed = max(1, math.ceil(data.rows * tokens / limit))
        return Lines(packed, data.rows * tokens / packed, data.rows * tokens / packed)
    return Lines(data.rows, tokens, limit if training.pad_to_max_length else tokens)


def steps_of(training: TrainingSettings, rows: int | None, devices: int = 1) -> int | None:
    """Steps of a run; the last batch and the last step of an epoch may be smaller ones. None where rows are unknown."""
    if training.max_steps is not None:
        return training.max_steps
    if rows is None:
        return None
    batches = math.ceil(rows / (training.per_device_train_batch_size * devices))
    return math.ceil(math.ceil(batches / training.gradient_accumulation_steps) * training.num_train_epochs)


def trained_rows(training: TrainingSettings, rows: int | None, devices: int = 1) -> float | None:
    """Rows that pass through the model in the whole run, on all devices, repeats counted."""
    if training.max_steps is not None:
        return float(training.max_steps * training.rows_per_step * devices)
    return None if rows is None else rows * training.num_train_epochs


def flops_per_token(
    shape: Shape, settings: ModelSettings, trainable: int, length: float, *, processor: bool = False
) -> float:
    """Floating-point operations a trained token costs (Kaplan et al., 2020: 2 a weight forward, 4 backward).

    An adapter spares the weight gradients of frozen weights (2 of the 4); activation checkpointing adds a forward pass (off on a
    `processor`).
    Attention adds 2 × length × width a layer and pass, half of 4 because it looks back only.
    """
    head = 0 if shape.family == "encoder" else shape.vocabulary * shape.hidden
    attention = 2 * length * shape.heads * shape.head_size * shape.layers
    forward = 2 * (shape.linear + head) + attention
    recomputed = forward if settings.training.activation_checkpointing and not processor else 0.0
    weights = 2 * (trainable if settings.lora is not None else shape.linear + head)
    return forward + recomputed + forward + attention + weights


def seconds_of(tokens: float, flops: float, device: Device, *, four_bit: bool, devices: int = 1) -> float:
    """Seconds of training, without loading, saving and the talk between devices; good to a factor of two (TIME_RANGE)."""
    return tokens * flops / device.flops_per_second * (FOUR_BIT_SLOWDOWN if four_bit else 1.0) / devices
