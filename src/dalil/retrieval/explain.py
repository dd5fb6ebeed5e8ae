"""Why a passage was found: each leg's rank and score for it, and the words of the question that the leg saw there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.language import words
from dalil.records import Hit, Language, Passage
from dalil.retrieval.dense import DenseIndex
from dalil.retrieval.fusion import in_order, shares
from dalil.retrieval.lexical import leg_terms
from dalil.retrieval.sought import words_seen

HALF_OF_GRAMS = 0.5
NEAR_WORDS = 4
MAX_WORDS = 200
Vector = NDArray[np.float32]


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
    """A hit, its rank before the re-ranker, and the legs that found it."""

    hit: Hit
    fused_rank: int
    legs: tuple[LegFound, ...]

    def as_row(self) -> dict[str, Any]:
        """The contract's form of a hit, its rank before the re-ranker, and its legs by name."""
        return self.hit.as_row() | {
            "fused_rank": self.fused_rank,
            "legs": {found.leg: found.as_row() for found in self.legs},
        }


def explain_hits(text: str, hits: Sequence[Hit], numbers: Mapping[str, int], fused: Sequence[int], legs: Mapping[str, Mapping[int, float]],
                 languages: Sequence[Language], dense: DenseIndex | None) -> list[Explained]:  # fmt: skip
    """The hits of a question with the legs that found them; `numbers` are the passages' by their id, `fused` their order."""
    near = _word_vectors(text, dense) if dense else {}
    ranks = {leg: {number: rank for rank, number in enumerate(in_order(found), start=1)} for leg, found in legs.items()}
    shared = {leg: shares(leg, found) for leg, found in legs.items()}
    made = []
    for hit in hits:
        number = numbers[hit.passage.id]
        found = tuple(
            LegFound(leg, ranks[leg][number], scores[number], shared[leg].get(number, 0.0),
                     tuple(_nearest(near, dense.vector(number)) if dense and leg == "dense"
                           else matched(leg, text, hit.passage, languages)))
            for leg, scores in legs.items() if number in scores
        )  # fmt: skip
        made.append(Explained(hit, 1 + fused.index(number), found))
    return made


def matched(leg: str, text: str, passage: Passage, languages: Sequence[Language]) -> list[str]:
    """The question's words that a lexical leg saw in the passage."""
    return words_seen(leg, text, set(leg_terms(leg, passage)), languages, HALF_OF_GRAMS)


def _word_vectors(text: str, dense: DenseIndex) -> dict[str, Vector]:
    asked = list(dict.fromkeys(words(text)))[:MAX_WORDS]
    return dict(zip(asked, dense.embedder.encode_query(asked), strict=True)) if asked else {}


def _nearest(near: Mapping[str, Vector], passage: Vector) -> list[str]:
    """The few words of the question that alone lie nearest to the passage."""
    cosines = {word: float(vector @ passage) for word, vector in near.items()}
    best = sorted((word for word in cosines if cosines[word] > 0), key=lambda word: -cosines[word])
    return best[:NEAR_WORDS]
