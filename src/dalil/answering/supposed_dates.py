"""A date that a question of yes or no supposes ("in service since 2018?"), held against the record's own."""

from __future__ import annotations

from dataclasses import dataclass

from dalil.answering.catalogue import Catalogue
from dalil.answering.fields import FieldGuess
from dalil.answering.reading import Reading
from dalil.language.dates import dates_said
from dalil.lexicon import Lexicon
from dalil.records import Document, Field

_STARTS = "start_date"
_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Dated:
    """The record's date, and whether it is the one supposed; None where the question only bounds it ("before 2020")."""

    field: Field
    agrees: bool | None


def dated(
    reading: Reading, catalogue: Catalogue, record: Document, guess: FieldGuess, lexicon: Lexicon
) -> Dated | None:
    """What a question supposes of the date that its field speaks of. None where it supposes none, or the record has none."""
    covered = {i for m in reading.mentions for i in range(m.start, m.end)}
    said = [form for i, form in enumerate(reading.forms) if i not in covered]
    supposed = dates_said(" ".join(said))
    found = record.field(_date_field(catalogue, guess)) if supposed else None
    held = dates_said(found.value) if found else []
    if found is None or not held:
        return None
    bounded = not (lexicon.compares - lexicon.since).isdisjoint(said)
    return Dated(found, None if bounded else all(one.agrees(held[0]) for one in supposed))


def _date_field(catalogue: Catalogue, guess: FieldGuess) -> str:
    """The field asked for where it holds dates; for a state, the one that says since when. "" where there is none."""
    dates = catalogue.dates()
    if guess.name in dates:
        return guess.name
    starts = [name for name in dates if catalogue.guesser.concept(name).name == _STARTS]
    return starts[0] if starts and guess.concept.name == _STATUS else ""
