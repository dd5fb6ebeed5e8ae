"""The tables of a file that a spreadsheet saved, XLSX or CSV, with every line in its place so that rows keep their number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dalil.errors import ConfigError
from dalil.language import is_right_to_left

HINT = "dalil evaluate --sheet-out FILE.xlsx writes a sheet; --sheet-in reads it back, as XLSX or CSV"
_DELIMITERS = (",", ";", "\t")
Cells = Sequence[Any]
Table = list[Cells]


def tables(path: Path) -> Iterator[Table]:
    """The tables that the file may hold: each sheet of a workbook, or the text cut by each delimiter."""
    readers = {".xlsx": _workbook, ".xlsm": _workbook, ".csv": _delimited, ".tsv": _delimited}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise _unreadable(path, f"sheets of this kind ({path.suffix or 'no suffix'}) are not read")
    try:
        yield from reader(path)
    except OSError as error:
        raise _unreadable(path, (error.strerror or str(error)).lower()) from error


def _unreadable(path: Path, reason: str) -> ConfigError:
    return ConfigError(f"{path} cannot be read: {reason}.", hint=HINT)


def _workbook(path: Path) -> list[Table]:
    from openpyxl import load_workbook

    try:
        with path.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=True)
            return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    except OSError:
        raise
    except Exception as error:  # a damaged workbook can break its reader in any way
        raise _unreadable(path, "it is not an Excel workbook (.xlsx)") from error


def _delimited(path: Path) -> list[Table]:
    texts = _decoded(path.read_bytes())
    try:
        return [
            list(csv.reader(io.StringIO(text, newline=""), delimiter=mark)) for text in texts for mark in _DELIMITERS
        ]
    except csv.Error as error:
        raise _unreadable(path, f"not a table ({error})") from error


def _decoded(data: bytes) -> list[str]:
    """The text as UTF-16 or UTF-8; else as both Windows code pages, the likelier first: the header tells which it was."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [data.decode("utf-16", "replace")]
    try:
        return [data.decode("utf-8-sig")]
    except UnicodeDecodeError:
        arabic, western = data.decode("cp1256", "replace"), data.decode("cp1252", "replace")
        return [arabic, western] if is_right_to_left(arabic) else [western, arabic]
