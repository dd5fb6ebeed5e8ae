"""Bytes that a training run needs on its device, part by part: an upper estimate, from shapes and settings alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from dalil.config_models import ModelSettings
from dalil.config_training import QuantizationSettings
from dalil.training.activations import FULL, HALF, activation_bytes, bytes_a_number, logits_bytes
from dalil.training.adapters import lora_parameters
from dalil.training.architecture import Shape

BLOCK = 64
DOUBLE_BLOCK = 256
KEPT_BY_ALLOCATOR = 1.0
"""Of activations and logits: what a processor's allocator does not give back between batches of many widths, and kernels for
each width (benchmarks/plan_memory.py)."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes by what they hold. `weights_16bit` are the parts that quantisation leaves alone, or the whole model: in 32 bits
    where nothing is computed in 16. `weights_cast`: 16-bit copies of trained weights. `allocator`: what is kept unused."""

    weights_quantised: int
    quantisation_constants: int
    weights_16bit: int
    weights_trained: int
    gradients: int
    optimiser: int
    activations: int
    logits: int
    weights_cast: int = 0
    allocator: int = 0

    @property
    def weights(self) -> int:
        """The model as it lies on the device, without the adapter."""
        return self.weights_quantised + self.quantisation_constants + self.weights_16bit

    @property
    def total(self) -> int:
        """Everything at the peak."""
        return sum(asdict(self).values())


def frozen_weights(shape: Shape, given: QuantizationSettings, size: int = HALF) -> tuple[int, int, int]:
    """Bytes of frozen weights: quantised, their constants, and what is not quantised, in `size` bytes a weight.

    4 bits: one absmax a block of 64 in fp32, or with double quantisation in 8 bits with a second fp32 constant a 256
    blocks: 0.5 or 0.127 bit a weight (Dettmers et al., 2023, QLoRA, section 3). 8 bits: one fp32 scale an output row
    (Dettmers et al., 2022, LLM.int8()).
    """
    if given.load_in_4bit:
        blocks = shape.linear / BLOCK
        constants = blocks * (1 + FULL / DOUBLE_BLOCK) if given.bnb_4bit_use_double_quant else blocks * FULL
        return shape.linear // 2, round(constants), shape.kept * size
    if given.load_in_8bit:
        rows = shape.layers * sum(p.outputs for p in shape.projections)
        return shape.linear, rows * FULL, shape.kept * size
    return 0, 0, shape.total * size


def in_full_precision(settings: ModelSettings) -> ModelSettings:
    """The settings as a processor without bfloat16 follows them."""
    return settings.model_copy(update={"training": settings.training.model_copy(update={"bf16": False, "fp16": False})})


def optimiser_bytes_per_parameter(optim: str) -> float:
    """AdamW keeps two moments: fp32, or 8-bit with an fp32 constant a 256 values (Dettmers et al., 2021); SGD none."""
    if "8bit" in optim:
        return 2 * (1 + FULL / DOUBLE_BLOCK)
    if optim.startswith("sgd"):
        return 0.0
    return 2 * FULL


def memory(shape: Shape, settings: ModelSettings, length: int, *, processor: bool = False) -> Memory:
    """All parts for rows of `length` tokens. Trained parameters, gradients and moments lie in fp32 (mixed precision)."""
    size = bytes_a_number(settings)
    if settings.lora is None:
        trained, frozen = shape.total, (0, 0, 0)
    else:
        trained = lora_parameters(shape, settings.lora)
        frozen = frozen_weights(shape, settings.quantization, size)
    activations = activation_bytes(shape, settings, length, processor=processor)
    logits = logits_bytes(shape, settings, length, processor=processor)
    return Memory(
        *frozen,
        weights_trained=trained * FULL,
        gradients=trained * FULL,
        optimiser=round(trained * optimiser_bytes_per_parameter(settings.training.optim)),
        activations=activations,
        logits=logits,
        weights_cast=trained * HALF if size == HALF else 0,
        allocator=round(KEPT_BY_ALLOCATOR * (activations + logits)) if processor else 0,
    )
