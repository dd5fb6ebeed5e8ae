"""How long the rows are in tokens: by the model's own tokenizer where one lies on this machine, else by a stand-in."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from dalil.errors import ConfigError
from dalil.language import words
from dalil.training.around import SPECIAL_TOKENS
from dalil.training.local import FAST, local_folder, tokenizer_file
from dalil.training.shapes import tokens_a_word

Count = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Data:
    """What is trained on. `rows` None: unknown; `longest` 0: unknown; `source` and `tokenizer` are said in the output."""

    rows: int | None
    tokens_per_row: float
    longest: int
    source: str
    tokenizer: str


def assumed(rows: int | None, words_per_row: float, tokenizer: str, language: str, source: str) -> Data:
    """Data of which only a count is known: its length is an assumption, and said to be one."""
    ratio = tokens_a_word(tokenizer, language)
    said = f"none: stand-in, {words_per_row:g} words a row assumed × {ratio:g} tokens a word ({tokenizer}, {language})"
    return Data(rows, words_per_row * ratio, 0, source, said)


def measured(
    texts: Iterable[tuple[str, str]], tokenizer: str, name: str, source: str, around: int = SPECIAL_TOKENS
) -> Data:
    """Data counted row by row from (text, language).

    `name` is the model's name or folder, where its tokenizer may lie ("": nowhere); `tokenizer` names the stand-in; `around`
    counts the tokens that the template adds to a row (`tokens_around`).
    """
    own = _own_tokenizer(name)
    if own is not None:
        count, file = own
        lengths = [count(text) + around for text, _ in texts]
        said = f"{name}'s own ({file} on this machine)"
    else:
        counted = list(_by_words(texts, tokenizer))
        lengths = [length for length, _ in counted]
        ratios = ", ".join(
            f"{tokens_a_word(tokenizer, lang):g} {lang}" for lang in dict.fromkeys(lang for _, lang in counted)
        )
        said = f"stand-in: words × tokens a word ({tokenizer}: {ratios})"
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    return Data(len(lengths), mean, max(lengths, default=0), source, said)


def _by_words(texts: Iterable[tuple[str, str]], tokenizer: str) -> Iterator[tuple[int, str]]:
    for text, language in texts:
        yield round(len(words(text)) * tokens_a_word(tokenizer, language)) + SPECIAL_TOKENS, language


def _own_tokenizer(name: str) -> tuple[Count, str] | None:
    """What counts tokens as the model does, and its file; None where the file or the library is missing.

    Raises ConfigError where the file is damaged.
    """
    folder = local_folder(name)
    if folder is None:
        return None
    file = tokenizer_file(folder)
    if file == FAST:
        return (_fast(folder / FAST), FAST) if find_spec("tokenizers") else None
    return (_slow(folder), file) if file and find_spec("transformers") else None


def _fast(path: Path) -> Count:
    try:
        made = importlib.import_module("tokenizers").Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise _damaged(path, error) from error
    made.no_truncation()
    return lambda text: len(made.encode(text, add_special_tokens=False).ids)


def _slow(folder: Path) -> Count:
    try:
        made = importlib.import_module("transformers").AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # the library raises many kinds
        raise _damaged(folder, error) from error
    return lambda text: len(made(text, add_special_tokens=False)["input_ids"])


def _damaged(path: Path, error: Exception) -> ConfigError:
    return ConfigError(
        f"{path} is not a tokenizer that can be read ({error}).", hint="mend or remove it: a stand-in then counts"
    )
