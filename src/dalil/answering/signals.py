"""What tells how sure a quoted passage is: raw scores, each leg of the search apart, as shares that mean the same anywhere.

The fused score cannot tell it: min-max makes the best passage of any question 1. A leg's share of the most that it could
give falls where the corpus lacks the question's words, and so does its lead over what other documents say.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from dalil.answering.likeness import Near, of_words
from dalil.answering.terms import QueryTerms
from dalil.language import sentence_spans
from dalil.records import Hit, Passage

FULL = 12
"""So many content words make a long question."""
NEAR = 3
"""Words that stand so near, or nearer, are neighbours."""


def of_question(terms: QueryTerms, language: str) -> dict[str, float]:
    """How long and how rare the question is, and how much of it no document in a language knows."""
    return {
        "terms": min(FULL, len(terms.weights)) / FULL,
        "mass": min(1.0, terms.total / (FULL * terms.rarest)),
        "unknown": terms.unknown_in(language) / terms.total,
    }


def of_passage(terms: QueryTerms, passage: Passage, quote: str, quoted: float, near: Near) -> dict[str, float]:
    """How much of the question the quote (the `quoted` share) and its passage hold, what is lacking, and whether the
    words stand side by side."""
    said = terms.stems_of(passage.text, passage.language)
    every = {*said, *terms.stems_of(" ".join((passage.name, *passage.heading)), passage.language)}
    return {
        "passage": sum(w for form, w in terms.weights.items() if form in every) / terms.total,
        "window": quoted,
        "found": min(FULL, len(terms.weights.keys() & set(terms.stems_of(quote, passage.language)))) / FULL,
        "lacking": max((w for form, w in terms.weights.items() if form not in every), default=0.0) / terms.rarest,
        "neighbours": _neighbours(terms.weights, said),
        **of_words(terms, passage, every, near),
    }


def of_value(terms: QueryTerms, quote: str, passage: Passage) -> dict[str, float]:
    """Whether what is quoted holds the kind of value that is asked for, or lacks it; neither where none is asked. An amount
    with a unit that lacks (`unitless`) tells more than a bare number that does (`valueless`); one that stands apart from what is
    asked about (`apart`) is likely another thing's."""
    sentences = [quote[start:end] for start, end in sentence_spans(quote)]
    lacks = terms.value is not None and not terms.value_in(quote)
    with_unit = terms.value is not None and terms.value.has_unit
    return {
        "value": float(terms.value_in(quote)),
        "valueless": float(lacks and not with_unit),
        "unitless": float(lacks and with_unit),
        "apart": terms.value_apart(sentences, " ".join((passage.name, *passage.heading)), passage.language),
    }


def of_legs(hits: Sequence[Hit], hit: Hit, rivals: Sequence[Hit] | None) -> dict[str, float]:
    """For each leg of the search: its share for the hit, the lead over the rivals and over all found, and whether it agrees.

    Without `rivals` (None: the search was within one document) the lead is nothing.
    """
    found: dict[str, float] = {}
    for leg, share in hit.legs.items():
        best = max(other.legs.get(leg, 0.0) for other in hits)
        rest = [other.legs.get(leg, 0.0) for other in hits if other is not hit]
        found[leg] = share
        if leg == "names":
            continue
        second = share if rivals is None else max((other.legs.get(leg, 0.0) for other in rivals), default=0.0)
        found |= {
            f"{leg}_margin": (share - second) / best if best else 0.0,
            f"{leg}_gap": share - second,
            f"{leg}_rest": sum(rest) / len(rest) if rest else 0.0,
            f"{leg}_first": float(share >= best > 0),
        }
    return found


def _neighbours(asked: Mapping[str, float], said: Sequence[str]) -> float:
    """The share of the question's neighbouring content words that are neighbours in the text too."""
    pairs = set(itertools.pairwise(asked))
    places = [(place, form) for place, form in enumerate(said) if form in asked]
    found = {(a, b) for (i, a), (j, b) in itertools.pairwise(places) if j - i <= NEAR}
    return len(pairs & found) / len(pairs) if pairs else 0.0
