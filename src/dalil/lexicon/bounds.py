"""How a question bounds a value: "less than 50 dirhams", "depuis 2018", "أكثر من 30 يوما"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

from dalil.language import DATE, Measure, measure, words
from dalil.tables import read_table

Way = Literal["above", "at_least", "below", "at_most"]
Cue = tuple[str, ...]
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_BETWEEN = 1
"""So many words may stand between the cue and the number ("moins de DH 50", "at least the 50")."""
_YEAR = range(1000, 2200)


@dataclass(frozen=True, slots=True)
class Bound:
    """`number` at words start to end of the question, which bounds in this way; `unit`: the words behind it; `first`: where the
    first of these words, or of those that say the way, stands."""

    way: Way
    number: float
    unit: tuple[str, ...]
    start: int
    end: int
    first: int

    def allows(self, value: Measure) -> bool:
        """Whether a value lies within the bound; of a date, whether it lies before or after that year."""
        least, most = self._ends(value.unit)
        number = value.number
        return {
            "above": number > most,
            "at_least": number >= least,
            "below": number < least,
            "at_most": number <= most,
        }[self.way]

    def is_of(self, unit: str) -> bool:
        """Whether values in a unit can be held against it: a year against dates, else the words behind the number say it."""
        if unit == DATE:
            return self.number in _YEAR
        return not unit or not self.unit or self.names(unit)

    def names(self, unit: str | None) -> bool:
        """Whether the words behind the number are that unit."""
        return bool(unit and self.unit) and self.unit[0].rstrip("s") == str(unit).split()[0]

    def _ends(self, unit: str) -> tuple[float, float]:
        """The first and last number that the bound itself is: a year is its days."""
        days = [measure(f"{int(self.number)}-{day}") for day in ("01-01", "12-31")] if unit == DATE else []
        known = [day.number for day in days if day]
        return (known[0], known[-1]) if known else (self.number, self.number)


def bound_in(forms: Sequence[str]) -> Bound | None:
    """The one bound of a question, as its folded words; None where it has none, or more than one number is bounded."""
    found = [bound for place in range(len(forms)) if (bound := _at(forms, place))]
    return found[0] if len({bound.start for bound in found}) == 1 else None


def _at(forms: Sequence[str], place: int) -> Bound | None:
    """The bound of the number at a place: by the longest cue that ends right before it, or stands right behind its unit."""
    if not _NUMBER.fullmatch(forms[place]) or (place and _goes_on(forms[place - 1], forms[place])):
        return None
    end = place + 1
    while end < len(forms) and _goes_on(forms[end - 1], forms[end]):
        end += 1
    value = measure(" ".join(forms[place:end]))
    before = [
        (len(cue), way, start)
        for way, cue in _cues()
        for between in range(_MOST_BETWEEN + 1)
        if (start := place - between - len(cue)) >= 0 and tuple(forms[start : start + len(cue)]) == cue
    ]
    behind = [
        (len(cue), way, place) for way, cue in _cues() if way in ("at_least", "at_most")
        for start in (end, end + 1) if tuple(forms[start : start + len(cue)]) == cue
    ]  # fmt: skip
    ways = sorted(before or behind, reverse=True)
    if value is None or not ways:
        return None
    return Bound(ways[0][1], value.number, tuple(forms[end : end + 2]), place, end, ways[0][2])


def _goes_on(one: str, other: str) -> bool:
    """Whether two words are one number, parted by a space before its thousands ("1 000")."""
    return one.isdigit() and len(one) <= 3 and other.isdigit() and len(other) == 3


@cache
def _cues() -> tuple[tuple[Way, Cue], ...]:
    rows: dict[str, dict[Way, list[str]]] = read_table(
        resources.files(__package__).joinpath("bounds.yaml").read_text("utf-8")
    )
    return tuple((way, tuple(words(cue))) for row in rows.values() for way in get_args(Way) for cue in row[way])
