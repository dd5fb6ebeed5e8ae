"""Tables → lines of text: each row says its columns' names, so that it proves itself wherever it is quoted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from dalil.collect.cut_words import NOTHING_CUT
from dalil.collect.pdf_lines import Line, PageContent, Table
from dalil.collect.pdf_rules import SAME_BORDER, same_borders
from dalil.collect.wrapping import after_hyphen, ends_sentence
from dalil.language import fold

_UNIT = re.compile(r"units?|unites?|u\.|الوحده|وحده|وحدات", re.IGNORECASE)
_VALUE = re.compile(r"[−+±≤≥<>~≈-]?\s*\d")
_NOTHING = re.compile(r"[-–—./\s]*")
_ARABIC = re.compile("[\u0621-\u064a]")
_LATIN = re.compile("[A-Za-zÀ-ÿ]")
_MOST_HEADER_ROWS = 3
_NUMERIC_SHARE = 0.6

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its columns in reading order: names (all empty without a header) and rows.

    `coming`: the names for the next page, where a table is nothing but one heavy row so far.
    """

    names: tuple[str, ...]
    rows: Rows
    borders: tuple[float, ...]
    coming: tuple[str, ...] = ()


def with_rows(pages: Sequence[PageContent]) -> list[list[Line]]:
    """Each page's lines, tables written as rows. A table that goes on over the page keeps its header."""
    made: list[list[Line | tuple[Table, Sheet]]] = []
    before: Sheet | None = None
    repeated = _repeated_headers(pages)
    for page, following in zip(pages, [*pages[1:], PageContent(())], strict=True):
        parts: list[Line | tuple[Table, Sheet]] = []
        first, last = _at_the_top(page), _at_the_foot(page)
        for item in page.items:
            if isinstance(item, Line):
                parts.append(item)
                continue
            below = _at_the_top(following) if item is last else None
            sheet = sheet_of(item, before if item is first else None, repeated, below)
            parts.append((item, sheet))
            before = sheet if item is last else None
        before = before if last else None
        made.append(parts)
    return [[line for part in parts for line in _lines(part)] for parts in made]


def _at_the_top(page: PageContent) -> Table | None:
    """The table that stands highest on a page, headers aside; it may go on from the page above."""
    body = _body(page)
    top = min((item.top for item in body), default=0.0)
    return next((item for item in body if isinstance(item, Table) and item.top <= top + SAME_BORDER), None)


def _at_the_foot(page: PageContent) -> Table | None:
    body = _body(page)
    bottom = max((item.bottom for item in body), default=0.0)
    tables = [item for item in body if isinstance(item, Table) and item.bottom >= bottom - SAME_BORDER]
    return tables[-1] if tables else None


def _body(page: PageContent) -> list[Line | Table]:
    return [item for item in page.items if isinstance(item, Table) or item.kind != "edge"]


def _lines(part: Line | tuple[Table, Sheet]) -> list[Line]:
    if isinstance(part, Line):
        return [part]
    table, sheet = part
    return [Line(text, top=table.top, bottom=table.bottom, kind="row") for text in row_lines(sheet)]


def _repeated_headers(pages: Sequence[PageContent]) -> frozenset[tuple[str, ...]]:
    """First rows that stand on top of the tables of several pages."""
    tops = [{tuple(_filled(item)[1][0]) for item in page.items if isinstance(item, Table)} for page in pages]
    counts = Counter(top for page in tops for top in page)
    return frozenset(top for top, count in counts.items() if count > 1 and sum(map(bool, top)) > 1)


def sheet_of(
    table: Table,
    before: Sheet | None = None,
    repeated: Collection[tuple[str, ...]] = (),
    below: Table | None = None,
) -> Sheet:
    """A table's names and rows; merged cells stand in each of their rows.

    `before`: the table that it may go on; `repeated`: rows known to be headers; `below`: what may go on from it.
    """
    goes_on = before is not None and _same_columns(table, before.borders)
    if table.cut and before is not None and goes_on and before.rows:
        table = _without_rest(table, before.rows[-1])
        if not table.rows:
            return Sheet(before.names, [], table.columns)
    grid, across = _filled(table)
    bold = [all(cell.bold for cell in table.cells if cell.text and cell.span[0] <= row < cell.span[1]) for row in range(table.rows)]  # fmt: skip
    titles = next((i for i in range(table.rows) if len(set(across[i])) > 1), 0)
    more = _filled(below)[1] if below and not goes_on and _same_columns(below, table.columns) else []
    count = _header_rows(across[titles:], bold[titles:]) or int(
        tuple(across[titles]) in repeated or names_columns(across[titles], [*across[titles + 1 :], *more])
    )
    names = _names(across[titles : titles + count], len(table.columns) - 1)
    rows = [*grid[:titles], *grid[titles + count :]]
    if goes_on and before is not None and (not count or names == before.names):
        names = before.coming or before.names
        if before.rows and rows and not (titles or before.coming) and is_rest(rows[0], before.rows[-1]):
            before.rows[-1][:] = map(_whole, before.rows[-1], rows.pop(0))
        if not before.coming:
            _go_on(rows[titles:], before.rows)
    coming = _names(across, len(table.columns) - 1) if table.rows == 1 and bold[0] else ()
    return Sheet(names, rows, table.columns, coming)


def _without_rest(table: Table, cut: list[str]) -> Table:
    """The table without its first row, which now stands in the one that the page's end cut."""
    for i, text in enumerate(_filled(table)[0][0]):
        cut[i] = _whole(cut[i], text)
    below = [(cell, *cell.span) for cell in table.cells if cell.span[0] > 0]
    cells = tuple(replace(cell, span=(first - 1, last - 1, left, right)) for cell, first, last, left, right in below)
    return replace(table, rows=table.rows - 1, cells=cells)


def _filled(table: Table) -> tuple[Rows, Rows]:
    """Texts by row and column, in reading order; in the second, cells fill all of their columns and not the first only."""
    columns = len(table.columns) - 1
    grid = [[""] * columns for _ in range(table.rows)]
    across = [[""] * columns for _ in range(table.rows)]
    mirrored = _reads_from_the_right(table)
    for cell in table.cells:
        first, last, left, right = cell.span
        left, right = (columns - right, columns - left) if mirrored else (left, right)
        for row in range(first, last):
            grid[row][left] = cell.text
            across[row][left:right] = [cell.text] * (right - left)
    return grid, across


def _reads_from_the_right(table: Table) -> bool:
    text = " ".join(cell.text for cell in table.cells)
    return len(_ARABIC.findall(text)) > len(_LATIN.findall(text))


def _same_columns(table: Table, borders: Sequence[float]) -> bool:
    return (same_borders if table.ruled else _same_order)(borders, table.columns)


def _same_order(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether each white strip is nearest to its own of the page before: where it is wide, its middle wanders with the words."""
    inner = one[1:-1]
    return len(one) == len(other) and all(
        min(range(len(inner)), key=lambda i: abs(inner[i] - strip)) == place for place, strip in enumerate(other[1:-1])
    )


def _header_rows(rows: Rows, bold: Sequence[bool]) -> int:
    """How many rows at the top name the columns."""
    if len(rows) < 2:
        return 0
    count = next(
        (i for i, (row, heavy) in enumerate(zip(rows, bold, strict=True)) if not heavy or not any(row)), len(rows)
    )
    if 0 < count <= _MOST_HEADER_ROWS and count < len(rows):
        return count
    return 0


def names_columns(first: list[str], body: Rows) -> bool:
    """Whether a row that looks like the others names them: no figures in it, and figures or small letters below."""
    if not all(first) or len(set(first)) < len(first) or any(c.isdigit() for text in first for c in text):
        return False
    if all(text.isupper() for text in first):
        return not all(text.isupper() for row in body for text in row if text)
    return len(body) >= 2 and any(map(_is_numeric, zip(*body, strict=True)))


def _is_numeric(column: Sequence[str]) -> bool:
    filled = [text for text in column if text]
    return 2 * len(filled) >= len(column) and sum(bool(_VALUE.match(text)) for text in filled) >= _NUMERIC_SHARE * len(
        filled
    )


def _names(header: Rows, columns: int) -> tuple[str, ...]:
    """A column's name: the texts above it from top to bottom, each once."""
    return tuple(" ".join(dict.fromkeys(row[i] for row in header if row[i])).rstrip(" :") for i in range(columns))


def is_rest(row: Sequence[str], above: Sequence[str]) -> bool:
    """Whether the first row of a page is what the page's end cut from the last row above it.

    The name of a row stands in one of its parts only, and so does another cell that is shorter than the cut; what stands in
    both goes on in the middle of a sentence. (Below a merged cell all other cells are filled.)
    """
    both = [(text, rest) for text, rest in zip(above, row, strict=True) if text and rest]
    alone = [bool(text) != bool(rest) for text, rest in zip(above, row, strict=True)]
    return alone[0] and any(alone[1:]) and bool(both) and all(_in_a_sentence(text, rest) for text, rest in both)


def _in_a_sentence(text: str, rest: str) -> bool:
    """Whether a text goes on. In a script without capitals nothing tells."""
    return rest[0].islower() and not ends_sentence(text)


def _whole(text: str, rest: str) -> str:
    """A cell from its two parts; a word cut by a hyphen is put together."""
    kept = after_hyphen(text, rest, NOTHING_CUT)
    return kept + rest if kept is not None else f"{text} {rest}".strip()


def _go_on(rows: Rows, before: Rows) -> None:
    """Left cells that were cut by the page's end are empty in the first rows below it."""
    if not rows or not before:
        return
    for column, value in enumerate(before[-1][:-1]):
        if rows[0][column] or not value:
            return
        for row in rows:
            if row[column] or not any(row):
                break
            row[column] = value


def row_lines(sheet: Sheet) -> list[str]:
    """A line for each row: `Name: value | Name: value`, or the values alone where nothing names the columns."""
    units = [i for i, name in enumerate(sheet.names) if _UNIT.fullmatch(fold(name))]
    return [line for row in sheet.rows if (line := _row_line(sheet.names, row, units[0] if units else None))]


def _row_line(names: Sequence[str], row: list[str], unit: int | None) -> str:
    row = list(row)
    if sum(map(bool, row)) == 1 and row[0]:
        return row[0]
    if unit is not None:
        values = [i for i, text in enumerate(row) if i > 0 and i != unit and _VALUE.match(text)]
        for i in values:
            row[i] += "" if _NOTHING.fullmatch(row[unit]) else f" {row[unit]}"
        row[unit] = "" if values else row[unit]
    return " | ".join(f"{name}: {text}" if name else text for name, text in zip(names, row, strict=True) if text)
