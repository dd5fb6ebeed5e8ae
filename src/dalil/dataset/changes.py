"""Which values of which records a staleness probe changes: drawn by the seed, each with the held-out question about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dalil.dataset.wordings import HELD_OUT
from dalil.records import Document, Evidence, Example, Field, content_id

FEWEST, MOST, SHARE = 3, 12, 10
TRIED = 50
"""Other values of a field that are tried before another field is taken."""

Pair = tuple[str, str]
"""A record's path and a field of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record gets another record's value. `question` asks for it; its gold is the value before."""

    question: Example
    value: str
    items: tuple[str, ...] = ()

    @property
    def document(self) -> str:
        return self.question.documents[0]

    @property
    def field(self) -> str:
        return self.question.field

    @property
    def before(self) -> str:
        return self.question.answer

    def question_after(self, record: Document | None = None) -> Example:
        """The question with the new value as its gold; its proof is where the changed `record` holds it."""
        found = record.field(self.field) if record else None
        proof = (Evidence(self.document, found.start, found.end),) if found else ()
        return replace(self.question, answer=self.value, values=self.items or (self.value,), evidence=proof)


def how_many(records: int) -> int:
    """A tenth of the records that can be changed, at least 3 and at most 12, never more than there are."""
    return min(records, MOST, max(FEWEST, records // SHARE))


def choose_changes(
    documents: Sequence[Document], examples: Iterable[Example], seed: int,
    differs: Callable[[Change], bool], known: Collection[Pair] | None = None,
) -> list[Change]:  # fmt: skip
    """One change a record, as many as `how_many` says of the records that are asked about, fewer where values hardly vary.

    `differs` says whether an answer with the one value is told from an answer with the other; `known` limits the draw
    to these fields (what a model was trained on), None to none.
    """
    records = {document.path: document for document in documents if document.fields}
    asked = _asked(records, examples, known)
    values = _values(records.values())
    order = sorted(asked, key=lambda path: content_id("change", str(seed), path))
    found = (_change(records[path], asked[path], values, seed, differs) for path in order)
    return _first([], found, how_many(len(order)))


def _first(chosen: list[Change], found: Iterator[Change | None], count: int) -> list[Change]:
    for change in found if count else ():
        chosen += [change] if change else []
        if len(chosen) == count:
            break
    return chosen


def _asked(
    records: Mapping[str, Document], examples: Iterable[Example], known: Collection[Pair] | None
) -> dict[str, list[Example]]:
    """Record → the held-out questions about one field of it, whose gold is still the field's value."""
    found: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        about_one = example.wording == HELD_OUT and example.answerable and len(example.documents) == 1
        record = records.get(example.documents[0]) if about_one else None
        field = record.field(example.field) if record else None
        if record and field and field.value == example.answer and (known is None or (record.path, field.name) in known):
            found[record.path].append(example)
    return found


def _values(records: Iterable[Document]) -> dict[Pair, dict[str, Field]]:
    """(source, field) → each of its values, with a field that holds it."""
    found: dict[Pair, dict[str, Field]] = defaultdict(dict)
    for record in records:
        for field in record.fields:
            found[record.source, field.name].setdefault(field.value, field)
    return found


def _change(
    record: Document, asked: Sequence[Example], values: Mapping[Pair, Mapping[str, Field]], seed: int,
    differs: Callable[[Change], bool],
) -> Change | None:  # fmt: skip
    """The first field, in the seed's order, that another value of the catalogue can be put in; None where there is none."""

    def rank(*parts: str) -> str:
        return content_id("change", str(seed), record.path, *parts)

    for example in sorted(asked, key=lambda example: rank(example.field)):
        others = values[record.source, example.field].values()
        for field in sorted(others, key=lambda other: rank(example.field, other.value))[:TRIED]:
            change = Change(example, field.value, field.items)
            if field.value != example.answer and differs(change):
                return change
    return None
