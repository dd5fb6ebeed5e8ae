"""A question that does no more than name a document: it is answered by how the document begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dalil.answering.proof import Looked, opening_span
from dalil.answering.proposal import Proposal, cite_span
from dalil.answering.terms import QueryTerms
from dalil.language import content_words, stem, words
from dalil.lexicon import load_lexicon
from dalil.lexicon.darija import is_darija
from dalil.records import Hit, Language

LEAST_OF_NAME = 0.3
"""So much of a document's name must be said: "carte" alone names no card."""
ALONE = 0.9
"""How surely a part of a name says it, where no other document's name has these words."""


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
    said = {hit.passage.document: _said_of_name(looked.terms, hit) for hit in texts}
    best = max(said, key=lambda path: said[path], default="")
    if not best or said[best] < LEAST_OF_NAME:
        return None
    hits = [*(hit for hit in texts if hit.passage.document == best), *within(best)]
    first = min((hit.passage for hit in hits), key=lambda passage: passage.ordinal)
    citation = cite_span(first, *opening_span(first, looked.terms))
    others = [share for path, share in said.items() if path != best and share]
    features = _features(said[best] if others else max(said[best], ALONE), several=said[best] in others)
    return Proposal("field", citation.quote, (citation,), features=features, nearest=tuple(looked.hits[:3]))


def _features(share: float, *, several: bool) -> dict[str, float]:
    """Those of a field of a record (see `TypedAnswerer`) that is named by so much of its name."""
    return {
        "exact": float(share == 1.0), "typo": 0.0, "name_score": share, "several": float(several), "field_score": 1.0, "margin": 1.0,
        "unexplained": 0.0, "beside": 0.0,
    }  # fmt: skip


def _said_of_name(terms: QueryTerms, hit: Hit) -> float:
    """The share of the document's name that the question says; 0 where it says something else beside."""
    language = hit.passage.language
    name = set(terms.seen(stem(word, language) for word in content_words(hit.passage.name, language)))
    asked = terms.weights.keys()
    return len(asked & name) / len(name) if name and asked <= name else 0.0
