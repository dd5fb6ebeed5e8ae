"""One PDF page: its lines with place, size and weight, and the cells of its ruled tables. Runs in the reading process."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress, pairwise
from typing import Any

from dalil.collect.pdf_aligned import Aligned, aligned_tables, line_text
from dalil.collect.pdf_arabic import has_arabic, repair_letters, repair_marks, repair_numbers
from dalil.collect.pdf_cells import sort_places
from dalil.collect.pdf_columns import in_columns
from dalil.collect.pdf_grown import Sheet, grown, over_the_page
from dalil.collect.pdf_hidden import take_hidden
from dalil.collect.pdf_page import Page
from dalil.collect.pdf_paths import grids_of
from dalil.collect.pdf_repeated import without_running_rows
from dalil.collect.pdf_rules import Grid
from dalil.collect.pdf_visual import Seen, is_arabic_page, visual_lines
from dalil.collect.pdf_words import PageLines, Places
from dalil.collect.pdf_wrapped import lines_of, wrapped_tables

_BREAK = re.compile("[\r\n\ufffe](?:(?<=\ufffe)\r\n|(?<=\r)\n)?")


@dataclass(frozen=True, slots=True)
class Opened:
    """A page whose lines are known, and what of it is described already: ruled tables with the line they stand before."""

    sheet: Sheet
    ruled: list[dict[str, Any]]
    hidden: str


def open_page(page: Any, above: Opened | None = None) -> Opened:
    """A page's lines and tables; those without ruling lines may still go on over its ends (`pdf_grown`).

    `above`: the page above it, whose last ruled table may go on here with a row or two.
    """
    one = Page(page)
    if arabic := is_arabic_page(one.text):
        one.ask_every_box()
    hidden = take_hidden(one)
    text = one.text
    spans = list(_lines(text))
    arabic = is_arabic_page(text) if hidden else arabic
    if has_arabic(text) and not arabic:
        text = repair_letters(text, one.sides)
        text = "".join(_numbered(one, text, start, end) for start, end in _with_breaks(spans, len(text)))
    text += " "  # the place of a space that the page does not have
    if found := grids_of(one):
        made = sort_places(one, spans, found, above.ruled[-1]["columns"] if above and above.ruled else ())
        lines, inside = made.outside, made.inside
    else:
        ordered = spans if arabic else in_columns(one, text, spans)
        lines, inside = [list(range(*span)) for span in ordered], {}
    starts = {
        table: min(p for pieces in cells.values() for piece in pieces for p in piece) for table, cells in inside.items()
    }
    if arabic:
        seen = Seen(text, *one.looks())
        lines = _by_baseline(one, seen, lines)
        inside = {
            table: {cell: _by_baseline(one, seen, pieces) for cell, pieces in cells.items()}
            for table, cells in inside.items()
        }
    tables = [
        _table(one, text, found[table], inside[table], sum(min(places) < start for places in lines))
        for table, start in sorted(starts.items())
    ]
    every = PageLines(one, text, lines)
    return Opened(Sheet(every, () if found else _unruled(every)), tables, hidden)


def over_the_end(above: Opened, below: Opened) -> tuple[Opened, Opened]:
    """Two pages that follow one another, with the rows by which a table without ruling lines goes on from one to the other."""
    if above.ruled or below.ruled or not (above.sheet.tables or below.sheet.tables):
        return above, below
    upper, lower = over_the_page(*without_running_rows(above.sheet, below.sheet))
    return replace(above, sheet=upper), replace(below, sheet=lower)


def described(opened: Opened) -> dict[str, Any]:
    """Width, height, lines (`text`, `box`, `size`, `bold`), tables (`at`: before which line; `cells`), hidden text."""
    sheet = opened.sheet
    one, text = sheet.one, sheet.text
    taken = lines_of(sheet.tables)
    made = [_aligned(one, text, table, min(table.numbers)) for table in sheet.tables]
    if made and sheet.cut:
        made[0]["cut"] = True
    for table in made:
        table["at"] -= sum(number < table["at"] for number in taken)
    solid = [
        _Solid.of(places, raw)
        for number, (places, raw) in enumerate(zip(sheet.lines.places, sheet.lines.written, strict=True))
        if number not in taken
    ]
    one.ask_boxes([place for line in solid for place in line.ends])
    one.ask_styles([place for line in solid for place in line.letters])
    shown = [_line(one, line) for line in solid]
    tables = [*opened.ruled, *made]
    return {"width": one.width, "height": one.height, "lines": shown, "tables": tables, "hidden": opened.hidden}


def _unruled(lines: PageLines) -> tuple[Aligned, ...]:
    """The tables without ruling lines, from top to bottom."""
    wrapped = wrapped_tables(lines)
    tables = sorted([*wrapped, *aligned_tables(lines, lines_of(wrapped))], key=lambda table: min(table.numbers))
    return grown(Sheet(lines, tuple(tables))).tables if tables else ()


def _aligned(one: Page, text: str, table: Aligned, at: int) -> dict[str, Any]:
    spans = {(i, j): (i, i + 1, j, j + 1) for i in range(len(table.rows)) for j in range(len(table.strips) + 1)}
    made = []
    for i, row in enumerate(table.rows):
        for j, lines in enumerate(table.cells(row)):
            if lines:
                bold = one.style(lines[0][0][0])[1]
                written = [_written(line_text(text, line)) for line in lines]
                made.append({"span": spans.pop((i, j)), "lines": written, "bold": bold})
    found = _described(made, at, table.borders, (table.top, table.bottom), len(table.rows), list(spans.values()))
    return {**found, "ruled": False}


def _by_baseline(one: Page, seen: Seen, lines: Sequence[Places]) -> list[Places]:
    """The same characters in the lines that the eye sees."""
    first = [next((place for place in places if not seen.text[place].isspace()), None) for places in lines]
    filled = [(places, place) for places, place in zip(lines, first, strict=True) if place is not None]
    one.ask_styles([place for _, place in filled])
    return visual_lines(seen, [(places, one.style(place)[0]) for places, place in filled])


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line stands in a page's text. A hyphen at a line's end comes from PDFium as U+FFFE and stays in it."""
    start = 0
    for match in _BREAK.finditer(text):
        end = match.start() + (match.group()[0] == "\ufffe")
        if text[start:end].strip():
            yield start, end
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _with_breaks(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    starts = [0, *(start for start, _ in spans[1:]), length]
    return list(pairwise(starts))


def _numbered(one: Page, text: str, start: int, end: int) -> str:
    return repair_numbers(text[start:end], lambda place: one.sides(start + place))


def _written(text: str) -> str:
    return repair_marks(text.replace("\ufffe", "-").strip())


@dataclass(frozen=True, slots=True)
class _Solid:
    """What a line says, the places of its first and its last character that is no space, and of three letters of it."""

    raw: str
    ends: tuple[int, int]
    letters: tuple[int, int, int]

    @staticmethod
    def of(places: Places, raw: str) -> _Solid:
        ends = places[len(raw) - len(raw.lstrip())], places[len(raw.rstrip()) - 1]
        letters = list(compress(places, map(str.isalnum, raw)))
        letters = letters or [i for i, character in zip(places, raw, strict=True) if not character.isspace()]
        return _Solid(raw, ends, (letters[0], letters[len(letters) // 2], letters[-1]))


def _line(one: Page, line: _Solid) -> dict[str, Any]:
    """A line as it is written, where it stands, and how it looks."""
    styles = [one.style(i) for i in set(line.letters)]
    box = one.around(line.ends) or (0.0, 0.0, 0.0, 0.0)
    size = sorted(size for size, _ in styles)[len(styles) // 2]
    bold = all(bold for _, bold in styles)
    return {"text": _written(line.raw), "box": [round(v, 1) for v in box], "size": size, "bold": bold}


def _table(one: Page, text: str, grid: Grid, cells: dict[int, list[Places]], at: int) -> dict[str, Any]:
    spans = grid.spans()
    firsts = [next((p for piece in pieces for p in piece if not text[p].isspace()), None) for pieces in cells.values()]
    one.ask_styles([first for first in firsts if first is not None])
    made = []
    for (cell, pieces), first in zip(cells.items(), firsts, strict=True):
        if first is not None:
            lines = [_written("".join([text[i] for i in piece])) for piece in pieces]
            made.append({"span": spans.pop(cell), "lines": lines, "bold": one.style(first)[1]})
    return _described(made, at, grid.xs, (grid.ys[0], grid.ys[-1]), len(grid.ys) - 1, list(spans.values()))


def _described(
    cells: list[dict[str, Any]],
    at: int,
    columns: Sequence[float],
    height: tuple[float, float],
    rows: int,
    empty: list[Any],
) -> dict[str, Any]:
    box = (columns[0], height[0], columns[-1], height[1])
    return {
        "at": at,
        "box": [round(value, 1) for value in box],
        "columns": [round(x, 1) for x in columns],
        "rows": rows,
        "cells": cells,
        "empty": empty,
        "ruled": True,
        "cut": False,
    }
