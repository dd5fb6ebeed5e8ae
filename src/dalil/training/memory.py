"""Bytes that a training run needs on its device, part by part: an upper estimate, from shapes and settings alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from dalil.config_models import ModelSettings, QuantizationSettings
from dalil.training.adapters import layer_targets, lora_parameters
from dalil.training.architecture import Shape

BLOCK = 64
DOUBLE_BLOCK = 256
HALF, FULL = 2, 4
TEXTS_PER_PAIR = 2


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes by what they hold. `weights_16bit` are the parts that quantisation leaves alone, or the whole model: in 32 bits
    where nothing is computed in 16."""

    weights_quantised: int
    quantisation_constants: int
    weights_16bit: int
    weights_trained: int
    gradients: int
    optimiser: int
    activations: int
    logits: int

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


def _bytes_a_number(settings: ModelSettings) -> int:
    return HALF if settings.training.half_precision else FULL


def optimiser_bytes_per_parameter(optim: str) -> float:
    """AdamW keeps two moments: fp32, or 8-bit with an fp32 constant a 256 values (Dettmers et al., 2021); SGD none."""
    if "8bit" in optim:
        return 2 * (1 + FULL / DOUBLE_BLOCK)
    if optim.startswith("sgd"):
        return 0.0
    return 2 * FULL


def activation_bytes(shape: Shape, settings: ModelSettings, length: int) -> int:
    """What the backward pass needs of the forward pass, attention computed without its matrix (SDPA, flash).

    Counted after Korthikanti et al. (2022), "Reducing activation recomputation", for any widths: per token and layer the
    inputs of norms and projections, and the adapter's own. With activation checkpointing only the layers' inputs and one
    whole layer.
    """
    training = settings.training
    texts = TEXTS_PER_PAIR if shape.family == "encoder" else 1
    tokens = training.per_device_train_batch_size * texts * length
    size = _bytes_a_number(settings)
    wide, narrow = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    inner = (4 if shape.family == "llama" else 2) * shape.intermediate
    layer = size * (4 * shape.hidden + 2 * wide + 2 * narrow + inner)
    if settings.lora is not None:
        dropped = size if settings.lora.lora_dropout else 0
        layer += sum(dropped * p.inputs + FULL * settings.lora.r for p in layer_targets(shape, settings.lora))
    if training.activation_checkpointing:
        return tokens * (shape.layers * size * shape.hidden + layer)
    return tokens * shape.layers * layer


def logits_bytes(shape: Shape, settings: ModelSettings, length: int) -> int:
    """The head's output and its gradient in fp32. TRL from 1.15 on fuses head and loss and needs less; an encoder has none."""
    if shape.family == "encoder":
        return 0
    return settings.training.per_device_train_batch_size * length * shape.vocabulary * 2 * FULL


def memory(shape: Shape, settings: ModelSettings, length: int) -> Memory:
    """All parts for rows of `length` tokens. Trained parameters, gradients and moments lie in fp32 (mixed precision)."""
    if settings.lora is None:
        trained, frozen = shape.total, (0, 0, 0)
    else:
        trained = lora_parameters(shape, settings.lora)
        frozen = frozen_weights(shape, settings.quantization, _bytes_a_number(settings))
    return Memory(
        *frozen,
        weights_trained=trained * FULL,
        gradients=trained * FULL,
        optimiser=round(trained * optimiser_bytes_per_parameter(settings.training.optim)),
        activations=activation_bytes(shape, settings, length),
        logits=logits_bytes(shape, settings, length),
    )
