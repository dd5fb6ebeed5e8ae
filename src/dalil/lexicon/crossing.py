"""French questions in the words of Arabic documents, and back: a country's pages are seldom all in both languages.

Terms are met by their stems, the longest first ("رخصة السياقة" before "رخصة"). Darija's table gives pairs by pivot: what a
word of it is in French and in Arabic mean each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from dalil.language import identify, stem, tokenise, words
from dalil.language.analysis import function_words
from dalil.lexicon.darija import darija_rows
from dalil.records import Language
from dalil.tables import read_table

OTHER: dict[str, Language] = {"fr": "ar", "ar": "fr"}
_PIVOT = ("doing", "things")
"""The groups of Darija's table whose French and Arabic words mean each other; its question words stand for more than they say."""
Term = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """For a language's terms, by their stems, those that the other has for them; `longest`: of so many words at most."""

    terms: dict[Term, tuple[Term, ...]]
    longest: int


@lru_cache(maxsize=1_000)
def crossed(text: str, languages: tuple[Language, ...]) -> Language | None:
    """The language that a question is in, where documents may be in the one that it can be said in too; None elsewhere."""
    if not OTHER.keys() <= set(languages):
        return None
    spoken = identify(text, languages)
    return spoken if spoken in OTHER else None


def said_across(text: str, spoken: Language) -> dict[str, tuple[Term, ...]]:
    """The folded words of a question, each once, with the terms that the other language has for them; function words have none."""
    forms = words(text)
    silent = function_words(spoken)
    said: dict[str, tuple[Term, ...]] = dict.fromkeys(forms, ())
    for start, end, terms in _met(forms, spoken):
        said |= {form: said[form] or _telling(terms, OTHER[spoken]) for form in forms[start:end] if form not in silent}
    return said


def in_words_across(text: str, spoken: Language, kept: Collection[int] = ()) -> str:
    """A question in the other language's words; what is not known, and words at `kept` places, stay as they are written."""
    tokens = tokenise(text)
    forms = [token.form for token in tokens]
    said: list[str] = []
    done = 0
    for start, end, terms in _met(forms, spoken):
        if not set(range(start, end)).isdisjoint(kept):
            continue
        said += [text[token.start : token.end] for token in tokens[done:start]]
        said += terms[0]
        done = end
    said += [text[token.start : token.end] for token in tokens[done:]]
    return " ".join(word for word, _ in itertools.groupby(said))


def _met(forms: Sequence[str], spoken: Language) -> Iterator[tuple[int, int, tuple[Term, ...]]]:
    """The terms of a text that the other language has words for, by their places, the longest first."""
    table = _table(spoken)
    stems = [stem(form, spoken) for form in forms]
    start = 0
    while start < len(stems):
        ends = range(min(len(stems), start + table.longest), start, -1)
        end = next((end for end in ends if tuple(stems[start:end]) in table.terms), 0)
        if end:
            yield start, end, table.terms[tuple(stems[start:end])]
        start = end or start + 1


def _telling(terms: Sequence[Term], language: Language) -> tuple[Term, ...]:
    """The terms without what is a mere function word of their language."""
    silent = function_words(language)
    kept = (tuple(word for word in term if word not in silent) for term in terms)
    return tuple(dict.fromkeys(term for term in kept if term))


@cache
def _table(spoken: Language) -> _Table:
    rows = [
        *(
            (row[spoken], row[OTHER[spoken]]) for row in _own_rows()
        ),  # first: a question is read with a term's first row
        *(([row[spoken]], [row[OTHER[spoken]]]) for row in _pivoted()),
    ]
    found: dict[Term, tuple[Term, ...]] = {}
    for own, others in rows:
        meant = tuple(tuple(words(other)) for other in others)
        for term in own:
            key = tuple(stem(word, spoken) for word in words(term))
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *meant)))
    return _Table(found, max(map(len, found)))


def _own_rows() -> list[dict[str, list[str]]]:
    groups = read_table(resources.files(__package__).joinpath("crossing.yaml").read_text("utf-8"))
    return [row for rows in groups.values() for row in rows]


def _pivoted() -> list[dict[str, str]]:
    return [row for group in _PIVOT for row in darija_rows()[group] if row["fr"] and row["ar"]]
