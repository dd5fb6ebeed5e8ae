"""Values that can be put in order: a number with its unit, or a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dalil.language.analysis import fold, words
from dalil.language.months import month_number

DATE = "date"
_NUMBER = re.compile(
    r"(?P<sign>[-−]?)(?P<whole>\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+|\d+)(?:[.,](?P<part>\d+))?\s*(?P<unit>[^\d]*)"
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_WRITTEN = re.compile(
    r"(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?)?(?P<month>[^\W\d_]{3,}(?: الثاني)?)\.?,?\s+(?:de\s+)?(?P<year>\d{4})"
)
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_MOST_UNIT_WORDS = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and its unit ("" where there is none); a date is its day's number, with the unit DATE."""

    number: float
    unit: str


def measure(value: str) -> Measure | None:
    """The measure that a value is as a whole, or None ("2 × 100 Ah", "2019–2021")."""
    text = value.strip()
    if found := _ISO.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        return _day(year, month, day)
    if found := _YEAR_MONTH.fullmatch(text):
        year, month = map(int, found.groups())
        return _day(year, month, 1)
    if written := _written(text):
        return written
    found = _NUMBER.fullmatch(fold(text))
    if found is None or len(words(found["unit"])) > _MOST_UNIT_WORDS:
        return None
    whole = re.sub(r"\D", "", found["whole"])
    number = float(f"{whole}.{found['part'] or 0}")
    unit = " ".join(word.rstrip("s") for word in found["unit"].split())
    return Measure(-number if found["sign"] else number, unit)


def measures(values: Iterable[str]) -> list[Measure] | None:
    """The measures of several values, where all are measures in one unit; else None."""
    found = [measure(value) for value in values]
    known = [item for item in found if item is not None]
    return known if known and len(known) == len(found) and len({item.unit for item in known}) == 1 else None


def _written(text: str) -> Measure | None:
    """A date with the month's name ("4 mars 2019", "March 4, 2019", "mars 2019": its first day)."""
    plain = fold(text)
    found = _WRITTEN.fullmatch(plain) or _MONTH_FIRST.fullmatch(plain)
    month = month_number(found["month"]) if found else None
    return _day(int(found["year"]), month, int(found["day"] or 1)) if found and month else None


def _day(year: int, month: int, day: int) -> Measure | None:
    try:
        return Measure(float(date(year, month, day).toordinal()), DATE)
    except ValueError:
        return None
