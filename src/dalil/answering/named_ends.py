"""Which of the records that a question names has the most or the least ("which has more users, A or B?", "is A older than B?")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dalil.answering.extremes import longest_way
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading
from dalil.language import measures, numbers_in
from dalil.lexicon import Lexicon, phrases
from dalil.records import Document, Field

Held = tuple[Document, Field]


def asks_for_most(reading: Reading, lexicon: Lexicon) -> bool | None:
    """True where the records named are compared for the most, False for the least; None where they are not, or with a number."""
    said = without_names(reading).forms
    if any(numbers_in(form) for form in said):
        return None
    most, least = longest_way(lexicon.most | lexicon.more, said), longest_way(lexicon.least | lexicon.less, said)
    return None if most == least else most > least


def without_names(reading: Reading) -> Reading:
    """The question as if it named no record."""
    covered = {i for m in reading.mentions for i in range(m.start, m.end)}
    kept = [i for i in range(len(reading.forms)) if i not in covered]
    written, forms, stems = (tuple(every[i] for i in kept) for every in (reading.written, reading.forms, reading.stems))
    return replace(reading, written=written, forms=forms, stems=stems, mentions=())


def compared(
    held: Sequence[Held], reading: Reading, lexicon: Lexicon, features: dict[str, float], *, most: bool
) -> Proposal | None:
    """The winner with its value, the others behind; of a yes or no whether the first is it. None where the values have no
    common unit: then nobody can tell."""
    known = measures(field.value for _, field in held)
    if known is None or len(known) != len(held):
        return None
    best = (max if most else min)(item.number for item in known)
    winners = [item for item, value in zip(held, known, strict=True) if value.number == best]
    citations = tuple(cite_field(record, field) for record, field in held)
    if lexicon.asks_yes_or_no(reading.forms):
        is_so = winners == [held[0]]
        text = f"{phrases(lexicon.language)['yes' if is_so else 'no']} : {_said(held)}"
    else:
        others = [item for item in held if item not in winners]
        text = _said(winners) + (f" ({_said(others)})" if others else "")
    return Proposal("field", text, citations, features=features)


def _said(held: Sequence[Held]) -> str:
    return " ; ".join(f"{record.name} : {field.value}" for record, field in held)
