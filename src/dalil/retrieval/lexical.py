"""The lexical leg: BM25 over our own stems, names and character 4-grams, kept in a tantivy folder that is a cache.

tantivy does the arithmetic (BM25 with k1 1.2 and b 0.75); the words are ours: passages are handed over as stems joined by
spaces, so that analysis is the same as everywhere else in dalil. `lexical_writing.py` writes the folder.
"""

from __future__ import annotations

import itertools
import math
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json
from dalil.language import content_words, stem, words
from dalil.language.analysis import function_words
from dalil.records import Language, Passage
from dalil.retrieval.cache import is_whole

LEGS = ("stems", "grams", "names")
_KNOWN_TERMS = 100_000
"""So many terms' idf is remembered: questions share most of their 4-grams."""
_FEW, _TIMES_TAKEN_OUT = 64, 20
"""A term is counted one by one where passages were taken out, but in more than so many, and so many times those that went."""
_LEAST_OF_WAY = 0.5
"""A way to say something of which the corpus has fewer terms is none of its own: every word shares a 4-gram with some other."""
_ACROSS = 0.9
"""What the other language says counts so much of the word that is asked: of a page in both languages the question's comes first."""
SATURATED = 2.2
"""What a word's idf is multiplied by at most: k1 + 1, where a short passage says the word over and over."""


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


def grams(text: str) -> list[str]:
    """Character 4-grams of the folded words, each word bordered by "_"; short words whole."""
    return gram_terms(words(text)).split()


def gram_terms(folded: Iterable[str]) -> str:
    """The 4-grams of folded words, joined by spaces."""
    return " ".join(map(_grams_of, folded))


def _grams_of(word: str) -> str:
    """The 4-grams of a folded word, joined by spaces."""
    bordered = f"_{word}_"
    return " ".join(bordered[i : i + 4] for i in range(max(1, len(bordered) - 3)))


@dataclass(frozen=True, slots=True)
class SaidSo:
    """What may be said in several ways, each way by its terms; the best counts. `across`: of what stands among the terms as
    it is asked, which is the first of its ways."""

    meanings: Sequence[Sequence[Sequence[str]]] = ()
    across: Sequence[Sequence[Sequence[str]]] = ()


_SAID_ONCE = SaidSo()


class LexicalIndex:
    """A read-only tantivy index over passages, by number. Raises ValueError where a file is not as it was written."""

    def __init__(self, folder: Path) -> None:
        import tantivy

        if not is_whole(folder):
            raise ValueError(f"{folder} is damaged")
        self._tantivy = tantivy
        self._copy: tempfile.TemporaryDirectory[str] | None = None
        try:
            self._index = tantivy.Index.open(str(folder))
        except ValueError:
            if os.access(folder, os.W_OK):
                raise
            # tantivy makes a lock file even to read: on a read-only disk it reads a copy.
            self._copy = tempfile.TemporaryDirectory(prefix="dalil-")
            shutil.copytree(folder, self._copy.name, dirs_exist_ok=True, copy_function=shutil.copyfile)
            self._index = tantivy.Index.open(self._copy.name)
        self._searcher = self._index.searcher()
        self._schema = self._index.schema
        self.size = self._searcher.num_docs
        self.taken_out = taken_out(folder)
        self._known_idf = lru_cache(_KNOWN_TERMS)(self._idf_of)

    def idf(self, term: str, leg: str = "stems", hidden: Collection[str] = ()) -> float:
        """Inverse document frequency of a leg's term (BM25's, ≥ 0); the largest for one never seen."""
        return _idf(self._frequency(leg, term, hidden), self.size) if hidden else self._known_idf(leg, term)

    def _idf_of(self, leg: str, term: str) -> float:
        return _idf(self._frequency(leg, term, ()), self.size)

    def knows(self, stem_: str, hidden: Collection[str] = ()) -> bool:
        """Whether any passage holds the stem (of a document that is not hidden)."""
        return self._frequency("stems", stem_, hidden) > 0

    def _frequency(self, leg: str, term: str, hidden: Collection[str]) -> int:
        """How many passages hold the term."""
        counted = int(self._searcher.doc_freq(leg, term)) if term else 0
        every = self._left_of(leg, term, counted) if counted and self.taken_out else counted
        if not every or not hidden:
            return every
        query_type, must = self._tantivy.Query, self._tantivy.Occur.Must
        holds = query_type.term_query(self._schema, leg, term)
        own = query_type.boolean_query([(must, holds), (must, self._any_of(hidden))])
        return every - len(self._searcher.search(own, limit=every, count=False).hits)

    def _left_of(self, leg: str, term: str, counted: int) -> int:
        """tantivy counts passages that were taken out too: those that are left are counted, of a frequent term estimated."""
        if counted > max(_FEW, _TIMES_TAKEN_OUT * self.taken_out):
            return round(counted * self.size / (self.size + self.taken_out))
        holds = self._tantivy.Query.term_query(self._schema, leg, term)
        found: Any = self._searcher.search(holds, limit=1, count=True)
        return int(found.count)

    def _any_of(self, documents: Iterable[str]) -> Any:
        """The query for passages of these documents."""
        query_type, should = self._tantivy.Query, self._tantivy.Occur.Should
        return query_type.boolean_query(
            [(should, query_type.term_query(self._schema, "document", path)) for path in sorted(documents)]
        )

    def most(self, leg: str, asked: Iterable[Sequence[str]], meanings: Iterable[Sequence[Sequence[str]]] = (),
             across: Iterable[Sequence[Sequence[str]]] = ()) -> float:  # fmt: skip
        """The highest score that a leg can give for words, each by its forms: of those in the corpus the rarest counts;
        for words that are said in one way or another; and for what another language says `across` (see `SaidSo`)."""
        never = self.idf("", leg)
        plain = sum(self._rarest(leg, forms, never) for forms in asked)
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
            weights = {term: self.idf(term, leg) for term in way}
            held = tuple(term for term, weight in weights.items() if weight < never)
            if held and len(held) >= _LEAST_OF_WAY * len(weights):
                known[held] = sum(weights[term] for term in held)
        return known

    def _rarest(self, leg: str, forms: Sequence[str], never: float) -> float:
        if len(forms) == 1:
            return self.idf(forms[0], leg)
        return max((idf for form in forms if (idf := self.idf(form, leg)) < never), default=never)

    def top(self, leg: str, terms: Sequence[str], k: int, documents: Sequence[str] = (),
            hidden: Collection[str] = (), said: SaidSo = _SAID_ONCE) -> dict[int, float]:  # fmt: skip
        """BM25 scores of the k best passages of one leg, by passage number; only of `documents` where given, none of `hidden`."""
        query_type, occur = self._tantivy.Query, self._tantivy.Occur
        parts = [(occur.Should, self._scored(leg, term)) for term in terms if term]
        parts += [(occur.Should, query) for ways in said.meanings for query in self._said_so(leg, ways)]
        parts += [
            (occur.Should, query) for ways in said.across
            for query in self._said_so(leg, ways[1:], self._weight_across(leg, ways))
        ]  # fmt: skip
        if not parts or not self.size:
            return {}
        query = query_type.boolean_query(parts)
        if documents:
            scope = query_type.const_score_query(self._any_of(documents), 0.0)
            query = query_type.boolean_query([(occur.Must, query), (occur.Must, scope)])
        if hidden:
            query = query_type.boolean_query([(occur.Must, query), (occur.MustNot, self._any_of(hidden))])
        found = self._searcher.search(query, limit=k, count=False).hits
        numbers: Any = self._searcher.fast_field_values("number", [address for _, address in found])
        return {number: float(score) for number, (score, _) in zip(numbers, found, strict=True)}

    def _said_so(self, leg: str, ways: Sequence[Sequence[str]], weighs: float = 0.0) -> Iterator[Any]:
        """The query for a thing that may be said in one way or another: the best counts, and all weigh so much, else like the
        commonest, for a word is no rarer because few documents are in its language."""
        query_type, should = self._tantivy.Query, self._tantivy.Occur.Should
        known = self._known_ways(leg, ways)
        if known:
            each = weighs or min(known.values())
            yield query_type.disjunction_max_query([
                query_type.boost_query(
                    query_type.boolean_query([(should, self._scored(leg, term)) for term in way]), each / weight
                )
                for way, weight in known.items()
            ])  # fmt: skip

    def _scored(self, leg: str, term: str) -> Any:
        """The query for a term; where passages were taken out, weighted as if tantivy had forgotten them."""
        query = self._tantivy.Query.term_query(self._schema, leg, term)
        if not self.taken_out or not (counted := int(self._searcher.doc_freq(leg, term))):
            return query
        remembered = _idf(counted, self.size + self.taken_out)
        return self._tantivy.Query.boost_query(query, self.idf(term, leg) / remembered)


def taken_out(folder: Path) -> int:
    """How many passages of a cache are marked as gone, but still counted."""
    segments = read_json(folder / "meta.json")["segments"]
    return sum(int(segment["deletes"]["num_deleted_docs"]) for segment in segments if segment["deletes"])


def _idf(frequency: int, size: int) -> float:
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def leg_terms(leg: str, passage: Passage) -> list[str]:
    """What a leg reads of a passage: its text with its name and headings, or those alone (`names`)."""
    named = " ".join((passage.name, *passage.heading))
    if leg == "names":
        return content_words(named, passage.language)
    whole = whole_text(passage)
    return grams(whole) if leg == "grams" else [stem(word, passage.language) for word in words(whole)]


def whole_text(passage: Passage) -> str:
    """What is indexed of a passage: its document's name, its headings and its text."""
    return f"{' '.join((passage.name, *passage.heading))}\n{passage.text}"
