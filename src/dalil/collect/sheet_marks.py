"""What a sheet's XML says beside its values: merged cells, hidden rows and columns, formulas without a stored value. One pass, flat memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from dalil.errors import SourceError

_CHUNK_BYTES = 1 << 20
MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet; a greater number is damage, and the empty rows before it would be read one by one."""
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")

Numbered = tuple[int, list[str]]
"""A row that is not empty, with its number in the sheet (from 1)."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged cell: rows from 1, columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class SheetMarks:
    """Merged cells, rows (from 1) and columns (from 0) that are not shown, and how many formulas have no value.

    `filtered`: rows that a filter hides; who turns it off sees them again. `beyond`: how many rows have a number that no sheet has.
    """

    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)
    unstored: int = 0
    beyond: int = 0


def read_marks(stream: IO[bytes]) -> SheetMarks:
    """The marks of a sheet's XML. Raises SyntaxError where it is damaged, as openpyxl does."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise SyntaxError(str(error)) from error
    reader.part_filtered()
    return reader.marks


class _Reader:
    """Listens to the elements of a sheet. A formula that gives an empty text (`t="str"`) has its value."""

    def __init__(self) -> None:
        self.marks = SheetMarks()
        self.formula = self.valued = self.in_value = self.filters = False
        self.row = 0
        self.filter_rows = range(0)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self.formula, self.valued = False, attributes.get("t") == "str"
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.marks.beyond += self.row > MOST_ROWS
            if _not_shown(attributes, "ht"):
                self.marks.hidden_rows.add(self.row)
        elif name == "col" and _not_shown(attributes, "width"):
            first, last = int(attributes["min"]), min(int(attributes["max"]), _MOST_COLUMNS)
            self.marks.hidden_columns.update(range(first - 1, last))
        elif name == "autoFilter" and (found := _REFERENCE.fullmatch(attributes.get("ref", ""))):
            self.filter_rows = range(int(found.group(2)), int(found.group(4)) + 1)
        elif name == "filterColumn":
            self.filters = True
        elif name == "mergeCell" and (found := _REFERENCE.fullmatch(attributes.get("ref", ""))):
            left, top, right, bottom = found.groups()
            self.marks.merges.append(Merge(int(top), _column(left), int(bottom), _column(right)))
        self.in_value = name in ("v", "t")

    def end(self, tag: str) -> None:
        self.in_value = False
        if tag.rpartition(":")[2] == "c" and self.formula and not self.valued:
            self.marks.unstored += 1

    def part_filtered(self) -> None:
        """Hidden rows that a filter is over are taken for its work."""
        if self.filters:
            self.marks.filtered = {row for row in self.marks.hidden_rows if row in self.filter_rows}
            self.marks.hidden_rows -= self.marks.filtered

    def characters(self, text: str) -> None:
        self.valued = self.valued or (self.in_value and bool(text.strip()))


def _not_shown(attributes: dict[str, str], size: str) -> bool:
    return attributes.get("hidden") in ("1", "true") or float(attributes.get(size) or 1) == 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def spread(row: Numbered, merges: Sequence[Merge]) -> list[str]:
    """A row whose merged cells stand in all of their columns: as a header names them."""
    number, values = row
    wide = list(values)
    for merge in merges:
        if merge.top <= number <= merge.bottom and merge.left < len(values) and values[merge.left]:
            wide += [""] * (merge.right + 1 - len(wide))
            wide[merge.left : merge.right + 1] = [values[merge.left]] * (merge.right + 1 - merge.left)
    return wide


def header_of(rows: Sequence[Numbered], merges: Sequence[Merge]) -> tuple[list[str], int]:
    """The columns' names and how many rows they take: two where cells of the first are merged across and parted below."""
    number, _ = rows[0]
    across = [m for m in merges if m.top == m.bottom == number and m.right > m.left]
    names = spread(rows[0], across)
    if len(rows) < 3 or not across or rows[1][0] != number + 1:
        return names, 1
    parts = rows[1][1]
    if not all(any(m.left <= i <= m.right for m in across) for i, part in enumerate(parts) if part):
        return list(rows[0][1]), 1
    parts = [*parts, *[""] * (len(names) - len(parts))]
    return [f"{name} {part}".strip() for name, part in zip(names, parts, strict=False)], 2


def fill_down(rows: Sequence[Numbered], merges: Sequence[Merge]) -> None:
    """Write a cell that is merged down into each of its rows. Raises SourceError where merged cells lie over one another."""
    by_number = dict(rows)
    room = sum(len(values) + 1 for _, values in rows)
    for merge in merges:
        above = by_number.get(merge.top)
        if above is None or merge.left >= len(above) or not above[merge.left]:
            continue
        for number in range(merge.top + 1, min(merge.bottom, rows[-1][0]) + 1):
            room -= 1
            if room < 0:
                raise SourceError("damaged: its merged cells lie over one another")
            if (values := by_number.get(number)) is not None:
                values += [""] * (merge.left + 1 - len(values))
                values[merge.left] = values[merge.left] or above[merge.left]
