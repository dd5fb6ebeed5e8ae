"""Exact bounds of a share: what abstention guarantees and the verdict checks."""

from __future__ import annotations

import math

import numpy as np


def binomial_upper(k: int, n: int, level: float = 0.95) -> float:
    """One-sided upper bound of a share seen k times in n (Clopper and Pearson, 1934): 1 where nothing was seen."""
    if k >= n:
        return 1.0
    i = np.arange(k + 1)
    terms = [math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) for j in range(k + 1)]
    ways = np.array(terms)

    def tail(share: float) -> float:
        """P(X ≤ k): falls as the share grows."""
        logs = ways + i * math.log(share) + (n - i) * math.log1p(-share)
        top = float(logs.max())
        return math.exp(top) * float(np.exp(logs - top).sum())

    low, high = k / n, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > 1 - level else (low, middle)
    return high


def binomial_lower(k: int, n: int, level: float = 0.95) -> float:
    """One-sided lower bound of a share seen k times in n."""
    return 1 - binomial_upper(n - k, n, level) if n else 0.0
