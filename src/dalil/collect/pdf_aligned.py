"""Tables without ruling lines: rows of one line each whose cells white space parts at the same places. Runs in the reading process.

Only what is sure: three lines or more at even distances, strips without ink through all of them, a column of figures that is not the
first, and names above the columns or three of them at least. Prose in columns, numbered lists, tables of contents and pairs of a label
and its value have no such thing, and stay lines. Cells that are wrapped are put together before this is asked (`pdf_wrapped`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from dalil.collect.pdf_arabic import runs_right_to_left
from dalil.collect.pdf_words import PageLines, Places, Word

FIGURE = re.compile(r"[^\w\s]{0,2}\s?\d")
_HAS_FIGURE = re.compile(r"(?<!\w)\d")
LEADER = re.compile(r"(?:[.…·_‥]\s?){3,}")
_PAGE_NUMBER = re.compile(r"\d{1,4}")
_FEWEST_ROWS = 3
LEAST_GAP = 9.0
MOST_LEADING = 2.6
_MOST_APART = 2  # lines without figures above and below those with them
_FEWEST_UNNAMED = 3  # columns
_EVEN = 1.2
_FIGURES_SHARE = 0.7  # of a column's cells that hold something
_LEAST_FIGURES_SHARE = 0.5  # of the rows
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A row in lines, these in words: the places of each, and its box. `numbers`: which of the page's lines it takes words from."""

    numbers: frozenset[int]
    lines: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def top(self) -> float:
        return min(box[1] for _, box in self.words)

    @property
    def height(self) -> float:
        return max(box[3] for _, box in self.words) - self.top


@dataclass(frozen=True, slots=True)
class Aligned:
    """A table: its rows, and the middles of the white strips between its columns, from left to right."""

    rows: tuple[Row, ...]
    strips: tuple[float, ...]

    @property
    def numbers(self) -> frozenset[int]:
        """Of the page's lines that it takes."""
        return frozenset(number for row in self.rows for number in row.numbers)

    @property
    def top(self) -> float:
        return self.rows[0].top

    @property
    def bottom(self) -> float:
        return self.rows[-1].top + self.rows[-1].height

    @property
    def borders(self) -> tuple[float, ...]:
        boxes = [box for row in self.rows for _, box in row.words]
        return min(box[0] for box in boxes), *self.strips, max(box[2] for box in boxes)

    def cells(self, row: Row) -> list[list[list[Places]]]:
        """The words of each column line by line, columns from left to right, words in the order of the line."""
        found: list[list[list[Places]]] = [[] for _ in range(len(self.strips) + 1)]
        for line in row.lines:
            parts: list[list[Places]] = [[] for _ in found]
            for places, box in line:
                parts[sum(box[0] >= strip for strip in self.strips)].append(places)
            for cell, part in zip(found, parts, strict=True):
                cell += [part] if part else []
        return found


def aligned_tables(lines: PageLines, taken: Collection[int] = ()) -> list[Aligned]:
    """The tables among a page's lines that are not taken. Boxes are asked for only where three lines near one another hold figures."""
    written = ["" if number in taken else line for number, line in enumerate(lines.written)]
    found: list[Aligned] = []
    for run in _runs(written):
        free = lines.words(number for number in run if number not in taken)
        rows = [Row(frozenset([number]), (words,)) for number, words in free if words]
        if sum(bool(strips_of([row])) for row in rows) < _FEWEST_ROWS:
            continue
        found += [table for grown in _tables(rows) if (table := sure(grown, lines.text)) is not None]
    return found


def line_text(text: str, words: Iterable[Places]) -> str:
    """A line of a cell as it is written."""
    return " ".join("".join([text[place] for place in word]) for word in words)


def _runs(written: Sequence[str]) -> Iterator[range]:
    """Neighbouring lines of several words, most of them with figures, and the lines above that may name the columns."""
    figures = [
        i for i, line in enumerate(written)
        if len(line.split()) > 1 and _HAS_FIGURE.search(line) and not LEADER.search(line)
    ]  # fmt: skip
    start = 0
    for end in range(1, len(figures) + 1):
        if end < len(figures) and figures[end] - figures[end - 1] <= 2 * _MOST_APART:
            continue
        if end - start >= _FEWEST_ROWS:
            yield range(max(0, figures[start] - _MOST_APART), min(len(written), figures[end - 1] + _MOST_APART))
        start = end


def _tables(rows: Sequence[Row]) -> Iterator[Aligned]:
    """From top to bottom, rows are taken as long as they follow closely and the same strips stay white."""
    taken: list[Row] = []
    for row in [*rows, None]:
        if row is not None and (not taken or _goes_on(taken, row)):
            taken.append(row)
            continue
        if len(taken) >= _FEWEST_ROWS:
            yield Aligned(tuple(taken), strips_of(taken))
        taken = [row] if row is not None else []


def _goes_on(taken: Sequence[Row], row: Row) -> bool:
    kept = len(strips_of([*taken, row])) if _follows(taken[-1], row) else 0
    return kept > 0 and (len(taken) < _FEWEST_ROWS or kept == len(strips_of(taken)))


def _follows(above: Row, row: Row) -> bool:
    return 0 < row.top - above.top <= MOST_LEADING * max(above.height, row.height)


def strips_of(rows: Sequence[Row]) -> tuple[float, ...]:
    """The middles of what no word of any row covers; none where a row stands on one side of all of them."""
    spans = sorted((box[0], box[2]) for row in rows for _, box in row.words)
    strips: list[float] = []
    end = spans[0][1]
    for left, right in spans:
        if left - end >= LEAST_GAP:
            strips.append((left + end) / 2)
        end = max(end, right)
    for row in rows:
        if len({sum(box[0] >= strip for strip in strips) for _, box in row.words}) < 2:
            return ()
    return tuple(strips)


Cells = Sequence[Sequence[str]]
"""The cells of a row or of a column, each in lines."""


def sure(table: Aligned, text: str) -> Aligned | None:
    """The table without lines above it that do not name every column; None where it may be something else.

    Its rows stand at even distances, or have wrapped cells; a column that is not the first holds figures of one line;
    no line of a cell is a sentence; it does not end in rising page numbers; it has three columns, or names above two.
    """
    table = _without_empty_columns(table)
    grid = [[[line_text(text, line) for line in cell] for cell in table.cells(row)] for row in table.rows]
    while grid and not _with_figure(grid[0]) and not all(grid[0]):
        table, grid = Aligned(table.rows[1:], table.strips), grid[1:]
    if len(grid) < _FEWEST_ROWS:
        return None
    named = not _with_figure(grid[0])
    body = grid[1:] if named else grid
    if runs_right_to_left("".join(line for row in grid for cell in row for line in cell)):
        body = [row[::-1] for row in body]
    columns = list(zip(*body, strict=True))
    figures = max(columns[1:], key=lambda column: sum(map(_is_figure, column)))
    is_one = (
        (named or len(columns) >= _FEWEST_UNNAMED)
        and sum(map(_is_figure, figures)) >= _FIGURES_SHARE * len(list(filter(None, figures)))
        and sum(map(_is_figure, figures)) >= _LEAST_FIGURES_SHARE * len(body)
        and all(len(cell) <= 1 for cell in figures)
        and len(body) >= _FEWEST_ROWS - named
        and _evenly_spaced(table.rows[named:])
        and all(_in_few_words(column) for column in columns)
        and not _points_to_pages(columns[-1])
    )
    return table if is_one else None


def _without_empty_columns(table: Aligned) -> Aligned:
    """Strips that nothing stands between are one: they come from another table, above or below."""
    filled = [any(column) for column in zip(*map(table.cells, table.rows), strict=True)]
    return Aligned(
        table.rows, tuple(strip for i, strip in enumerate(table.strips) if filled[i] and any(filled[i + 1 :]))
    )


def _with_figure(row: Cells) -> bool:
    return any(_HAS_FIGURE.search(line) for cell in row for line in cell)


def _is_figure(cell: Sequence[str]) -> bool:
    return len(cell) == 1 and FIGURE.match(cell[0]) is not None


def _in_few_words(column: Cells) -> bool:
    return median([len(line.split()) for cell in column for line in cell] or [0]) <= _MOST_WORDS


def _evenly_spaced(rows: Sequence[Row]) -> bool:
    """Whether rows of one line each do; where one has more, the space between rows has told them apart."""
    if any(len(row.lines) > 1 for row in rows):
        return True
    steps = [below.top - above.top for above, below in pairwise(rows)]
    return not steps or max(steps) <= _EVEN * min(steps)


def _points_to_pages(column: Cells) -> bool:
    numbers = [" ".join(cell) for cell in column]
    if not all(map(_PAGE_NUMBER.fullmatch, numbers)):
        return False
    return all(int(a) <= int(b) for a, b in pairwise(numbers))
