"""Tables of three columns or more → lines of text: each row says its columns' names, whatever file the table comes from.

A cell that spans rows or columns stands in each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

FEWEST_COLUMNS, MOST_COLUMNS = 3, 60
_NOTHING = "–"


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell's text; `heads`: whether it is there to name others (`th`, or all of it in bold)."""

    text: str = ""
    heads: bool = False
    rows: int = 1
    columns: int = 1


Grid = Sequence[Sequence[GridCell]]


def filled(rows: Grid) -> list[list[GridCell]]:
    """Every row with a cell in each column, an empty one where the file has none."""
    grid: list[dict[int, GridCell]] = []
    below: dict[int, tuple[GridCell, int]] = {}
    for cells in rows:
        row = {column: cell for column, (cell, _) in below.items()}
        below = {column: (cell, left - 1) for column, (cell, left) in below.items() if left > 1}
        at = 0
        for cell in cells:
            while at in row:
                at += 1
            for column in range(at, min(at + cell.columns, MOST_COLUMNS + 1)):
                row[column] = cell
                if cell.rows > 1:
                    below[column] = (cell, cell.rows - 1)
        grid.append(row)
    width = 1 + max((max(row, default=-1) for row in grid), default=-1)
    return [[row.get(column) or GridCell() for column in range(width)] for row in grid]


def named_lines(rows: Grid, head_rows: Callable[[int, Grid], int]) -> list[str]:
    """The lines, `Name: value | Name: value`; none where there are under three columns, or no names for them.

    `head_rows`: how many rows name the columns, given how many titles stand above and the filled rows below these.
    """
    whole = filled(rows)
    if not whole or not FEWEST_COLUMNS <= len(whole[0]) <= MOST_COLUMNS:
        return []
    titles = sum(1 for _ in takewhile(is_title, whole))
    count = head_rows(titles, whole[titles:])
    names = [_name(column) for column in zip(*whole[titles : titles + count], strict=True)]
    body = whole[titles + count :]
    if not count or not body or not all(names):
        return []
    above = [row[0].text for row in whole[:titles] if row[0].text]
    return [*above, *(line for row in body if (line := _line(names, row)))]


def is_title(row: Sequence[GridCell]) -> bool:
    return all(cell is row[0] for cell in row)


def heavy_rows(grid: Grid) -> int:
    """How many rows at the top are of cells that name others alone."""
    return sum(1 for _ in takewhile(lambda row: all(cell.heads for cell in row) and not is_title(row), grid))


def _name(column: Sequence[GridCell]) -> str:
    """A column's name: the texts above it from top to bottom, each once, without the colon that parts name and value."""
    words = " ".join(dict.fromkeys(cell.text for cell in column if cell.text)).replace("：", ":").split(":")
    return " – ".join(part for word in words if (part := word.strip()))


def _line(names: Sequence[str], row: Sequence[GridCell]) -> str:
    """A row with its names. One that a single cell fills is a title between rows; an empty cell keeps its place."""
    if is_title(row):
        return row[0].text
    if not any(cell.text for cell in row):
        return ""
    return " | ".join(f"{name}: {cell.text or _NOTHING}" for name, cell in zip(names, row, strict=True))
