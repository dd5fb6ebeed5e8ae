"""Approaches compared on the questions both were asked, and runs with earlier runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np

from dalil.binomial import binomial_lower, binomial_upper
from dalil.evaluation.run import MIN_GROUPS, Scored, as_figure, generator, independent_groups
from dalil.evaluation.statistics import (
    Estimate,
    bootstrap_interval,
    bootstrap_ratios,
    group_sums,
    holm,
    sign_flip,
)
from dalil.records import to_row

ALPHA = 0.05
Meets = Literal["met", "missed", "too_few"]
"""met: the upper bound of wrong lies within the target; missed: the lower bound lies above it; too_few: neither is shown."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Correct of `a` minus correct of `b` (shares) on the `n` questions both were asked; bounds None under 12 groups.

    `discordance`: the share of these questions on which they differ; `p_holm`: p adjusted over all pairs.
    """

    a: str
    b: str
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float
    n: int
    groups: int
    discordance: float

    @property
    def significant(self) -> bool:
        return self.groups >= MIN_GROUPS and self.p_holm < ALPHA


@dataclass(frozen=True, slots=True)
class Standing:
    """What the verdict rule reads of an approach. `upper_wrong`: 95 % upper bound of wrong among the answered."""

    name: str
    n: int
    groups: int
    answered: int
    wrong: int
    correct: Estimate
    upper_wrong: float | None
    meets: Meets
    seconds: float
    cost_per_1000: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All approaches on one set, in the order given (the simpler first), and all pairs."""

    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    target_wrong: float


@dataclass(frozen=True, slots=True)
class Change:
    """An approach in a run (`after`) against an earlier one (`before`): the pair's difference is after minus before."""

    approach: str
    pair: Pair
    significant_drop: bool
    changed: tuple[tuple[str, str, str], ...]

    def as_row(self) -> dict[str, Any]:
        """JSON-ready; `changed`: the questions whose outcome differs, with both outcomes."""
        changed = [{"id": i, "before": before, "after": after} for i, before, after in self.changed]
        return {**to_row(self), "changed": changed}


def compare(scored_by_approach: Mapping[str, Sequence[Scored]], target_wrong: float,
            costs: Mapping[str, float] | None = None, seed: int = 42, resamples: int = 2000) -> Comparison:  # fmt: skip
    """Every approach's standing and every pair's difference, p and Holm's p. `costs`: per 1,000 answers, else measured."""
    given = dict(scored_by_approach)
    standings = tuple(
        _standing(name, rows, target_wrong, (costs or {}).get(name), seed, resamples) for name, rows in given.items()
    )
    found = [_pair(a, b, given[a], given[b], seed, resamples) for a, b in combinations(given, 2)]
    return Comparison(standings, tuple(_adjusted([pair for pair in found if pair])), target_wrong)


def changes(
    run_a: Mapping[str, Sequence[Scored]], run_b: Mapping[str, Sequence[Scored]], seed: int = 42
) -> list[Change]:
    """The later run `run_b` against the earlier `run_a`, for approaches and questions in both. The gate: a significant drop."""
    pairs = [
        pair
        for name in run_b
        if name in run_a and (pair := _pair(name, name, run_b[name], run_a[name], seed, 2000)) is not None
    ]
    made = []
    for pair in _adjusted(pairs):
        before = {row.id: row.outcome for row in run_a[pair.a]}
        changed = tuple(
            (row.id, str(before[row.id]), str(row.outcome))
            for row in run_b[pair.a]
            if before.get(row.id, row.outcome) != row.outcome
        )
        made.append(Change(pair.a, pair, pair.significant and pair.difference < 0, changed))
    return made


def against(name: str, rows: Sequence[Scored], others: Mapping[str, Sequence[Scored]], seed: int = 42) -> list[Pair]:
    """One approach against each of the others: its share correct minus theirs, Holm's p over these pairs."""
    found = (_pair(name, other, rows, scored, seed, 2000) for other, scored in others.items())
    return _adjusted([pair for pair in found if pair is not None])


def pair_row(pair: Pair) -> dict[str, Any]:
    """A pair, JSON-ready."""
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in to_row(pair).items()}


def standing_row(standing: Standing) -> dict[str, Any]:
    """A standing, JSON-ready."""
    return {**to_row(standing), "correct": as_figure(standing.correct)}


def _standing(name: str, rows: Sequence[Scored], target: float, cost: float | None, seed: int,
              resamples: int) -> Standing:  # fmt: skip
    groups = independent_groups(rows)
    answered = [row for row in rows if row.answered]
    wrong = sum(row.outcome == "wrong" for row in answered)
    values = [float(row.correct) for row in rows]
    if groups >= MIN_GROUPS:
        correct = bootstrap_interval(values, [row.group for row in rows], generator(seed, "correct"), resamples)
    else:
        correct = Estimate(float(np.mean(values)) if values else None, None, None, len(values))
    upper = upper_wrong(answered, seed, resamples) if answered else None
    timed = [row.seconds for row in rows if row.seconds]
    seconds = float(np.mean(timed)) if timed else 0.0
    measured = 1000 * float(np.mean([row.cost for row in rows])) if rows else 0.0
    return Standing(name, len(rows), groups, len(answered), wrong, correct, upper, _meets(wrong, len(answered), upper, target),
                    seconds, measured if cost is None else cost)  # fmt: skip


def upper_wrong(answered: Sequence[Scored], seed: int, resamples: int = 2000) -> float:
    """The 95 % upper bound of wrong among the answered: the exact binomial one, and no less than what groups show.

    The binomial bound takes questions for independent; where wrong answers crowd in few groups, the bootstrap over groups
    reaches higher and is taken.
    """
    wrong = [float(row.outcome == "wrong") for row in answered]
    exact = binomial_upper(int(sum(wrong)), len(wrong))
    draws = bootstrap_ratios(*group_sums(wrong, [row.group for row in answered]), generator(seed, "upper"), resamples)
    return max(exact, float(np.quantile(draws, 0.95)))


def _meets(wrong: int, answered: int, upper: float | None, target: float) -> Meets:
    if upper is not None and upper <= target:
        return "met"
    return "missed" if binomial_lower(wrong, answered) > target else "too_few"


def _pair(a: str, b: str, rows_a: Sequence[Scored], rows_b: Sequence[Scored], seed: int, resamples: int) -> Pair | None:
    """The paired difference (p_holm not yet adjusted), None where no question was put to both."""
    others = {row.id: row for row in rows_b}
    both = [(row, others[row.id]) for row in rows_a if row.id in others]
    if not both:
        return None
    diff = [float(first.correct) - float(second.correct) for first, second in both]
    sums, counts = group_sums(diff, [first.group for first, _ in both])
    low = high = None
    groups = independent_groups([first for first, _ in both])
    if groups >= MIN_GROUPS:
        draws = bootstrap_ratios(sums, counts, generator(seed, "pair", a, b), resamples)
        low, high = (float(q) for q in np.quantile(draws, [0.025, 0.975]))
    p = sign_flip(sums, generator(seed, "flip", a, b))
    discordance = float(np.mean(np.abs(diff)))
    return Pair(a, b, float(np.mean(diff)), low, high, p, p, len(both), groups, discordance)


def _adjusted(pairs: Sequence[Pair]) -> list[Pair]:
    return [replace(pair, p_holm=p) for pair, p in zip(pairs, holm([pair.p for pair in pairs]), strict=True)]
