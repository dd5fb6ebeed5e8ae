"""Shapes of models: from the table that ships, from a folder's config.json, or from the hub's cache on this machine."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from dalil.errors import ConfigError
from dalil.tables import read_table
from dalil.training.architecture import Family, Shape
from dalil.training.local import local_folder

FAMILY_OF: dict[str, Family] = {
    "llama": "llama", "mistral": "llama", "qwen2": "llama", "qwen3": "llama", "gemma": "llama", "gemma2": "llama",
    "gemma3_text": "llama", "gpt2": "gpt2", "xlm-roberta": "encoder",
}  # fmt: skip
"""`model_type` of a config.json → how its layers are built."""
TOKENIZER_OF = {"qwen2": "qwen2", "qwen3": "qwen2", "gemma": "gemma", "gemma2": "gemma", "gemma3_text": "gemma",
                "xlm-roberta": "xlm-r"}  # fmt: skip


@cache
def _tables() -> dict[str, Any]:
    data: dict[str, Any] = read_table(resources.files(__package__).joinpath("shapes.yaml").read_text("utf-8"))
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
    """The shape of a model by its folder, its hub name (in any case, its owner may be left out) or the hub's cache.

    Raises ConfigError that lists the known ones.
    """
    if (Path(name) / "config.json").is_file():
        return shape_of_folder(Path(name))
    wanted = name.casefold().removesuffix("-bnb-4bit").removesuffix("-unsloth")
    for shape in load_shapes():
        every = [known.casefold() for known in (shape.name, *shape.names)]
        if wanted in every or wanted in [known.split("/")[-1] for known in every]:
            return shape
    cached = local_folder(name)
    if cached is not None and (cached / "config.json").is_file():
        return shape_of_folder(cached, name)
    known = ", ".join(shape.name for shape in load_shapes())
    raise ConfigError(f"The shape of {name!r} is not known; known: {known}, or a folder that holds its config.json.",
                      hint="dalil plan --architectures")  # fmt: skip


def shape_of_folder(folder: Path, name: str = "") -> Shape:
    """The shape in a model folder's config.json. Raises ConfigError where it is damaged or of another architecture."""
    path = folder / "config.json"
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        family = FAMILY_OF[given["model_type"]]
        return (_gpt2 if family == "gpt2" else _standard)(name or folder.name, family, given)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.", hint="give a model folder that is whole") from error
    except (KeyError, TypeError, ZeroDivisionError) as error:
        raise ConfigError(f"{path} is not of an architecture that can be planned ({', '.join(FAMILY_OF)}): {error}.",
                          hint="dalil plan --architectures") from error  # fmt: skip


def _standard(name: str, family: Family, given: dict[str, Any]) -> Shape:
    hidden, heads, kind = given["hidden_size"], given["num_attention_heads"], given["model_type"]
    biased = given.get("attention_bias", False)
    return Shape(
        name, family, hidden, given["num_hidden_layers"], heads, given.get("num_key_value_heads") or heads,
        given.get("head_dim") or hidden // heads, given["intermediate_size"], given["vocab_size"],
        given.get("tie_word_embeddings", family == "encoder" or kind.startswith("gemma")),
        given["max_position_embeddings"] - (2 if family == "encoder" else 0), TOKENIZER_OF.get(kind, "llama-3"),
        qkv_bias=kind == "qwen2" or biased, o_bias=kind != "qwen2" and biased, mlp_bias=given.get("mlp_bias", False),
        qk_norm=kind in ("qwen3", "gemma3_text"), sandwiched=kind in ("gemma2", "gemma3_text"),
    )  # fmt: skip


def _gpt2(name: str, family: Family, given: dict[str, Any]) -> Shape:
    hidden, heads = given["n_embd"], given["n_head"]
    inner, tied = given.get("n_inner") or 4 * hidden, given.get("tie_word_embeddings", True)
    return Shape(name, family, hidden, given["n_layer"], heads, heads, hidden // heads, inner, given["vocab_size"],
                 tied, given["n_positions"], "gpt-2")  # fmt: skip
