"""The values that a question names of a catalogue's fields, and which of them are not to be held ("not in production")."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dalil.answering.catalogue import Catalogue, ValueKey
from dalil.answering.reading import Reading
from dalil.lexicon import Lexicon

_MOST_BETWEEN = 3
"""So many words that say something may stand between a "not" and the value ("n'ont pas été mises en service avant 2015")."""


@dataclass(frozen=True, slots=True)
class NamedValue:
    """A value in the question's words start to end; `excluded`: what is asked for does not hold it."""

    start: int
    end: int
    key: ValueKey
    excluded: bool


@dataclass(frozen=True)
class ValueReader:
    """Reads the values of a question. `ignored`: stems that ask for nothing."""

    lexicon: Lexicon
    ignored: frozenset[str]

    @property
    def _asks(self) -> frozenset[str]:
        """Words that begin what is asked for: what stands before them says nothing of it ("I do not know which …")."""
        return self.lexicon.which | self.lexicon.count | self.lexicon.asks_what

    def named(self, catalogue: Catalogue, reading: Reading, places: Sequence[int] = ()) -> list[NamedValue]:
        """The values named at these places of the question (all of them where none are given), in its order."""
        at = places or range(len(reading.stems))
        told = sorted(catalogue.told_in([reading.stems[i] for i in at]))
        taken = {at[i] for start, end, _ in told for i in range(start, end)}
        found: list[NamedValue] = []
        for start, end, key in told:
            excluded = self.is_excluded(reading, at[start], taken)
            excluded = excluded or self._goes_on(catalogue, reading, found, at[start], key)
            found.append(NamedValue(at[start], at[end - 1] + 1, key, excluded))
        return found

    def is_excluded(self, reading: Reading, start: int, taken: Collection[int] = ()) -> bool:
        """Whether the value that begins there is one that is not held; `taken`: where other values stand."""
        excludes, between = self.lexicon.excludes_in(reading.forms[:start]), 0
        for i in range(start - 1, -1, -1):
            if reading.forms[i] in excludes:
                return True
            between += reading.stems[i] not in self.ignored
            if i in taken or between > _MOST_BETWEEN or reading.forms[i] in self._asks:
                return False
        return False

    def _goes_on(
        self, catalogue: Catalogue, reading: Reading, found: Sequence[NamedValue], start: int, key: ValueKey
    ) -> bool:
        """Whether a value of the same field goes on with one that is excluded ("not in Rennes or Nantes")."""
        if not found or not found[-1].excluded:
            return False
        between = range(found[-1].end, start)
        same = set(catalogue.fields_with(found[-1].key)) & set(catalogue.fields_with(key))
        joined = any(reading.forms[i] in self.lexicon.joins for i in between)
        return bool(same) and joined and all(reading.stems[i] in self.ignored for i in between)


def allowed_by(catalogue: Catalogue, value: NamedValue) -> set[str]:
    """The records that hold a value in any field, or where it is excluded those that say something else there: what a record
    does not say is not known to be otherwise."""
    fields = catalogue.fields_with(value.key)
    holders = {path for paths in fields.values() for path in paths}
    if not value.excluded:
        return holders
    return {path for path, record in catalogue.records.items() if any(record.field(name) for name in fields)} - holders


def holders_of(catalogue: Catalogue, field: str, values: Sequence[NamedValue], either: bool) -> set[str]:
    """The records that hold the values of one field, and none that is excluded: all of them, or one of them where the question
    says `either` or a record has but one value there."""
    said = {path for path, record in catalogue.records.items() if record.field(field)}
    held: list[set[str]] = [set(catalogue.fields_with(v.key).get(field, ())) for v in values if not v.excluded]
    for value in values:
        if value.excluded:
            said -= set(catalogue.fields_with(value.key).get(field, ()))
    if not held:
        return said
    alone = all(len(field_.items) <= 1 for r in catalogue.records.values() if (field_ := r.field(field)))
    return {path for path in said if (any if either or alone else all)(path in one for one in held)}
