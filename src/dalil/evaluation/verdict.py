"""The verdict rule, fixed before the data.

1. Under 12 groups: counts only.
2. Ready are the approaches whose 95 % upper bound of wrong among the answered meets the target; if none, none is ready.
3. Of these the one most often correct (right or rightly silent) wins if it is significantly better (Holm over all pairs).
4. Else a tie goes to the cheaper: cost per 1,000, then seconds, then the one given first. Where that is not the most
   often correct, and the interval of their difference reaches beyond 10 points, it is no tie but undecided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dalil.evaluation.compare import Comparison, Pair, Standing, pair_row, standing_row
from dalil.evaluation.run import MIN_GROUPS
from dalil.evaluation.statistics import Estimate, answers_needed, questions_needed
from dalil.records import to_row

Decision = Literal["winner", "tie_cheaper", "none_ready", "undecided", "counts_only"]
Situation = Literal["in_context", "rag", "both", "fine_tuning"]
TIE_REACH = 0.10
"""A tie may cost at most so much of the share correct; beyond it more questions are asked for."""
_HUNDREDTH = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and the parts of its sentence, as data.

    `subject`: the approach that `right`, `wrong_of_answered` and `upper` describe: the winner, else the most often
    correct. `upper_wrong`: approach → upper bound. `meets`: approach → met, missed or too_few. `guaranteed`: there are
    enough answers to guarantee the target at all (`answers_needed`: how many it takes with none wrong).
    `more_questions`: about how many more would decide, None where that does not apply or no number would.
    """

    winner: str | None
    decision: Decision
    subject: str | None
    right: Estimate
    wrong_of_answered: float | None
    upper: float | None
    answered: int
    target_wrong: float
    more_questions: int | None
    guaranteed: bool
    answers_needed: int
    reasons: tuple[str, ...]
    upper_wrong: dict[str, float | None]
    meets: dict[str, str]


def decide(comparison: Comparison) -> Verdict:
    """Apply the rule to measured standings and pairs."""
    standings = comparison.standings
    if not standings or max(standing.groups for standing in standings) < MIN_GROUPS:
        return _verdict(comparison, None, "counts_only", None, ("too_few_groups",))
    ready = [standing for standing in standings if standing.meets == "met"]
    if not ready:
        return _none_ready(comparison)
    best = _best(ready)
    level = [standing for standing in ready if standing is best or not _better(comparison, best, standing)]
    reasons: tuple[str, ...] = ("within_target",)
    if len(level) == 1:
        proof = "only_one" if len(standings) == 1 else "significant" if len(ready) > 1 else ""
        return _verdict(comparison, best, "winner", None, (*reasons, proof) if proof else reasons)
    cheapest = min(level, key=_price)
    pair = _pair_of(comparison, best.name, cheapest.name)
    if cheapest is not best and (pair is None or _reach(pair, best.name) > TIE_REACH):
        return _verdict(comparison, None, "undecided", _to_tell_apart(pair, best), (*reasons, "not_significant"))
    return _verdict(comparison, cheapest, "tie_cheaper", None, (*reasons, "not_significant", "cheaper"))


def _none_ready(comparison: Comparison) -> Verdict:
    """No upper bound meets the target; where the answers are too few to tell, how many more would."""
    open_ones = [standing for standing in comparison.standings if standing.meets == "too_few"]
    needs = [need for standing in open_ones if (need := _to_meet(standing, comparison.target_wrong)) is not None]
    return _verdict(comparison, None, "none_ready", min(needs, default=None), ("above_target",))


def _verdict(comparison: Comparison, winner: Standing | None, decision: Decision, more: int | None,
             reasons: Sequence[str]) -> Verdict:  # fmt: skip
    subject = winner or (_best(comparison.standings) if comparison.standings else None)
    needed = answers_needed(0.0, comparison.target_wrong) or 0
    return Verdict(
        winner=winner.name if winner else None,
        decision=decision,
        subject=subject.name if subject else None,
        right=subject.correct if subject else Estimate(None, None, None, 0),
        wrong_of_answered=subject.wrong / subject.answered if subject and subject.answered else None,
        upper=subject.upper_wrong if subject else None,
        answered=subject.answered if subject else 0,
        target_wrong=comparison.target_wrong,
        more_questions=_about(more),
        guaranteed=bool(subject and subject.answered >= needed),
        answers_needed=needed,
        reasons=tuple(reasons),
        upper_wrong={standing.name: standing.upper_wrong for standing in comparison.standings},
        meets={standing.name: standing.meets for standing in comparison.standings},
    )


def _best(standings: Sequence[Standing]) -> Standing:
    """The most often correct; of equal ones the cheaper."""
    return min(standings, key=lambda standing: (-(standing.correct.value or 0.0), *_price(standing)))


def _price(standing: Standing) -> tuple[float, float]:
    """Money, then time: differences under a cent per 1,000 and a hundredth of a second decide nothing."""
    return round(standing.cost_per_1000, _HUNDREDTH), round(standing.seconds, _HUNDREDTH)


def _pair_of(comparison: Comparison, a: str, b: str) -> Pair | None:
    return next((pair for pair in comparison.pairs if {pair.a, pair.b} == {a, b}), None)


def _better(comparison: Comparison, best: Standing, other: Standing) -> bool:
    pair = _pair_of(comparison, best.name, other.name)
    return pair is not None and pair.significant and (pair.difference > 0) == (pair.a == best.name)


def _reach(pair: Pair, best: str) -> float:
    """How much better, at most, the best may be (the interval's far end); without an interval: anything."""
    far = pair.high if pair.a == best else None if pair.low is None else -pair.low
    return 1.0 if far is None else far


def _to_tell_apart(pair: Pair | None, best: Standing) -> int | None:
    if pair is None:
        return None
    needed = questions_needed(pair.difference, pair.discordance)
    return None if needed is None else max(needed - pair.n, 1)


def _to_meet(standing: Standing, target: float) -> int | None:
    """More questions until the upper bound meets the target, if the share of wrong and of answered stay as they are."""
    if not standing.answered:
        return None
    needed = answers_needed(standing.wrong / standing.answered, target)
    return None if needed is None else max(round((needed - standing.answered) * standing.n / standing.answered), 1)


def _about(n: int | None) -> int | None:
    """Rounded up to two digits: no more is known."""
    if n is None:
        return None
    step = int(10 ** max(0, len(str(n)) - 2))
    return -(-n // step) * step


def verdict_object(comparison: Comparison, verdict: Verdict) -> dict[str, Any]:
    """`dalil compare --json`: the verdict with its approaches, pairs, p and intervals, JSON-ready."""
    approaches: Mapping[str, Any] = {standing.name: standing_row(standing) for standing in comparison.standings}
    pairs = [pair_row(pair) for pair in comparison.pairs]
    return {**to_row(verdict), "approaches": approaches, "pairs": pairs}


def rule_of_thumb(records: int) -> Situation:
    """The published rule by number of records alone: everything in a prompt, retrieval, both, or fine-tuning."""
    if records < 50:
        return "in_context"
    if records <= 200:
        return "rag"
    return "both" if records <= 1000 else "fine_tuning"
