"""Shapes of models, from the table that ships or from a folder's config.json, and what can be counted from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import yaml

from dalil.config_models import LoraSettings
from dalil.errors import ConfigError

Family = Literal["llama", "gpt2", "encoder"]
FAMILY_OF: dict[str, Family] = {
    "llama": "llama", "mistral": "llama", "qwen2": "llama", "gemma": "llama", "gpt2": "gpt2", "xlm-roberta": "encoder",
}  # fmt: skip
"""`model_type` of a config.json → how its layers are built."""


@dataclass(frozen=True, slots=True)
class Projection:
    """One linear map of a layer: `inputs` × `outputs` weights, perhaps with a bias."""

    name: str
    inputs: int
    outputs: int
    bias: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A transformer's sizes. `context` in tokens; `parameters` the published total (0: none is known)."""

    name: str
    family: Family
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    intermediate: int
    vocabulary: int
    tied: bool
    context: int
    tokenizer: str
    parameters: int = 0
    qkv_bias: bool = False
    note: str = ""
    names: tuple[str, ...] = ()

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The linear maps of one layer, with the names that LoRA's `target_modules` uses."""
        wide, narrow = self.heads * self.head_size, self.kv_heads * self.head_size
        h, inner, bias = self.hidden, self.intermediate, self.qkv_bias
        if self.family == "llama":
            return (
                Projection("q_proj", h, wide, bias), Projection("k_proj", h, narrow, bias),
                Projection("v_proj", h, narrow, bias), Projection("o_proj", wide, h),
                Projection("gate_proj", h, inner), Projection("up_proj", h, inner), Projection("down_proj", inner, h),
            )  # fmt: skip
        if self.family == "gpt2":
            return (
                Projection("c_attn", h, 3 * h, True), Projection("attn.c_proj", h, h, True),
                Projection("c_fc", h, inner, True), Projection("mlp.c_proj", inner, h, True),
            )  # fmt: skip
        return (
            Projection("query", h, h, True), Projection("key", h, h, True), Projection("value", h, h, True),
            Projection("attention.output.dense", h, h, True), Projection("intermediate.dense", h, inner, True),
            Projection("output.dense", inner, h, True),
        )  # fmt: skip

    @property
    def linear(self) -> int:
        """Weights of all layers' projections, without biases: what quantisation shrinks."""
        return self.layers * sum(p.inputs * p.outputs for p in self.projections)

    @property
    def kept(self) -> int:
        """All other parameters (embeddings, head, norms, biases): they stay 16-bit under quantisation."""
        h = self.hidden
        biases = self.layers * sum(p.outputs for p in self.projections if p.bias)
        words = self.vocabulary * h * (1 if self.tied else 2)
        if self.family == "llama":
            return words + biases + (2 * self.layers + 1) * h
        norms = (2 * self.layers + 1) * 2 * h
        if self.family == "gpt2":
            return words + biases + norms + self.context * h
        positions, token_type, pooler = (self.context + 2) * h, h, h * h + h
        return words + biases + norms + positions + token_type + pooler

    @property
    def total(self) -> int:
        """All parameters, tied ones once."""
        return self.linear + self.kept

    def targets(self, lora: LoraSettings) -> tuple[Projection, ...]:
        """The projections of a layer that get an adapter. Raises ConfigError for a name that the model does not have."""
        if lora.target_modules == "all-linear":
            return self.projections
        unknown = [t for t in lora.target_modules if not any(_is_called(p, t) for p in self.projections)]
        if unknown:
            raise ConfigError(
                f"{self.name} has no {', '.join(unknown)}; its projections: {', '.join(p.name for p in self.projections)}.",
                hint="mend lora.target_modules, or say all-linear",
            )
        return tuple(p for p in self.projections if any(_is_called(p, t) for t in lora.target_modules))


def _is_called(projection: Projection, target: str) -> bool:
    """PEFT's rule: the name is the target or ends in it after a dot."""
    return f".{projection.name}".endswith(f".{target}")


def lora_parameters(shape: Shape, lora: LoraSettings) -> int:
    """Trainable parameters of an adapter: r × (inputs + outputs) a projection (Hu et al., 2021), and the biases trained."""
    targets = shape.targets(lora)
    counted = sum(lora.r * (p.inputs + p.outputs) for p in targets)
    biased = {"none": (), "lora_only": targets, "all": shape.projections}[lora.bias]
    return shape.layers * (counted + sum(p.outputs for p in biased if p.bias))


@cache
def _tables() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("shapes.yaml").read_text("utf-8"))
    return data


def load_shapes() -> list[Shape]:
    """The shapes that ship."""
    return [
        Shape(name=name, **{**row, "names": tuple(row["names"])}) for name, row in _tables()["shapes"].items()
    ]  # fmt: skip


def tokens_a_word(tokenizer: str, language: str) -> float:
    """The stand-in's ratio; an unknown tokenizer counts as Llama-3's."""
    table = _tables()["tokens_a_word"]
    return float(table.get(tokenizer, table["llama-3"])[language])


def find_shape(name: str) -> Shape:
    """The shape of a model by its hub name (in any case, its owner may be left out) or its folder.

    Raises ConfigError that lists the known ones.
    """
    if (Path(name) / "config.json").is_file():
        return shape_of_folder(Path(name))
    wanted = name.casefold().removesuffix("-bnb-4bit").removesuffix("-unsloth")
    for shape in load_shapes():
        every = [known.casefold() for known in (shape.name, *shape.names)]
        if wanted in every or wanted in [known.split("/")[-1] for known in every]:
            return shape
    known = ", ".join(shape.name for shape in load_shapes())
    raise ConfigError(f"The shape of {name!r} is not known; known: {known}, or a folder that holds its config.json.",
                      hint="dalil plan --architectures")  # fmt: skip


def shape_of_folder(folder: Path) -> Shape:
    """The shape in a model folder's config.json. Raises ConfigError where it is damaged or of another architecture."""
    path = folder / "config.json"
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        family = FAMILY_OF[given["model_type"]]
        return _gpt2(folder.name, given) if family == "gpt2" else _standard(folder.name, family, given)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint="give a model folder that is whole") from error
    except (KeyError, TypeError) as error:
        raise ConfigError(f"{path} is not of an architecture that can be planned ({', '.join(FAMILY_OF)}): {error}.",
                          hint="dalil plan --architectures") from error  # fmt: skip


def _standard(name: str, family: Family, given: dict[str, Any]) -> Shape:
    hidden, heads = given["hidden_size"], given["num_attention_heads"]
    context = given["max_position_embeddings"] - (2 if family == "encoder" else 0)
    return Shape(
        name, family, hidden, given["num_hidden_layers"], heads, given.get("num_key_value_heads", heads),
        given.get("head_dim") or hidden // heads, given["intermediate_size"], given["vocab_size"],
        given.get("tie_word_embeddings", family == "encoder" or given["model_type"] == "gemma"), context,
        {"qwen2": "qwen2", "gemma": "gemma", "xlm-roberta": "xlm-r"}.get(given["model_type"], "llama-3"),
        qkv_bias=given["model_type"] == "qwen2" or given.get("attention_bias", False),
    )  # fmt: skip


def _gpt2(name: str, given: dict[str, Any]) -> Shape:
    hidden, heads = given["n_embd"], given["n_head"]
    return Shape(name, "gpt2", hidden, given["n_layer"], heads, heads, hidden // heads, given.get("n_inner") or 4 * hidden,
                 given["vocab_size"], True, given["n_positions"], "gpt-2")  # fmt: skip
