"""Several fields of one record asked for at once ("la version et les sites de X"): each is answered whole, under its name."""

from __future__ import annotations

from collections.abc import Sequence

from dalil.answering.catalogue import Catalogue
from dalil.answering.fields import CUE, FIELD_NAME, FieldGuess
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading
from dalil.lexicon import Lexicon, phrases
from dalil.records import Document

_AND_THE = "وال"
"""Arabic writes its "and" and its article before the word itself."""


def fields_asked(reading: Reading, catalogue: Catalogue, lexicon: Lexicon) -> list[FieldGuess]:
    """The fields between whose names a word joins; none where any part of the question asks for none clearly."""
    parts = _parts(reading, lexicon)
    guesses = [guess for part in parts if (guess := catalogue.guesser.guess(part)) and guess.score >= CUE]
    if not len(guesses) == len(parts) > 1:
        return []
    every = [found for part, guess in zip(parts, guesses, strict=True) for found in _in_order(part, guess, catalogue)]
    return every if len({guess.name for guess in every}) == len(every) else []


def all_said(record: Document, guesses: Sequence[FieldGuess], lexicon: Lexicon, features: dict[str, float]) -> Proposal:
    """What the record says in each of the fields, and of which it says nothing."""
    told = phrases(lexicon.language)
    found = [(guess, record.field(guess.name) if guess.held else None) for guess in guesses]
    lines = [
        f"{field.name} : {field.value}" if field else told["absent"].format(name=record.name, label=guess.concept.label)
        for guess, field in found
    ]
    citations = tuple(cite_field(record, field) for _, field in found if field)
    return Proposal("field", "\n".join(lines) if citations else "", citations, features=features)


def _in_order(part: Sequence[str], first: FieldGuess, catalogue: Catalogue) -> list[FieldGuess]:
    """The field that one part asks for and those that it names outright beside ("la version, le statut et …")."""
    found, rest = [first], list(part)
    while found[-1].cues:
        rest = [stem for stem in rest if stem not in found[-1].cues]
        following = catalogue.guesser.guess(rest)
        if following is None or not following.held or following.score < FIELD_NAME:
            break
        found.append(following)
    return sorted(found, key=lambda guess: min((part.index(stem) for stem in guess.cues), default=0))


def _parts(reading: Reading, lexicon: Lexicon) -> list[list[str]]:
    """The stems outside the names, parted where a word joins."""
    named = {i for m in reading.mentions for i in range(m.start, m.end)}
    parts: list[list[str]] = [[]]
    for place, (form, stem) in enumerate(zip(reading.forms, reading.stems, strict=True)):
        if place in named:
            continue
        joins = form in lexicon.both
        if joins or form.startswith(_AND_THE):
            parts.append([])
        if not joins:
            parts[-1].append(stem)
    return [part for part in parts if part]
