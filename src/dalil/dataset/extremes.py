"""Questions for the record that has the most or the least of something: a number in one unit, or a date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dalil.dataset.fields import AskedField, Catalogue
from dalil.dataset.wordings import HELD_OUT, Wordings, families, template
from dalil.language import DATE, measures
from dalil.records import Document, Evidence, Example, Field, content_id

MAXIMUM, MINIMUM = "maximum", "minimum"
_WORDED = {
    (MAXIMUM, False): "maximum",
    (MINIMUM, False): "minimum",
    (MAXIMUM, True): "latest",
    (MINIMUM, True): "earliest",
}
_FEWEST, _FEWEST_DIFFERENT, _MOST_WINNERS = 4, 3, 3
_IN_NO_ORDER = frozenset({"version", "identifier", "contacts", "years"})


@dataclass(frozen=True, slots=True)
class _Extreme:
    """The records that hold the highest (or lowest) value of a field, of all that have one."""

    asked: AskedField
    kind: str
    is_date: bool
    winners: tuple[tuple[Document, Field], ...]
    holders: tuple[str, ...]


def extreme_examples(catalogue: Catalogue, wordings: Wordings, count: int) -> list[Example]:
    """Both ends of every field that can be ordered, each in the held-out wording and in one of `count` trained ones."""
    found = [item for asked in catalogue.fields.values() for item in _extremes(catalogue, asked)]
    made: list[Example] = []
    for item in found:
        order = content_id("extreme", catalogue.source, item.asked.name, item.kind)
        trained = families(count)[:-1][int(order, 16) % count]
        made += (_example(item, wordings, family, order) for family in (trained, HELD_OUT))
    return made


def _extremes(catalogue: Catalogue, asked: AskedField) -> Iterator[_Extreme]:
    """Nothing where a value is no measure, a record's name is not its own, or too many share the first place."""
    held = [(r, f) for r in catalogue.everything if (f := r.field(asked.name)) and f.value.strip()]
    known = measures(f.value for _, f in held)
    numbers = [item.number for item in known or ()]
    ordered = asked.concept.name not in _IN_NO_ORDER and len(numbers) >= _FEWEST
    if known is None or not ordered or len(set(numbers)) < _FEWEST_DIFFERENT:
        return
    named = {record.path for record in catalogue.records}
    for kind, best in ((MAXIMUM, max(numbers)), (MINIMUM, min(numbers))):
        winners = tuple(item for item, number in zip(held, numbers, strict=True) if number == best)
        if len(winners) <= _MOST_WINNERS and all(record.path in named for record, _ in winners):
            paths = tuple(record.path for record, _ in held)
            yield _Extreme(asked, kind, known[0].unit == DATE, winners, paths)


def _example(item: _Extreme, wordings: Wordings, family: str, order: str) -> Example:
    asked = item.asked
    return Example(
        id=content_id("templates", order, family),
        question=template(wordings.aggregates[_WORDED[item.kind, item.is_date]], family).format(
            label=asked.label, of_label=asked.of_label
        ),
        answer=" ; ".join(f"{record.name} : {field.value}" for record, field in item.winners),
        kind=item.kind,
        language=wordings.language,
        origin="templates",
        answerable=True,
        documents=item.holders,
        evidence=tuple(Evidence(record.path, field.start, field.end) for record, field in item.winners),
        field=asked.name,
        values=tuple(record.name for record, _ in item.winners),
        wording=family,
    )
