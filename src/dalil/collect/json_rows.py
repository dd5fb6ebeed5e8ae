"""The list of records of a JSON file, wherever it lies, and JSON lines."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalil.collect.decode import decode
from dalil.collect.rows import Cell, Row, Rows, cell_of, list_cell
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import clean
from dalil.records import Dropped

_BULK = 0.8
"""A list nested in records is read in their place where it holds this share of their text (articles in chapters)."""


@dataclass(frozen=True, slots=True)
class _Item:
    """An object of a list with the plain fields of the objects around it."""

    value: Any
    around: dict[str, Any]


def parse(text: str) -> Any:
    """JSON with its numbers in the source's characters and repeated keys kept apart. Raises ValueError, RecursionError."""
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        name, count = key, 1
        while name in found:
            count += 1
            name = f"{key} ({count})"
        found[name] = value
    return found


def read_json(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The records of a JSON file. Raises SourceError where it is damaged or holds no list of objects."""
    text = decode(Path(file.absolute).read_bytes(), file.encoding)
    try:
        data = parse(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[: error.pos].strip().startswith("{"):
            return [_lines(text, file.path)]
        raise SourceError(f"not valid JSON (line {error.lineno}, column {error.colno}: {error.msg})") from error
    except RecursionError as error:
        raise SourceError("the JSON is nested too deeply") from error
    return [rows_of(data, file)]


def rows_of(data: Any, file: SourceFile) -> Rows:
    """The records of plain data (dictionaries, lists, texts), wherever their list lies. Raises SourceError for none."""
    found = Rows()
    for number, item in enumerate(_records(data, file, found), start=1):
        _add(found, number, item, file.path)
    return found


def add_record(found: Rows, number: int, fields: dict[str, Any], path: str) -> None:
    """Add an object of fields as row `number`."""
    _add(found, number, _Item(fields, {}), path)


def read_jsonl(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The records of JSON lines; a damaged line costs that line only."""
    return [_lines(decode(Path(file.absolute).read_bytes(), file.encoding), file.path)]


def _lines(text: str, path: str) -> Rows:
    found = Rows()
    for number, line in enumerate((line for line in text.split("\n") if line.strip()), start=1):
        try:
            value = parse(line)
        except (ValueError, RecursionError):
            found.dropped.append(Dropped(f"{path} row {number}", "not valid JSON"))
        else:
            _add(found, number, _Item(value, {}), path)
    if not found.rows:
        raise SourceError("no line holds a JSON object")
    return found


def _add(found: Rows, number: int, item: _Item, path: str) -> None:
    if not isinstance(item.value, dict):
        found.dropped.append(Dropped(f"{path} row {number}", "not an object of fields"))
        return
    cells: dict[str, Cell] = {}
    for key, value in [*item.value.items(), *item.around.items()]:
        if cell := _cell(value):
            cells[_free(" ".join(clean(key).split()) or "field", cells)] = cell
    found.rows.append(Row(number, cells))


def _free(name: str, taken: Collection[str]) -> str:
    count = 1
    while (free := name if count == 1 else f"{name} ({count})") in taken:
        count += 1
    return free


def _cell(value: Any) -> Cell | None:
    if isinstance(value, list):
        return list_cell([readable(item) for item in value])
    return cell_of(readable(value))


def readable(value: Any) -> str:
    """A value as people read it: the values of a nested object joined by " — ", of a nested list by ", "."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return " — ".join(part for item in value.values() if (part := readable(item).strip()))
    if isinstance(value, list):
        return ", ".join(part for item in value if (part := readable(item).strip()))
    return str(value)


def _records(data: Any, file: SourceFile, found: Rows) -> list[_Item]:
    """The items of the list of records. Other lists of objects are named in `found.dropped`."""
    lists = dict(_outer_lists(data, ""))
    if file.records:
        found.dropped += _beside(data, file.records, file.path, lists)
        return _named(data, file.records, lists)
    if not lists:
        if isinstance(data, dict) and data:
            return [_Item(data, {})]
        raise SourceError("holds no list of objects (records)")
    chosen = max(lists, key=lambda path: len(lists[path]))
    for path, values in lists.items():
        if path != chosen:
            found.dropped.append(Dropped(f"{file.path} {path}", f"another list ({len(values)} objects); `records: {path}` would read it instead"))  # fmt: skip
    found.dropped += _beside(data, chosen, file.path, lists)
    return _descend([_Item(value, {}) for value in lists[chosen]], file.path, found)


def _beside(data: Any, chosen: str, path: str, lists: Collection[str]) -> Iterator[Dropped]:
    """What lies beside the list of records on the way to it, and is no other list of records: it belongs to no record."""
    before = ""
    for key in chosen.split(".") if chosen else ():
        if not isinstance(data, dict):
            return
        for name, value in data.items():
            place = f"{before}{name}"
            inside = any(f"{other}.".startswith(f"{place}.") for other in lists)
            if name != key and readable(value).strip() and not inside:
                yield Dropped(f"{path} `{place}`", f"lies beside `{chosen}`, where the records lie")
        data, before = data.get(key), f"{before}{key}."


def _outer_lists(data: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    """(dotted path, list) of every list of objects that lies in no other list."""
    if isinstance(data, list):
        if data and sum(isinstance(value, dict) for value in data) * 2 >= len(data):
            yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _outer_lists(value, f"{path}.{key}" if path else key)


def _named(data: Any, path: str, lists: dict[str, list[Any]]) -> list[_Item]:
    """The list at a.b.c; a list on the way is entered, each of its objects giving its own part."""
    items = [_Item(data, {})]
    for key in path.split("."):
        inside = [_Item(value, item.around) for item in items for value in (item.value if isinstance(item.value, list) else [item.value])]  # fmt: skip
        items = [
            _Item(item.value[key], {**item.around, **(_plain_fields(item.value) if item.value is not data else {})})
            for item in inside
            if isinstance(item.value, dict) and key in item.value
        ]
    records = [_Item(value, item.around) for item in items if isinstance(item.value, list) for value in item.value]
    if not records:
        there = ", ".join(path or "(the file itself)" for path in lists) or "none"
        raise SourceError(f"no list at `records: {path}`; lists of objects found: {there}")
    return records


def _descend(items: list[_Item], path: str, found: Rows) -> list[_Item]:
    """Go into a nested list that holds the bulk of the text; the fields around it go with each of its objects."""
    total = sum(_size(item.value) for item in items)
    sizes: dict[str, int] = {}
    counts: dict[str, int] = {}
    for item in items:
        for key, value in item.value.items() if isinstance(item.value, dict) else ():
            if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
                sizes[key] = sizes.get(key, 0) + _size(value)
                counts[key] = counts.get(key, 0) + len(value)
    key = max(sizes, key=lambda name: sizes[name], default="")
    if not key or sizes[key] < _BULK * total or counts[key] < 2 * len(items):
        return items
    inner: list[_Item] = []
    for number, item in enumerate(items, start=1):
        if not isinstance(item.value, dict) or not item.value.get(key):
            found.dropped.append(Dropped(f"{path} object {number}", f"has no `{key}`, where the records lie"))
            continue
        around = {**item.around, **_plain_fields(item.value)}
        inner += [_Item(value, around) for value in item.value[key]]
        found.dropped += [
            Dropped(f"{path} object {number} `{name}`", f"lies beside `{key}`, where the records lie")
            for name, value in item.value.items()
            if name != key and isinstance(value, (list, dict)) and value
        ]
    return _descend(inner, path, found)


def _plain_fields(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if not isinstance(part, (list, dict))}


def _size(value: Any) -> int:
    """How many characters the values hold."""
    if isinstance(value, dict):
        return sum(_size(part) for part in value.values())
    if isinstance(value, list):
        return sum(_size(part) for part in value)
    return len(str(value))
