"""How far two scorers agree beyond chance (Cohen's kappa, 1960 and 1968), and means of scores drawn by strata.

Intervals come from resampling groups, as everywhere: the questions of a group share their luck. numpy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dalil.evaluation.statistics import (
    Estimate,
    Floats,
    bootstrap_interval,
    bootstrap_ratios,
    group_sums,
    wilson_interval,
)

RESAMPLES = 2000
LEVEL = 0.95
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two scorers on the same `n` rows. `observed`: 1 less the mean distance; `kappa.value` None where chance explains all."""

    n: int
    observed: Estimate
    kappa: Estimate


def distances(levels: int, *, quadratic: bool = False) -> Floats:
    """How far two levels lie apart, 0–1: all or nothing, or by the square of the steps. Shape (levels, levels)."""
    steps = np.arange(levels, dtype=np.float64)
    apart = np.abs(steps[:, None] - steps[None, :])
    return np.square(apart / max(1, levels - 1)) if quadratic else (apart > 0).astype(np.float64)


def kappas(tables: Floats, distance: Floats) -> Floats:
    """Cohen's kappa of tables of counts (…, levels, levels); NaN where two scorers by chance alone would not differ."""
    chance = chance_distance(tables, distance)
    seen = (tables * distance).sum(axis=(-2, -1)) / tables.sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(chance > 0, 1 - seen / chance, np.nan)
    return found


def chance_distance(tables: Floats, distance: Floats) -> Floats:
    """The mean distance that two scorers with these habits would show by chance. Shape (…)."""
    total = tables.sum(axis=(-2, -1))[..., None]
    found: Floats = np.einsum("...i,ij,...j->...", tables.sum(axis=-1) / total, distance, tables.sum(axis=-2) / total)
    return found


def agreement(first: Sequence[int], second: Sequence[int], groups: Sequence[str], rng: np.random.Generator, *,
              levels: int, quadratic: bool = False, intervals: bool = True) -> Agreement:  # fmt: skip
    """Agreement of two scorers on the same rows; scores count from 0 to `levels` - 1.

    The interval of kappa is never narrower than what the interval of the agreement allows at the same chance: where two
    agree on every row all resamples are alike, and 20 of 20 would read "1–1".
    """
    if not len(first):
        return Agreement(0, Estimate(None, None, None, 0), Estimate(None, None, None, 0))
    distance = distances(levels, quadratic=quadratic)
    a, b = np.asarray(first, dtype=np.intp), np.asarray(second, dtype=np.intp)
    agreed = [float(value) for value in 1 - distance[a, b]]
    tables = _tables(a, b, groups, levels)
    value = float(kappas(tables.sum(axis=0), distance))
    known = None if np.isnan(value) else value
    if not intervals:
        mean = float(np.mean(agreed))
        return Agreement(len(agreed), Estimate(mean, None, None, len(agreed)), Estimate(known, None, None, len(agreed)))
    observed = bootstrap_interval(agreed, groups, rng, RESAMPLES, LEVEL)
    low, high = (None, None) if known is None else _kappa_interval(tables, distance, observed, rng)
    return Agreement(len(agreed), observed, Estimate(known, low, high, len(agreed)))


def _tables(first: Any, second: Any, groups: Sequence[str], levels: int) -> Floats:
    """One table of counts a group. Shape (groups, levels, levels)."""
    names, index = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    tables = np.zeros((len(names), levels, levels))
    np.add.at(tables, (index, first, second), 1.0)
    return tables


def _kappa_interval(
    tables: Floats, distance: Floats, observed: Estimate, rng: np.random.Generator
) -> tuple[float, float]:
    """Percentiles over resampled groups; resamples in which kappa means nothing are passed over."""
    size = len(tables)
    times = rng.multinomial(size, np.full(size, 1 / size), size=RESAMPLES).astype(np.float64)
    draws = kappas(np.tensordot(times, tables, axes=1), distance)
    low, high = (float(end) for end in np.nanquantile(draws, TAILS))
    chance = float(chance_distance(tables.sum(axis=0), distance))
    floor, ceiling = (1 - (1 - (end or 0.0)) / chance for end in (observed.low, observed.high))
    return max(-1.0, min(low, floor)), min(1.0, max(high, ceiling))


def weighted_mean(values: Sequence[float], weights: Sequence[float], groups: Sequence[str], rng: np.random.Generator,
                  scale: tuple[float, float], *, intervals: bool = True) -> Estimate:  # fmt: skip
    """The mean of scores, each standing for `weight` answers, with its interval over resampled groups.

    Where all scores are alike every resample is too; then Wilson's interval of the mean's place on the scale, with the
    number of groups, is given.
    """
    if not len(values):
        return Estimate(None, None, None, 0)
    weight = np.asarray(weights, dtype=np.float64)
    sums, _ = group_sums(list(weight * np.asarray(values, dtype=np.float64)), groups)
    sizes, _ = group_sums(list(weight), groups)
    mean = float(sums.sum() / sizes.sum())
    if not intervals:
        return Estimate(mean, None, None, len(values))
    draws = bootstrap_ratios(sums, sizes, rng, RESAMPLES)
    low, high = (float(end) for end in np.quantile(draws, TAILS))
    if len(set(values)) == 1:
        least, width = scale[0], scale[1] - scale[0]
        low, high = (least + width * end for end in wilson_interval((mean - least) / width, len(sums), LEVEL))
    return Estimate(mean, low, high, len(values))
