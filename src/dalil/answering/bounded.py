"""Which records lie within a bound, and how many: "procedures that cost less than 50 dirhams", "in service before 2015".

Only where every value of the field is a measure in the bound's unit, or is free of charge: a list that leaves out what it
cannot read would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from dalil.answering.catalogue import Catalogue, measure_or_free
from dalil.answering.entities import PART
from dalil.answering.extremes import computed_features, records_with_named_values
from dalil.answering.fields import CUE, FieldGuess
from dalil.answering.listing import MAX_LISTED
from dalil.answering.named_values import ValueReader
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading, unexplained
from dalil.language import Measure, stem
from dalil.lexicon import Lexicon
from dalil.lexicon.bounds import Bound, bound_in
from dalil.records import Document, Field

_LEAST_KNOWN = 2


class Bounded:
    """Finds the records whose measure lies above or below the one that the question says."""

    def __init__(self, catalogues: Mapping[str, Catalogue], lexicon: Lexicon, ignored: frozenset[str],
                 knows: Callable[[str], bool]) -> None:  # fmt: skip
        self._catalogues, self._lexicon = catalogues, lexicon
        self._ignored = ignored | {stem(word, lexicon.language) for word in lexicon.compares}
        self._knows = knows
        self._values = ValueReader(lexicon, ignored)

    def propose(self, reading: Reading, hidden: Collection[str]) -> Proposal | None:
        """The records or their number, or None where the question bounds nothing, names a record or asks for none."""
        bound = bound_in(reading.forms)
        forms = set(reading.forms)
        asks = bool(forms & (self._lexicon.which | self._lexicon.count | self._lexicon.things))
        if bound is None or self._values.is_excluded(reading, bound.first):
            return None
        if not asks or any(mention.how != PART for mention in reading.mentions):
            return None
        for catalogue in self._catalogues.values():
            guess = self._guess(catalogue, bound, reading)
            held = _measured(catalogue, guess.name, bound) if guess else None
            if guess and held:
                return self._said(catalogue, guess, held, bound, reading, hidden)
        return None

    def _guess(self, catalogue: Catalogue, bound: Bound, reading: Reading) -> FieldGuess | None:
        """Of the fields that can be held against the bound the one asked for; where none is, the one that its unit, or a
        year, speaks of."""
        rest = [s for i, s in enumerate(reading.stems) if not bound.start <= i < bound.end]
        asked = {n: catalogue.guesser.score_of(n, rest) for n in catalogue.fields if _measured(catalogue, n, bound)}
        meant = [max(asked, key=lambda name: asked[name])] if max(asked.values(), default=0.0) >= CUE / 2 else []
        meant = meant or [name for name in asked if bound.names(catalogue.unit_of(name))]
        meant = meant or [name for name in asked if name in catalogue.dates()]
        if len(meant) != 1:
            return None
        name, guess = meant[0], catalogue.guesser.guess(rest)
        cues = catalogue.guesser.cues_of(name) | (guess.cues if guess else frozenset())
        return FieldGuess(name, catalogue.guesser.concept(name), max(CUE, asked[name]), 1.0, cues)

    def _said(self, catalogue: Catalogue, guess: FieldGuess, held: list[tuple[Document, Field, Measure]], bound: Bound,
              reading: Reading, hidden: Collection[str]) -> Proposal:  # fmt: skip
        outside = [i for i in range(len(reading.stems)) if not bound.start <= i < bound.end + bool(bound.unit)]
        stems = [reading.stems[i] for i in outside]
        values = self._values.named(catalogue, reading, outside)
        named = records_with_named_values(catalogue, guess.name, values, self._ignored)
        within = [
            (record, field) for record, field, value in held
            if record.path not in hidden and bound.allows(value) and all(record.path in one for one in named)
        ]  # fmt: skip
        said = {s for start, end, _ in catalogue.told_in(stems) for s in stems[start:end]}
        strange = unexplained(stems, guess.cues | said, self._ignored | self._lexicon.question_stems)
        features = computed_features(guess.score, len(strange), reading.strangers(outside, self._knows, self._ignored))
        counts = bool(set(reading.forms) & self._lexicon.count)
        text = str(len(within)) if counts else " ; ".join(record.name for record, _ in within[:MAX_LISTED])
        citations = tuple(cite_field(record, field) for record, field in within[:MAX_LISTED])
        return Proposal("list", text if within else "", citations, features=features | {"count": float(counts)})


def _measured(catalogue: Catalogue, field: str, bound: Bound) -> list[tuple[Document, Field, Measure]] | None:
    """Every record that has the field with its measure; None where a value is none in the bound's unit, or nearly all lack."""
    held = [(r, f) for r in catalogue.records.values() if (f := r.field(field))]
    known = [(r, f, m) for r, f in held if (m := measure_or_free(f.value)) is not None]
    unit = catalogue.unit_of(field)
    if len(known) < len(held) or len(known) < _LEAST_KNOWN or unit is None or not bound.is_of(unit):
        return None
    return known
