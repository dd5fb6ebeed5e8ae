"""Bytes that a backward pass needs of the forward pass, counted as the libraries' modules keep them.

Each number here is a tensor that torch saves for the backward pass of transformers' own modules, with or without PEFT's
adapters, in mixed precision: tests/training/test_activations.py asks torch for what it saves and compares. That is more than the
34 bytes a token and width of Korthikanti et al. (2022), "Reducing activation recomputation", which counts fused modules.
"""

from __future__ import annotations

from dalil.config_models import ModelSettings
from dalil.training.adapters import layer_targets
from dalil.training.architecture import Projection, Shape

HALF, FULL = 2, 4
TEXTS_PER_PAIR = 2
SHORT_ROWS = 256
"""Tokens up to which a processor is faster with the whole attention matrix than with the tiles of SDPA."""
INNER = {"llama": 3, "gpt2": 4, "encoder": 1}
"""Tensors of an MLP's width beside the next projection's input: gate, activated gate and up; the steps of the approximate
GELU; what the exact GELU is given."""
MOST_LOGITS_BYTES = 1 << 30
"""A batch whose logits and their gradient need no more than this takes the model's own loss."""
BYTES_PER_LOGIT = 12
"""bf16 or fp32, its fp32 copy, and the gradient."""
BYTES_PER_LOGIT_AT_MOST = 16
"""And their logarithms; the gradient in both types."""


def bytes_a_number(settings: ModelSettings) -> int:
    """Of what is computed in: 16 bits in mixed precision."""
    return HALF if settings.training.half_precision else FULL


def activation_bytes(shape: Shape, settings: ModelSettings, length: int, *, processor: bool = False) -> int:
    """All layers' bytes for a batch of rows of `length` tokens; with activation checkpointing only the layers' inputs and one
    whole layer. On a `processor` that is off, short rows have whole attention matrices, and dropout keeps its noise in fp32."""
    training = settings.training
    texts = TEXTS_PER_PAIR if shape.family == "encoder" else 1
    tokens = training.per_device_train_batch_size * texts * length
    size = bytes_a_number(settings)
    whole = processor and length <= SHORT_ROWS
    layer = _attention(shape, size, length if whole else 0) + size * INNER[shape.family] * shape.intermediate
    layer += _norms(shape, settings, size, processor=processor) + _inputs(
        shape, settings, size, mask=FULL if processor else 1
    )
    if training.activation_checkpointing and not processor:
        return tokens * (shape.layers * size * shape.hidden + layer)
    return tokens * shape.layers * layer


def _attention(shape: Shape, size: int, matrix_width: int) -> int:
    """Queries, keys, values and what comes out; where the matrix is whole, its softmax in fp32 and as it is multiplied."""
    wide, narrow = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    return size * (2 * wide + 2 * narrow) + (FULL + size) * shape.heads * matrix_width


def _norms(shape: Shape, settings: ModelSettings, size: int, *, processor: bool) -> int:
    """What norms are given: in fp32, but for a frozen layer norm, which a processor's autocast leaves as it is; and where their
    weights are trained, what an RMS norm multiplies with them."""
    frozen, root_mean_square = settings.lora is not None, shape.family == "llama"
    given = size if processor and frozen and not root_mean_square else FULL
    scaled = 1 if root_mean_square and not frozen else 0
    of_layer = (4 if shape.sandwiched else 2) * shape.hidden * (given + FULL * scaled)
    heads = (shape.heads + shape.kv_heads) * shape.head_size if shape.qk_norm else 0
    return of_layer + heads * (FULL + scaled * size)


def _inputs(shape: Shape, settings: ModelSettings, size: int, *, mask: int) -> int:
    """What trained projections are given. Under autocast each has a copy of its own in 16 bits, but for what attention and
    MLP left in 16 bits already; an adapter's is always a copy, and has what dropout keeps (`mask` bytes a number) and its own
    r numbers beside."""
    lora = settings.lora
    if lora is not None:
        each = size + (mask if lora.lora_dropout else 0)
        return sum(each * p.inputs + size * lora.r for p in layer_targets(shape, lora))
    copied = size == HALF
    return size * sum(p.inputs for p in _distinct(shape.projections, copied=copied))


def _distinct(projections: tuple[Projection, ...], *, copied: bool) -> list[Projection]:
    """Of whole projections those whose input is a tensor of its own: not attention's way out, whose input is counted there;
    without copies the first of each half of the layer."""
    inner = [p for p in projections if not p.name.endswith(("attn.o_proj", "attn.c_proj", "attention.output.dense"))]
    if copied:
        return inner
    firsts = ("q_proj", "gate_proj", "c_attn", "c_fc", "self.query", "intermediate.dense")
    return [p for p in inner if p.name.endswith((*firsts, "down_proj", "mlp.c_proj", "output.dense"))]


def logits_bytes(shape: Shape, settings: ModelSettings, length: int, *, processor: bool = False) -> int:
    """On a GPU the head's output and its gradient in fp32: TRL from 1.15 on fuses head and loss and needs less. On a processor
    what the model's own loss holds, which larger batches do not take. An encoder has none."""
    if shape.family == "encoder":
        return 0
    count = settings.training.per_device_train_batch_size * length * shape.vocabulary
    if not processor:
        return count * 2 * FULL
    return min(count, MOST_LOGITS_BYTES // BYTES_PER_LOGIT) * BYTES_PER_LOGIT_AT_MOST
