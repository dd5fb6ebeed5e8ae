"""One score from several legs: weighted min-max. Ranks alone (RRF) would let a weak leg outvote a sure one."""

from __future__ import annotations

from collections.abc import Mapping

Scores = dict[int, float]
"""A leg's scores by passage number."""


def shares(scores: Mapping[int, float]) -> Scores:
    """The scores as shares of the best, 0–1: BM25 begins at 0, where no word is shared."""
    best = max(scores.values(), default=0.0)
    return {number: score / best for number, score in scores.items()} if best > 0 else {}


def fuse(legs: Mapping[str, Mapping[int, float]], weights: Mapping[str, float]) -> Scores:
    """Weighted sum of the legs' shares, 0–1; a passage that a leg did not find has 0 there."""
    total = sum(weights[leg] for leg in legs)
    fused: Scores = {}
    for leg, scores in legs.items():
        for number, share in shares(scores).items():
            fused[number] = fused.get(number, 0.0) + weights[leg] * share
    return {number: score / total for number, score in fused.items()} if total else {}


def in_order(scores: Mapping[int, float]) -> list[int]:
    """Passage numbers, best first; equal ones in the order of their numbers."""
    return sorted(scores, key=lambda number: (-scores[number], number))
