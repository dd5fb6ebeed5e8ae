"""The list of records of a JSON file, wherever it lies, and JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dalil.collect.decode import decode
from dalil.collect.json_records import Item, free_name, readable, records_in
from dalil.collect.rows import Cell, Row, Rows, cell_of, list_cell
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import clean
from dalil.records import Dropped


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
    for number, item in enumerate(records_in(data, file, found), start=1):
        _add(found, number, item, file.path)
    return found


def add_record(found: Rows, number: int, fields: dict[str, Any], path: str) -> None:
    """Add an object of fields as row `number`."""
    _add(found, number, Item(fields, {}), path)


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
            _add(found, number, Item(value, {}), path)
    if not found.rows:
        raise SourceError("no line holds a JSON object")
    return found


def _add(found: Rows, number: int, item: Item, path: str) -> None:
    if not isinstance(item.value, dict):
        found.dropped.append(Dropped(f"{path} row {number}", "not an object of fields"))
        return
    cells: dict[str, Cell] = {}
    for key, value in [*item.value.items(), *item.around.items()]:
        if cell := _cell(value):
            cells[free_name(" ".join(clean(key).split()) or "field", cells)] = cell
    found.rows.append(Row(number, cells))


def _cell(value: Any) -> Cell | None:
    if isinstance(value, list):
        return list_cell([readable(item) for item in value])
    return cell_of(readable(value))
