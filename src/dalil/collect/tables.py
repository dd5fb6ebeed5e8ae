"""Tables: CSV and TSV with their separator found, and the sheets of Excel workbooks."""

from __future__ import annotations

import csv
import re
import threading
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dalil.collect.archive import check_archive
from dalil.collect.decode import decode
from dalil.collect.hidden import HIDDEN, Hidden
from dalil.collect.rows import Rows, column_names, table_row
from dalil.collect.sheet_formats import shown
from dalil.collect.sheet_marks import MOST_ROWS, Merge, Numbered, SheetMarks, fill_down, header_of, read_marks, spread
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.records import Dropped

_SEPARATORS = (",", ";", "\t", "|")
_SNIFFED_CHARACTERS = 50_000
_SNIFFED_ROWS = 50
_LINE = re.compile(r"[^\r\n]*+(?:\r\n|\r|\n)|[^\r\n]++")
_HEADER_SHARE = 0.6
_UNSTORED = "formulas without a stored value: open and save the file in a spreadsheet program, then read it again"
_FIELD_LIMIT = threading.Lock()


def read_csv(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The rows of a CSV or TSV file. Raises SourceError where it is damaged or has no rows."""
    text = decode(Path(file.absolute).read_bytes(), file.encoding)
    separator = find_separator(text, "\t" if file.kind == "tsv" else ",")
    table = [row for row in _parse(text, separator) if row]
    return [_table(table, file.path, "")]


def find_separator(text: str, default: str) -> str:
    """The separator that cuts the first rows most evenly into the most columns; `default` where none cuts."""
    head = text[:_SNIFFED_CHARACTERS]
    if len(text) > len(head):
        head = head[: head.rfind("\n") + 1] or head
    best, chosen = (0.0, 0), default
    for separator in (default, *(s for s in _SEPARATORS if s != default)):
        with _long_fields(len(head)):
            rows = [row for row, _ in zip(csv.reader(_lines(head), delimiter=separator), range(_SNIFFED_ROWS), strict=False) if row]  # fmt: skip
        width = len(rows[0]) if rows else 0
        if width > 1 and (score := (round(sum(len(row) == width for row in rows) / len(rows), 1), width)) > best:
            best, chosen = score, separator
    return chosen


def _parse(text: str, separator: str) -> list[list[str]]:
    """All rows. Quotes that are not CSV's own (12" screen) are taken as they are; one never closed costs the file."""
    rows: list[list[str]] = []
    with _long_fields(len(text)):
        try:
            for row in csv.reader(_lines(text), delimiter=separator, strict=True):
                rows.append(row)
            return rows
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                raise SourceError(f"damaged: a quote opened in row {len(rows)} is never closed") from error
        return list(csv.reader(_lines(text), delimiter=separator))


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends, as `StringIO` gives them, which would hold four bytes for each letter of a file of 100 MB."""
    return (line.group() for line in _LINE.finditer(text))


@contextmanager
def _long_fields(length: int) -> Iterator[None]:
    """Let the csv module take fields as long as the text; its limit is one for the whole process, so it is put back."""
    with _FIELD_LIMIT:
        before = csv.field_size_limit(length + 1)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _table(table: list[list[str]], path: str, place: str) -> Rows:
    if len(table) < 2:
        raise SourceError("no row below the header" if table else "no row at all")
    names = column_names(table[0])
    found = Rows()
    for number, values in enumerate(table[1:], start=1):
        row = table_row(number, names, values, place)
        if isinstance(row, str):
            found.dropped.append(Dropped(f"{path} {place} row {number}".replace("  ", " "), row))
        else:
            found.rows.append(row)
    return found


def read_xlsx(file: SourceFile, reading: ReadingSettings) -> list[Rows]:
    """The rows of each visible sheet of a workbook. Raises SourceError where it is damaged or has no rows."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    check_archive(file.absolute, "xl", reading)
    try:
        book = load_workbook(file.absolute, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, EOFError, SyntaxError) as error:
        raise SourceError(f"not a readable Excel workbook ({type(error).__name__})") from error
    try:
        several = len(book.worksheets) > 1
        found = [rows for sheet in book.worksheets if (rows := _sheet(book, sheet, file.path, several))]
    except (zipfile.BadZipFile, LookupError, ValueError, EOFError, SyntaxError) as error:
        raise SourceError(f"a damaged Excel workbook ({type(error).__name__})") from error
    finally:
        book.close()
    if not any(rows.rows for rows in found):
        if any(dropped.what.endswith(HIDDEN) for rows in found for dropped in rows.dropped):
            raise SourceError("no sheet has a row below its header that can be seen")
        raise SourceError("no sheet has a row below its header")
    return found


def _sheet(book: Any, sheet: Any, path: str, several: bool) -> Rows | None:
    place = f"sheet {sheet.title}" if several else ""
    if sheet.sheet_state != "visible":
        return Rows(dropped=[Dropped(f"{path} sheet {sheet.title}", "a hidden sheet")])
    with book._archive.open(sheet._worksheet_path) as stream:
        marks = read_marks(stream)
    sheet.reset_dimensions()
    hidden = Hidden()
    table = list(_filled(sheet.iter_rows(max_row=MOST_ROWS), marks, hidden))
    if not table:
        return Rows(dropped=hidden.dropped(f"{path} {place}".strip())) if hidden.found else None
    above = _header_index(table, marks.merges)
    dropped = [Dropped(f"{path} {place}".strip(), f"a line above the header: {' '.join(row).strip()[:80]}") for _, row in table[:above]]  # fmt: skip
    dropped += hidden.dropped(f"{path} {place}".strip())
    if marks.filtered:
        dropped.append(
            Dropped(f"{path} {place}".strip(), f"rows that a filter hides, read all the same: {len(marks.filtered)}")
        )
    if marks.beyond:
        dropped.append(
            Dropped(f"{path} {place}".strip(), f"rows numbered beyond the {MOST_ROWS} of a sheet: {marks.beyond}")
        )
    if marks.unstored:
        dropped.append(Dropped(f"{path} {place}".strip(), f"{marks.unstored} {_UNSTORED}"))
    names, taken = header_of(table[above:], marks.merges)
    body = table[above + taken :]
    if not body:
        return Rows(dropped=[*dropped, Dropped(f"{path} sheet {sheet.title}", "no row below the header")])
    fill_down(body, marks.merges)
    found = _table([names, *(values for _, values in body)], path, place)
    found.dropped[:0] = dropped
    return found


def _filled(rows: Iterable[Sequence[Any]], marks: SheetMarks, hidden: Hidden) -> Iterator[Numbered]:
    """The rows that are shown and not empty; hidden columns stay, empty, so that merged cells keep their places."""
    for number, row in enumerate(rows, start=1):
        values = [shown(cell.value, cell.number_format) for cell in row]
        if number in marks.hidden_rows:
            hidden.add("in hidden rows", " ".join(values))
            continue
        for column in marks.hidden_columns & set(range(len(values))) if marks.hidden_columns else ():
            hidden.add("in hidden columns", values[column])
            values[column] = ""
        while values and not values[-1]:
            values.pop()
        if values:
            yield number, values


def _header_index(table: Sequence[Numbered], merges: Sequence[Merge]) -> int:
    """The first row nearly as wide as the widest: titles above a table are narrow, or one cell over all of it."""
    head = table[:_SNIFFED_ROWS]
    near = [merge for merge in merges if merge.top <= head[-1][0]]
    widths = [_width(row) if _width(row) < 2 else _width((row[0], spread(row, near))) for row in head]
    return next(i for i, width in enumerate(widths) if width >= _HEADER_SHARE * max(widths))


def _width(row: Numbered) -> int:
    return sum(bool(value.strip()) for value in row[1])
