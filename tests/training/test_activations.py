"""The bytes that the plan counts for a backward pass against those that torch saves for it, on small models of each family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dalil.config_models import ModelSettings
from dalil.config_training import LoraSettings, TrainingSettings
from dalil.training.activations import FULL, TEXTS_PER_PAIR, activation_bytes, bytes_a_number
from dalil.training.shapes import find_shape

pytest.importorskip("peft", reason="the extra `train` is not installed")
transformers = pytest.importorskip("transformers", reason="the extra `train` is not installed")

SIZES = {
    "vocab_size": 96,
    "hidden_size": 192,
    "intermediate_size": 500,
    "num_attention_heads": 6,
    "max_position_embeddings": 82,
}
LIKE_LLAMA = {**SIZES, "num_key_value_heads": 2}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaForCausalLM", LIKE_LLAMA),
    "qwen3": ("Qwen3ForCausalLM", {**LIKE_LLAMA, "head_dim": 32}),
    "gemma3": ("Gemma3ForCausalLM", {**LIKE_LLAMA, "head_dim": 32}),
    "gpt2": ("GPT2LMHeadModel", {"vocab_size": 96, "n_embd": 192, "n_head": 6, "n_positions": 80, "resid_pdrop": 0.0, "embd_pdrop": 0.0}),
    "encoder": ("XLMRobertaModel", {**SIZES, "type_vocab_size": 1, "hidden_dropout_prob": 0.0}),
}  # fmt: skip
DROPS_ATTENTION = {"gpt2": "attn_pdrop", "encoder": "attention_probs_dropout_prob"}
"""Where a family's own dropout lies on the attention matrix. In tiles it takes no memory, but a processor's has no tiles for it."""
ROWS, LENGTH = 4, 61
"""A length that divides no width: what a tensor holds a token, or not, is seen by its size."""
RANK = 6


def model_of(family: str, layers: int, lora: LoraSettings | None, attention: str, dtype: Any) -> Any:
    from peft import LoraConfig, get_peft_model

    name, sizes = FAMILIES[family]
    kind = getattr(transformers, name)
    depth = "n_layer" if family == "gpt2" else "num_hidden_layers"
    dropout = {DROPS_ATTENTION[family]: 0.1 if attention == "eager" else 0.0} if family in DROPS_ATTENTION else {}
    model = kind(kind.config_class(**sizes, **dropout, **{depth: layers})).to(dtype).train()
    model.set_attn_implementation(attention)
    if lora is None:
        return model
    return get_peft_model(
        model, LoraConfig(r=lora.r, lora_dropout=lora.lora_dropout, target_modules=lora.target_modules)
    )


def bytes_saved(model: Any, *, half: bool) -> int:
    """Of the tensors that a backward pass will read, parameters and what has no place for each token aside."""
    import torch

    ids = torch.randint(90, (ROWS, LENGTH))
    parameters = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: list[Any] = []

    def keep(tensor: Any) -> Any:
        kept.append(tensor)
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=half),
    ):
        model(input_ids=ids)
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept if t.numel() % LENGTH == 0}
    return sum(size for at, size in storages.items() if at not in parameters)


def layer_saves(family: str, lora: LoraSettings | None, attention: str, *, half: bool) -> int:
    """What one more layer saves."""
    import torch

    dtype = torch.bfloat16 if half and lora else torch.float32
    one, two = (bytes_saved(model_of(family, layers, lora, attention, dtype), half=half) for layers in (1, 2))
    return two - one


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("lora", "half", "attention"),
    [(0.0, True, "sdpa"), (0.0, True, "eager"), (0.1, True, "sdpa"), (None, True, "sdpa"), (None, False, "sdpa")],
    ids=["adapter", "whole attention", "with dropout", "in full", "in fp32"],
)
def test_activations_are_what_torch_saves(
    tmp_path: Path, family: str, lora: float | None, half: bool, attention: str
) -> None:
    name, sizes = FAMILIES[family]
    depth = "n_layer" if family == "gpt2" else "num_hidden_layers"
    getattr(transformers, name).config_class(**sizes, **{depth: 1}).save_pretrained(str(tmp_path))
    adapter = None if lora is None else LoraSettings(r=RANK, target_modules="all-linear", lora_dropout=lora)
    training = TrainingSettings(bf16=half, per_device_train_batch_size=ROWS, activation_checkpointing=False)
    settings = ModelSettings(model_name_or_path="x", lora=adapter, training=training)
    shape = find_shape(str(tmp_path))
    planned = activation_bytes(shape, settings, LENGTH, processor=True)
    if attention == "sdpa":
        planned -= texts_of(family) * ROWS * LENGTH * (FULL + bytes_a_number(settings)) * shape.heads * LENGTH
    assert planned / texts_of(family) == pytest.approx(layer_saves(family, adapter, attention, half=half), rel=0.1)


def texts_of(family: str) -> int:
    return TEXTS_PER_PAIR if family == "encoder" else 1
