"""The rows of a catalogue as they come from a file, before they are records."""

from __future__ import annotations

from dataclasses import dataclass, field

from dalil.language import clean
from dalil.records import Dropped

_ABSENT = frozenset({"", "-", "--", "–", "—", "n/a", "#n/a", "null", "none", "nan"})
_LONGEST_ABSENT = max(map(len, _ABSENT))


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: `items` are its parts where the source says that it is a list."""

    value: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` counts from 1, the header and blank rows not counted; absent values are not among the cells.

    `place` tells rows of several sheets apart ("" where there is only one).
    """

    number: int
    cells: dict[str, Cell]
    place: str = ""

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.place} row {self.number}".strip()


@dataclass
class Rows:
    """What a reader found: rows of one table or list, and what it had to leave out."""

    rows: list[Row] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def is_absent(value: str) -> bool:
    """Whether a value says that there is none: white space, "-", "n/a", "null"."""
    value = value.strip()
    return len(value) <= _LONGEST_ABSENT and value.casefold() in _ABSENT  # to fold a case takes twelve times the text


def cell_of(value: str, items: tuple[str, ...] = ()) -> Cell | None:
    """The cleaned cell of a value, or None where it is absent."""
    value = clean(value).strip()
    return None if is_absent(value) else Cell(value, items)


def list_cell(values: list[str]) -> Cell | None:
    """The cell of a list: its present items, joined by " ; "; None where none is present."""
    items = tuple(item for value in values if not is_absent(item := clean(value).strip()))
    return Cell(" ; ".join(items), items) if items else None


def column_names(header: list[str]) -> list[str]:
    """Column names, one line each, the empty ones numbered, the repeated ones made different."""
    names: list[str] = []
    taken: set[str] = set()
    for i, given in enumerate(header, start=1):
        base = " ".join(clean(given).split()) or f"column {i}"
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base} ({count})"
        taken.add(name)
        names.append(name)
    return names


def table_row(number: int, names: list[str], values: list[str], place: str = "") -> Row | str:
    """A row of a table; short ones are padded. A row with cells beyond the columns gives the reason to drop it."""
    beyond = [value for value in values[len(names) :] if value.strip()]
    if beyond:
        return f"{len(values)} cells for {len(names)} columns: a separator inside a value?"
    cells = {name: cell for name, value in zip(names, values, strict=False) if (cell := cell_of(value))}
    return Row(number, cells, place)
