"""A question that does no more than name a document: it is answered by how the document begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dalil.answering.proof import Looked, opening_window
from dalil.answering.proposal import Proposal, cite_span
from dalil.answering.terms import QueryTerms
from dalil.language import stem, words
from dalil.lexicon import load_lexicon
from dalil.lexicon.darija import is_darija
from dalil.records import Hit, Language

LEAST_OF_NAME = 0.3
"""So much of a document's name must be said: "carte" alone names no card."""


def only_names(text: str, languages: Sequence[Language]) -> bool:
    """Whether no word of a question asks for anything (where, when, how much, is it). Of Darija that cannot be told."""
    said = tuple(words(text))
    lexicons = [load_lexicon(one) for one in languages]
    asks = any(not one.asks_what.isdisjoint(said) or one.asks_yes_or_no(said) for one in lexicons)
    return not asks and not is_darija(text, languages)


def opening(
    looked: Looked, within: Callable[[str], Sequence[Hit]], is_record: Callable[[str], bool]
) -> Proposal | None:
    """The first sentences of the text that the question names; None where it says more than a name."""
    texts = [hit for hit in looked.hits if not is_record(hit.passage.document)]
    named = {hit.passage.document: _said_of_name(looked.terms, hit) for hit in reversed(texts)}
    best = max(reversed(named), key=lambda path: named[path], default="")
    if not best or named[best] < LEAST_OF_NAME:
        return None
    hits = [*(hit for hit in looked.hits if hit.passage.document == best), *within(best)]
    first = min(hits, key=lambda hit: hit.passage.ordinal)
    window = opening_window(first.passage, looked.terms)
    citation = cite_span(first.passage, window.start, window.end)
    features = looked.signals(first, window)
    return Proposal("text", citation.quote, (citation,), features=features, nearest=tuple(looked.hits[:3]))


def _said_of_name(terms: QueryTerms, hit: Hit) -> float:
    """The share of the document's name that the question says; 0 where it says something else beside."""
    name = set(terms.seen(stem(word, hit.passage.language) for word in words(hit.passage.name)))
    asked = terms.weights.keys()
    return len(asked & name) / len(name) if asked <= name else 0.0
