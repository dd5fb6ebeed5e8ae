"""Models that lie on this machine: their shape and their tokenizer, from a folder or the hub's cache."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dalil.errors import ConfigError
from dalil.training.lengths import measured
from dalil.training.shapes import find_shape

TINY = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
        "intermediate_size": 128, "vocab_size": 500, "max_position_embeddings": 256}  # fmt: skip
TEXTS = [("a a a b", "en")]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache with two snapshots of a model; `main` names the first of them."""
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    model = tmp_path / "hub" / "models--someone--tiny"
    for name, layers in (("ffff", 3), ("0000", 9)):
        folder = model / "snapshots" / name
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({**TINY, "num_hidden_layers": layers}), encoding="utf-8")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text("ffff", encoding="utf-8")
    return model


def write_tokenizer(folder: Path) -> Any:
    library = pytest.importorskip("tokenizers", reason="the library `tokenizers` is not installed")
    made = library.Tokenizer(library.models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]"))
    made.pre_tokenizer = library.pre_tokenizers.Whitespace()
    made.save(str(folder / "tokenizer.json"))


def test_a_shape_is_read_from_the_cache(cache: Path) -> None:
    found = find_shape("someone/tiny")
    assert (found.name, found.layers, found.hidden) == ("someone/tiny", 3, 64)
    (cache / "refs" / "main").unlink()
    assert find_shape("someone/tiny").layers in (3, 9)


def test_a_model_that_is_nowhere_is_refused_with_the_known_ones(cache: Path) -> None:
    with pytest.raises(ConfigError, match=r"someone/large.*Qwen/Qwen2.5-7B.*config\.json"):
        find_shape("someone/large")


def test_a_tokenizer_is_read_from_the_cache(cache: Path) -> None:
    stand_in = measured(TEXTS, "llama-3", "someone/tiny", "here")
    assert stand_in.tokenizer.startswith("stand-in")
    write_tokenizer(cache / "snapshots" / "ffff")
    own = measured(TEXTS, "llama-3", "someone/tiny", "here")
    assert own.longest == 6
    assert own.tokenizer == "someone/tiny's own (tokenizer.json on this machine)"


def test_a_tokenizer_of_the_older_kind_is_read_by_transformers(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the library `transformers` is not installed")
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}', encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}', encoding="utf-8")
    (tmp_path / "vocab.json").write_text('{"a": 0, "b": 1, "Ġ": 2, "Ġa": 3, "<|endoftext|>": 4}', encoding="utf-8")
    (tmp_path / "merges.txt").write_text("#version: 0.2\nĠ a\n", encoding="utf-8")
    own = measured(TEXTS, "gpt-2", str(tmp_path), "here")
    assert own.longest == 7
    assert "vocab.json" in own.tokenizer


def test_nothing_is_read_from_here_for_a_model_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tokenizer(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert measured(TEXTS, "llama-3", "", "here").tokenizer.startswith("stand-in")
