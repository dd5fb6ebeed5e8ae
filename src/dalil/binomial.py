"""Exact bounds of a share: what abstention guarantees and the verdict checks."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def binomial_tail(k: int, n: int, share: float) -> float:
    """P(X ≤ k) of n draws that each are of a `share` (0–1, both excluded): falls as the share grows."""
    i = np.arange(k + 1)
    logs = _log_ways(k, n) + i * math.log(share) + (n - i) * math.log1p(-share)
    top = float(logs.max())
    return math.exp(top) * float(np.exp(logs - top).sum())


@lru_cache(maxsize=64)
def _log_ways(k: int, n: int) -> NDArray[np.float64]:
    """Logarithms of how many ways there are to draw 0 … k of n."""
    return np.array([math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) for j in range(k + 1)])


@lru_cache(maxsize=4096)
def next_exceeds(k: int, n: int, share: float) -> float:
    """How likely more than a `share` of the next n draws are of a kind seen k times in n: the beta-binomial law, every share
    held for as likely before."""
    most = math.floor(share * n + 1e-9)
    logs = [
        _log_choose(k + j, j) + _log_choose(2 * n - k - j, n - j) - _log_choose(2 * n + 1, n) for j in range(most + 1)
    ]
    return max(0.0, 1.0 - math.fsum(map(math.exp, logs)))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def binomial_upper(k: int, n: int, level: float = 0.95) -> float:
    """One-sided upper bound of a share seen k times in n (Clopper and Pearson, 1934): 1 where nothing was seen."""
    if k >= n:
        return 1.0
    low, high = k / n, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(k, n, middle) > 1 - level else (low, middle)
    return high


def binomial_lower(k: int, n: int, level: float = 0.95) -> float:
    """One-sided lower bound of a share seen k times in n."""
    return 1 - binomial_upper(n - k, n, level) if n else 0.0
