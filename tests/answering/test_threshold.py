"""A promised threshold keeps its limit; one that cannot be promised says how many questions are lacking."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dalil.answering.threshold import LIKELIER, choose_threshold

LIMIT = 0.05


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=200))
def test_a_guaranteed_threshold_keeps_its_target(pairs: list[tuple[float, bool]]) -> None:
    scores, right = [p[0] for p in pairs], [p[1] for p in pairs]
    cut = choose_threshold(scores, right, LIMIT)
    said = [ok for score, ok in pairs if score >= cut.value]
    if cut.holds:
        assert len(said) >= 59
        assert said.count(False) / len(said) <= LIMIT
        assert cut.bound <= LIMIT
    else:
        assert cut.value >= LIKELIER


def test_59_right_answers_are_enough_and_58_are_not() -> None:
    assert choose_threshold([0.9] * 59, [True] * 59, LIMIT).holds
    few = choose_threshold([0.9] * 58, [True] * 58, LIMIT)
    assert not few.holds
    assert 59 <= few.needed <= 61, "counted in steps of a twentieth"


def test_more_wrong_than_the_limit_can_be_promised_by_no_number_of_questions() -> None:
    cut = choose_threshold([0.9] * 200, [i % 5 > 0 for i in range(200)], LIMIT)
    assert (cut.holds, cut.needed, cut.wrong, cut.answered) == (False, 0, 40, 200)
    assert 0.2 < cut.bound < 0.3


def test_in_95_of_100_corpora_what_was_promised_is_kept_though_the_best_of_many_cuts_was_chosen() -> None:
    """Right with the probability announced, so that what is truly wrong above a cut is known."""
    rng = np.random.default_rng(42)
    truth = rng.beta(4, 0.7, 200_000)
    broken = promised = 0
    for _ in range(100):
        scores = rng.beta(4, 0.7, 500)
        cut = choose_threshold(scores.tolist(), (rng.random(500) < scores).tolist(), LIMIT)
        promised += cut.holds
        broken += cut.holds and float((1 - truth[truth >= cut.value]).mean()) > LIMIT
    assert promised > 50, "a limit that is well within reach is promised mostly"
    assert broken <= 5


def test_the_other_half_keeps_what_one_half_of_the_questions_promised() -> None:
    """What a user sees: not the share in the long run, but that of the next answers."""
    rng = np.random.default_rng(7)
    kept = promised = 0
    for _ in range(100):
        scores = rng.beta(4, 0.7, 1000)
        right = rng.random(1000) < scores
        cut = choose_threshold(scores[:500].tolist(), right[:500].tolist(), LIMIT)
        said = right[500:][scores[500:] >= cut.value]
        promised += cut.holds
        kept += cut.holds and int((~said).sum()) <= LIMIT * len(said)
    assert promised > 50
    assert kept >= 0.95 * promised
