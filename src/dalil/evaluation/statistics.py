"""Intervals by bootstrap over groups, tests by sign-flip over groups, exact binomial bounds. numpy only.

A group (a record, a section) is the unit: its questions share their luck, so resampling rows would call equal systems
different too often.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from dalil.binomial import binomial_upper

Floats = NDArray[np.float64]
EXACT_GROUPS = 14
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval and the number of values behind it; None: nothing to tell."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def group_sums(values: Sequence[float], groups: Sequence[str]) -> tuple[Floats, Floats]:
    """Sum and count of the values of each group, groups in order of their names; both of shape (groups,)."""
    _, index = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    size = int(index.max()) + 1 if len(index) else 0
    weights = np.asarray(values, dtype=np.float64)
    sums = np.bincount(index, weights=weights, minlength=size).astype(np.float64)
    return sums, np.bincount(index, minlength=size).astype(np.float64)


def bootstrap_ratios(sums: Floats, counts: Floats, rng: np.random.Generator, n: int = 2000) -> Floats:
    """The mean in each of `n` resamples of the groups: sum over sum of counts (ratio estimator). Shape (n,)."""
    size = len(sums)
    found = []
    for start in range(0, n, _BLOCK):
        drawn = rng.integers(0, size, size=(min(_BLOCK, n - start), size), dtype=np.int32)
        found.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(found)


def bootstrap_interval(values: Sequence[float], groups: Sequence[str], rng: np.random.Generator, n: int = 2000,
                       level: float = 0.95) -> Estimate:  # fmt: skip
    """The mean of the values with its percentile interval over resampled groups.

    For shares (values 0 and 1) the interval is never narrower than Wilson's with the effective number of questions:
    where all or none are right every resample is alike, and 20 of 20 would read "100–100". That number is the number of
    questions over the design effect that the resamples show, and the effective number of groups (Kish) where they show none.
    """
    if not len(values):
        return Estimate(None, None, None, 0)
    sums, counts = group_sums(values, groups)
    mean = float(sums.sum() / counts.sum())
    draws = bootstrap_ratios(sums, counts, rng, n)
    low, high = (float(q) for q in np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]))
    if set(np.unique(np.asarray(values, dtype=np.float64))) <= {0.0, 1.0}:
        wilson = wilson_interval(mean, _effective_size(mean, counts, float(draws.var())), level)
        low, high = min(low, wilson[0]), max(high, wilson[1])
    return Estimate(mean, low, high, len(values))


def _effective_size(mean: float, counts: Floats, variance: float) -> float:
    total = float(counts.sum())
    groups = total**2 / float((counts**2).sum())
    simple = mean * (1 - mean) / total
    if simple <= 0 or variance <= 0:
        return groups
    return total / max(1.0, variance / simple)


def wilson_interval(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share seen on `n` independent questions (n need not be whole)."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def sign_flip(diff_by_group: Sequence[float] | Floats, rng: np.random.Generator, n: int = 5000) -> float:
    """Two-sided p of "the differences are as often positive as negative", flipping the sign of whole groups.

    `diff_by_group`: the summed difference of each group. Exact over all flips up to 14 groups that differ; else `n`
    random flips and the identity (Phipson and Smyth, 2010), so that p is never 0.
    """
    found = np.asarray(diff_by_group, dtype=np.float64)
    found = found[found != 0]
    size = len(found)
    if not size:
        return 1.0
    limit = abs(float(found.sum())) - 1e-9
    if size <= EXACT_GROUPS:
        bits = (np.arange(2**size)[:, None] >> np.arange(size)) & 1
        return float(np.mean(np.abs((2 * bits - 1) @ found) >= limit))
    random = rng.integers(0, 256, size=(n, (size + 7) // 8), dtype=np.uint8)
    flips = np.unpackbits(random, axis=1, count=size)
    sums = 2 * (flips @ found) - found.sum()
    return float((1 + np.count_nonzero(np.abs(sums) >= limit)) / (n + 1))


def holm(pvalues: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (1979), in the order given."""
    adjusted = [0.0] * len(pvalues)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(pvalues)), key=lambda i: pvalues[i])):
        highest = max(highest, min(1.0, (len(pvalues) - rank) * pvalues[i]))
        adjusted[i] = highest
    return adjusted


def questions_needed(diff: float, discordance: float, level: float = 0.95, power: float = 0.8) -> int | None:
    """About how many paired questions tell a difference of shares apart, None where no number would (difference 0).

    `discordance`: the share of questions on which the two differ (times the design effect of groups, where known).
    Normal approximation of McNemar's test (Connor, 1987).
    """
    if abs(diff) < 1e-9:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2) + NormalDist().inv_cdf(power)
    return math.ceil(z * z * max(discordance - diff * diff, diff * diff) / (diff * diff))


def answers_needed(share: float, target: float, level: float = 0.95, most: int = 1_000_000) -> int | None:
    """The least number of answers whose upper bound meets the target at this share of wrong ones; None: none up to `most`."""
    if share >= target:
        return None

    def meets(n: int) -> bool:
        return binomial_upper(math.ceil(share * n - 1e-9), n, level) <= target

    high = 1
    while not meets(high):
        high *= 2
        if high > most:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return high
