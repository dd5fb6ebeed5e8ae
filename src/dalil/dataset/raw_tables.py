"""Tables (CSV, TSV, Parquet) → rows by column name, each with its line or row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dalil.dataset.columns import has_question
from dalil.dataset.decoding import Problem, RawFile, decode, header
from dalil.errors import ConfigError

MARKS = (",", ";", "\t", "|")
KEYS = frozenset({"prompt", "messages", "conversations"})


def read_csv(path: Path, data: bytes) -> RawFile:
    text = decode(path.name, data)
    problems = [Problem(path.name, line, reason) for line, reason in text.problems]
    if "\0" in text.text:
        return RawFile([], [Problem(path.name, 1, "it is not a text")], [])
    mark = max(MARKS, key=lambda mark: _fit(_first_row(text.text, mark)))
    table, damage = _table(text.text, mark)
    problems += [Problem(path.name, line, reason) for line, reason in damage]
    if not table:
        return RawFile([], problems, text.notes)
    names, twice = header(path.name, table[0][1])
    bad = {problem.line for problem in problems}
    rows: list[tuple[int, Any]] = []
    for line, cells in table[1:]:
        if len(cells) != len(names):
            problems.append(Problem(path.name, line, f"{len(cells)} cells under {len(names)} columns"))
        elif line not in bad:
            rows.append((line, dict(zip(names, cells, strict=True))))
    return RawFile(rows, sorted(problems, key=lambda p: p.line), [*text.notes, *twice])


def _table(text: str, mark: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """The filled rows of a table with the line they begin on, up to a damage, and the damage."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if any(cells):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        return rows, [(before + 1, f"not a table from here on: {error}")]
    return rows, []


def _first_row(text: str, mark: str) -> list[str]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return next((cells for cells in rows if any(cells)), [])
    except csv.Error:
        return []


def _fit(header: Sequence[str]) -> tuple[bool, int]:
    """How well a delimiter fits a header: it finds the column of a known format, then several columns."""
    return has_question(header) or not KEYS.isdisjoint(header), len(header)


def read_parquet(path: Path, data: bytes) -> RawFile:
    try:
        import pyarrow as pa
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ConfigError(f"{path} needs pyarrow.", hint="pip install 'dalil[data]'") from error
    try:
        table = parquet.read_table(io.BytesIO(data))
    except (pa.ArrowInvalid, OSError):
        return RawFile([], [Problem(path.name, 1, "it is not a Parquet file")], [])
    names, twice = header(path.name, table.column_names)
    rows = list(enumerate(table.rename_columns(names).to_pylist(), start=1))
    return RawFile([(n, _plain(row)) for n, row in rows], [], twice, "row")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; dates, decimals and bytes become texts."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return _text(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _text(value: bytes) -> str:
    """Bytes as the text that they are, else only how many there are (a picture)."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return f"({len(value)} bytes that are no text)"
