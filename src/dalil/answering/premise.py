"""Yes or no about a record: what the question supposes, held against the field that it speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from dalil.answering.catalogue import Catalogue, ValueKey
from dalil.answering.fields import CUE, FieldGuess
from dalil.answering.listing import TYPO_SIMILARITY
from dalil.answering.reading import Reading, unexplained
from dalil.answering.supposed_dates import Dated
from dalil.language import DATE, measure, numbers_in, stems
from dalil.lexicon import Lexicon, phrases
from dalil.records import Field

_WINDOW, _LEAST_LETTERS, _LEAST_VALUE_LETTERS = 6, 6, 3


class Premise:
    """Reads what a question of yes or no supposes. `ignored`: stems that ask for nothing."""

    def __init__(self, lexicon: Lexicon, ignored: frozenset[str]) -> None:
        self._lexicon, self._ignored = lexicon, ignored

    def said(self, reading: Reading, catalogue: Catalogue, found: Field,
             supposed: Dated | None = None) -> tuple[str, bool]:  # fmt: skip
        """The whole value; before it yes or no where the question names a value of that field and asks if it is so.

        False beside it where the question asks so and names no value that is known. A date that is `supposed` beside it
        must be so too.
        """
        if supposed is not None:
            return self._since(reading, catalogue, found, supposed), True
        if not self._lexicon.asks_yes_or_no(reading.forms) or self._bounds(reading, catalogue):
            return found.value, True
        named = self._values_named(reading, catalogue, found.name)
        if not named and not self._invented(reading, catalogue, found):
            return found.value, False
        return self._answered(bool(named & _held(catalogue, found)), found.value), True

    def _answered(self, is_so: bool, value: str) -> str:
        word = phrases(self._lexicon.language)["yes" if is_so else "no"]
        return value if value == word else f"{word} : {value}"

    def _since(self, reading: Reading, catalogue: Catalogue, found: Field, supposed: Dated) -> str:
        """The date that is not as supposed; else the state and its date, with yes or no where the state is named."""
        if supposed.field and supposed.agrees is False:
            return self._answered(False, supposed.field.value)
        if supposed.field == found:
            return found.value if supposed.agrees is None else self._answered(True, found.value)
        named = self._values_named(reading, catalogue, found.name)
        if named and not named & _held(catalogue, found):
            return self._answered(False, found.value)
        if supposed.field is None:
            return found.value
        both = f"{found.value} ; {supposed.field.value}"
        return self._answered(True, both) if named and supposed.agrees else both

    def supposed(self, catalogue: Catalogue, rest: Sequence[str]) -> FieldGuess | None:
        """The field of the value that the question names, where it is one field's alone: "does X use PostgreSQL?"."""
        named = [key for _, _, key in catalogue.values_in(rest) if not all(s in self._ignored for s in key)]
        fields = [set(catalogue.fields_with(key)) for key in named if len("".join(key)) >= _LEAST_VALUE_LETTERS]
        if not fields or len(shared := set.intersection(*fields)) != 1:
            return None
        field = shared.pop()
        guess = catalogue.guesser.guess(rest)
        if guess is not None and guess.name == field:
            return guess
        said = frozenset(s for key in named for s in key)
        return FieldGuess(
            field, catalogue.guesser.concept(field), CUE, 1.0, said | (guess.cues if guess else frozenset())
        )

    def unsaid(self, reading: Reading, catalogue: Catalogue, guess: FieldGuess) -> bool:
        """Whether a yes or no is wanted of something that no value of the field can be: a name, where it holds numbers."""
        if not self._lexicon.asks_yes_or_no(reading.forms) or not catalogue.is_ordered(guess.name):
            return False
        strange = unexplained(reading.rest(), guess.cues, self._ignored)
        return bool(strange) and not any(numbers_in(form) for form in strange)

    def _bounds(self, reading: Reading, catalogue: Catalogue) -> bool:
        """Whether the question compares with a value ("more than 1000") rather than names it."""
        inside = {i for start, end, _ in catalogue.values_in(reading.stems) for i in range(start, end)}
        return any(form in self._lexicon.compares for i, form in enumerate(reading.forms) if i not in inside)

    def _invented(self, reading: Reading, catalogue: Catalogue, found: Field) -> bool:
        """Whether the question supposes a name or a number that the field does not hold, for nobody knows it there."""
        covered = {i for m in reading.mentions for i in range(m.start, m.end)}
        cues = catalogue.guesser.cues_of(found.name)
        names = [
            s for i, s in enumerate(reading.stems)
            if i not in covered and i and s not in cues and s not in self._ignored and not reading.written[i].islower()
            and (reading.written[i][0].isdigit() or reading.written[i][0].isupper())
        ]  # fmt: skip
        held = set(stems(found.value, self._lexicon.language))
        dated = (measured := measure(found.value)) is not None and measured.unit == DATE
        return bool(names) and not dated and not held & set(names)

    def _values_named(self, reading: Reading, catalogue: Catalogue, field: str) -> set[ValueKey]:
        """The values of a field that the question names; where there is none, those written with a slip."""
        named = {key for _, _, key in catalogue.values_in(reading.stems) if field in catalogue.fields_with(key)}
        if named:
            return named
        rest = reading.rest()
        windows = ("".join(rest[i : i + n]) for n in range(1, _WINDOW + 1) for i in range(len(rest) - n + 1))
        close = [hit for w in windows if len(w) >= _LEAST_LETTERS for hit in catalogue.close_values(w, TYPO_SIMILARITY)]
        close = [(key, alike) for key, alike in close if field in catalogue.fields_with(key)]
        best = max((alike for _, alike in close), default=0.0)
        return {key for key, alike in close if alike == best}


def _held(catalogue: Catalogue, found: Field) -> set[ValueKey]:
    return {catalogue.key(item) for item in found.items or (found.value,)}
