"""Tables of three columns or more → lines of text: each row says its columns' names, as the ruled tables of a PDF do.

A cell that spans rows or columns stands in each of them. Tables whose columns nothing names are left to `html_text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from selectolax.lexbor import LexborNode

from dalil.collect.html_walk import BLOCKS, text_of, walk
from dalil.collect.named_grid import Grid, GridCell, heavy_rows, named_lines
from dalil.language import clean

_MOST_HEADER_ROWS = 3
_HEAVY = ("b", "strong")


def named_rows(table: LexborNode) -> list[str]:
    """The lines of a table, `Name: value | Name: value`; none where it has under three columns, or no names for them."""
    rows = [row for row in table.css("tr") if row.css_first("td, th")]
    lines = named_lines([_cells(row) for row in rows], lambda titles, grid: _header_rows(rows[titles:], grid))
    captions = [text for caption in table.css("caption") if (text := _text(caption))]
    return [*captions, *lines] if lines else []


def _cells(row: LexborNode) -> list[GridCell]:
    return [_cell(node) for node in row.iter() if node.tag in ("td", "th")]


def _cell(node: LexborNode) -> GridCell:
    text = _text(node)
    heavy = "".join(part.text() for part in node.css(", ".join(_HEAVY)))
    heads = node.tag == "th" or (bool(text) and "".join(heavy.split()) == "".join(text.split()))
    return GridCell(text, heads, _span(node, "rowspan"), _span(node, "colspan"))


def _span(node: LexborNode, name: str) -> int:
    """How many rows or columns a cell fills. 0 is HTML's word for all the rest."""
    given = (node.attributes.get(name) or "1").strip()
    number = int(given) if given.isdecimal() and len(given) < 6 else 1
    return number or 10_000


def _text(node: LexborNode) -> str:
    pieces: list[str] = []
    for inside, entering in walk(node):
        if inside.tag == "-text" and entering:
            pieces.append(text_of(inside))
        elif inside.tag in BLOCKS or inside.tag == "br":
            pieces.append(" ")
    return " ".join(clean("".join(pieces)).split())


def _header_rows(rows: Sequence[LexborNode], grid: Grid) -> int:
    """How many rows at the top name the columns: those that the page says are its head, else those of heads alone."""
    in_head = sum(1 for _ in takewhile(lambda row: row.parent is not None and row.parent.tag == "thead", rows))
    count = in_head or heavy_rows(grid)
    return count if count <= _MOST_HEADER_ROWS else 0
