"""Confidence is fitted right, on what is the workspace's own where there is enough of it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dalil.answering.abstention import (
    Calibration,
    Logistic,
    Trial,
    calibrate,
    calibration_from,
    default_calibration,
    fit_confidence,
    fit_logistic,
)


def data(n: int = 400, seed: int = 0) -> tuple[list[dict[str, float]], list[bool]]:
    rng = np.random.default_rng(seed)
    rows = [{"a": float(x), "b": float(y)} for x, y in rng.normal(size=(n, 2))]
    right = [bool(rng.random() < 1 / (1 + np.exp(-(0.3 + 2 * row["a"] - row["b"])))) for row in rows]
    return rows, right


def test_the_fit_agrees_with_scikit_learn() -> None:
    rows, right = data()
    ours = fit_logistic(rows, right, ridge=1.0)
    x = np.array([[row["a"], row["b"]] for row in rows])
    scale = x.std(axis=0)
    theirs = LogisticRegression(C=1.0, tol=1e-10).fit((x - x.mean(axis=0)) / scale, right)
    assert [ours.weights["a"], ours.weights["b"]] == pytest.approx(list(theirs.coef_[0] / scale), rel=1e-4)


def test_too_few_trials_keep_the_default_and_enough_replace_it() -> None:
    rows, right = data()
    trials = [Trial("field", row, ok, str(i)) for i, (row, ok) in enumerate(zip(rows, right, strict=True))]
    default = default_calibration()
    few = calibrate(trials[:20], 0.05, default)
    assert few.models["field"] == default.models["field"]
    many = calibrate(trials, 0.05, default)
    assert many.models["field"].own
    assert many.models["text"] == default.models["text"]
    assert calibration_from(json.loads(json.dumps(many.as_row()))) == many


def test_a_language_with_questions_enough_has_its_own_threshold() -> None:
    rows, right = data()
    spoken = ["fr" if i % 3 else "ar" for i in range(len(rows))]
    trials = [Trial("field", row, ok or lang == "fr", str(i), lang)
              for i, (row, ok, lang) in enumerate(zip(rows, right, spoken, strict=True))]  # fmt: skip
    learnt = calibrate(trials, 0.05, default_calibration())
    assert learnt.thresholds["field:fr"].holds
    assert not learnt.thresholds["field:ar"].holds
    assert learnt.thresholds["field:fr"].rows + learnt.thresholds["field:ar"].rows == learnt.thresholds["field"].rows
    just = learnt.thresholds["field:fr"].value
    assert learnt.allows("field", just, "fr")
    assert not learnt.allows("field", just - 1e-9, "fr")
    assert learnt.allows("field", 1.0, "en"), "a language without questions goes by the path"


def test_without_a_model_nothing_is_allowed() -> None:
    assert not Calibration().allows("text", Calibration().confidence("text", {"a": 1.0}))


def factored(n: int = 1000, seed: int = 1) -> list[Trial]:
    """`a` tells whether the corpus answers at all, `b` whether the quote is right where it does."""
    rng = np.random.default_rng(seed)
    made = []
    for i, (a, b) in enumerate(rng.normal(size=(n, 2))):
        there = bool(rng.random() < 1 / (1 + np.exp(-3 * a)))
        right = there and bool(rng.random() < 1 / (1 + np.exp(-3 * b)))
        made.append(Trial("text", {"a": float(a), "b": float(b)}, right, str(i), there=there))
    return made


def test_two_factors_tell_apart_what_is_not_there_and_what_is_wrong() -> None:
    learnt = fit_confidence(factored(), 1.0, by_there=True)
    assert learnt.there is not None
    assert learnt.there.weights["a"] > 10 * abs(learnt.there.weights["b"])
    assert learnt.weights["b"] > 10 * abs(learnt.weights["a"])
    sure = learnt.probability({"a": 2.0, "b": 2.0})
    assert sure > 0.9
    assert learnt.probability({"a": -2.0, "b": 2.0}) < 0.1
    assert learnt.probability({"a": 2.0, "b": -2.0}) < 0.1
    assert calibration_from(json.loads(json.dumps(Calibration({"text": learnt}).as_row()))).models["text"] == learnt


def test_two_factors_announce_more_truly_than_one() -> None:
    seen, unseen = factored(), factored(seed=2)

    def loss(model: Logistic) -> float:
        return float(np.mean([(model.probability(t.features) - t.right) ** 2 for t in unseen]))

    one = fit_logistic([t.features for t in seen], [t.right for t in seen], 1.0)
    assert loss(fit_confidence(seen, 1.0, by_there=True)) < loss(one) - 0.005


def test_a_factor_without_both_kinds_stays_as_it_was() -> None:
    prior = fit_confidence(factored(), 1.0, by_there=True)
    only_there = [replace(trial, right=trial.features["b"] > 0, there=True) for trial in factored(100)]
    learnt = fit_confidence(only_there, 1.0, prior)
    assert learnt.there == prior.there
    assert learnt.weights != prior.weights
