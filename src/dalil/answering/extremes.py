"""The most and the least: "which … has the highest …?", computed from a field whose values are all measures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from dalil.answering.catalogue import Catalogue
from dalil.answering.entities import PART
from dalil.answering.fields import CUE, FieldGuess
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading, unexplained
from dalil.language import measures, stem
from dalil.lexicon import Lexicon

_FEWEST = 2
_MOST_WINNERS = 20


class Extremes:
    """Finds the records that stand first or last by a field."""

    def __init__(self, catalogues: Mapping[str, Catalogue], lexicon: Lexicon, ignored: frozenset[str],
                 knows: Callable[[str], bool]) -> None:  # fmt: skip
        self._catalogues = catalogues
        self._most, self._least = lexicon.most, lexicon.least
        self._ignored = ignored | {stem(w, lexicon.language) for way in (*lexicon.most, *lexicon.least) for w in way}
        self._knows = knows

    def propose(self, reading: Reading, hidden: Collection[str]) -> Proposal | None:
        """The first or last records, or None where the question names a record, or no end, or no field in one unit."""
        highest = self._asks_highest(reading.forms)
        if highest is None or any(m.how != PART for m in reading.mentions):
            return None
        guesses = ((c, c.guesser.guess(reading.stems)) for c in self._catalogues.values())
        asked = [(c, g) for c, g in guesses if g is not None and g.held and g.score >= CUE / 2]
        asked.sort(key=lambda item: -item[1].score)
        for catalogue, guess in asked:
            if found := self._found(catalogue, guess, reading, hidden, highest):
                return found
        return None

    def _asks_highest(self, forms: tuple[str, ...]) -> bool | None:
        """True for the most, False for the least, None for neither; the longest way of asking decides."""

        def longest(ways: frozenset[tuple[str, ...]]) -> int:
            return max((len(w) for w in ways for i in range(len(forms)) if forms[i : i + len(w)] == w), default=0)

        most, least = longest(self._most), longest(self._least)
        return None if not most and not least else most > least

    def _found(self, catalogue: Catalogue, guess: FieldGuess, reading: Reading, hidden: Collection[str],
               highest: bool) -> Proposal | None:  # fmt: skip
        held = [(r, f) for r in catalogue.records.values() if r.path not in hidden and (f := r.field(guess.name))]
        known = measures(field.value for _, field in held)
        if known is None or len(known) < _FEWEST:
            return None
        numbers = [item.number for item in known]
        best = max(numbers) if highest else min(numbers)
        winners = [item for item, number in zip(held, numbers, strict=True) if number == best][:_MOST_WINNERS]
        strange = unexplained(reading.stems, guess.cues, self._ignored)
        features = {
            "cued": min(2.0, guess.score),
            "close": 1.0,
            "value_words": 1.0,
            "asks": 1.0,
            "unexplained": min(1.0, len(strange) / 10),
            "strangers": reading.strangers(range(len(reading.stems)), self._knows, self._ignored),
            "values": 0.0,
            "count": 0.0,
        }
        text = " ; ".join(f"{record.name} : {field.value}" for record, field in winners)
        return Proposal("list", text, tuple(cite_field(r, f) for r, f in winners), features=features)
