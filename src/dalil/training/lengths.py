"""How long the rows are in tokens: by the model's own tokenizer where one lies on this machine, else by a stand-in."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalil.errors import ConfigError
from dalil.language import words
from dalil.training.shapes import Shape, tokens_a_word

SPECIAL_TOKENS = 2


@dataclass(frozen=True, slots=True)
class Data:
    """What is trained on. `rows` None: unknown; `longest` 0: unknown; `source` and `tokenizer` are said in the output."""

    rows: int | None
    tokens_per_row: float
    longest: int
    source: str
    tokenizer: str


def assumed(rows: int | None, words_per_row: float, shape: Shape, language: str, source: str) -> Data:
    """Data of which only a count is known: its length is an assumption, and said to be one."""
    ratio = tokens_a_word(shape.tokenizer, language)
    tokenizer = f"none: stand-in, {words_per_row:g} words a row assumed × {ratio:g} tokens a word ({shape.tokenizer}, {language})"
    return Data(rows, words_per_row * ratio, 0, source, tokenizer)


def measured(texts: Iterable[tuple[str, str]], shape: Shape, name: str, source: str) -> Data:
    """Data counted row by row from (text, language). `name` is the model's name or folder, where its tokenizer may lie."""
    tokenizer = _local_tokenizer(name)
    if tokenizer is not None:
        lengths = [len(tokenizer.encode(text).ids) + SPECIAL_TOKENS for text, _ in texts]
        said = f"{name}'s own (tokenizer.json on this machine)"
    else:
        counted = list(_by_words(texts, shape))
        lengths = [length for length, _ in counted]
        ratios = ", ".join(
            f"{tokens_a_word(shape.tokenizer, lang):g} {lang}" for lang in dict.fromkeys(lang for _, lang in counted)
        )
        said = f"stand-in: words × tokens a word ({shape.tokenizer}: {ratios})"
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    return Data(len(lengths), mean, max(lengths, default=0), source, said)


def _by_words(texts: Iterable[tuple[str, str]], shape: Shape) -> Iterator[tuple[int, str]]:
    for text, language in texts:
        yield round(len(words(text)) * tokens_a_word(shape.tokenizer, language)) + SPECIAL_TOKENS, language


def _local_tokenizer(name: str) -> Any:
    """The tokenizer of a model folder or of the hub's cache on this machine; None where it or the library is missing.

    Raises ConfigError where its file is damaged.
    """
    if importlib.util.find_spec("tokenizers") is None:
        return None
    home = Path(os.environ.get("HF_HOME", Path.home() / ".cache" / "huggingface"))
    cached = home / "hub" / f"models--{name.replace('/', '--')}" / "snapshots"
    for path in [Path(name) / "tokenizer.json", *sorted(cached.glob("*/tokenizer.json"))]:
        if path.is_file():
            return _read_tokenizer(path)
    return None


def _read_tokenizer(path: Path) -> Any:
    try:
        return importlib.import_module("tokenizers").Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise ConfigError(f"{path} is not a tokenizer that can be read ({error}).",
                          hint="mend or remove it: a stand-in then counts") from error  # fmt: skip
