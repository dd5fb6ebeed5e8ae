"""The most and the least: "which … has the highest …?", computed from a field whose values are all measures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from dalil.answering.catalogue import Catalogue
from dalil.answering.entities import PART
from dalil.answering.fields import CUE, FieldGuess
from dalil.answering.named_values import NamedValue, ValueReader, allowed_by
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading, unexplained
from dalil.language import measures, stem
from dalil.lexicon import Lexicon, phrases

_FEWEST = 2
_VAGUE = ("years", "definition")
"""Concepts that the words of any question about an end ask for too."""
_LEAST_LETTERS = 3
_MOST_WINNERS = 20


class Extremes:
    """Finds the records that stand first or last by a field."""

    def __init__(self, catalogues: Mapping[str, Catalogue], lexicon: Lexicon, ignored: frozenset[str],
                 knows: Callable[[str], bool]) -> None:  # fmt: skip
        self._catalogues, self._values = catalogues, ValueReader(lexicon, ignored)
        self._language = lexicon.language
        self._most, self._least, self._in_time = lexicon.most, lexicon.least, lexicon.in_time
        self._ignored = ignored | {stem(w, lexicon.language) for way in (*lexicon.most, *lexicon.least) for w in way}
        self._knows = knows

    def propose(self, reading: Reading, hidden: Collection[str]) -> Proposal | None:
        """The first or last records, or None where the question names a record, or no end, or no field in one unit."""
        highest = self._asks_highest(reading.forms)
        if highest is None or any(m.how != PART for m in reading.mentions):
            return None
        guesses = ((c, self.asked(c, reading)) for c in self._catalogues.values())
        asked = [(c, g) for c, g in guesses if g is not None and g.held and g.score >= CUE / 2]
        asked.sort(key=lambda item: -item[1].score)
        for catalogue, guess in asked:
            if found := self._found(catalogue, guess, reading, hidden, highest):
                return found
        return None

    def asked(self, catalogue: Catalogue, reading: Reading) -> FieldGuess | None:
        """The field asked for; where none is and the end is one of time ("the oldest"), the field that dates the records."""
        guess = self._ordered(catalogue, reading)
        if not self._in_time & set(reading.forms) or (guess is not None and catalogue.is_ordered(guess.name)):
            return guess
        said = {s for start, end, _ in catalogue.values_in(reading.stems) for s in reading.stems[start:end]}
        dates = {name: catalogue.guesser.concept(name) for name in catalogue.dates()}
        dated = [name for name, concept in dates.items() if concept.name == "start_date"] or list(dates)
        other = (
            guess is not None and guess.score >= CUE / 2 and guess.concept.name not in _VAGUE and not guess.cues <= said
        )
        if other and not any(catalogue.guesser.score_of(name, reading.stems) for name in dated):
            return guess
        cues = guess.cues if guess is not None else frozenset[str]()
        return FieldGuess(dated[0], dates[dated[0]], CUE, 1.0, cues) if len(dated) == 1 else guess

    def _ordered(self, catalogue: Catalogue, reading: Reading) -> FieldGuess | None:
        """The field asked for; where that is one of a value that the question names ("in production"), the best that has an
        order."""
        guess = catalogue.guesser.guess(reading.stems)
        told = {name for _, _, key in catalogue.told_in(reading.stems) for name in catalogue.fields_with(key)}
        if guess is None or guess.name not in told or catalogue.is_ordered(guess.name):
            return guess
        ordered = [name for name in catalogue.fields if catalogue.is_ordered(name)]
        scores = {name: catalogue.guesser.score_of(name, reading.stems) for name in ordered}
        best = max(ordered, key=lambda name: scores[name], default="")
        if not best or scores[best] < CUE / 2:
            return None
        cues = catalogue.guesser.cues_of(best) | guess.cues
        return FieldGuess(best, catalogue.guesser.concept(best), scores[best], 1.0, cues)

    def _asks_highest(self, forms: tuple[str, ...]) -> bool | None:
        """True for the most, False for the least, None for neither; the longest way of asking decides."""

        most, least = longest_way(self._most, forms), longest_way(self._least, forms)
        return None if not most and not least else most > least

    def _found(self, catalogue: Catalogue, guess: FieldGuess, reading: Reading, hidden: Collection[str],
               highest: bool) -> Proposal | None:  # fmt: skip
        conditions = records_with_named_values(
            catalogue, guess.name, self._values.named(catalogue, reading), self._ignored
        )
        meant = [
            record for record in catalogue.records.values()
            if record.path not in hidden and all(record.path in allowed for allowed in conditions)
        ]  # fmt: skip
        held = [(record, field) for record in meant if (field := record.field(guess.name))]
        known = measures(field.value for _, field in held)
        if known is None or len(known) < _FEWEST:
            return None
        numbers = [item.number for item in known]
        best = max(numbers) if highest else min(numbers)
        winners = [item for item, number in zip(held, numbers, strict=True) if number == best][:_MOST_WINNERS]
        said = {s for start, end, _ in catalogue.told_in(reading.stems) for s in reading.stems[start:end]}
        strange = unexplained(reading.stems, guess.cues | said, self._ignored)
        features = computed_features(
            guess.score, len(strange), reading.strangers(range(len(reading.stems)), self._knows, self._ignored)
        )
        text = " ; ".join(f"{record.name} : {field.value}" for record, field in winners)
        if len(held) < len(meant):
            text += f" ({phrases(self._language)['some_lack']})"
        return Proposal("list", text, tuple(cite_field(r, f) for r, f in winners), features=features)


def longest_way(ways: Collection[tuple[str, ...]], forms: Sequence[str]) -> int:
    """How many words the longest of some ways of asking has that stands in a question; 0 where none does."""
    said = tuple(forms)
    return max((len(w) for w in ways for i in range(len(said)) if said[i : i + len(w)] == w), default=0)


def computed_features(score: float, strange: int, strangers: float) -> dict[str, float]:
    """The scores of a list that was computed: by how surely the field is asked for, words that nothing explains, and names nobody knows."""
    return {
        "cued": min(2.0, score),
        "close": 1.0,
        "value_words": 1.0,
        "asks": 1.0,
        "unexplained": min(1.0, strange / 10),
        "strangers": strangers,
        "count": 0.0,
    }


def records_with_named_values(
    catalogue: Catalogue, asked: str, values: Iterable[NamedValue], ignored: Collection[str]
) -> list[set[str]]:
    """For each value of another field that the question names ("the oldest in production"): the records that hold it, or
    those that do not where it is excluded."""
    found: list[set[str]] = []
    for value in values:
        telling = len("".join(value.key)) >= _LEAST_LETTERS and not all(s in ignored for s in value.key)
        if telling and asked not in catalogue.fields_with(value.key):
            found.append(allowed_by(catalogue, value))
    return found
