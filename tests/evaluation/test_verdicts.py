from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from dalil.evaluation.compare import changes, compare
from dalil.evaluation.run import Scored
from dalil.evaluation.verdict import Verdict, decide, rule_of_thumb, verdict_object
from dalil.records import Outcome


def rows(approach: str, outcome_of: Callable[[int], Outcome], n: int = 200, groups: int = 100, seconds: float = 0.0,
         cost: float = 0.0) -> list[Scored]:  # fmt: skip
    return [
        Scored(str(i), approach, f"g{i % groups}", "unseen", "other", "fr", "pairs", (found := outcome_of(i)), True,
               found in ("right", "partly", "wrong"), 1.0, None, seconds, cost)
        for i in range(n)
    ]  # fmt: skip


def every(k: int, then: Outcome, other: Outcome = "right", at: int = 0) -> Callable[[int], Outcome]:
    return lambda i: then if i % k == at else other


def verdict(*systems: Sequence[Scored], target: float = 0.05) -> Verdict:
    return decide(compare({rows[0].approach: rows for rows in systems}, target))


def test_the_better_of_two_ready_ones_wins() -> None:
    found = verdict(rows("passage", every(3, "wrongly_silent")), rows("extractive", every(50, "wrong"), cost=1))
    assert (found.winner, found.decision) == ("extractive", "winner")
    assert found.reasons == ("within_target", "significant")
    assert found.upper is not None
    assert found.wrong_of_answered == pytest.approx(0.02)
    assert 0.02 < found.upper <= 0.05
    assert found.guaranteed


def test_a_better_one_above_the_target_does_not_win() -> None:
    found = verdict(rows("safe", every(3, "wrongly_silent")), rows("bold", every(8, "wrong")))
    assert found.winner == "safe"
    assert found.meets == {"safe": "met", "bold": "missed"}
    assert found.reasons == ("within_target",)


def test_a_tie_goes_to_the_cheaper() -> None:
    dear, cheap = rows("dear", every(25, "wrongly_silent"), cost=0.01), rows("cheap", every(20, "wrongly_silent", at=1))
    found = verdict(dear, cheap)
    assert (found.winner, found.decision) == ("cheap", "tie_cheaper")
    slow = verdict(
        rows("slow", every(25, "wrongly_silent"), seconds=2), rows("fast", every(25, "wrongly_silent", at=3), seconds=1)
    )
    assert slow.winner == "fast"
    same = verdict(rows("first", every(25, "wrongly_silent")), rows("second", every(25, "wrongly_silent", at=3)))
    assert same.winner == "first"


def test_no_tie_where_the_cheaper_may_be_far_worse() -> None:
    dear = rows("dear", lambda i: "wrongly_silent" if i < 7 else "right", n=80, groups=80, cost=0.01)
    found = verdict(dear, rows("cheap", lambda i: "wrongly_silent" if i >= 66 else "right", n=80, groups=80))
    assert (found.winner, found.decision) == (None, "undecided")
    assert found.more_questions is not None
    assert found.more_questions > 10
    assert found.subject == "dear"


def test_none_ready_says_whether_it_was_missed_or_too_few_were_asked() -> None:
    missed = verdict(rows("bold", every(5, "wrong")))
    assert (missed.decision, missed.meets["bold"], missed.more_questions) == ("none_ready", "missed", None)
    few = verdict(rows("new", every(100, "wrong", at=99), n=40, groups=40))
    assert (few.decision, few.meets["new"], few.guaranteed, few.answers_needed) == ("none_ready", "too_few", False, 59)
    assert few.more_questions == 19


def test_wrong_answers_that_crowd_in_few_groups_raise_the_bound() -> None:
    spread = compare({"a": rows("a", every(50, "wrong"), n=400, groups=20)}, 0.05).standings[0]
    crowded = compare(
        {"a": rows("a", lambda i: "wrong" if i % 20 == 0 and i < 160 else "right", n=400, groups=20)}, 0.05
    ).standings[0]
    assert spread.wrong == crowded.wrong == 8
    assert spread.upper_wrong is not None
    assert crowded.upper_wrong is not None
    assert crowded.upper_wrong > spread.upper_wrong


def test_under_twelve_groups_only_counts() -> None:
    comparison = compare(
        {"a": rows("a", every(3, "wrong"), groups=11), "b": rows("b", every(2, "wrong"), groups=11)}, 0.05
    )
    found = decide(comparison)
    assert (found.winner, found.decision, found.reasons) == (None, "counts_only", ("too_few_groups",))
    assert comparison.pairs[0].low is None
    assert not comparison.pairs[0].significant


def test_pairs_use_the_questions_of_both_and_holm() -> None:
    three = {
        "a": rows("a", every(4, "wrong"), n=100),
        "b": rows("b", every(5, "wrong")),
        "c": rows("c", every(2, "wrong")),
    }
    pairs = compare(three, 0.05).pairs
    assert [(pair.a, pair.b, pair.n) for pair in pairs] == [("a", "b", 100), ("a", "c", 100), ("b", "c", 200)]
    assert all(pair.p_holm >= pair.p for pair in pairs)
    assert pairs[2].difference == pytest.approx(0.3)
    assert pairs[2].low is not None
    assert pairs[2].significant
    apart = compare({"a": rows("a", every(4, "wrong"), n=50)[:20], "b": rows("b", every(5, "wrong"), n=50)[20:]}, 0.05)
    assert apart.pairs == ()


def test_one_object_for_json() -> None:
    comparison = compare({"a": rows("a", every(9, "partly")), "b": rows("b", every(8, "failed"))}, 0.05, {"a": 4.0})
    found = json.loads(json.dumps(verdict_object(comparison, decide(comparison))))
    assert found.keys() >= {
        "winner",
        "decision",
        "target_wrong",
        "more_questions",
        "reasons",
        "upper_wrong",
        "pairs",
        "approaches",
    }
    assert found["pairs"][0].keys() >= {"a", "b", "difference", "low", "high", "p", "p_holm", "n", "groups"}
    assert found["approaches"]["a"]["cost_per_1000"] == 4.0
    assert json.loads(json.dumps(verdict_object(compare({}, 0.05), decide(compare({}, 0.05)))))["winner"] is None


def test_a_significant_drop_closes_the_gate() -> None:
    before, after = {"a": rows("a", every(10, "wrong"))}, {"a": rows("a", every(3, "wrong"))}
    drop = changes(before, after)[0]
    assert drop.significant_drop
    assert drop.pair.difference < -0.2
    assert ("3", "right", "wrong") in drop.changed
    assert drop.as_row()["changed"][0] == {"id": "3", "before": "right", "after": "wrong"}
    assert not changes(after, before)[0].significant_drop
    assert changes(before, before)[0].changed == ()
    assert changes(before, {"new": after["a"]}) == []


def test_rules_of_thumb() -> None:
    sizes = (10, 50, 200, 201, 1000, 1001)
    assert [rule_of_thumb(n) for n in sizes] == ["in_context", "rag", "rag", "both", "both", "fine_tuning"]
