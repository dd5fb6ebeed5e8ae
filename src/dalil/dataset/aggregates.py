"""Questions that need several records: a listing, a count, a comparison of two.

Each fact is asked in one wording only: two of three facts in the held-out one (for the test), the third in a trained one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dalil.dataset.fields import AskedField, Catalogue
from dalil.dataset.wordings import HELD_OUT, Wordings, families, template
from dalil.language import words
from dalil.records import Document, Evidence, Example, Field, content_id

AGGREGATE_KINDS = frozenset({"listing", "count", "comparative", "minimum", "maximum"})
MOST_LISTED, MOST_COUNTED = 12, 50
_LONGEST_VALUE_WORDS = 12


@dataclass(frozen=True, slots=True)
class _Shared:
    """A value of a field and the records that hold it; `written` as the first of them writes it."""

    asked: AskedField
    written: str
    holders: list[tuple[Document, Field]] = field(default_factory=list)

    @property
    def order(self) -> str:
        return content_id("aggregate", self.holders[0][0].source, self.asked.name, " ".join(words(self.written)))


def is_aggregate(example: Example) -> bool:
    """Whether a question needs several records: its kind says so, or people asked for several records' names or values."""
    several = len(example.documents) > 1
    return several and (example.kind in AGGREGATE_KINDS or (example.origin == "pairs" and bool(example.values)))


def aggregate_examples(catalogue: Catalogue, wordings: Wordings, count: int) -> Iterator[Example]:
    """At most about max(20, records) of each kind, spread over the fields. `count`: trained wordings (1–5) to draw from."""
    limit = max(20, len(catalogue.records))
    shared = {name: _shared_values(catalogue, asked) for name, asked in catalogue.fields.items()}
    listed = _spread({n: [s for s in v if len(s.holders) <= MOST_LISTED] for n, v in shared.items()}, limit)
    yield from (_listing(item, wordings, count) for item in listed)
    yield from (_count(item, wordings, count) for item in _spread(shared, limit))
    del shared, listed  # of a large catalogue they are as much as what follows
    compared = _spread({name: _pairs(catalogue, asked) for name, asked in catalogue.fields.items()}, limit)
    yield from (_comparative(item, wordings, count) for item in compared)


def _spread(by_field: dict[str, list[_Shared]], limit: int) -> list[_Shared]:
    """Up to `limit` items, one of each field in turn, each field's in the order of their hashes."""
    queues = [sorted(items, key=lambda item: item.order) for _, items in sorted(by_field.items()) if items]
    turns = max((len(queue) for queue in queues), default=0)
    return [queue[turn] for turn in range(turns) for queue in queues if turn < len(queue)][:limit]


def _shared_values(catalogue: Catalogue, asked: AskedField) -> list[_Shared]:
    """The values that 2–50 records hold, but not all of the source's, and none of them with a name that others share."""
    named = {record.path for record in catalogue.records}
    found: dict[tuple[str, ...], _Shared] = {}
    for record in catalogue.everything:
        held = record.field(asked.name)
        for item in dict.fromkeys(held.items or (held.value,)) if held else ():
            key = tuple(words(item))
            if held and 0 < len(key) <= _LONGEST_VALUE_WORDS:
                shared = found.setdefault(key, _Shared(asked, item.strip()))
                if not shared.holders or shared.holders[-1][0] is not record:
                    shared.holders.append((record, held))
    most = min(MOST_COUNTED, len(catalogue.everything) - 1)
    return [
        shared
        for shared in found.values()
        if 2 <= len(shared.holders) <= most and all(record.path in named for record, _ in shared.holders)
    ]


def _pairs(catalogue: Catalogue, asked: AskedField) -> list[_Shared]:
    """Neighbours in hash order whose values differ."""
    held = [(record, found) for record in catalogue.records if (found := record.field(asked.name))]
    held = [item for item in held if 0 < len(words(item[1].value)) <= _LONGEST_VALUE_WORDS]
    held.sort(key=lambda item: content_id("pair", asked.name, item[0].path))
    pairs = (_Shared(asked, f"{a[0].path} {b[0].path}", [a, b]) for a, b in pairwise(held))
    return [pair for pair in pairs if len({_value_key(found) for _, found in pair.holders}) == 2]


def _value_key(found: Field) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(item)) for item in found.items or (found.value,))


def _family(order: str, count: int) -> str:
    """The one wording that a fact is asked in."""
    number = int(order, 16)
    return HELD_OUT if number % 3 else families(count)[:-1][number // 3 % count]


def _question(item: _Shared, kind: str, wordings: Wordings, family: str) -> str:
    first, second = item.holders[0][0].name, item.holders[1][0].name
    return template(wordings.aggregates[kind], family).format(
        name=wordings.said(first), other=wordings.said(second), de=wordings.of(first), de_other=wordings.of(second), value=item.written,
        label=item.asked.label, of_label=item.asked.of_label,
    )  # fmt: skip


def _listing(item: _Shared, wordings: Wordings, count: int) -> Example:
    names = tuple(record.name for record, _ in item.holders)
    return _example(item, "listing", _family(item.order, count), wordings, names)


def _count(item: _Shared, wordings: Wordings, count: int) -> Example:
    return _example(item, "count", _family(item.order, count), wordings, (str(len(item.holders)),))


def _comparative(item: _Shared, wordings: Wordings, count: int) -> Example:
    values = tuple(found.value for _, found in item.holders)
    return _example(item, "comparative", _family(item.order, count), wordings, values)


def _example(item: _Shared, kind: str, family: str, wordings: Wordings, values: Sequence[str]) -> Example:
    paths = tuple(record.path for record, _ in item.holders)
    spoken: Iterable[str] = values
    if kind == "comparative":
        spoken = (f"{record.name} : {value}" for (record, _), value in zip(item.holders, values, strict=True))
    return Example(
        id=content_id("templates", kind, item.order, *paths, family),
        question=_question(item, kind, wordings, family),
        answer=" ; ".join(spoken),
        kind=kind,
        language=wordings.language,
        origin="templates",
        answerable=True,
        documents=paths,
        evidence=tuple(Evidence(record.path, found.start, found.end) for record, found in item.holders),
        field=item.asked.name,
        values=tuple(values),
        wording=family,
    )
