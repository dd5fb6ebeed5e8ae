"""The kind of value that a question asks for (an amount, a time, a weight …), and whether a text holds one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from dalil.language import fold, numbers_in, words
from dalil.language.dates import dates_said
from dalil.language.months import MONTH_NAMES
from dalil.lexicon.darija import HEARD, by_sound
from dalil.tables import read_table

COUNT, MOMENT, OFFICE = "count", "moment", "office"
Cue = tuple[str, ...]
CuesByFirst = dict[str, list[tuple[int, Cue]]]
_BEGINS, _ENDS = "^", "$"
ANY = "*"
"""Any one word, in a cue."""
_YEAR = r"(?<![\d.,])(?:1\d|20)\d\d(?!\d|[.,]\d)"
_CODE_AND_NUMBER = re.compile(r"\b[A-Z]{2,}[ -]?\d[\w./-]*")
_CLITICS = "(?:[وبلف]|ال|لل)?"
"""What may be written on to an Arabic word."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """`asked`: cues, as folded words in a row, with marks for a question's beginning and end; `heard`: those of Darija in
    Latin letters, as they sound; `written`: how a text writes such a value, in folded text."""

    name: str
    asked: tuple[Cue, ...]
    heard: tuple[Cue, ...]
    written: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class AskedValue:
    """What a question asks for: a value of one of these kinds; `said`: the numbers that it says itself; `only_asks`: folded
    words of such questions that say nothing of what is asked about; `asking`: its own folded words that ask for the value."""

    kinds: tuple[ValueKind, ...]
    said: frozenset[str]
    only_asks: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()

    @property
    def has_unit(self) -> bool:
        """Whether such a value is surely told by its form: a bare number or a year may be anything's."""
        return {COUNT, MOMENT, OFFICE}.isdisjoint(kind.name for kind in self.kinds)

    def held_in(self, text: str) -> bool:
        """Whether the text holds such a value that the question does not say itself; what a thing is called by ("ISO VG 46",
        "article 12") is no number of things."""
        plain = fold(text)
        counted = _without_names(text) if any(kind.name == COUNT for kind in self.kinds) else ""
        return any(self._held(kind, counted if kind.name == COUNT else plain) for kind in self.kinds)

    def _held(self, kind: ValueKind, plain: str) -> bool:
        found = (match.group() for match in kind.written.finditer(plain))
        if any(not self.said.issuperset(numbers_in(value)) or not numbers_in(value) for value in found):
            return True
        return kind.name == MOMENT and any(str(date.year) not in self.said for date in dates_said(plain))


def asked_value(question: str) -> AskedValue | None:
    """The value that a question asks for, or None where it asks for none, or why or how."""
    kinds, reasons = _known()
    asked = words(question)
    if not reasons.isdisjoint(asked):
        return None
    plain, heard = (_BEGINS, *asked, _ENDS), (_BEGINS, *map(by_sound, asked), _ENDS)
    by_letter, by_ear = _cues_by_first()
    asking = [set[str]() for _ in kinds]
    for place, run in (*_standing(by_letter, plain), *_standing(by_ear, heard)):
        asking[place] |= {plain[word] for word in run} - {_BEGINS, _ENDS}
    met = [(kind, found) for kind, found in zip(kinds, asking, strict=True) if found]
    told = [(kind, found) for kind, found in met if kind.name != COUNT] or met
    if not told:
        return None
    return AskedValue(tuple(kind for kind, _ in told), frozenset(numbers_in(question)), _only_asks(),
                      frozenset[str]().union(*(found for _, found in told)))  # fmt: skip


def asks_when(question: str) -> bool:
    """Whether a question asks for a date, a year or an hour."""
    value = asked_value(question)
    return value is not None and any(kind.name == MOMENT for kind in value.kinds)


def lacks_number(question: str, value: str) -> bool:
    """Whether a question asks for a date or a value with a unit, and a field's value holds none, nor any number: it is no answer."""
    asked = asked_value(question)
    if asked is None or numbers_in(value) or asked.held_in(value):
        return False
    return asked.has_unit or any(kind.name == MOMENT for kind in asked.kinds)


def _standing(cues: CuesByFirst, said: Cue) -> Iterator[tuple[int, range]]:
    """Where the cues of a kind stand, by its place. Only those whose first word is said are looked at: of hundreds a few."""
    anywhere = cues.get(ANY, [])
    for start, word in enumerate(said):
        for place, cue in (*cues.get(word, ()), *anywhere):
            row = said[start : start + len(cue)]
            if len(row) == len(cue) and all(asked in (ANY, one) for asked, one in zip(cue, row, strict=True)):
                yield place, range(start, start + len(cue))


def is_free(value: str) -> bool:
    """Whether a value as a whole says that something costs nothing ("Gratuit")."""
    return tuple(words(value)) in _free()


@cache
def _only_asks() -> frozenset[str]:
    return frozenset(fold(word) for word in _read()["only_asks"])


@cache
def _free() -> frozenset[Cue]:
    return frozenset(tuple(words(written)) for written in _read()["kinds"]["money"]["alone"])


@cache
def _cues_by_first() -> tuple[CuesByFirst, CuesByFirst]:
    """The cues of all kinds, written ones and those that are heard, by their first words, each with its kind's place."""
    by_letter, by_ear = CuesByFirst(), CuesByFirst()
    for place, kind in enumerate(_known()[0]):
        for found, cues in ((by_letter, kind.asked), (by_ear, kind.heard)):
            for cue in cues:
                found.setdefault(cue[0], []).append((place, cue))
    return by_letter, by_ear


def _without_names(text: str) -> str:
    """The folded text without the numbers that things are called by."""
    return _numbered().sub(" ", fold(_CODE_AND_NUMBER.sub(" ", text)))


@cache
def _numbered() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any_of(_read()['called_by'])})\.?\s?\d[\w./-]*")


@cache
def _known() -> tuple[tuple[ValueKind, ...], frozenset[str]]:
    read = _read()
    number = rf"\d+(?:[.,  ]\d+)*|(?<!\w){_CLITICS}(?:{_any_of(read['numbers'])})(?!\w)"
    kinds = tuple(_kind(name, row, number) for name, row in read["kinds"].items())
    return kinds, frozenset(word for reason in read["reasons"] for word in words(reason))


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = read_table(resources.files(__package__).joinpath("asked_values.yaml").read_text("utf-8"))
    return read


def _kind(name: str, row: Mapping[str, Any], number: str) -> ValueKind:
    by_letter = tuple(_cue(cue) for language, way in row["asked"].items() if language != HEARD for cue in way)
    by_ear = tuple(tuple(map(by_sound, _cue(cue))) for cue in row["asked"].get(HEARD, ()))
    months = _any_of(MONTH_NAMES)
    ways = [rf"(?<!\w){_CLITICS}(?:{_any_of(row['alone'])})s?(?!\w)"] if row.get("alone") else []
    if row["units"]:
        other = "".join(f"(?<!{re.escape(fold(before))} )" for before in row.get("behind", ()))
        units = _any_of(row["units"])
        ways.append(rf"{other}(?<![\d.,])(?:{number})(?:st|nd|rd|th|e)?\)?\s?(?:{units})s?(?!\w)")
        ways.append(rf"\((?:{units})s?\)\s*:\s*\d[\d.,]*")  # a table's column: "Torque (N·m): 600"
    ways += [rf"(?<!\w)(?:{number})"] if name == COUNT else []
    ways += row.get("forms", ())
    ways += [rf"(?<!\w)(?:{_any_of(row['before'])})\s?(?:\d[\d.,]*)"] if row.get("before") else []
    if name == MOMENT:
        ways += [
            _YEAR,
            r"(?<![\d:])\d{1,2}:\d\d(?![\d:])",
            rf"\d{{1,2}}(?:er|st|nd|rd|th)?\s+(?:{months})(?!\w)",
            rf"(?<!\w)(?:{months})\s+\d{{1,2}}(?!\d)",
        ]
    return ValueKind(name, by_letter, by_ear, re.compile("|".join(ways)))


def _cue(written: str) -> Cue:
    begins, ends = (_BEGINS,) * written.startswith(_BEGINS), (_ENDS,) * written.endswith(_ENDS)
    said = (word for part in written.split() for word in ((ANY,) if part == ANY else words(part)))
    return (*begins, *said, *ends)


def _any_of(written: Iterable[str]) -> str:
    return "|".join(re.escape(form) for form in sorted({fold(one) for one in written}, key=len, reverse=True))
