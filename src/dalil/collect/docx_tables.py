"""Cells of Word's tables: what they say, whether they name others, and which rows and columns they span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from dalil.collect.docx_runs import is_on, value_of, w
from dalil.collect.named_grid import MOST_COLUMNS, GridCell
from dalil.language import clean


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of one row; `goes_on`: it is the lower part of the cell above."""

    cell: GridCell
    goes_on: bool


def table_cell(element: Any, text: str) -> TableCell:
    """The cell of a `w:tc` with its text."""
    properties = element.find(w("w:tcPr"))
    span = value_of(None if properties is None else properties.find(w("w:gridSpan")))
    merge = None if properties is None else properties.find(w("w:vMerge"))
    columns = int(span) if span.isdecimal() and 0 < int(span[:6]) <= MOST_COLUMNS else 1
    goes_on = merge is not None and value_of(merge) != "restart"
    return TableCell(GridCell(" ".join(clean(text).split()), _is_heavy(element), columns=columns), goes_on)


def _is_heavy(element: Any) -> bool:
    """Whether all that is written in a cell is bold."""
    runs = [run for run in element.iter(w("w:r")) if any((text.text or "").strip() for text in run.iter(w("w:t")))]
    return bool(runs) and all(is_on(run.find(w("w:rPr")), "w:b") for run in runs)


def marked_heads(rows: Sequence[Any]) -> int:
    """How many rows at the top are marked to stand on every page: the table's head."""
    return sum(1 for _ in takewhile(lambda row: is_on(row.find(w("w:trPr")), "w:tblHeader"), rows))


def spanning(rows: Sequence[Sequence[TableCell]]) -> list[list[GridCell]]:
    """The rows without the lower parts of cells; these cells span their rows instead."""
    made: list[list[GridCell]] = []
    open_at: dict[int, tuple[int, int]] = {}
    for row in rows:
        made.append([])
        at, still = 0, dict[int, tuple[int, int]]()
        for part in row:
            above = open_at.get(at)
            if part.goes_on and above is not None:
                line, place = above
                made[line][place] = replace(made[line][place], rows=made[line][place].rows + 1)
                still[at] = above
            else:
                made[-1].append(part.cell)
                still[at] = (len(made) - 1, len(made[-1]) - 1)
            at += part.cell.columns
        open_at = still
    return made
