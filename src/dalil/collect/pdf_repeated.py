"""Headers and footers that stand as near to a table without ruling lines as its rows do: no rows of it. Runs in the reading process.

What tells is the page beside: a table's first or last row that says the same there at the same height, page numbers aside, runs on.
Names of columns that each page repeats do so too: they fill every column, and stay unless what stands below them runs on as well.
"""

from __future__ import annotations

import re
from dataclasses import replace

from dalil.collect.pdf_aligned import Aligned, Row, strips_of, sure
from dalil.collect.pdf_grown import Sheet, longer

_DIGITS = re.compile(r"\d{1,6}")
_SAME_HEIGHT = 2.0


def without_running_rows(above: Sheet, below: Sheet) -> tuple[Sheet, Sheet]:
    """Two pages that follow one another, their tables without the rows that are headers and footers."""
    return _cleared(above, below, 1), _cleared(below, above, -1)


def _cleared(sheet: Sheet, beside: Sheet, step: int) -> Sheet:
    """`step`: to the page number of the page beside."""
    made: list[Aligned] = []
    for table in sheet.tables:
        shorter = _without_foot(table, sheet, beside, step)
        if shorter is not table:  # with it, another column may have hidden that a line above names them all
            start = max(made[-1].numbers) + 1 if made else 0
            shorter = longer(sheet, shorter, range(start, min(shorter.numbers)), upwards=True)
        made.append(_without_head(shorter, sheet, beside, step))
    return replace(sheet, tables=tuple(made))


def _without_foot(table: Aligned, sheet: Sheet, beside: Sheet, step: int) -> Aligned:
    while _runs_on(table.rows[-1], sheet, beside, step) and (shorter := _surely(table.rows[:-1], sheet.text)):
        table = shorter
    return table


def _without_head(table: Aligned, sheet: Sheet, beside: Sheet, step: int) -> Aligned:
    while _runs_on(table.rows[0], sheet, beside, step) and (shorter := _surely(table.rows[1:], sheet.text)):
        if all(shorter.cells(table.rows[0])) and not _runs_on(table.rows[1], sheet, beside, step):
            break  # the names of the columns
        table = shorter
    return table


def _surely(rows: tuple[Row, ...], text: str) -> Aligned | None:
    strips = strips_of(rows) if rows else ()
    return sure(Aligned(rows, strips), text) if strips else None


def _runs_on(row: Row, sheet: Sheet, beside: Sheet, step: int) -> bool:
    """Whether each line of a row stands on the page beside too."""
    return all(
        any(
            _says_the_same(sheet.lines.written[number], written, step)
            and abs(_top(sheet, number) - _top(beside, other)) <= _SAME_HEIGHT
            for other, written in enumerate(beside.lines.written)
        )
        for number in row.numbers
    )


def _says_the_same(one: str, other: str, step: int) -> bool:
    """Whether two lines differ in the number of their page at most."""
    if _DIGITS.split(one) != _DIGITS.split(other):
        return False
    numbers = zip(_DIGITS.findall(one), _DIGITS.findall(other), strict=True)
    return all(int(there) - int(here) in (0, step) for here, there in numbers)


def _top(sheet: Sheet, number: int) -> float:
    return min((box[1] for _, (_, box) in sheet.lines.numbered_words([number])), default=float("inf"))
