"""Rows that a table without ruling lines has beyond those that prove it: after a row without a figure, and over a page's end.

Runs in the reading process. A table that is sure lends its white strips and its pace to the lines beside it: those that keep both
and fill two columns are rows of it, however few they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from dalil.collect.pdf_aligned import FIGURE, Aligned, Row, line_text, sure
from dalil.collect.pdf_bands import (
    EVEN_BREAKS,
    Gap,
    SeenLine,
    columns_of,
    lines_by_height,
    narrowed,
    no_room,
    row_of,
    width_of,
)
from dalil.collect.pdf_page import Page
from dalil.collect.pdf_words import PageLines

_WINDOW = 24  # lines of the file, beside a table
_MOST_RUNNING = 2  # lines of a header or a footer between a table and the page's end
_MOST_LINES_A_ROW = 4
_MOST_WORDS = 12  # in a line of a cell
_LEAST_LEFT = 2.5  # points of a strip that a table has proved
_JUMP = 1.12
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page without ruled tables: its lines, and the tables among them from top to bottom.

    `cut`: the first row of the first table is the end of the last one on the page above.
    """

    lines: PageLines
    tables: tuple[Aligned, ...]
    cut: bool = False

    @property
    def one(self) -> Page:
        return self.lines.one

    @property
    def text(self) -> str:
        return self.lines.text

    def seen(self, numbers: Iterable[int]) -> list[SeenLine]:
        """These lines as the eye sees them."""
        words = self.lines.numbered_words(numbers)
        return lines_by_height(words, self.one.baselines([word[0][0] for _, word in words]))

    def written(self, numbers: Iterable[int]) -> set[str]:
        """What these lines say, figures aside."""
        return {_DIGITS.sub("", self.lines.written[n]).strip() for n in numbers}


@dataclass(frozen=True, slots=True)
class _Pace:
    """How far apart lines stand at most: within a row, and from one row to the next."""

    within: float
    between: float
    wraps: bool


def grown(sheet: Sheet) -> Sheet:
    """The tables with what goes on from them on their page; two are one where rows lead from the one to the other."""
    done: list[Aligned] = []
    firsts = [min(table.numbers) for table in sheet.tables]
    for table, end in zip(sheet.tables, [*firsts[1:], len(sheet.lines)], strict=True):
        start = max(done[-1].numbers) + 1 if done else 0
        table = longer(sheet, table, range(start, end), upwards=True)
        if done and (whole := _joined(sheet, done[-1], _gaps(done[-1]), table)):
            table = whole
            done.pop()
        done.append(longer(sheet, table, range(min(table.numbers), end), upwards=False))
    return replace(sheet, tables=tuple(done))


def over_the_page(above: Sheet, below: Sheet) -> tuple[Sheet, Sheet]:
    """Two pages, where the rows of a table that is sure on one of them go on over to the other."""
    foot = above.tables[-1] if above.tables and len(above.lines) - 1 - max(above.tables[-1].numbers) <= _MOST_RUNNING else None  # fmt: skip
    head = below.tables[0] if below.tables and min(below.tables[0].numbers) <= _MOST_RUNNING else None
    lower = _carried_down(above, foot, below) if foot else below
    return (_carried_up(above, below, head), below) if head and lower is below else (above, lower)


def _carried_down(above: Sheet, table: Aligned, below: Sheet) -> Sheet:
    """The lower page with the first rows that go on from the last table of the upper one."""
    pace = _pace(above.one, table)
    head = below.tables[0] if below.tables else None
    free = range(min(head.numbers) if head and len(head.strips) >= len(table.strips) else len(below.lines))
    running = above.written(range(len(above.lines))[: _MOST_RUNNING + 1])
    lines = below.seen(n for n in free if below.written([n]).isdisjoint(running))
    if pace is None:
        return below
    for start in range(min(len(lines), _MOST_RUNNING + 1)):
        rows, gaps = _rows(_gaps(table), pace, [], lines[start:])
        cut = bool(rows) and _is_rest(rows[0], above, table, below)
        rows = rows[: int(cut)] + _filled(rows[int(cut) :], gaps, below.text)
        if not rows:
            continue
        made = Aligned(tuple(map(row_of, rows)), tuple(map(_middle, gaps)))
        if head and not head.numbers.isdisjoint(made.numbers):
            return replace(below, tables=(made, *below.tables[1:]), cut=cut) if head.numbers <= made.numbers else below
        if head and (whole := _joined(below, made, gaps, head)):
            return replace(below, tables=(whole, *below.tables[1:]), cut=cut)
        if cut or _has_figure(made, below.text, _figures_at(table, above.text)):
            return replace(below, tables=(made, *below.tables), cut=cut)
    return below


def _carried_up(above: Sheet, below: Sheet, table: Aligned) -> Sheet:
    """The upper page with the last rows, or the names alone, that the first table of the lower one goes on from."""
    pace = _pace(below.one, table)
    free = range(max(above.tables[-1].numbers) + 1 if above.tables else 0, len(above.lines))[-_WINDOW:]
    running = below.written(range(len(below.lines))[-_MOST_RUNNING - 1 :])
    lines = above.seen(n for n in free if above.written([n]).isdisjoint(running))[::-1]
    if pace is None:
        return above
    for start in range(min(len(lines), _MOST_RUNNING + 1)):
        rows, gaps = _rows(_gaps(table), pace, [], lines[start:], upwards=True)
        rows = _filled(rows, gaps, above.text)
        if not rows:
            continue
        made = Aligned(tuple(row_of(row) for row in rows[::-1]), tuple(map(_middle, gaps)))
        if _has_figure(made, above.text, _figures_at(table, below.text)) or all(made.cells(made.rows[0])):
            return replace(above, tables=(*above.tables, made))
    return above


def longer(sheet: Sheet, table: Aligned, numbers: range, upwards: bool) -> Aligned:
    """The table with the rows that lines above or below it make, where it is still sure with them."""
    pace = _pace(sheet.one, table)
    first, last = min(table.numbers), max(table.numbers)
    near = numbers[max(0, first - numbers.start - _WINDOW) : last - numbers.start + _WINDOW]
    lines = sheet.seen(n for n in near if n not in table.numbers) if pace else []
    edge = _seen_row(sheet.one, table.rows[0 if upwards else -1])
    beside = [line for line in lines if line.base < edge[0].base][::-1] if upwards else [line for line in lines if line.base > edge[-1].base]  # fmt: skip
    if pace is None or not beside:
        return table
    found, gaps = _rows(_gaps(table), pace, [edge], beside, upwards)
    rows = list(map(row_of, _filled(found, gaps, sheet.text)))
    every = (*rows[::-1], *table.rows[1:]) if upwards else (*table.rows[:-1], *rows)
    made = Aligned(every, tuple(map(_middle, gaps)))
    return (sure(made, sheet.text) if made.numbers > table.numbers else None) or table


def _joined(sheet: Sheet, above: Aligned, gaps: Sequence[Gap], below: Aligned) -> Aligned | None:
    """Both as one, where the second follows at its pace and their strips are the same. `gaps`: what the first leaves white."""
    pace = _pace(sheet.one, below)
    step = _bases(sheet.one, below.rows[0])[0] - _bases(sheet.one, above.rows[-1])[-1]
    if pace is None or not pace.within < step <= pace.between or len(above.strips) != len(below.strips):
        return None
    for row in below.rows:
        gaps = narrowed(gaps, row.words, _LEAST_LEFT) if gaps else gaps
    return Aligned((*above.rows, *below.rows), tuple(map(_middle, gaps))) if gaps else None


def _rows(
    gaps: Sequence[Gap], pace: _Pace, rows: list[list[SeenLine]], lines: Sequence[SeenLine], upwards: bool = False
) -> tuple[list[list[SeenLine]], Sequence[Gap]]:
    """Rows with those that the lines make, as far as they leave the strips white and follow at the pace, and what is left of the strips."""
    for line in lines:
        base = rows[-1][0 if upwards else -1].base if rows else None
        step = pace.between if base is None else abs(line.base - base)
        if (
            step > pace.between
            or (step <= pace.within and not pace.wraps)
            or not (kept := narrowed(gaps, line.words, _LEAST_LEFT))
        ):
            break
        if step > pace.within:
            rows.append([])
        rows[-1].insert(0 if upwards else len(rows[-1]), line)
        gaps = kept
    return rows, gaps


def _filled(rows: Sequence[list[SeenLine]], gaps: Sequence[Gap], text: str) -> list[list[SeenLine]]:
    """The rows up to the first that does not fill two columns, in short lines."""
    strips = list(map(_middle, gaps))
    taken: list[list[SeenLine]] = []
    for row in rows:
        cells = [columns_of(line.words, strips) for line in row]
        two = sum(any(line[i] for line in cells) for i in range(len(strips) + 1)) >= 2
        if not two or len(row) > _MOST_LINES_A_ROW or any(len(part) > _MOST_WORDS for line in cells for part in line):
            break
        taken.append(row)
    return taken


def _is_rest(row: Sequence[SeenLine], above: Sheet, table: Aligned, below: Sheet) -> bool:
    """Whether a page's first row is the rest of the one before: below cells that go on, in their letters, and without a figure."""
    grid = [columns_of(line, table.strips) for row in table.rows for line in row.lines]
    widths = [max((width_of(cell) for cell in column if cell), default=0.0) for column in zip(*grid, strict=True)]
    cells = columns_of([word for line in row for word in line.words], table.strips)
    return (
        any(len(row.lines) > 1 for row in table.rows)
        and not all(cells)
        and not cells[_figures_at(table, above.text)]
        and no_room(columns_of(table.rows[-1].lines[-1], table.strips), cells, widths)
        and below.one.style(row[0].words[0][0][0]) == above.one.style(table.rows[-1].words[0][0][0])
    )


def _figures_at(table: Aligned, text: str) -> int:
    """The column that has the most figures."""
    grid = [table.cells(row) for row in table.rows]
    counts = [
        sum(len(cell) == 1 and FIGURE.match(line_text(text, cell[0])) is not None for cell in column)
        for column in zip(*grid, strict=True)
    ]
    return max(range(len(counts)), key=counts.__getitem__)


def _has_figure(table: Aligned, text: str, column: int) -> bool:
    cells = [table.cells(row)[column] for row in table.rows]
    return any(len(cell) == 1 and FIGURE.match(line_text(text, cell[0])) for cell in cells)


def _pace(one: Page, table: Aligned) -> _Pace | None:
    """None where its rows stand no further apart than its lines."""
    bases = [_bases(one, row) for row in table.rows]
    rows = [below[0] - above[-1] for above, below in pairwise(bases)]
    lines = [below - above for row in bases for above, below in pairwise(row)]
    if not rows:
        return None
    within = _JUMP * max(lines) if lines else min(rows) / _JUMP
    return _Pace(within, EVEN_BREAKS * median(rows), bool(lines)) if within < min(rows) else None


def _bases(one: Page, row: Row) -> list[float]:
    return [median(one.baselines([places[0] for places, _ in line])) for line in row.lines]


def _seen_row(one: Page, row: Row) -> list[SeenLine]:
    return [SeenLine(words, row.numbers, base, ()) for words, base in zip(row.lines, _bases(one, row), strict=True)]


def _gaps(table: Aligned) -> list[Gap]:
    """How wide each strip is white through the whole table."""
    boxes = [box for row in table.rows for _, box in row.words]
    return [
        (max(box[2] for box in boxes if box[0] < strip), min(box[0] for box in boxes if box[0] >= strip))
        for strip in table.strips
    ]


def _middle(gap: Gap) -> float:
    return (gap[0] + gap[1]) / 2
