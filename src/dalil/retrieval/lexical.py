"""The lexical legs: BM25 (k1 1.2, b 0.75) over our own stems, names and character 4-grams, kept in a folder that is a cache.

The analysis is the same as everywhere else in dalil. `lexical_writing.py` writes the folder, `postings.py` does the arithmetic.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from dalil.language import content_words, stem, words
from dalil.language.analysis import function_words
from dalil.language.grams import gram_terms
from dalil.records import Language, Passage
from dalil.retrieval.best_rows import Floats as Scores
from dalil.retrieval.leg import K1, Leg, idf
from dalil.retrieval.postings import Postings
from dalil.retrieval.segments import Segments

LEGS = ("stems", "grams", "names")
_LEAST_OF_WAY = 0.5
"""A way to say something of which the corpus has fewer terms is none of its own: every word shares a 4-gram with some other."""
_ACROSS = 0.9
"""What the other language says counts so much of the word that is asked: of a page in both languages the question's comes first."""
SATURATED = K1 + 1
"""What a word's idf is multiplied by at most, where a short passage says the word over and over."""


def query_stems(text: str, languages: Sequence[Language]) -> list[str]:
    """Distinct stems of a question's content words, under each language that documents may be in."""
    return distinct(stems_by_word(words(text), languages))


def stems_by_word(folded: Sequence[str], languages: Sequence[Language]) -> list[list[str]]:
    """A question's content words, each by its stems under each language that documents may be in."""
    asked = content_of(folded, languages) or folded
    return [list(dict.fromkeys(stem(word, language) for language in languages)) for word in dict.fromkeys(asked)]


def content_of(folded: Sequence[str], languages: Sequence[Language]) -> list[str]:
    """Those of the folded words that are no function words of any of the languages."""
    ignored = _function_words(tuple(languages))
    return [word for word in folded if word not in ignored]


def distinct(forms: Iterable[Sequence[str]]) -> list[str]:
    """Each form once."""
    return list(dict.fromkeys(itertools.chain.from_iterable(forms)))


@lru_cache(maxsize=16)
def _function_words(languages: tuple[Language, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(function_words(language) for language in languages))


@dataclass(frozen=True, slots=True)
class SaidSo:
    """What may be said in several ways, each way by its terms; the best counts. `across`: of what stands among the terms as
    it is asked, which is the first of its ways."""

    meanings: Sequence[Sequence[Sequence[str]]] = ()
    across: Sequence[Sequence[Sequence[str]]] = ()

    @property
    def ways(self) -> bool:
        """Whether there is any."""
        return bool(self.meanings or self.across)


_SAID_ONCE = SaidSo()


class LexicalIndex:
    """Read-only postings of passages, by number. Raises ValueError where a file is not as it was written."""

    def __init__(self, folder: Path) -> None:
        segments = Segments(folder)
        self._numbers, self._owners = segments.numbers, segments.owners
        self._legs = {leg: Leg([Postings.read(one.folder, leg) for one in segments.all]) for leg in LEGS}
        self.size = sum(len(one.numbers) - len(one.gone) for one in segments.all)

    def idf(self, term: str, leg: str = "stems", hidden: Collection[str] = ()) -> float:
        """Inverse document frequency of a leg's term (BM25's, ≥ 0); the largest for one never seen."""
        return idf(self._frequency(leg, term, hidden), self.size) if hidden else self._idfs(leg, [term])[term]

    def knows(self, stem_: str, hidden: Collection[str] = ()) -> bool:
        """Whether any passage holds the stem (of a document that is not hidden)."""
        return self._frequency("stems", stem_, hidden) > 0

    def _idfs(self, leg: str, terms: Iterable[str]) -> dict[str, float]:
        """The idf of each of a leg's terms; the largest for one never seen, and for none ("")."""
        return {term: held.idf for term, held in self._legs[leg].held(terms).items()}

    def _frequency(self, leg: str, term: str, hidden: Collection[str]) -> int:
        """How many passages hold the term."""
        held = self._legs[leg].held([term])[term]
        own = np.isin(self._legs[leg].rows(held), self._owners.rows(hidden)) if hidden else np.zeros(0)
        return held.count - int(own.sum())

    def most(self, leg: str, asked: Iterable[Sequence[str]], meanings: Iterable[Sequence[Sequence[str]]] = (),
             across: Iterable[Sequence[Sequence[str]]] = ()) -> float:  # fmt: skip
        """The highest score that a leg can give for words, each by its forms: of those in the corpus the rarest counts;
        for words that are said in one way or another; and for what another language says `across` (see `SaidSo`)."""
        every = list(asked)
        held = self._legs[leg].held(("", *itertools.chain.from_iterable(every)))
        never = held[""].idf
        plain = 0.0
        for forms in every:
            known = [held[form].idf for form in forms if held[form].count]
            plain += max(known) if known else never
        meant = sum(min(self._known_ways(leg, ways).values(), default=never) for ways in meanings)
        return SATURATED * (plain + meant + sum(self._weight_across(leg, ways) or never for ways in across))

    def _weight_across(self, leg: str, ways: Sequence[Sequence[str]]) -> float:
        """What another language's ways to say a word weigh: about as much as the word, the first of the ways; else as the
        commonest. 0 where the corpus has none."""
        others = min(self._known_ways(leg, ways[1:]).values(), default=0.0)
        own = min(self._known_ways(leg, ways[:1]).values(), default=0.0)
        return _ACROSS * own or others

    def _known_ways(self, leg: str, ways: Iterable[Sequence[str]]) -> dict[tuple[str, ...], float]:
        """The ways to say a thing that the corpus has, by those of their terms that it holds, with their weight."""
        known: dict[tuple[str, ...], float] = {}
        never = self.idf("", leg)
        for way in ways:
            weights = self._idfs(leg, way)
            held = tuple(term for term, weight in weights.items() if weight < never)
            if held and len(held) >= _LEAST_OF_WAY * len(weights):
                known[held] = sum(weights[term] for term in held)
        return known

    def top(self, leg: str, terms: Sequence[str], k: int, documents: Sequence[str] = (),
            hidden: Collection[str] = (), said: SaidSo = _SAID_ONCE) -> dict[int, float]:  # fmt: skip
        """BM25 scores of the k best passages of one leg, by passage number; only of `documents` where given, none of `hidden`."""
        postings = self._legs[leg]
        among, without = (self._owners.rows(some) if some else None for some in (documents, hidden))
        beside = self._said(leg, said) if said.ways else None
        rows, scores = postings.best(postings.held(terms).values(), k, among, without, beside)
        return dict(zip(self._numbers[rows].tolist(), scores.tolist(), strict=True))

    def _said(self, leg: str, said: SaidSo) -> Scores:
        """What passages score for what may be said in one way or another."""
        scores = self._legs[leg].scores(())
        for ways in said.meanings:
            self._add_ways(scores, leg, ways)
        for ways in said.across:
            self._add_ways(scores, leg, ways[1:], self._weight_across(leg, ways))
        return scores

    def _add_ways(self, scores: Scores, leg: str, ways: Sequence[Sequence[str]], weighs: float = 0.0) -> None:
        """Add a thing that may be said in one way or another: the best counts, and all weigh so much, else like the commonest,
        for a word is no rarer because few documents are in its language."""
        known = self._known_ways(leg, ways)
        each = weighs or min(known.values(), default=0.0)
        said = [
            self._legs[leg].scores([(one, one.idf * each / weight) for one in self._legs[leg].held(way).values()])
            for way, weight in known.items()
        ]
        if said:
            scores += np.max(said, axis=0)


def named(passage: Passage) -> str:
    """The name of a passage's document, with its headings."""
    return " ".join((passage.name, *passage.heading))


def leg_terms(leg: str, passage: Passage) -> list[str]:
    """What a leg reads of a passage: its text with its name and headings, or those alone (`names`)."""
    if leg == "names":
        return [word for word in content_words(named(passage), passage.language) if word]
    whole = whole_text(passage)
    if leg == "grams":
        return gram_terms(words(whole)).split()
    return [stem(word, passage.language) for word in words(whole) if word]


def whole_text(passage: Passage) -> str:
    """What is indexed of a passage: its document's name, its headings and its text."""
    return f"{named(passage)}\n{passage.text}"
