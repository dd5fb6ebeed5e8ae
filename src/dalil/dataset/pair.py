"""One question with its answer as any file may hold it: what every format is read into and written from."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dalil.dataset.columns import as_flag, named_columns
from dalil.lexicon import phrases
from dalil.records import Turn

SPLITS = ("train", "validation", "test")
AS_JSON = ":json"
"""Ends the name of a column whose text is JSON: how a list or a number rides in a table."""

_SILENT_IN = ("fr", "en", "ar", "ary", "ary-Latn")


class Unfit(Exception):
    """A row that is not what its format asks for; the message is the reason, said to a person."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, its answer, and what stands beside.

    `history`: the turns before the question; `context`: what is to be read with it (Alpaca's `input`);
    `extra`: everything else by its own name, as JSON values; what is empty is absent.
    """

    question: str
    answer: str
    id: str = ""
    system: str = ""
    history: tuple[Turn, ...] = ()
    context: str = ""
    answerable: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """An extra that is a text, "" where it is not there."""
        value = self.extra.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Located:
    """A pair and where it stands: the file's name, its line (or row) from 1, and the side it lies on ("" unknown)."""

    file: str
    line: int
    pair: Pair
    side: str = ""

    @property
    def place(self) -> str:
        """How a person finds it."""
        return f"{self.file}:{self.line}" if self.file else self.pair.id


def is_empty(value: Any) -> bool:
    """Whether a value says nothing (a table's NaN too, and a list or object of nothing else); false and 0 say something."""
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, dict):
        return all(map(is_empty, value.values()))
    return value is None or value == "" or (isinstance(value, list | tuple) and all(map(is_empty, value)))


def extras(row: Mapping[str, Any], own: tuple[str, ...]) -> dict[str, Any]:
    """What a row holds beside a format's own keys."""
    return {name: value for name, value in row.items() if name not in own and not is_empty(value)}


def is_answerable(row: Mapping[str, Any]) -> bool:
    """As the row says; true where it does not."""
    return as_flag(row.get("answerable")) is not False


def spoken_answer(pair: Pair) -> str:
    """The answer as an assistant says it: where there is none, that it is not in the documents."""
    if pair.answer or pair.answerable:
        return pair.answer
    language = pair.text("language")
    return phrases(language if language in _SILENT_IN else "fr")["unknown"]


def unspoken_answer(answer: str, answerable: bool) -> str:
    """The reverse of `spoken_answer`."""
    return "" if not answerable and answer in unknown_phrases() else answer


def unknown_phrases() -> frozenset[str]:
    """What dalil says where it does not know, in every language."""
    return frozenset(phrases(language)["unknown"] for language in _SILENT_IN)


def flat(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as texts by name; what is no text becomes JSON under a name that ends in `:json`."""
    return {
        name if isinstance(value, str) and not name.endswith(AS_JSON) else name + AS_JSON:
        value if isinstance(value, str) and not name.endswith(AS_JSON) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
    }  # fmt: skip


def unflat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `flat`. Raises Unfit where a `:json` column is not JSON."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not name.endswith(AS_JSON) or not isinstance(value, str) or not value:
            found[name] = found.get(name) if is_empty(value) else value
            continue
        try:
            found[name.removesuffix(AS_JSON)] = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise Unfit(f"the column {name!r} is not JSON") from error
    return found


@lru_cache(maxsize=1024)
def columns_of(headers: tuple[str, ...]) -> Mapping[str, str]:
    """Contract column → the header that means it. Rows of one file have few sets of headers."""
    return named_columns(headers)


def column(pair: Pair, name: str) -> Any:
    """What a pair says under a column, by whatever name it goes; None where it does not."""
    if name in pair.extra:
        return pair.extra[name]
    return pair.extra.get(columns_of(tuple(pair.extra)).get(name, ""))


def documents_of(pair: Pair) -> list[str]:
    """What a pair names as the documents that it is about."""
    value = pair.extra.get("documents") or column(pair, "document")
    return [value] if isinstance(value, str) else [item for item in _list(value) if isinstance(item, str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
