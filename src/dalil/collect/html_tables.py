"""Tables of three columns or more → lines of text: each row says its columns' names, as the ruled tables of a PDF do.

A cell that spans rows or columns stands in each of them. Tables whose columns nothing names are left to `html_text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from selectolax.lexbor import LexborNode

from dalil.collect.html_walk import BLOCKS, walk
from dalil.language import clean

_FEWEST_COLUMNS, _MOST_COLUMNS = 3, 60
_MOST_HEADER_ROWS = 3
_NOTHING = "–"
_HEAVY = ("b", "strong")


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's text; `heads`: whether it is there to name others (`th`, or all of it in bold)."""

    text: str = ""
    heads: bool = False
    rows: int = 1
    columns: int = 1


def named_rows(table: LexborNode) -> list[str]:
    """The lines of a table, `Name: value | Name: value`; none where it has under three columns, or no names for them."""
    rows = [row for row in table.css("tr") if row.css_first("td, th")]
    whole = _filled([_cells(row) for row in rows])
    if not whole or not _FEWEST_COLUMNS <= len(whole[0]) <= _MOST_COLUMNS:
        return []
    titles = sum(1 for _ in takewhile(_is_title, whole))
    count = _header_rows(rows[titles:], whole[titles:])
    names = [_name(column) for column in zip(*whole[titles : titles + count], strict=True)]
    body = whole[titles + count :]
    if not count or not body or not all(names):
        return []
    above = [text for caption in table.css("caption") if (text := _text(caption))]
    above += [row[0].text for row in whole[:titles] if row[0].text]
    return [*above, *(line for row in body if (line := _line(names, row)))]


def _cells(row: LexborNode) -> list[_Cell]:
    return [_cell(node) for node in row.iter() if node.tag in ("td", "th")]


def _cell(node: LexborNode) -> _Cell:
    text = _text(node)
    heavy = "".join(part.text() for part in node.css(", ".join(_HEAVY)))
    heads = node.tag == "th" or (bool(text) and "".join(heavy.split()) == "".join(text.split()))
    return _Cell(text, heads, _span(node, "rowspan"), _span(node, "colspan"))


def _span(node: LexborNode, name: str) -> int:
    """How many rows or columns a cell fills. 0 is HTML's word for all the rest."""
    given = (node.attributes.get(name) or "1").strip()
    number = int(given) if given.isdecimal() and len(given) < 6 else 1
    return number or 10_000


def _text(node: LexborNode) -> str:
    pieces: list[str] = []
    for inside, entering in walk(node):
        if inside.tag == "-text" and entering:
            pieces.append(inside.text_content or "")
        elif inside.tag in BLOCKS or inside.tag == "br":
            pieces.append(" ")
    return " ".join(clean("".join(pieces)).split())


def _filled(rows: Sequence[Sequence[_Cell]]) -> list[list[_Cell]]:
    """Every row with a cell in each column, an empty one where the page has none."""
    grid: list[dict[int, _Cell]] = []
    below: dict[int, tuple[_Cell, int]] = {}
    for cells in rows:
        row = {column: cell for column, (cell, _) in below.items()}
        below = {column: (cell, left - 1) for column, (cell, left) in below.items() if left > 1}
        at = 0
        for cell in cells:
            while at in row:
                at += 1
            for column in range(at, min(at + cell.columns, _MOST_COLUMNS + 1)):
                row[column] = cell
                if cell.rows > 1:
                    below[column] = (cell, cell.rows - 1)
        grid.append(row)
    width = 1 + max((max(row, default=-1) for row in grid), default=-1)
    return [[row.get(column) or _Cell() for column in range(width)] for row in grid]


def _is_title(row: Sequence[_Cell]) -> bool:
    return all(cell is row[0] for cell in row)


def _header_rows(rows: Sequence[LexborNode], grid: Sequence[Sequence[_Cell]]) -> int:
    """How many rows at the top name the columns: those that the page says are its head, else those of heads alone."""
    in_head = sum(1 for _ in takewhile(lambda row: row.parent is not None and row.parent.tag == "thead", rows))
    heads = takewhile(lambda row: all(cell.heads for cell in row) and not _is_title(row), grid)
    count = in_head or sum(1 for _ in heads)
    return count if count <= _MOST_HEADER_ROWS else 0


def _name(column: Sequence[_Cell]) -> str:
    """A column's name: the texts above it from top to bottom, each once, without the colon that parts name and value."""
    words = " ".join(dict.fromkeys(cell.text for cell in column if cell.text)).replace("：", ":").split(":")
    return " – ".join(part for word in words if (part := word.strip()))


def _line(names: Sequence[str], row: Sequence[_Cell]) -> str:
    """A row with its names. One that a single cell fills is a title between rows; an empty cell keeps its place."""
    if _is_title(row):
        return row[0].text
    if not any(cell.text for cell in row):
        return ""
    return " | ".join(f"{name}: {cell.text or _NOTHING}" for name, cell in zip(names, row, strict=True))
