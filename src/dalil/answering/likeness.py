"""What a passage has for the question's words that it lacks: words spelled alike, or near in meaning; and the names it lacks.

A text that is about something else lacks them altogether; one that answers in other words has their relatives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from dalil.answering.terms import QueryTerms
from dalil.language import content_words
from dalil.language.grams import grams
from dalil.records import Passage

Near = Callable[[Sequence[str], Sequence[str]], Sequence[float] | None]
"""For each asked word the cosine of the nearest said word, or None where there are no vectors of words."""


def of_words(terms: QueryTerms, passage: Passage, held: Collection[str], near: Near) -> dict[str, float]:
    """`held`: the stems that the passage, its headings and its document's name hold."""
    said = list(dict.fromkeys(content_words(f"{passage.name} {passage.text}", passage.language)))
    lacked = {form: word for form, word in terms.written.items() if form not in held}
    return _spelled(terms, lacked, said) | _meant(terms, lacked, said, near) | _names(terms, held)


def _spelled(terms: QueryTerms, lacked: Mapping[str, str], said: Sequence[str]) -> dict[str, float]:
    """The share of the question's weight, each word that lacks counting as far as its 4-grams stand in one word."""
    there = [grams(word) for word in said] if lacked else []
    missing = sum(terms.weights[form] * (1.0 - _shared(grams(word), there)) for form, word in lacked.items())
    return {"spelled": 1.0 - missing / terms.total}


def _shared(own: frozenset[str], there: Sequence[frozenset[str]]) -> float:
    return max((len(own & other) / max(len(own), len(other)) for other in there), default=0.0)


def _meant(terms: QueryTerms, lacked: Mapping[str, str], said: Sequence[str], near: Near) -> dict[str, float]:
    """The same by the nearest word's cosine; the furthest word, and the weightiest that nothing is near to."""
    cosines = near(list(lacked.values()), said)
    if cosines is None:
        return {}
    gaps = [terms.weights[form] * (1.0 - cosine) for form, cosine in zip(lacked, cosines, strict=True)]
    return {
        "meant": 1.0 - sum(gaps) / terms.total,
        "meant_least": min(cosines, default=1.0),
        "meant_lacking": max(gaps, default=0.0) / terms.rarest,
    }


def _names(terms: QueryTerms, held: Collection[str]) -> dict[str, float]:
    """Whether the question writes words as names or numbers, the share of them that is held, and whether one lacks."""
    found = [form in held for form in terms.proper]
    return {
        "proper": float(bool(found)),
        "proper_held": sum(found) / len(found) if found else 0.0,
        "proper_lacking": float(not all(found)),
    }
