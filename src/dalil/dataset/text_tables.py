"""Ruled tables as a PDF is read, a row a line (`Column: value | Column: value`): what each row says, and who shares a value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dalil.dataset.text_lines import Line
from dalil.language import words

_CELL = re.compile(r"(?P<column>[^|:：]{1,60}?)[:：] (?P<value>.+)")
_BAR = " | "
_MOST_SHARING = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A value under its column; `start` is its offset in the document's text."""

    column: str
    value: str
    start: int

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.start + len(self.value)

    @property
    def says(self) -> bool:
        """Whether there is a word or a figure, and no dash for nothing."""
        return bool(words(self.value))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with the same columns, one after the other; `key` is the column that names them, all differently."""

    key: str
    rows: tuple[dict[str, Cell], ...]

    def cells(self) -> Iterator[tuple[Cell, Cell]]:
        """Each row's name with each other cell that says something; a column that only counts the rows says nothing."""
        asked = [c for c in self.rows[0] if c != self.key and not self._counts(c)]
        for row in self.rows:
            yield from ((row[self.key], row[column]) for column in asked if row[column].says)

    def _counts(self, column: str) -> bool:
        return len(self.rows) > 1 and all(row[column].value == str(i) for i, row in enumerate(self.rows, start=1))

    def sharing(self) -> Iterator[tuple[Cell, list[Cell]]]:
        """A value that some rows share, not all, with the names of these rows."""
        held: dict[tuple[str, tuple[str, ...]], list[tuple[Cell, Cell]]] = defaultdict(list)
        for name, cell in self.cells():
            held[cell.column, tuple(words(cell.value))].append((cell, name))
        for same in held.values():
            if 2 <= len(same) <= min(_MOST_SHARING, len(self.rows) - 1):
                yield same[0][0], [name for _, name in same]


def cells_of(line: Line) -> dict[str, Cell] | None:
    """The cells of a row by their columns, or None where the line is no row of a ruled table."""
    found: dict[str, Cell] = {}
    at = line.start
    parts = line.text.split(_BAR)
    for part in parts:
        match = _CELL.fullmatch(part)
        if match is None:
            return None
        found[match["column"]] = Cell(match["column"], match["value"], at + match.start("value"))
        at += len(part) + len(_BAR)
    return found if len(found) == len(parts) > 1 else None


def tables(lines: Sequence[Line]) -> list[Table]:
    """The tables among the lines; one whose rows no column names is left out."""
    runs: list[list[dict[str, Cell]]] = []
    before: tuple[str, ...] = ()
    for line in lines:
        row = cells_of(line)
        columns = tuple(row) if row else ()
        if row and columns == before:
            runs[-1].append(row)
        elif row:
            runs.append([row])
        before = columns
    return [Table(key, tuple(rows)) for rows in runs if (key := _key(rows)) is not None]


def _key(rows: Sequence[dict[str, Cell]]) -> str | None:
    """The first column with words in every row, no two of them the same."""
    for column in rows[0]:
        values = Counter(tuple(words(row[column].value)) for row in rows)
        named = all(any(c.isalpha() for c in row[column].value) for row in rows)
        if named and len(values) == len(rows):
            return column
    return None
