"""Trainable parameters of the plan against those that PEFT trains, on tiny random models of each family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dalil.config_models import ModelSettings
from dalil.config_training import LoraSettings
from dalil.training.adapters import lora_parameters, uncounted
from dalil.training.cautions import cautions
from dalil.training.lengths import assumed
from dalil.training.memory import memory
from dalil.training.plan import Request, make_plan
from dalil.training.shapes import find_shape

pytest.importorskip("peft", reason="the extra `train` is not installed")
transformers = pytest.importorskip("transformers", reason="the extra `train` is not installed")

LIKE_LLAMA = {"vocab_size": 96, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4,
              "num_key_value_heads": 2, "max_position_embeddings": 64}  # fmt: skip
TINY: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("LlamaForCausalLM", LIKE_LLAMA),
    "llama, biases": ("LlamaForCausalLM", {**LIKE_LLAMA, "attention_bias": True, "mlp_bias": True}),
    "mistral": ("MistralForCausalLM", LIKE_LLAMA),
    "qwen2": ("Qwen2ForCausalLM", LIKE_LLAMA),
    "gemma": ("GemmaForCausalLM", {**LIKE_LLAMA, "head_dim": 16}),
    "qwen3": ("Qwen3ForCausalLM", {**LIKE_LLAMA, "head_dim": 16}),
    "gemma2": ("Gemma2ForCausalLM", {**LIKE_LLAMA, "head_dim": 16}),
    "gemma3": ("Gemma3ForCausalLM", {**LIKE_LLAMA, "head_dim": 16}),
    "gpt2": ("GPT2LMHeadModel", {"vocab_size": 96, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64}),
    "encoder": ("XLMRobertaModel", {**LIKE_LLAMA, "max_position_embeddings": 66, "type_vocab_size": 1}),
}
ATTENTION = {"llama": ["q_proj", "v_proj", "down_proj"], "gpt2": ["c_attn"], "encoder": ["query", "value"]}
PATHS = {
    "llama": ["self_attn.o_proj", "up_proj"],
    "gpt2": ["mlp.c_proj", "c_attn"],
    "encoder": ["attention.output.dense", "self.query"],
}
EMBEDDINGS = {"llama": ["embed_tokens", "norm"], "gpt2": ["wte"], "encoder": ["word_embeddings"]}
VARIANTS: dict[str, dict[str, Any]] = {
    "all-linear": {},
    "rsLoRA": {"use_rslora": True},
    "DoRA": {"use_dora": True},
    "all biases": {"bias": "all"},
    "biases of the targets": {"bias": "lora_only"},
    "named": {"target_modules": ATTENTION},
    "named, DoRA and biases": {"target_modules": ATTENTION, "use_dora": True, "bias": "lora_only"},
    "by a part of the path": {"target_modules": PATHS},
    "embeddings whole": {"target_modules": ATTENTION, "modules_to_save": EMBEDDINGS},
}


def folder_of(family: str, folder: Path) -> Any:
    """A tiny model on no device, its config.json in the folder."""
    import torch

    name, sizes = TINY[family]
    kind = getattr(transformers, name)
    config = kind.config_class(**sizes)
    config.save_pretrained(str(folder))
    with torch.device("meta"):
        return kind(config)


def lora(family: str, given: dict[str, Any]) -> LoraSettings:
    chosen = {
        key: value.get(family, value.get("llama")) if isinstance(value, dict) else value for key, value in given.items()
    }
    return LoraSettings(r=3, **chosen)


def trained_by_peft(model: Any, settings: LoraSettings) -> int:
    from peft import LoraConfig, get_peft_model

    given = settings.model_dump(exclude={"peft"})
    made = get_peft_model(model, LoraConfig(**given, **settings.peft))
    return sum(p.numel() for p in made.parameters() if p.requires_grad)


@pytest.mark.parametrize("family", TINY)
def test_a_shape_counts_as_the_model_does(family: str, tmp_path: Path) -> None:
    model = folder_of(family, tmp_path)
    assert find_shape(str(tmp_path)).total == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("family", TINY)
@pytest.mark.filterwarnings("ignore")
def test_the_plan_counts_as_peft_does(family: str, variant: str, tmp_path: Path) -> None:
    settings = lora(family, VARIANTS[variant])
    model = folder_of(family, tmp_path)
    assert lora_parameters(find_shape(str(tmp_path)), settings) == trained_by_peft(model, settings)
    assert uncounted(find_shape(str(tmp_path)), settings) == []


@pytest.mark.parametrize("targets", [["q_proj", "embed_tokens"], ["q_proj", "lm_head"]])
@pytest.mark.parametrize("dora", [False, True])
@pytest.mark.filterwarnings("ignore")
def test_embeddings_and_head_as_targets(targets: list[str], dora: bool, tmp_path: Path) -> None:
    settings = LoraSettings(r=3, target_modules=targets, use_dora=dora)
    model = folder_of("qwen2", tmp_path)
    assert lora_parameters(find_shape(str(tmp_path)), settings) == trained_by_peft(model, settings)


@pytest.mark.parametrize("bias", ["none", "lora_only"])
@pytest.mark.filterwarnings("ignore")
def test_targets_of_single_layers(bias: str, tmp_path: Path) -> None:
    targets = ["model.layers.1.self_attn.q_proj", "model.layers.0.mlp.up_proj", "model.layers.1.mlp.up_proj"]
    settings = LoraSettings.model_validate({"r": 3, "target_modules": targets, "bias": bias})
    model = folder_of("qwen2", tmp_path)
    assert lora_parameters(find_shape(str(tmp_path)), settings) == trained_by_peft(model, settings)


@pytest.mark.filterwarnings("ignore")
def test_a_tied_head_that_is_saved_counts_as_a_copy(tmp_path: Path) -> None:
    settings = LoraSettings(r=3, target_modules=["q_proj"], modules_to_save=["lm_head"])
    model = folder_of("gemma", tmp_path)
    shape = find_shape(str(tmp_path))
    assert shape.tied
    assert lora_parameters(shape, settings) == trained_by_peft(model, settings)


def test_what_cannot_be_counted_is_said(tmp_path: Path) -> None:
    folder_of("llama", tmp_path)
    shape = find_shape(str(tmp_path))
    given = LoraSettings(
        r=3, modules_to_save=["score"], peft={"rank_pattern": {"q_proj": 9}, "init_lora_weights": "pissa"}
    )
    model = ModelSettings(model_name_or_path=str(tmp_path), lora=given)
    said = cautions(make_plan(Request("x", "y", model, shape, assumed(1000, 10, "llama-3", "en", "here"))))
    found = [line for line in said if "not counted" in line]
    assert len(found) == 1
    assert "lora.peft.rank_pattern" in found[0]
    assert "score" in found[0]
    assert "init_lora_weights" not in found[0]


def test_what_is_trained_whole_takes_memory(tmp_path: Path) -> None:
    folder_of("llama", tmp_path)
    shape = find_shape(str(tmp_path))
    plain, whole = (
        memory(shape, ModelSettings(model_name_or_path="x", lora=LoraSettings(r=3, modules_to_save=saved)), 16)
        for saved in (None, ["embed_tokens"])
    )
    copies = 96 * 32
    assert whole.weights_trained - plain.weights_trained == 4 * copies
    assert whole.optimiser - plain.optimiser == 8 * copies
    assert whole.weights == plain.weights


@pytest.mark.parametrize("rank", [16.5, "many", 0])
def test_a_rank_is_a_whole_number(rank: Any) -> None:
    with pytest.raises(ValueError, match="r\n"):
        LoraSettings(r=rank)
