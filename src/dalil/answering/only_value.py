"""A value asked of the very thing that a text is about ("Combien coûte un passeport ?"): the only one of its kind in that text.

The text's name says what it is about, so the line with the value need not say it, and a search for the question's words passes
it over. All of the named text is looked through for lines with such a value that say what else the question says ("Combien coûte
un passeport d'étudiant ?"). Where several places do, the search has to tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby

from dalil.answering.meant import Within
from dalil.answering.named_text import named_text
from dalil.answering.proof import CELLS, MAX_WORDS, Looked
from dalil.answering.proposal import Proposal, cite_span
from dalil.answering.terms import QueryTerms
from dalil.language import sentence_spans, tokenise
from dalil.records import Passage

LOOKED_THROUGH = 100
"""Passages of the text, at most: a longer one says many values."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Sentences in a row (offsets of the passage's text) that hold the value."""

    passage: Passage
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the document: passages overlap."""
        return self.passage.start + self.start, self.passage.start + self.end


def only_value(looked: Looked, within: Within, is_record: Callable[[str], bool]) -> Proposal | None:
    """The one place of the named text that holds the value asked for; None where no text is named or several places hold it.

    Sentences that say a word that asks for it, too ("délai"), go before others with such a value."""
    terms = looked.terms
    if terms.value is None or not terms.value.has_unit or not terms.topic:
        return None
    named = named_text(looked, terms.topic, is_record)
    if named is None:
        return None
    passages = [hit.passage for hit in within(named.path, LOOKED_THROUGH)]
    asking = terms.weights.keys() - terms.topic
    apart = _apart(_places(passages, terms, named.beside, asking)) or _apart(_places(passages, terms, named.beside))
    if len(passages) >= LOOKED_THROUGH or len(apart) != 1:
        return None
    place = apart[0]
    citation = cite_span(place.passage, place.start, place.end)
    return Proposal("field", citation.quote, (citation,), features=named.features(), nearest=tuple(looked.hits[:3]))


def lacks_value(proposal: Proposal, looked: Looked, is_record: Callable[[str], bool]) -> bool:
    """Whether a quotation lacks the value that is asked of a named text and of nothing else: whatever it says, it is no answer."""
    if not proposal.features.get("unitless") or not looked.terms.topic:
        return False
    named = named_text(looked, looked.terms.topic, is_record)
    return named is not None and not named.beside


def _places(
    passages: Iterable[Passage], terms: QueryTerms, every: Set[str], one_of: Set[str] = frozenset()
) -> Iterator[_Place]:
    """Each run of sentences of the passages that hold the value, `every` of these stems and, if given, `one_of` those; no
    longer than a quotation may be."""
    for passage in passages:
        spans = sentence_spans(passage.text)
        texts = [passage.text[start:end] for start, end in spans]
        said = [set(terms.stems_of(text, passage.language)) for text in texts]
        holds = [
            terms.value_in(text) and every <= held and (not one_of or not one_of.isdisjoint(held))
            for text, held in zip(texts, said, strict=True)
        ]
        for fits, run in groupby(range(len(spans)), key=holds.__getitem__):
            if fits:
                numbers = list(run)
                first = _header(texts, numbers[0]) if len(numbers) > 1 else numbers[0]
                start, end = spans[first][0], spans[numbers[-1]][1]
                if len(tokenise(passage.text[start:end])) <= MAX_WORDS:
                    yield _Place(passage, start, end)


def _header(texts: Sequence[str], first: int) -> int:
    """The row that names a table's columns, where the first sentence is the row below it; else the first sentence."""
    rows = [CELLS in text for text in texts[max(0, first - 2) : first + 1]]
    return first - 1 if rows[-2:] == [True, True] and rows[:-2] != [True] else first


def _apart(places: Iterable[_Place]) -> list[_Place]:
    """The places each once, the longest of those that lie over each other."""
    kept: list[_Place] = []
    for place in sorted(places, key=lambda one: one.span[0] - one.span[1]):
        start, end = place.span
        if all(end <= other.span[0] or start >= other.span[1] for other in kept):
            kept.append(place)
    return kept
