"""The typed records of one catalogue, ready for questions: fields, their values, who has which."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from dalil.answering.fields import FieldGuesser
from dalil.language import DATE, Measure, measure, measures, stem, words
from dalil.language.analysis import function_words
from dalil.lexicon import Lexicon
from dalil.lexicon.asked_values import is_free
from dalil.records import Document, Field

ValueKey = tuple[str, ...]
Place = tuple[int, int, ValueKey]
"""Where a value stands among a question's stems (start, end), and the value."""
Holders = dict[ValueKey, dict[str, list[str]]]
"""Value → field name → paths of the records that hold it."""
_LONGEST_VALUE_WORDS = 12
_PARTED = re.compile(r"\s+[—–/]\s+")


class Catalogue:
    """The records of one source."""

    def __init__(self, source: str, records: Sequence[Document], lexicon: Lexicon) -> None:
        self.source = source
        self.records = {record.path: record for record in records}
        self.language = lexicon.language
        names = dict.fromkeys(field.name for record in records for field in record.fields)
        self._named_by = {name for name in names if all(record.is_named_by(name) for record in records)}
        asked = [n for n in names if n not in self._named_by or lexicon.concept_of(n).name == "name"]
        self._asked = tuple(asked)
        self.guesser = FieldGuesser(asked, lexicon)
        self._holders: Holders = defaultdict(lambda: defaultdict(list))
        self._part_holders: Holders = defaultdict(lambda: defaultdict(list))
        for record in records:
            for field in record.fields:
                self._add(record, field)
        self._functions = self._only_functions()
        self._by_content: dict[ValueKey, ValueKey] = {}
        for key in self._holders:
            self._by_content.setdefault(tuple(s for s in key if s not in self._functions), key)
        self._typo_keys = {"".join(key): key for key in self._holders if 5 <= len("".join(key)) <= 60}

    def _only_functions(self) -> frozenset[str]:
        """The stems of function words that no other word of the values has ("sa", of "SaaS")."""
        functions = function_words(self.language)
        said = {word for record in self.records.values() for field in record.fields for word in words(field.value)}
        telling = {stem(word, self.language) for word in said - functions}
        return frozenset(stem(word, self.language) for word in functions) - telling

    def _add(self, record: Document, field: Field) -> None:
        if field.name in self._named_by or self.guesser.concept(field.name).name == "name":
            return
        items = field.items or (field.value,)
        for holders, held in (
            (self._holders, items),
            (self._part_holders, [p for item in items for p in parts_of(item)]),
        ):
            for item in dict.fromkeys(held):
                key = self.key(item)
                if key and len(key) <= _LONGEST_VALUE_WORDS and record.path not in holders[key][field.name]:
                    holders[key][field.name].append(record.path)

    def key(self, value: str) -> ValueKey:
        """A value as stems: what two spellings of one value share."""
        return tuple(stem(word, self.language) for word in words(value))

    def values_in(self, stems: Sequence[str]) -> list[Place]:
        """The values named in a question's stems as (start, end, key), longest first, without overlaps."""
        found = _standing(self._holders, stems)
        taken = {i for start, end, _ in found for i in range(start, end)}
        return [*found, *self._in_other_words(stems, taken)]

    def parts_in(self, stems: Sequence[str]) -> list[Place]:
        """The same for parts of items ("Direction de l'environnement", of "Maîtrise d'ouvrage — Direction de l'environnement")."""
        return _standing(self._part_holders, stems)

    def told_in(self, stems: Sequence[str]) -> list[Place]:
        """The values named, and beside them parts of items whose field the question speaks of ("in the domain Finance")."""
        found = self.values_in(stems)
        taken = {i for start, end, _ in found for i in range(start, end)}
        for start, end, key in self.parts_in(stems):
            rest = [s for i, s in enumerate(stems) if not start <= i < end]
            asked = any(self.guesser.score_of(name, rest) for name in self._part_holders[key])
            if asked and not taken & set(range(start, end)):
                found.append((start, end, key))
        return found

    def _in_other_words(self, stems: Sequence[str], taken: set[int]) -> list[Place]:
        """Values of two words or more that the question names with other function words ("SaaS chez l'éditeur")."""
        found: list[Place] = []
        content = [i for i, said in enumerate(stems) if said not in self._functions and i not in taken]
        for width in range(min(_LONGEST_VALUE_WORDS, len(content)), 1, -1):
            for places in (content[i : i + width] for i in range(len(content) - width + 1)):
                within = range(places[0], places[-1] + 1)
                key = self._by_content.get(tuple(stems[i] for i in places))
                if key and not taken & set(within) and len(within) <= 2 * width:
                    taken |= set(within)
                    found.append((places[0], places[-1] + 1, key))
        return found

    def is_ordered(self, field: str) -> bool:
        """Whether the values of a field are measures in one unit, or dates."""
        return field in self._units

    def dates(self) -> list[str]:
        """The fields whose values are dates."""
        return [name for name, unit in self._units.items() if unit == DATE]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that may be asked for."""
        return self._asked

    def unit_of(self, field: str) -> str | None:
        """The one unit of a field's values, those apart that say that something is free; None where there is none."""
        held = [f.value for r in self.records.values() if (f := r.field(field))]
        known = measures(value for value in held if not is_free(value))
        return known[0].unit if known else None

    @cached_property
    def _units(self) -> dict[str, str]:
        """The unit of each field whose values are all measures."""
        values = {n: [f.value for r in self.records.values() if (f := r.field(n))] for n in self._asked}
        return {name: known[0].unit for name, held in values.items() if (known := measures(held))}

    def fields_with(self, key: ValueKey) -> dict[str, list[str]]:
        """Field name → paths of the records whose field holds the value, whole or as a part of an item."""
        return dict(self._holders.get(key) or self._part_holders.get(key) or {})

    def close_values(self, joined: str, cutoff: float) -> list[tuple[ValueKey, float]]:
        """Values whose letters are close to `joined` (a typing error) and whose digits are the same, best first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(
            joined, self._typo_keys.keys(), scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=10
        )
        digits = _digits(joined)
        return [(self._typo_keys[match], float(score)) for match, score, _ in near if _digits(match) == digits][:3]


def _standing(holders: Holders, stems: Sequence[str]) -> list[Place]:
    """The values that stand in a row of stems, longest first, without overlaps."""
    found: list[Place] = []
    taken: set[int] = set()
    for width in range(min(_LONGEST_VALUE_WORDS, len(stems)), 0, -1):
        for start in range(len(stems) - width + 1):
            key = tuple(stems[start : start + width])
            if key in holders and not taken & set(range(start, start + width)):
                taken |= set(range(start, start + width))
                found.append((start, start + width, key))
    return found


def parts_of(item: str) -> list[str]:
    """The two parts of an item that says who or what holds a role or lies under a heading ("Support — Centre de services")."""
    parts = _PARTED.split(item)
    return parts if len(parts) == 2 else []


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def measure_or_free(value: str) -> Measure | None:
    """The measure that a value is; what is free costs nothing in any unit."""
    return Measure(0.0, "") if is_free(value) else measure(value)


def catalogues(records: Iterable[Document], lexicon: Lexicon) -> dict[str, Catalogue]:
    """The records by source."""
    by_source: dict[str, list[Document]] = defaultdict(list)
    for record in records:
        by_source[record.source].append(record)
    return {source: Catalogue(source, group, lexicon) for source, group in sorted(by_source.items())}
