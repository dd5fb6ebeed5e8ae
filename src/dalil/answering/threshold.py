"""From which confidence on an answer may be said: the user's limit as a threshold, with its guarantee or without.

Each cut is a test of "more than the limit is wrong above it" by the exact binomial bound (Clopper and Pearson, 1934). Many
cuts are tried and one is chosen, so a bound a cut would promise too much. They are tested as Angelopoulos et al. do (Learn
then Test, 2021, fixed sequences with several starts): in an order that the number of questions alone fixes, each start with
its part of the 5 %, from each on to lower cuts until the first that fails. With 95 % certainty every cut that passed keeps
the limit, on questions drawn like those it was chosen on (as many without an answer, independent of each other). How far down
a walk goes is also bound by what the next answers will be, as many as were tried (beta-binomial), not by the long run alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from dalil.binomial import binomial_tail, binomial_upper, next_exceeds

GUARANTEE_LEVEL = 0.95
LIKELIER = 0.5
SURE = 0.75
"""Three times likelier right than wrong."""
LEAST_RIGHT_KEPT = 0.5
STARTS = (2, 4, 8)
"""The walks begin with a half, a quarter and an eighth of the questions said."""
STEPS = 40
MOST_NEEDED = 100_000


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `value` on an answer is said. `holds`: the target is guaranteed at 95 %, with `answered` of `rows` said.

    `bound`: what share wrong is excluded at this very cut. Where it does not hold, `needed`: how many questions would
    guarantee it if as many were wrong among them; 0 where no number would.
    """

    value: float
    target: float
    holds: bool
    answered: int
    wrong: int
    bound: float
    rows: int
    needed: int = 0


def choose_threshold(confidences: Sequence[float], right: Sequence[bool], target: float) -> Threshold:
    """The lowest cut that is guaranteed to be wrong at most `target` of the time (the module says how).

    Where none is (`holds` False): the lowest cut that was wrong no more than the target, if it still says at least half
    of what is right; else what is three times likelier right than wrong is said, unless most of that was wrong: then
    nothing of the kind. Nothing likelier wrong than right is ever said.
    """
    chosen = _chosen(_cuts(confidences, right, target), confidences, right, target)
    return replace(chosen, bound=round(binomial_upper(chosen.wrong, chosen.answered, GUARANTEE_LEVEL), 6))


def _chosen(cuts: Sequence[Threshold], confidences: Sequence[float], right: Sequence[bool], target: float) -> Threshold:
    if guaranteed := _walked(cuts, len(right), target):
        return guaranteed
    kept = LEAST_RIGHT_KEPT * sum(right)
    observed = [c for c in cuts if c.wrong <= target * c.answered and c.answered - c.wrong >= kept]
    if observed:
        return replace(observed[-1], needed=_needed(observed[-1]))
    sure = next((c for c in reversed(cuts) if c.value >= SURE), Threshold(SURE, target, False, 0, 0, 1.0, len(right)))
    mostly_wrong = 2 * sure.wrong > sure.answered
    return replace(sure, value=math.nextafter(max(confidences), 2.0) if mostly_wrong else SURE)


def _cuts(confidences: Sequence[float], right: Sequence[bool], target: float) -> list[Threshold]:
    """Every cut from LIKELIER on, the highest first, with what was said and wrong above it."""
    order = sorted(range(len(right)), key=lambda i: -confidences[i])
    found: list[Threshold] = []
    wrong = 0
    for count, i in enumerate(order, start=1):
        wrong += not right[i]
        if confidences[i] < LIKELIER:
            break
        if count == len(order) or confidences[order[count]] != confidences[i]:
            found.append(Threshold(confidences[i], target, False, count, wrong, 1.0, len(order)))
    return found


def _walked(cuts: Sequence[Threshold], rows: int, target: float) -> Threshold | None:
    """The lowest cut that a walk reached before its first failure. Below where it begins, a cut must also keep the limit
    among as many answers to come as it says here: the share in the long run is not what a user sees."""
    starts, level = _starts(rows, target)
    passed: list[Threshold] = []
    for start in starts:
        for step, cut in enumerate(_sequence(cuts, start, rows)):
            if binomial_tail(cut.wrong, cut.answered, target) > 1 - level:
                break
            if step and next_exceeds(cut.wrong, cut.answered, target) > 1 - level:
                break
            passed.append(cut)
    return replace(max(passed, key=lambda cut: cut.answered), holds=True) if passed else None


def _starts(rows: int, target: float) -> tuple[list[int], float]:
    """How many are said where the walks begin, and the level of each; none where even all right would not be enough."""
    for count in range(len(STARTS), 0, -1):
        level = 1 - (1 - GUARANTEE_LEVEL) / count
        found = sorted({max(rows // part, _all_right(target, level)) for part in STARTS[:count]})
        if len(found) == count and found[-1] <= rows:
            return found, level
    return [], GUARANTEE_LEVEL


def _sequence(cuts: Sequence[Threshold], start: int, rows: int) -> Iterator[Threshold]:
    """The first cut that says at least `start`, then every one that says a step more, and the lowest."""
    wanted = start
    for cut in cuts:
        if cut.answered >= wanted or (cut is cuts[-1] and cut.answered >= start):
            yield cut
            wanted = cut.answered + max(1, rows // STEPS)


@cache
def _all_right(target: float, level: float) -> int:
    """How many must be right, none wrong, to exclude more than `target` wrong."""
    return next(n for n in range(1, MOST_NEEDED) if binomial_tail(0, n, target) <= 1 - level)


def _needed(cut: Threshold) -> int:
    """So many questions, as many of them said and wrong as at this cut, would guarantee the target; 0: none would."""
    share = cut.wrong / cut.answered
    said = cut.answered
    while said < MOST_NEEDED:
        if binomial_tail(math.ceil(share * said), said, cut.target) <= 1 - GUARANTEE_LEVEL:
            return math.ceil(said * cut.rows / cut.answered)
        said += max(1, said // 20)
    return 0
