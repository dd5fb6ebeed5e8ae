"""Which characters of a page stand in which cell of its tables. Runs in the reading process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dalil.collect.pdf_page import Page
from dalil.collect.pdf_rules import Grid, same_borders
from dalil.collect.pdf_words import Places

_WORD = re.compile(r"\S+")
_UNPARTED = 3

Owner = tuple[int, int]
"""The number of a table of the page, and of a cell of it."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lines outside of tables; and for each table and each of its cells with text, the cell's lines."""

    outside: list[Places] = field(default_factory=list)
    inside: dict[int, dict[int, list[Places]]] = field(default_factory=dict)


def sort_places(
    one: Page, spans: Sequence[tuple[int, int]], found: Sequence[Grid], above: Sequence[float] = ()
) -> Sorted:
    """Every character of the lines at `spans` goes into its cell, or stays outside. Frames are no tables.

    `above`: the borders of a table at the foot of the page above, which the first one may go on from.
    """
    owners: dict[int, Owner | None] = {}
    filled: dict[int, dict[int, set[int]]] = {}
    one.ask_boxes([place for word in _WORD.finditer(one.text) for place in (word.start(), word.end() - 1)])
    for number, (start, end) in enumerate(spans):
        for places, owner in _owners(one, found, start, end):
            owners.update(dict.fromkeys(places, owner))
            if owner is not None:
                filled.setdefault(owner[0], {}).setdefault(owner[1], set()).add(number)
    goes_on = bool(found) and same_borders(found[0].xs, above)
    real = {table for table, cells in filled.items() if _is_table(found[table], cells, goes_on and table == 0)}
    made = Sorted()
    for start, end in spans:
        _sort_line(one.text, range(start, end), owners, real, made)
    return made


def _sort_line(text: str, line: range, owners: dict[int, Owner | None], real: set[int], made: Sorted) -> None:
    """A space goes with the character before it."""
    parts: dict[Owner | None, Places] = {}
    at: Owner | None = None
    for place in line:
        if place in owners:
            owner = owners[place]
            at = owner if owner is not None and owner[0] in real else None
        parts.setdefault(at, []).append(place)
    for owner, places in parts.items():
        if owner is not None:
            made.inside.setdefault(owner[0], {}).setdefault(owner[1], []).append(places)
        elif any(not text[place].isspace() for place in places):
            made.outside.append(places)


def _is_table(grid: Grid, cells: dict[int, set[int]], goes_on: bool) -> bool:
    """Whether text stands in several columns: else it is a frame, or part of a figure.

    `cells`: for each cell with text, the lines that it has a part of. A table whose rows no line parts is none either:
    its lines are read better one by one than as one row. One that `goes_on` from the page above has its rows parted there.
    """
    spans = {cell: span for cell, span in grid.spans().items() if cell in cells}
    rows, columns = {span[0] for span in spans.values()}, {span[2] for span in spans.values()}
    last = [len(lines) for cell, lines in cells.items() if spans[cell][0] == max(rows)]
    unparted = len(rows) <= 2 and sum(lines >= _UNPARTED for lines in last) >= 2
    return len(columns) > 1 and (len(spans) > 2 or len(grid.ys) == 2) and (goes_on or not unparted)


def _owners(one: Page, found: Sequence[Grid], start: int, end: int) -> Iterator[tuple[range, Owner | None]]:
    """The characters of a line that are not spaces, with their (table, cell). A word whose ends share a cell lies in it."""
    for word in _WORD.finditer(one.text, start, end):
        first, last = word.start(), word.end() - 1
        owner = _cell(one, found, first)
        if last == first or owner == _cell(one, found, last):
            yield range(first, last + 1), owner
            continue
        for place in range(first, last + 1):
            yield range(place, place + 1), _cell(one, found, place)


def _cell(one: Page, found: Sequence[Grid], place: int) -> Owner | None:
    box = one.box(place)
    if box is None:
        return None
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    for table, grid in enumerate(found):
        if (cell := grid.cell_at(x, y)) is not None:
            return table, cell
    return None
