"""Why a passage was found: each leg's rank and score for it, and the words of the question that the leg saw there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dalil.language import stem, words
from dalil.records import Hit, Language, Passage
from dalil.retrieval.fusion import in_order, shares
from dalil.retrieval.lexical import LEGS, grams, leg_terms, query_stems

HALF_OF_GRAMS = 0.5


@dataclass(frozen=True, slots=True)
class LegFound:
    """How one leg found a passage. `share` is its score as fusion counts it, 0–1; `words` those of the question."""

    leg: str
    rank: int
    score: float
    share: float
    words: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        return {
            "rank": self.rank,
            "score": round(self.score, 6),
            "share": round(self.share, 6),
            "words": list(self.words),
        }


@dataclass(frozen=True, slots=True)
class Explained:
    """A hit and the legs that found it."""

    hit: Hit
    legs: tuple[LegFound, ...]

    def as_row(self) -> dict[str, Any]:
        """The contract's form of a hit, and its legs by name."""
        return self.hit.as_row() | {"legs": {found.leg: found.as_row() for found in self.legs}}


def explain_hits(text: str, hits: Sequence[Hit], numbers: Mapping[str, int], legs: Mapping[str, Mapping[int, float]],
                 languages: Sequence[Language]) -> list[Explained]:  # fmt: skip
    """The hits of a question with the legs that found them; `numbers` are the passages' by their id."""
    ranks = {leg: {number: rank for rank, number in enumerate(in_order(found), start=1)} for leg, found in legs.items()}
    shared = {leg: shares(found) for leg, found in legs.items()}
    made = []
    for hit in hits:
        number = numbers[hit.passage.id]
        found = tuple(
            LegFound(leg, ranks[leg][number], scores[number], shared[leg].get(number, 0.0),
                     tuple(matched(leg, text, hit.passage, languages)))
            for leg, scores in legs.items() if number in scores
        )  # fmt: skip
        made.append(Explained(hit, found))
    return made


def matched(leg: str, text: str, passage: Passage, languages: Sequence[Language]) -> list[str]:
    """The question's words that a lexical leg saw in the passage."""
    if leg not in LEGS:
        return []
    there = set(leg_terms(leg, passage))
    asked = list(dict.fromkeys(words(text)))
    if leg == "names":
        return [word for word in asked if word in there]
    if leg == "grams":
        return [word for word in asked if _known(grams(word), there) >= HALF_OF_GRAMS]
    counted = set(query_stems(text, languages))
    return [word for word in asked if {stem(word, language) for language in languages} & counted & there]


def _known(found: Sequence[str], there: set[str]) -> float:
    return sum(gram in there for gram in found) / len(found) if found else 0.0
