"""The typed records of one catalogue, ready for questions: fields, their values, who has which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from dalil.answering.fields import FieldGuesser
from dalil.language import DATE, Measure, measure, measures, stem, words
from dalil.lexicon import Lexicon
from dalil.lexicon.asked_values import is_free
from dalil.records import Document, Field

ValueKey = tuple[str, ...]
_LONGEST_VALUE_WORDS = 12


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
        self._holders: dict[ValueKey, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for record in records:
            for field in record.fields:
                self._add(record, field)
        self._typo_keys = {"".join(key): key for key in self._holders if 5 <= len("".join(key)) <= 60}

    def _add(self, record: Document, field: Field) -> None:
        if field.name in self._named_by or self.guesser.concept(field.name).name == "name":
            return
        for item in dict.fromkeys(field.items or (field.value,)):
            key = self.key(item)
            if key and len(key) <= _LONGEST_VALUE_WORDS and record.path not in self._holders[key][field.name]:
                self._holders[key][field.name].append(record.path)

    def key(self, value: str) -> ValueKey:
        """A value as stems: what two spellings of one value share."""
        return tuple(stem(word, self.language) for word in words(value))

    def values_in(self, stems: Sequence[str]) -> list[tuple[int, int, ValueKey]]:
        """The values named in a question's stems as (start, end, key), longest first, without overlaps."""
        found: list[tuple[int, int, ValueKey]] = []
        taken: set[int] = set()
        for width in range(min(_LONGEST_VALUE_WORDS, len(stems)), 0, -1):
            for start in range(len(stems) - width + 1):
                key = tuple(stems[start : start + width])
                if key in self._holders and not taken & set(range(start, start + width)):
                    taken |= set(range(start, start + width))
                    found.append((start, start + width, key))
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
        """Field name → paths of the records whose field holds the value."""
        return dict(self._holders.get(key, {}))

    def close_values(self, joined: str, cutoff: float) -> list[tuple[ValueKey, float]]:
        """Values whose letters are close to `joined` (a typing error) and whose digits are the same, best first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(
            joined, self._typo_keys.keys(), scorer=OSA.normalized_similarity, score_cutoff=cutoff, limit=10
        )
        digits = _digits(joined)
        return [(self._typo_keys[match], float(score)) for match, score, _ in near if _digits(match) == digits][:3]


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
