from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from dalil.binomial import binomial_lower, binomial_upper
from dalil.evaluation.statistics import (
    answers_needed,
    bootstrap_interval,
    holm,
    questions_needed,
    sign_flip,
    wilson_interval,
)

SHARE = st.floats(0, 1)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_all_right_is_not_certain() -> None:
    found = bootstrap_interval([1.0] * 20, [str(i) for i in range(20)], rng())
    assert (found.value, found.high, found.n) == (1.0, 1.0, 20)
    assert found.low == pytest.approx(wilson_interval(1, 20)[0])
    assert bootstrap_interval([], [], rng()).value is None


def test_questions_of_one_group_share_their_luck() -> None:
    values = [float(i % 2) for i in range(40) for _ in range(10)]
    together = bootstrap_interval(values, [str(i // 10) for i in range(400)], rng())
    apart = bootstrap_interval(values, [str(i) for i in range(400)], rng())
    assert together.low is not None
    assert together.high is not None
    assert apart.low is not None
    assert apart.high is not None
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_the_interval_of_a_mean_covers_it_as_often_as_it_says() -> None:
    draws, hits = np.random.default_rng(3), 0
    for _ in range(200):
        group_means = draws.normal(5, 1, 40)
        values = (group_means[:, None] + draws.normal(0, 1, (40, 3))).ravel()
        found = bootstrap_interval(list(values), [str(i // 3) for i in range(120)], draws, n=300)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 5 <= found.high
    assert 0.88 <= hits / 200 <= 0.98


@given(st.lists(st.integers(-3, 3), max_size=9))
def test_sign_flip_against_every_flip(diffs: list[int]) -> None:
    sums = [abs(sum(s * d for s, d in zip(signs, diffs, strict=True))) for signs in product((1, -1), repeat=len(diffs))]
    assert sign_flip(diffs, rng()) == pytest.approx(np.mean([s >= abs(sum(diffs)) for s in sums]))


def test_random_flips_agree_with_all_flips() -> None:
    diffs = [1.0] * 10 + [-1.0] * 4
    exact = sign_flip(diffs, rng())
    assert sign_flip([*diffs, 1e-12, -1e-12], rng(), n=20000) == pytest.approx(exact, abs=0.02)
    assert sign_flip([1.0] * 60, rng()) == pytest.approx(1 / 5001)


@given(st.lists(SHARE, max_size=8))
def test_holm_never_lowers_a_p_and_keeps_the_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= a <= 1 for p, a in zip(ps, adjusted, strict=True))
    assert [a for _, a in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)


def test_holm_known_values() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(st.integers(0, 400), st.integers(1, 400))
def test_exact_bounds_against_the_beta_distribution(k: int, n: int) -> None:
    k = min(k, n)
    assert binomial_upper(k, n) == pytest.approx(beta.ppf(0.95, k + 1, n - k) if k < n else 1, abs=1e-9)
    assert binomial_lower(k, n) == pytest.approx(beta.ppf(0.05, k, n - k + 1) if k else 0, abs=1e-9)


def test_59_answers_are_the_least_for_five_percent() -> None:
    assert binomial_upper(0, 58) > 0.05 >= binomial_upper(0, 59)
    assert answers_needed(0, 0.05) == 59
    assert answers_needed(0.05, 0.05) is None
    needed = answers_needed(0.03, 0.05)
    assert needed is not None
    assert 300 < needed < 500


def test_questions_needed_as_known() -> None:
    assert [questions_needed(d, 0.3) for d in (0.15, 0.08, 0.05)] == pytest.approx([100, 400, 1000], rel=0.15)
    assert questions_needed(0, 0.3) is None
    assert questions_needed(-0.08, 0.3) == questions_needed(0.08, 0.3)
