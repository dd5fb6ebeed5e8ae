"""One score from several legs: weighted min-max. Ranks alone (RRF) would let a weak leg outvote a sure one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Scores = dict[int, float]
"""A leg's scores by passage number."""


RRF_CONSTANT = 60
POOL = 100
"""Each leg's candidates."""


def shares(leg: str, scores: Mapping[int, float]) -> Scores:
    """A leg's scores as shares of the best, 0–1.

    BM25 begins at 0, where no word is shared. Cosines begin anywhere: 0 is that of the last of the pool.
    """
    best = max(scores.values(), default=0.0)
    low = sorted(scores.values(), reverse=True)[POOL - 1] if leg == "dense" and len(scores) >= POOL else 0.0
    if best <= low:
        return {}
    span = best - low
    return {number: (score - low) / span for number, score in scores.items() if score > low}


def fuse(legs: Mapping[str, Mapping[int, float]], weights: Mapping[str, float]) -> Scores:
    """Weighted sum of the legs' shares, 0–1; a passage that a leg did not find has 0 there."""
    return weighted({leg: shares(leg, scores) for leg, scores in legs.items()}, weights)


def weighted(legs: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """The same of shares."""
    total = sum(weights[leg] for leg in legs)
    fused: Scores = {}
    so_far = fused.get
    for leg, found in legs.items():
        weight = weights[leg]
        for number, share in found.items():
            fused[number] = so_far(number, 0.0) + weight * share
    return {number: score / total for number, score in fused.items()} if total else {}


def reciprocal_ranks(legs: Mapping[str, Mapping[int, float]]) -> Scores:
    """Reciprocal rank fusion (Cormack et al., 2009), which others have as default: here for comparison only."""
    fused: Scores = {}
    for scores in legs.values():
        for rank, number in enumerate(in_order(scores), start=1):
            fused[number] = fused.get(number, 0.0) + 1 / (RRF_CONSTANT + rank)
    return fused


def in_order(scores: Mapping[int, float], k: int | None = None) -> list[int]:
    """Passage numbers, best first, or the first k; equal ones in the order of their numbers."""
    near: Iterable[int] = scores
    if k is not None and 0 < k < len(scores):
        least = sorted(scores.values(), reverse=True)[k - 1]
        near = [number for number, score in scores.items() if score >= least]
    return sorted(sorted(near), key=scores.__getitem__, reverse=True)[:k]
