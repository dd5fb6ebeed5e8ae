"""Sources that do not say the same of one matter: each is shown, with its proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dalil.answering.editions import alike
from dalil.answering.proposal import Path, Proposal, cite_span
from dalil.answering.terms import QueryTerms
from dalil.language import measure, numbers_in, sentence_spans, stems, words
from dalil.language.analysis import function_words
from dalil.records import Citation, Field, Hit, Option, Passage

MOST_SHOWN = 8
_SAME_WORDS, _FEWEST_SHARED = 0.75, 2
"""Two sentences speak of one matter where so much of their words, numbers apart, is the same."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says, and where."""

    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a passage, by its offsets in the passage's text."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]

    def held(self, terms: QueryTerms) -> frozenset[str]:
        """The question's stems that the sentence, its headings and its document's name hold."""
        every = " ".join((self.passage.name, *self.passage.heading, self.text))
        return frozenset(terms.stems_of(every, self.passage.language)).intersection(terms.weights)


def same_value(a: Field, b: Field) -> bool:
    """Whether two fields hold the same: one measure however written, or the same items in any order."""
    first, second = measure(a.value), measure(b.value)
    if first and second:
        return first.number == second.number and (first.unit == second.unit or not (first.unit and second.unit))
    return _items(a) == _items(b)


def _items(field: Field) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(item)) for item in field.items or (field.value,))


def conflict(path: Path, said: Sequence[Said], features: dict[str, float]) -> Proposal:
    """All that is said, a line a source, each under its source's name."""
    shown = said[:MOST_SHOWN]
    labels = _labels([one.citation for one in shown])
    text = "\n".join(f"{label} : {one.text}" for label, one in zip(labels, shown, strict=True))
    return Proposal(path, text, tuple(one.citation for one in shown), features=features, conflict=True)


def _labels(citations: Sequence[Citation]) -> list[str]:
    """The documents' names where these tell them apart, else their files."""
    names = [citation.name for citation in citations]
    return names if len(set(names)) == len(names) else [cited.document.split("#", 1)[0] for cited in citations]


def opposed(claim: Claim, hits: Sequence[Hit], terms: QueryTerms) -> list[Claim]:
    """Sentences of other documents that say the same with other numbers and answer the question as well, one a document."""
    asked = claim.held(terms)
    found: dict[str, Claim] = {}
    for hit in hits:
        passage = hit.passage
        if passage.document == claim.passage.document or passage.document in found:
            continue
        rivals = (Claim(passage, start, end) for start, end in sentence_spans(passage.text))
        against = next((rival for rival in rivals if _contradicts(rival, claim) and asked <= rival.held(terms)), None)
        if against is not None:
            found[passage.document] = against
    return list(found.values())


def settle(claim: Claim, others: Sequence[Claim], features: dict[str, float]) -> Proposal:
    """Of things that are alike one is meant; editions of one text, or texts that have nothing in common, contradict each other."""
    claims = (claim, *others)
    if any(alike(claim.passage.name, other.passage.name) for other in others):
        meant = tuple(Option(c.passage.name, c.passage.document) for c in claims)
        return Proposal("text", options=meant[:MOST_SHOWN], features=features, silence="which_document")
    return conflict("text", [Said(c.text, cite_span(c.passage, c.start, c.end)) for c in claims], features)


def _contradicts(one: Claim, other: Claim) -> bool:
    """Whether two sentences have the same words and each a number that the other has not."""
    mine, theirs = set(numbers_in(one.text)), set(numbers_in(other.text))
    if not mine - theirs or not theirs - mine or one.passage.language != other.passage.language:
        return False
    a, b = set(_content(one)), set(_content(other))
    shared = a & b
    return len(shared) >= _FEWEST_SHARED and len(shared) >= _SAME_WORDS * max(len(a), len(b))


def _content(claim: Claim) -> Iterator[str]:
    functions = function_words(claim.passage.language)
    return (s for s in stems(claim.text, claim.passage.language) if s not in functions and not s[:1].isdigit())
