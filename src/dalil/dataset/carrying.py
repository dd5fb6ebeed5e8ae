"""What rides beside a format's own keys, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dalil.dataset.columns import as_flag, as_text
from dalil.dataset.pair import Pair, Unfit, extras, is_empty, unspoken_answer
from dalil.records import Turn

Row = dict[str, Any]
PREFIX = "dalil."
"""Before the name of an extra that is called like a key of this format, or like one that another is known by."""
KNOWN_BY = ("messages", "conversations", "prompt", "completion", "instruction", "output")

RIDING = ("id", "system", "history", "context", "answerable")
"""The parts of a Pair that ride beside where a format has no place of its own for them."""


def riding(own: tuple[str, ...], carries: tuple[str, ...], pair: Pair) -> Row:
    """What a format's own keys do not carry, by the name it rides under."""
    parts = {name: part(pair, name) for name in RIDING if name not in carries}
    taken = (*own, *RIDING, *KNOWN_BY)
    named = {PREFIX + n if n in taken or n.startswith(PREFIX) else n: v for n, v in pair.extra.items()}
    return {name: value for name, value in parts.items() if not is_empty(value)} | named


def part(pair: Pair, name: str) -> Any:
    if name == "history":
        return [[turn.question, turn.answer] for turn in pair.history]
    if name == "answerable":
        return "" if pair.answerable else "no"
    return getattr(pair, name)


def with_riding(own: tuple[str, ...], pair: Pair, row: Mapping[str, Any], carries: tuple[str, ...]) -> Pair:
    """The pair with what rides beside it in the row; `carries`: the parts that the format's own keys gave already."""
    ridden: dict[str, Any] = {"id": as_id(row.get("id"))}
    readers = {"system": string, "history": history, "context": string}
    for name in readers.keys() - set(carries):
        ridden[name] = readers[name](row.get(name), name)
    flag = as_flag(row.get("answerable"))
    used = {*own, *ridden} | ({"answerable"} if flag is not None else set())
    extra = {name.removeprefix(PREFIX): value for name, value in extras(row, tuple(used)).items()}
    answer = unspoken_answer(pair.answer, flag is not False)
    if not answer.strip() and flag is not False:
        raise Unfit("the answer is empty")
    return replace(pair, answer=answer, answerable=flag is not False, extra=extra, **ridden)


def as_id(value: Any) -> str:
    """An id as text; whole numbers are taken as they stand."""
    return value if isinstance(value, str) else as_text(value)


def string(value: Any, name: str) -> str:
    if is_empty(value):
        return ""
    if not isinstance(value, str):
        raise Unfit(f"{name} is not a text")
    return value


def required(row: Mapping[str, Any], name: str) -> str:
    value = string(row.get(name), name)
    if not value.strip():
        raise Unfit(f"{name} is {'empty' if name in row else 'missing'}")
    return value


def history(value: Any, name: str) -> tuple[Turn, ...]:
    """Turns before a question, as pairs of texts. Raises Unfit."""
    if is_empty(value):
        return ()
    if not isinstance(value, list) or not all(isinstance(turn, list) and len(turn) == 2 for turn in value):
        raise Unfit(f"{name} is not a list of [question, answer]")
    if not all(isinstance(text, str) for turn in value for text in turn):
        raise Unfit(f"{name} holds something that is not a text")
    return tuple(Turn(*turn) for turn in value)
