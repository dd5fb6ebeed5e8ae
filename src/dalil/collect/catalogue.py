"""Catalogues: each row of a CSV, TSV, XLSX, JSON, JSONL, YAML or Parquet file becomes a Document with typed fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from dalil.collect.json_rows import read_json, read_jsonl
from dalil.collect.name_field import find_name_field
from dalil.collect.parquet import read_parquet
from dalil.collect.rows import Cell, Row, Rows, is_absent
from dalil.collect.sources import SourceFile
from dalil.collect.tables import read_csv, read_xlsx
from dalil.collect.yaml_rows import read_yaml
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import identify
from dalil.records import Document, Dropped, Field, Language, make_document

_LIST_MARKS = {
    "newline": re.compile(r"\s*\n\s*"),
    "bar": re.compile(r"\s*\|\s*"),
    "semicolon": re.compile(r"\s*[;؛]\s*"),
}
_LIST_SHARE = 0.2
_ITEM_CHARACTERS = 60
_READERS: dict[str, Callable[[SourceFile, ReadingSettings], list[Rows]]] = {
    "csv": read_csv, "tsv": read_csv, "xlsx": read_xlsx, "json": read_json, "jsonl": read_jsonl,
    "yaml": read_yaml, "parquet": read_parquet,
}  # fmt: skip


def read_catalogue(
    file: SourceFile, languages: Sequence[Language], reading: ReadingSettings
) -> list[Document | Dropped]:
    """The records of a catalogue, and each row that is none with its reason. Raises SourceError where the file is lost."""
    made: list[Document | Dropped] = []
    keys: set[str] = set()
    for found in _READERS[file.kind](file, reading):
        name_field = find_name_field(found.rows, file.name_field) if found.rows else None
        lists = _list_columns(found.rows)
        for row in found.rows:
            made.append(_record(file, row, name_field, lists, keys, languages))
        made += found.dropped
    if not any(isinstance(item, Document) for item in made):
        raise SourceError(f"no row has a value ({len(made)} rows)")
    return made


def _list_columns(rows: Sequence[Row]) -> dict[str, re.Pattern[str]]:
    """Columns whose plain values are lists, with the mark that parts them."""
    values: dict[str, list[str]] = {}
    for row in rows:
        for name, cell in row.cells.items():
            values.setdefault(name, []).extend([] if cell.items else [cell.value])
    typed = {name for row in rows for name, cell in row.cells.items() if cell.items}
    found = ((name, _list_mark(column)) for name, column in values.items() if name not in typed)
    return {name: mark for name, mark in found if mark is not None}


def _list_mark(values: Sequence[str]) -> re.Pattern[str] | None:
    """The mark used in at least a fifth of a column's values, if what it parts is short."""
    best: tuple[float, re.Pattern[str]] | None = None
    for mark in _LIST_MARKS.values():
        cut = [parts for value in values if len(parts := _parts(value, mark)) > 1]
        share = len(cut) / len(values) if values else 0.0
        if share < _LIST_SHARE or median(len(part) for parts in cut for part in parts) > _ITEM_CHARACTERS:
            continue
        if best is None or share > best[0]:
            best = (share, mark)
    return best[1] if best else None


def _parts(value: str, mark: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(part for part in mark.split(value) if not is_absent(part))


def _record(
    file: SourceFile, row: Row, name_field: str | None, lists: dict[str, re.Pattern[str]],
    keys: set[str], languages: Sequence[Language],
) -> Document | Dropped:  # fmt: skip
    if not row.cells:
        return Dropped(f"{file.path} {row.label}", "no name and no value")
    named = row.cells.get(name_field) if name_field else None
    name = " ".join(named.value.split()) if named else str(row.number)
    text, fields = _lines(row.cells, lists)
    language = identify(" ".join(cell.value for cell in row.cells.values()), languages)
    return make_document(f"{file.path}#{_free(name, keys)}", name, text, language, file.path, fields=fields)


def _free(name: str, keys: set[str]) -> str:
    key, count = name, 1
    while key in keys:
        count += 1
        key = f"{name}~{count}"
    keys.add(key)
    return key


def with_value(document: Document, field: str, value: str, items: tuple[str, ...] = ()) -> Document:
    """The record with another value in one field, as if its row had been read so: text, places and id are made anew."""
    cells = {known.name: Cell(known.value, known.items) for known in document.fields}
    text, fields = _lines({**cells, field: Cell(value, items)}, {})
    return make_document(
        document.path, document.name, text, document.language, document.origin,
        fields=fields, licence=document.licence, access=document.access,
    )  # fmt: skip


def _lines(cells: Mapping[str, Cell], lists: Mapping[str, re.Pattern[str]]) -> tuple[str, tuple[Field, ...]]:
    """One line a field, "name : value", and where each value stands."""
    text, fields = "", []
    for name, cell in cells.items():
        start = len(text) + len(name) + 3
        text += f"{name} : {cell.value}\n"
        fields.append(Field(name, cell.value, start, start + len(cell.value), _items(name, cell, lists)))
    return text.rstrip("\n"), tuple(fields)


def _items(name: str, cell: Cell, lists: Mapping[str, re.Pattern[str]]) -> tuple[str, ...]:
    return _parts(cell.value, lists[name]) if name in lists else cell.items
