"""How well a search ranks: measures of the first place where what was sought stands (one relevant unit a question)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dalil.evaluation.statistics import bootstrap_interval, bootstrap_ratios, group_sums, sign_flip

PRIMARY = "ndcg@10"


def measures(rank: int | None) -> dict[str, float]:
    """nDCG@10, recall and reciprocal rank of a place counted from 1; None: not found."""
    place = rank or math.inf
    return {
        PRIMARY: 1 / math.log2(1 + place) if place <= 10 else 0.0,
        "recall@1": float(place <= 1),
        "recall@5": float(place <= 5),
        "recall@10": float(place <= 10),
        "mrr": 1 / place,
    }


def summary(ranks: Sequence[int | None], groups: Sequence[str], seed: int) -> dict[str, Any]:
    """Each measure with its interval over groups."""
    rows = [measures(rank) for rank in ranks]
    found = {}
    for name in rows[0] if rows else ():
        estimate = bootstrap_interval([row[name] for row in rows], groups, np.random.default_rng(seed))
        found[name] = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return found


def gain(
    ranks: Sequence[int | None], against: Sequence[int | None], groups: Sequence[str], seed: int
) -> dict[str, Any]:
    """The paired difference of nDCG@10 with its interval over groups and its p (sign-flip over groups)."""
    pairs = zip(ranks, against, strict=True)
    return mean_gain([measures(a)[PRIMARY] - measures(b)[PRIMARY] for a, b in pairs], groups, seed)


def mean_gain(differences: Sequence[float], groups: Sequence[str], seed: int, level: float = 0.95) -> dict[str, Any]:
    """The mean of paired differences with its percentile interval over resampled groups, and its p."""
    rng = np.random.default_rng(seed)
    sums, counts = group_sums(differences, groups)
    low, high = np.quantile(bootstrap_ratios(sums, counts, rng), [(1 - level) / 2, (1 + level) / 2])
    return {"value": float(np.mean(differences)), "low": float(low), "high": float(high), "p": sign_flip(sums, rng)}
