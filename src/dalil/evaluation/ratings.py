"""The human sheet comes back: scores by code, from XLSX or CSV, whatever was moved or added; what cannot be used is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from dalil.errors import ConfigError
from dalil.evaluation.sheet import COLUMNS, SCALE, SCORES, Key, sheet_texts
from dalil.evaluation.sheet_tables import HINT, Cells, Table, tables
from dalil.language import columns_by_title, fold

HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class Rating:
    """One row's scores, 1–5 or None. `row` is its number in the file, from 1."""

    row: int
    code: str
    coherence: int | None
    relevance: int | None
    precision: int | None
    comment: str = ""

    @property
    def is_rated(self) -> bool:
        return any(getattr(self, name) is not None for name in SCORES)


@dataclass(frozen=True, slots=True)
class Refused:
    """A value or a row that was not used, and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class RatedSheet:
    """A sheet as it was read. `blank`: empty lines between rows; `unrated`: rows without a score; `missing`: codes absent."""

    ratings: tuple[Rating, ...]
    refused: tuple[Refused, ...]
    blank: int
    unrated: int = 0
    missing: int = 0


def read_sheet(path: Path) -> RatedSheet:
    """The rows of a filled sheet. Raises ConfigError where it is no sheet of dalil, or lacks a column of scores."""
    for table in tables(path):
        for number, cells in enumerate(table[:HEADER_WITHIN], start=1):
            places = _places(path, cells)
            if "code" in places:
                return _read(table, number, _with_scores(path, places))
    raise ConfigError(f"{path} is not a sheet that dalil wrote: no column {sheet_texts()['en']['columns']['code']!r}.",
                      hint=HINT)  # fmt: skip


def match(sheet: RatedSheet, key: Key) -> RatedSheet:
    """The rated rows whose code the key knows, each code once; the others are refused by row."""
    known = {row.code for row in key.rows}
    kept: dict[str, Rating] = {}
    refused, unrated = list(sheet.refused), 0
    said = {found.row for found in refused}
    for rating in sheet.ratings:
        if rating.code not in known:
            refused.append(Refused(rating.row, "code", rating.code, "no answer of this sheet has that code"))
        elif not rating.is_rated:
            unrated += rating.row not in said
        elif rating.code in kept:
            reason = f"the code was already scored in row {kept[rating.code].row}"
            refused.append(Refused(rating.row, "code", rating.code, reason))
        else:
            kept[rating.code] = rating
    missing = len(known - {rating.code for rating in sheet.ratings})
    refused.sort(key=lambda found: (found.row, COLUMNS.index(found.column)))
    return replace(sheet, ratings=tuple(kept.values()), refused=tuple(refused), unrated=unrated, missing=missing)


@cache
def _names() -> dict[str, str]:
    return columns_by_title(COLUMNS, [texts["columns"] for texts in sheet_texts().values()])


def _places(path: Path, cells: Cells) -> dict[str, int]:
    """The columns that a header names, with their places; other columns are passed over."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _names().get(fold(_text(cell)))
        if name in places:
            raise ConfigError(f"{path} has two columns {_text(cell)!r}.", hint="keep the one that was filled in")
        if name:
            places[name] = place
    return places if "code" in places and len(places) > 1 else {}


def _with_scores(path: Path, places: dict[str, int]) -> dict[str, int]:
    absent = [sheet_texts()["en"]["columns"][name] for name in SCORES if name not in places]
    if absent:
        raise ConfigError(f"{path} lacks {', '.join(absent)}.", hint="put the columns back, empty where nobody scored")
    return places


def _read(table: Table, header: int, places: Mapping[str, int]) -> RatedSheet:
    rows = [(number, cells) for number, cells in enumerate(table[header:], start=header + 1)]
    while rows and not any(map(_text, rows[-1][1])):
        rows.pop()
    ratings, refused, blank = list[Rating](), list[Refused](), 0
    for number, cells in rows:
        row = {name: _text(cells[place]) if place < len(cells) else "" for name, place in places.items()}
        if not any(map(_text, cells)):
            blank += 1
        elif not row["code"]:
            refused.append(Refused(number, "code", "", "the row has no code"))
        else:
            ratings.append(_rating(number, row, refused))
    return RatedSheet(tuple(ratings), tuple(refused), blank)


def _rating(number: int, row: Mapping[str, str], refused: list[Refused]) -> Rating:
    scores: dict[str, int | None] = {}
    for name in SCORES:
        try:
            scores[name] = _score(row[name])
        except ValueError:
            scores[name] = None
            reason = f"not a whole number from {SCALE[0]} to {SCALE[-1]}"
            refused.append(Refused(number, name, row[name], reason))
    return Rating(number, row["code"].lower(), comment=row.get("comment", ""), **scores)


def _score(text: str) -> int | None:
    """A whole number of the scale, in the digits of any script; None where nothing is written. Raises ValueError."""
    if not text:
        return None
    number = float(text.replace(",", "."))
    if number not in SCALE:
        raise ValueError(text)
    return int(number)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
