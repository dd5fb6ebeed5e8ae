"""Tables without ruling lines whose cells go on over several lines: these are put together into rows. Runs in the reading process.

A file draws such a table cell by cell, so that its text comes as neither rows nor columns: words are laid out again by where they
stand. Rows are told by the space between them, which is wider than that between the lines of a cell; where all lines stand evenly,
by a column that has a figure in each row, if no word of a line below would have had room above. Whatever is not sure stays lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from dalil.collect.pdf_aligned import FIGURE, LEADER, Aligned, line_text, sure
from dalil.collect.pdf_bands import (
    EVEN_BREAKS,
    Band,
    SeenLine,
    bands_of,
    columns_of,
    lines_by_height,
    no_room,
    row_of,
    width_of,
)
from dalil.collect.pdf_words import PageLines, Word

_MOST_LINES_A_ROW = 4
_MOST_LINES_BETWEEN = 3 * _MOST_LINES_A_ROW  # lines of the file from one that begins or ends with a figure to the next
_FEWEST_ROWS = 3
_JUMP = 1.12


def wrapped_tables(lines: PageLines) -> list[Aligned]:
    """The tables with wrapped cells among a page's lines, in their order."""
    found: list[Aligned] = []
    for run in _runs(lines.written):
        words = lines.numbered_words(run)
        bases = lines.one.baselines([word[0][0] for _, word in words])
        for band in bands_of(lines_by_height(words, bases)):
            found += [table for part in _parts(band) if (table := _table(part, lines.text)) is not None]
    return [table for table in found if any(len(row.lines) > 1 for row in table.rows)]


def lines_of(tables: Iterable[Aligned]) -> frozenset[int]:
    """The numbers of the page's lines that tables take."""
    return frozenset(number for table in tables for row in table.rows for number in row.numbers)


def _runs(written: Sequence[str]) -> Iterator[range]:
    """Lines near others that begin or end with a figure, as a cell with a figure makes them."""
    figures = [i for i, line in enumerate(written) if _at_an_end(line.split()) and not LEADER.search(line)]
    start = 0
    for end in range(1, len(figures) + 1):
        if end < len(figures) and figures[end] - figures[end - 1] <= _MOST_LINES_BETWEEN:
            continue
        if end - start >= _FEWEST_ROWS:
            first, last = figures[start] - _MOST_LINES_BETWEEN, figures[end - 1] + _MOST_LINES_BETWEEN
            yield range(max(0, first), min(len(written), last + 1))
        start = end


def _at_an_end(words: Sequence[str]) -> bool:
    return bool(words) and any(map(FIGURE.match, (words[0], words[-1])))


@dataclass(frozen=True, slots=True)
class _Part:
    """Lines between which the same strips stay white, in rows."""

    rows: list[list[SeenLine]]
    strips: tuple[float, ...]


def _parts(band: Band) -> Iterator[_Part]:
    lines, gaps = band
    strips = tuple((low + high) / 2 for low, high in gaps)
    steps = [below.base - above.base for above, below in pairwise(lines)]
    if len(lines) < _FEWEST_ROWS:
        return
    within = _within_rows(steps)
    if max(steps) <= within:
        yield _Part([[line] for line in lines], strips)
        return
    breaks = [step > within for step in steps]
    usual = median(step for step, wide in zip(steps, breaks, strict=True) if wide)
    rows: list[list[SeenLine]] = [[lines[0]]]
    for line, step, wide in zip(lines[1:], steps, breaks, strict=True):
        if wide and step > EVEN_BREAKS * usual and not (len(rows) == 1 and _names_all(rows[0], strips)):
            yield _Part(rows, strips)
            rows = [[line]]
        elif wide:
            rows.append([line])
        else:
            rows[-1].append(line)
    yield _Part(rows, strips)


def _within_rows(steps: Sequence[float]) -> float:
    """The widest step that is still one between lines of a cell: from the least on, up to where steps jump."""
    ordered = sorted(steps)
    return next((small for small, wide in pairwise(ordered) if wide > _JUMP * small), ordered[-1])


def _table(part: _Part, text: str) -> Aligned | None:
    """The table that the rows make, where it is surely one. Evenly spaced lines are rows by their figures, or stay lines."""
    even = all(len(row) == 1 for row in part.rows)
    rows = _by_figures([row[0] for row in part.rows], part.strips, text) if even else part.rows
    if len(rows) < _FEWEST_ROWS or max(map(len, rows)) > _MOST_LINES_A_ROW:
        return None
    return sure(Aligned(tuple(map(row_of, rows)), part.strips), text)


def _by_figures(lines: Sequence[SeenLine], strips: Sequence[float], text: str) -> list[list[SeenLine]]:
    """Rows begin where the column with the most figures has one; all else must go on from above. No rows if it does not."""
    grid = [columns_of(line.words, strips) for line in lines]
    figures = [[bool(cell and FIGURE.match(line_text(text, [cell[0][0]]))) for cell in row] for row in grid]
    counts = [sum(column) for column in zip(*figures, strict=True)]
    column = max(range(len(counts)), key=counts.__getitem__)
    widths = [max((width_of(cell) for cell in cells if cell), default=0.0) for cells in zip(*grid, strict=True)]
    rows: list[list[SeenLine]] = []
    for i, line in enumerate(lines):
        if i < _FEWEST_ROWS and not any(any(row) for row in figures[: i + 1]):
            rows.append([line])  # what stands above the first figure may name the columns
        elif figures[i][column]:
            rows.append([line])
        elif i and not grid[i][column] and _goes_on(grid[i], text) and no_room(grid[i - 1], grid[i], widths):
            rows[-1].append(line)
        else:
            return []
    return rows


def _names_all(row: Sequence[SeenLine], strips: Sequence[float]) -> bool:
    return all(any(columns_of(line.words, strips)[i] for line in row) for i in range(len(strips) + 1))


def _goes_on(line: Sequence[Sequence[Word]], text: str) -> bool:
    """Whether it is no row that lacks its figure alone: another cell is empty too, or each begins with a small letter."""
    filled = [cell for cell in line if cell]
    return len(filled) < len(line) - 1 or all(text[cell[0][0][0]].islower() for cell in filled)
