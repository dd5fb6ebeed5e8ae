"""The formats that questions and answers are kept in elsewhere, each read into a Pair and written from one.

A format has its own keys. What it cannot carry rides beside as further keys, which trainers of that format do not read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dalil.dataset.carrying import RIDING, Row, part, required, riding, string, with_riding
from dalil.dataset.columns import as_flag, as_text, has_question
from dalil.dataset.pair import Pair, Unfit, columns_of, is_empty, spoken_answer
from dalil.dataset.schema import COLUMNS as SCHEMA
from dalil.dataset.schema import pair_of_schema_row, schema_row
from dalil.dataset.turns import Said, said_of, said_to_pair


@dataclass(frozen=True, slots=True)
class Format:
    """`own`: the keys that its trainers read; `read` raises Unfit; `carries`: the parts of a Pair that `write` places."""

    name: str
    own: tuple[str, ...]
    fits: Callable[[Mapping[str, Any]], bool]
    read: Callable[[Mapping[str, Any]], Pair]
    write: Callable[[Pair], Row]
    carries: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".jsonl", ".json")


def write_row(form: Format, pair: Pair, *, bare: bool = False) -> Row:
    """The row of a pair; `bare`: with the format's own keys only."""
    row = form.write(pair)
    return row if bare else row | beside(form, pair)


def beside(form: Format, pair: Pair) -> Row:
    """What a format's own keys do not carry, by the name it rides under."""
    return {} if form.name == "dalil" else riding(form.own, form.carries, pair)


def _joined(pair: Pair) -> str:
    return f"{pair.question}\n\n{pair.context}" if pair.context else pair.question


def _unjoined(asked: str, row: Mapping[str, Any]) -> str:
    context = row.get("context")
    return asked.removesuffix(f"\n\n{context}") if isinstance(context, str) and context else asked


def _chat(row: Mapping[str, Any], own: tuple[str, ...], said: list[Said]) -> Pair:
    pair = said_to_pair(said)
    pair = replace(
        pair, question=_unjoined(pair.question, row), system=pair.system or string(row.get("system"), "system")
    )
    return with_riding((*own, "system"), pair, row, ("system", "history"))


def _read_messages(row: Mapping[str, Any]) -> Pair:
    return _chat(row, ("messages",), said_of(row["messages"], "role", "content"))


def _write_messages(pair: Pair) -> Row:
    return {"messages": [{"role": role, "content": text} for role, text in _spoken(pair)]}


def _read_sharegpt(row: Mapping[str, Any]) -> Pair:
    return _chat(row, ("conversations",), said_of(row["conversations"], "from", "value"))


def _write_sharegpt(pair: Pair) -> Row:
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    return {"conversations": [{"from": names[role], "value": text} for role, text in _spoken(pair)]}


def _spoken(pair: Pair) -> list[tuple[str, str]]:
    """A pair as the turns of a conversation."""
    before = [turn for t in pair.history for turn in (("user", t.question), ("assistant", t.answer))]
    system = [("system", pair.system)] if pair.system else []
    return [*system, *before, ("user", _joined(pair)), ("assistant", spoken_answer(pair))]


def _read_alpaca(row: Mapping[str, Any]) -> Pair:
    pair = Pair(
        required(row, "instruction"), string(row.get("output"), "output"), context=string(row.get("input"), "input")
    )
    return with_riding(("instruction", "input", "output"), pair, row, ("context",))


def _write_alpaca(pair: Pair) -> Row:
    """The system prompt stays out of `input`, where its role would be lost: it has a column of its own."""
    row: Row = {"instruction": pair.question, "input": pair.context, "output": spoken_answer(pair)}
    return row | {name: part(pair, name) for name in ("system", "history") if not is_empty(part(pair, name))}


def _read_prompt(row: Mapping[str, Any]) -> Pair:
    if isinstance(row.get("prompt"), list):
        ending = row.get("completion")
        said = said_of([*row["prompt"], *(ending if isinstance(ending, list) else [])], "role", "content")
        return _chat(row, ("prompt", "completion"), said)
    pair = Pair(_unjoined(required(row, "prompt"), row), string(row.get("completion"), "completion"))
    return with_riding(("prompt", "completion"), pair, row, ())


def _write_prompt(pair: Pair) -> Row:
    return {"prompt": _joined(pair), "completion": spoken_answer(pair)}


def _read_table(row: Mapping[str, Any]) -> Pair:
    """Where there is a column of answers and this one is empty, there is none to give, unless `answerable` says so."""
    columns = columns_of(tuple(row))
    own = tuple(columns[name] for name in ("question", "answer", "id", "answerable") if name in columns)
    given = {
        name: row.get(columns[name]) if name in columns else None for name in ("question", "answer", "id", "answerable")
    }
    question = _cell(given["question"])
    if not question.strip():
        raise Unfit("the question is empty")
    if "answer" not in columns and as_flag(given["answerable"]) is not False:
        raise Unfit("there is no answer, only a question")
    if not _cell(given["answer"]).strip() and as_flag(given["answerable"]) is None:
        given["answerable"] = "no"
    rest = {name: value for name, value in row.items() if name not in own}
    return with_riding(("question", "answer"), Pair(question, _cell(given["answer"])), rest | given, ())


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else as_text(value)


def _write_table(pair: Pair) -> Row:
    return {"id": pair.id, "question": pair.question, "answer": pair.answer}


def _has_keys(*names: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda row: all(name in row for name in names)


def _is_schema(row: Mapping[str, Any]) -> bool:
    return all(name in row for name in SCHEMA)


FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format("dalil", SCHEMA, _is_schema, pair_of_schema_row, schema_row, RIDING, (".jsonl", ".parquet")),
        Format("messages", ("messages",), _has_keys("messages"), _read_messages, _write_messages, ("system", "history")),
        Format("sharegpt", ("conversations",), _has_keys("conversations"), _read_sharegpt, _write_sharegpt,
               ("system", "history")),
        Format("prompt", ("prompt", "completion"), _has_keys("prompt", "completion"), _read_prompt, _write_prompt),
        Format("alpaca", ("instruction", "input", "output", "system", "history"), _has_keys("instruction", "output"),
               _read_alpaca, _write_alpaca, ("system", "history", "context")),
        Format("csv", ("id", "question", "answer"), lambda row: has_question(list(row)), _read_table, _write_table, ("id",),
               (".csv", ".tsv")),
    )
}  # fmt: skip
