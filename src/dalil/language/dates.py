"""Dates that a text says, as far as it says them: a year, a month of it, or a day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dalil.language.analysis import fold
from dalil.language.months import month_number

_APART = r"(?:\s*[-/.]\s*|\s+)"
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<year>(?:19|20)\d\d){_APART}(?P<month>\d{{1,2}})(?:{_APART}(?P<day>\d{{1,2}}))?(?!\d)"
)
_DAY_FIRST = re.compile(rf"(?<!\d)(?P<day>\d{{1,2}}){_APART}(?P<month>\d{{1,2}}){_APART}(?P<year>(?:19|20)\d\d)(?!\d)")
_NAMED = re.compile(
    r"(?:(?<!\d)(?P<day>\d{1,2})(?:er|st|nd|rd|th)?\s+(?:de\s+|of\s+)?)?(?P<name>[^\W\d_]{3,}),?\s+(?:de\s+)?(?P<year>(?:19|20)\d\d)(?!\d)"
)
_NAME_FIRST = re.compile(r"(?P<name>[^\W\d_]{3,})\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<![\d.,])(?P<year>(?:19|20)\d\d)(?![\d]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date as a text says it; 0 for a month or a day that it does not say."""

    year: int
    month: int = 0
    day: int = 0

    def agrees(self, other: SaidDate) -> bool:
        """Whether both may be one day, as far as both say it."""
        return self.year == other.year and _alike(self.month, other.month) and _alike(self.day, other.day)


def _alike(one: int, other: int) -> bool:
    return 0 in (one, other) or one == other


def dates_said(text: str) -> list[SaidDate]:
    """The dates of a text, each as fully as it is said."""
    rest, found = fold(text), list[SaidDate]()
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _NAME_FIRST, _NAMED, _YEAR):
        for match, said in list(_read(pattern, rest)):
            found.append(said)
            rest = rest.replace(match, " ", 1)
    return found


def _read(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, SaidDate]]:
    for match in pattern.finditer(text):
        parts = match.groupdict()
        month = month_number(parts["name"]) if parts.get("name") else int(parts.get("month") or 0)
        said = SaidDate(int(parts["year"]), month or 0, int(parts.get("day") or 0))
        if month is not None and said.month <= 12 and said.day <= 31:
            yield match.group(), said
