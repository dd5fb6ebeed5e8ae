"""The lexical leg: BM25 over our own stems, names and character 4-grams, kept in a tantivy folder that is a cache.

tantivy does the arithmetic (BM25 with k1 1.2 and b 0.75); the words are ours: passages are handed over as stems joined by
spaces, so that analysis is the same as everywhere else in dalil.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from dalil.language import content_words, stem, words
from dalil.language.analysis import fold, function_words, spelled_words
from dalil.records import Language, Passage
from dalil.retrieval.cache import is_whole, make_cache

LEXICAL_FORMAT = 2
"""Raised when what the cache holds changes, so that caches made before are made anew."""
LEGS = ("stems", "grams", "names")
_KNOWN_WORDS = 100_000
"""So many words of a language are remembered while passages are analysed."""
SATURATED = 2.2
"""What a word's idf is multiplied by at most: k1 + 1, where a short passage says the word over and over."""


def query_stems(text: str, languages: Sequence[Language]) -> list[str]:
    """Distinct stems of a question's content words, under each language that documents may be in."""
    return list(dict.fromkeys(form for forms in stems_by_word(text, languages) for form in forms))


def stems_by_word(text: str, languages: Sequence[Language]) -> list[list[str]]:
    """A question's content words, each by its stems under each language that documents may be in."""
    ignored = set[str]().union(*(function_words(language) for language in languages))
    asked = [word for word in words(text) if word not in ignored] or words(text)
    return [list(dict.fromkeys(stem(word, language) for language in languages)) for word in dict.fromkeys(asked)]


def grams(text: str) -> list[str]:
    """Character 4-grams of the folded words, each word bordered by "_"; short words whole."""
    return " ".join(map(_grams_of, words(text))).split()


def _grams_of(word: str) -> str:
    """The 4-grams of a folded word, joined by spaces."""
    bordered = f"_{word}_"
    return " ".join(bordered[i : i + 4] for i in range(max(1, len(bordered) - 3)))


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

    def idf(self, term: str, leg: str = "stems", hidden: Collection[str] = ()) -> float:
        """Inverse document frequency of a leg's term (BM25's, ≥ 0); the largest for one never seen."""
        frequency = self._frequency(leg, term, hidden)
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def knows(self, stem_: str, hidden: Collection[str] = ()) -> bool:
        """Whether any passage holds the stem (of a document that is not hidden)."""
        return self._frequency("stems", stem_, hidden) > 0

    def _frequency(self, leg: str, term: str, hidden: Collection[str]) -> int:
        """How many passages hold the term."""
        every = int(self._searcher.doc_freq(leg, term)) if term else 0
        if not every or not hidden:
            return every
        query_type, must = self._tantivy.Query, self._tantivy.Occur.Must
        holds = query_type.term_query(self._schema, leg, term)
        own = query_type.boolean_query([(must, holds), (must, self._any_of(hidden))])
        return every - len(self._searcher.search(own, limit=every, count=False).hits)

    def _any_of(self, documents: Iterable[str]) -> Any:
        """The query for passages of these documents."""
        query_type, should = self._tantivy.Query, self._tantivy.Occur.Should
        return query_type.boolean_query(
            [(should, query_type.term_query(self._schema, "document", path)) for path in sorted(documents)]
        )

    def most(self, leg: str, asked: Iterable[Sequence[str]]) -> float:
        """The highest score that a leg can give for words, each by its forms: of those in the corpus the rarest counts."""
        return SATURATED * sum(self._rarest(leg, forms) for forms in asked)

    def _rarest(self, leg: str, forms: Sequence[str]) -> float:
        never = self.idf("", leg)
        return max((idf for form in forms if (idf := self.idf(form, leg)) < never), default=never)

    def top(self, leg: str, terms: Sequence[str], k: int, documents: Sequence[str] = (),
            hidden: Collection[str] = ()) -> dict[int, float]:  # fmt: skip
        """BM25 scores of the k best passages of one leg, by passage number; only of `documents` where given, none of `hidden`."""
        query_type, occur = self._tantivy.Query, self._tantivy.Occur
        parts = [(occur.Should, query_type.term_query(self._schema, leg, term)) for term in terms if term]
        if not parts or not self.size:
            return {}
        query = query_type.boolean_query(parts)
        if documents:
            scope = query_type.const_score_query(self._any_of(documents), 0.0)
            query = query_type.boolean_query([(occur.Must, query), (occur.Must, scope)])
        if hidden:
            query = query_type.boolean_query([(occur.Must, query), (occur.MustNot, self._any_of(hidden))])
        found = self._searcher.search(query, limit=k).hits
        numbers: Any = self._searcher.fast_field_values("number", [address for _, address in found])
        return {number: float(score) for number, (score, _) in zip(numbers, found, strict=True)}


def build_lexical(folder: Path, passages: Iterable[tuple[int, Passage]]) -> LexicalIndex:
    """Write the cache beside and rename it, then open it."""
    import tantivy

    def write(partial: Path) -> None:
        index = tantivy.Index(_schema(tantivy), path=str(partial))
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        try:
            for row in _rows(passages):
                writer.add_document(tantivy.Document(**row))
            writer.commit()
        except ValueError as error:
            raise OSError(str(error)) from error
        writer.wait_merging_threads()

    make_cache(folder, write)
    return LexicalIndex(folder)


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    for leg in LEGS:
        builder.add_text_field(leg, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


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


class _WordTerms(dict[str, tuple[str, str]]):
    """Stem and 4-grams of words as they are written in one language, each word analysed once."""

    def __init__(self, language: str, most: int) -> None:
        self._language = language
        self._most = most

    def __missing__(self, word: str) -> tuple[str, str]:
        if len(self) >= self._most:
            self.clear()
        folded = fold(word)
        made = self[word] = (stem(folded, self._language), _grams_of(folded))
        return made


def _rows(passages: Iterable[tuple[int, Passage]], known_words: int = _KNOWN_WORDS) -> Iterator[dict[str, Any]]:
    """What tantivy stores: each leg's terms joined by spaces (as `leg_terms`). `known_words`: remembered at most a language."""
    known: dict[str, _WordTerms] = {}
    for number, passage in passages:
        terms = known.setdefault(passage.language, _WordTerms(passage.language, known_words))
        found = [terms[word] for word in spelled_words(whole_text(passage))]
        yield {
            "number": number,
            "document": [passage.document, passage.document.split("#", 1)[0]],
            "stems": " ".join([stemmed for stemmed, _ in found]),
            "grams": " ".join([joined for _, joined in found]),
            "names": " ".join(leg_terms("names", passage)),
        }
