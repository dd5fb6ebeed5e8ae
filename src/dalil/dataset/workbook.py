"""An Excel workbook → rows by column name. A bomb is refused before it is unpacked; a formula without its value is named."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from dalil.dataset.columns import has_question
from dalil.dataset.decoding import Problem, RawFile, header

MOST_UNPACKED_BYTES = 1_000_000_000
LARGE_PART_BYTES, MOST_TIMES = 50_000_000, 200
_FORMULA = (
    "a formula without a stored value ({cells}): open and save the file in a spreadsheet program, then read it again"
)
Rows = list[tuple[int, tuple[Any, ...]]]


def read_xlsx(path: Path, data: bytes) -> RawFile:
    """The rows of the first sheet that has a question column, else of the first that is filled."""
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if reason := _bomb(data):
            return RawFile([], [Problem(path.name, 1, reason)], [])
        formulas, sheets = _has_formulas(data), _sheets(data, stored=True)
    except (
        BadZipFile,
        zlib.error,
        InvalidFileException,
        SyntaxError,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        RuntimeError,
    ):
        return RawFile([], [Problem(path.name, 1, "it is not an Excel workbook (.xlsx)")], [])
    filled = [n for n, sheet in enumerate(sheets) if sheet]
    if not filled:
        return RawFile([], [Problem(path.name, 1, "the workbook is empty")], [])
    at = next((n for n in filled if has_question([str(cell) for cell in sheets[n][0][1]])), filled[0])
    names, notes = header(path.name, sheets[at][0][1])
    bad = _unstored(sheets[at], _sheets(data, stored=False)[at]) if formulas else {}
    rows = [(n, dict(zip(names, map(cell, cells), strict=False))) for n, cells in sheets[at][1:] if n not in bad]
    problems = [Problem(path.name, n, _FORMULA.format(cells=", ".join(where))) for n, where in bad.items()]
    return RawFile(rows, problems, notes, "row")


def cell(value: Any) -> Any:
    """A cell as JSON can hold it: dates as ISO text, whole numbers without a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _sheets(data: bytes, *, stored: bool) -> list[Rows]:
    """The filled rows of each sheet: the stored values of formulas, or the formulas themselves."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=stored)
    every = [list(enumerate(sheet.iter_rows(values_only=True), start=1)) for sheet in book.worksheets]
    return [[(n, cells) for n, cells in sheet if any(value not in (None, "") for value in cells)] for sheet in every]


def _bomb(data: bytes) -> str:
    """Why a workbook is not unpacked; "" where it may be."""
    parts = ZipFile(io.BytesIO(data)).infolist()
    if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        return "a zip bomb? it unpacks to more than 1 GB"
    for part in parts:
        if part.file_size > max(LARGE_PART_BYTES, MOST_TIMES * part.compress_size):
            return f"a zip bomb? {part.filename[:80]} unpacks to {part.file_size // max(1, part.compress_size)} times its size"
    return ""


def _has_formulas(data: bytes) -> bool:
    with ZipFile(io.BytesIO(data)) as parts:
        sheets = (part for part in parts.infolist() if part.filename.startswith("xl/worksheets/"))
        return any(b"<f" in parts.read(part) for part in sheets)


def _unstored(stored: Rows, written: Rows) -> dict[int, list[str]]:
    """Row → its cells that hold a formula whose value the file does not."""
    from openpyxl.utils import get_column_letter

    known = dict(stored)
    found: dict[int, list[str]] = {}
    for n, cells in written:
        values: Sequence[Any] = known.get(n, ())
        for column, text in enumerate(cells):
            formula = isinstance(text, str) and text.startswith("=")
            if formula and (column >= len(values) or values[column] is None):
                found.setdefault(n, []).append(f"{get_column_letter(column + 1)}{n}")
    return found
