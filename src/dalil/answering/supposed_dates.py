"""A date that a question of yes or no supposes ("in service since 2018?"), held against the record's own."""

from __future__ import annotations

from dataclasses import dataclass

from dalil.answering.catalogue import Catalogue
from dalil.answering.fields import FieldGuess
from dalil.answering.reading import Reading
from dalil.language import stems
from dalil.language.dates import dates_said
from dalil.lexicon import Lexicon
from dalil.records import Document, Field

_STARTS, _STARTED = "start_date", "started"
_STATUS = "status"


@dataclass(frozen=True, slots=True)
class Dated:
    """The record's date, and whether it is the one supposed; None where the question only bounds it ("before 2020").

    No field where the record dates other events than the one asked about."""

    field: Field | None
    agrees: bool | None


def dated(
    reading: Reading, catalogue: Catalogue, record: Document, guess: FieldGuess, lexicon: Lexicon
) -> Dated | None:
    """What a question supposes of the date that it speaks of. None where it supposes none, or the record has none."""
    said = _outside_names(reading)
    supposed = dates_said(" ".join(said))
    if not supposed:
        return None
    meant = date_meant(reading, catalogue, guess, lexicon)
    if not meant:
        return Dated(None, None) if guess.concept.name == _STATUS and catalogue.dates() else None
    found = record.field(meant)
    held = dates_said(found.value) if found else []
    if not held:
        return None
    bounded = not (lexicon.compares - lexicon.since).isdisjoint(said)
    return Dated(found, None if bounded else all(one.agrees(held[0]) for one in supposed))


def supposes_another(reading: Reading, catalogue: Catalogue, guess: FieldGuess, lexicon: Lexicon) -> bool:
    """Whether a question supposes a date of what the record does not date, and the field guessed is the date of something else."""
    dates_another = guess.name in catalogue.dates() and not date_meant(reading, catalogue, guess, lexicon)
    return dates_another and bool(dates_said(" ".join(_outside_names(reading))))


def date_meant(reading: Reading, catalogue: Catalogue, guess: FieldGuess, lexicon: Lexicon) -> str:
    """The field asked for where it holds dates, or for a state the one that says since when; of what the question says that
    happened, where it says so. "" where no field dates that."""
    dates = catalogue.dates()
    asked = lexicon.events_of(tuple(reading.rest()))
    speaks_of_dates = guess.name in dates or guess.concept.name == _STATUS
    if not speaks_of_dates and (guess.held or not asked or not dates_said(" ".join(_outside_names(reading)))):
        return ""
    happened = {name: dates_of(name, catalogue, lexicon) for name in dates}
    fit = [name for name in dates if not asked or happened[name] & asked]
    if guess.name in fit:
        return guess.name
    return next((name for name in fit if asked or _STARTED in happened[name]), "")


def dates_of(name: str, catalogue: Catalogue, lexicon: Lexicon) -> frozenset[str]:
    """What a field dates, by its name; a start that is not called otherwise is when it went into service."""
    said = lexicon.events_of(tuple(stems(name, lexicon.language)))
    return said or frozenset({_STARTED} if catalogue.guesser.concept(name).name == _STARTS else ())


def _outside_names(reading: Reading) -> list[str]:
    covered = {i for m in reading.mentions for i in range(m.start, m.end)}
    return [form for i, form in enumerate(reading.forms) if i not in covered]
