"""The one fixed schema of dataset rows: texts, and lists of structs of texts. `datasets.load_dataset` reads it.

The trainer, the uploader and every export format derive their own form from these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dalil.dataset.pair import Pair, Unfit, flat, is_answerable, is_empty, unflat
from dalil.records import Turn

TEXTS = ("id", "question", "answer", "answerable", "system", "context", "kind", "language", "origin", "split", "group",
         "stratum", "wording", "field", "page", "expects")  # fmt: skip
LISTS: dict[str, tuple[str, ...]] = {
    "history": ("question", "answer"),
    "values": ("text",),
    "documents": ("path",),
    "evidence": ("document", "start", "end", "quote"),
    "extra": ("name", "value"),
}
COLUMNS = (*TEXTS, *LISTS)
_OWN = ("id", "question", "answer", "answerable", "system", "context", "history", "extra")


def schema_row(pair: Pair) -> dict[str, Any]:
    """The row of a pair: every column, in order; what has no column of its own stands under `extra`."""
    parts = {"id": pair.id, "question": pair.question, "answer": pair.answer, "system": pair.system,
             "context": pair.context, "answerable": "yes" if pair.answerable else "no"}  # fmt: skip
    row: dict[str, Any] = {name: parts.get(name, "") for name in TEXTS} | {name: [] for name in LISTS}
    row["history"] = [{"question": turn.question, "answer": turn.answer} for turn in pair.history]
    rest = {}
    for name, value in pair.extra.items():
        placed = _placed(name, value)
        if placed is None:
            rest[name] = value
        else:
            row[name] = placed
    row["extra"] = [{"name": name, "value": value} for name, value in flat(rest).items()]
    return row


def _placed(name: str, value: Any) -> Any:
    """The value as its column holds it; None where it has no column or is of another shape."""
    if name in _OWN:
        return None
    if name in TEXTS:
        return value if isinstance(value, str) else None
    keys = LISTS.get(name)
    if keys is None or not isinstance(value, list):
        return None
    if len(keys) == 1 and all(isinstance(item, str) and item for item in value):
        return [{keys[0]: item} for item in value]
    whole = all(isinstance(i, dict) and set(i) == set(keys) and _all_texts(i) and any(i.values()) for i in value)
    return [dict(item) for item in value] if whole and len(keys) > 1 else None


def _all_texts(item: Mapping[str, Any]) -> bool:
    return all(isinstance(text, str) for text in item.values())


def pair_of_schema_row(row: Mapping[str, Any]) -> Pair:
    """The pair of a row. Raises Unfit where a column is of another shape."""
    lists = {name: _entries(row.get(name), name) for name in LISTS}
    for name in TEXTS:
        if not isinstance(row.get(name) or "", str):
            raise Unfit(f"{name} is not a text")
    texts = {name: str(row.get(name) or "") for name in TEXTS}
    if not texts["question"].strip():
        raise Unfit("the question is empty")
    answerable = is_answerable(texts)
    if not texts["answer"] and answerable:
        raise Unfit("the answer is empty")
    extra: dict[str, Any] = {name: value for name, value in texts.items() if name not in _OWN and value}
    for name, keys in LISTS.items():
        if name not in _OWN and lists[name]:
            extra[name] = [item[keys[0]] for item in lists[name]] if len(keys) == 1 else lists[name]
    rest = unflat({item["name"]: item["value"] for item in lists["extra"]})
    return Pair(texts["question"], texts["answer"], texts["id"], texts["system"],
                tuple(Turn(t["question"], t["answer"]) for t in lists["history"]), texts["context"], answerable,
                extra | {name: value for name, value in rest.items() if not is_empty(value)})  # fmt: skip


def _entries(value: Any, name: str) -> list[dict[str, str]]:
    """The structs of a list; one that is all blank (see `typed_rows`) is none."""
    if is_empty(value):
        return []
    keys = LISTS[name]
    if not isinstance(value, list) or not all(isinstance(i, dict) and set(i) == set(keys) for i in value):
        raise Unfit(f"{name} is not a list of objects with {', '.join(keys)}")
    if not all(isinstance(text or "", str) for item in value for text in item.values()):
        raise Unfit(f"{name} holds something that is not a text")
    return [{key: text or "" for key, text in item.items()} for item in value if any(item.values())]


def typed_rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows for JSON lines. The first has one blank entry in each list that is empty: a reader that takes the schema from
    the file cannot tell what an empty list holds, and refuses a second file that fills it."""
    made = list(rows)
    if made:
        made[0] = {
            name: value or [dict.fromkeys(LISTS[name], "")] if name in LISTS else value
            for name, value in made[0].items()
        }
    return made


def write_parquet(path: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows with the schema spelt out. Needs pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    text = pa.string()
    structs = [(name, pa.list_(pa.struct([(key, text) for key in keys]))) for name, keys in LISTS.items()]
    schema = pa.schema([*((name, text) for name in TEXTS), *structs])
    parquet.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
