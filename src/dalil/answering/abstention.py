"""How sure an answer is, and from which confidence on it may be said.

A ridge logistic regression (iteratively reweighted least squares, McCullagh and Nelder 1989) on the scores of a proposal,
one per path. It learns from the workspace's own questions, each asked also with its document hidden, and from questions
that nothing in the corpus answers; with too few of them, from coefficients fitted on public question sets.

Of a text two are multiplied: that the corpus answers at all, and that the quote is right where it does. What tells the one
(rare words that stand nowhere) is not what tells the other (the words far from the value), and one regression of both blurs them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.answering.threshold import Threshold, choose_threshold
from dalil.records import content_id

ENOUGH_ROWS = 60
PRIOR_RIDGE = 40.0
"""So strong that the hundred trials of a small workspace move coefficients fitted on public sets a little only."""
FEWEST_OF_A_KIND = 5
"""With fewer of either kind a regression would say that there is only the other."""
HAND_RIDGE = 10.0
"""Coefficients written by hand give way sooner."""
CROSS_FITS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(right) = 1 / (1 + exp(-(bias + Σ weight · feature))); `rows` it was fitted on, `own` if the workspace's.

    Times what `there` says, if any: then P(right) is of what is there."""

    bias: float
    weights: dict[str, float]
    rows: int = 0
    own: bool = True
    there: Logistic | None = None

    def probability(self, features: Mapping[str, float]) -> float:
        """Confidence 0–1; an unknown feature counts as 0."""
        total = self.bias + sum(w * features.get(name, 0.0) for name, w in self.weights.items())
        found = self.there.probability(features) if self.there else 1.0
        return found / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `extractive` needs to decide: a model and a threshold per path, and a threshold per path and language
    ("text:ar") where that language has questions enough."""

    models: dict[str, Logistic] = field(default_factory=dict)
    thresholds: dict[str, Threshold] = field(default_factory=dict)

    def confidence(self, path: str, features: Mapping[str, float]) -> float:
        model = self.models.get(path)
        return model.probability(features) if model else 0.0

    def answered_at_all(self, path: str, features: Mapping[str, float]) -> float:
        """P(the documents answer), whether or not the quote does; 0 for a path that does not tell the two apart."""
        model = self.models.get(path)
        return model.there.probability(features) if model and model.there else 0.0

    def allows(self, path: str, confidence: float, language: str = "") -> bool:
        """Whether it may be said: by the threshold of the question's language where there is one, else by the path's."""
        threshold = self.thresholds.get(f"{path}:{language}") or self.thresholds.get(path)
        return threshold is not None and confidence >= threshold.value

    def as_row(self) -> dict[str, Any]:
        return asdict(self)


def calibration_from(row: Mapping[str, Any]) -> Calibration:
    """A calibration from its JSON form."""
    return Calibration(
        {path: _logistic(model) for path, model in row["models"].items()},
        {path: Threshold(**threshold) for path, threshold in row["thresholds"].items()},
    )


def _logistic(row: Mapping[str, Any]) -> Logistic:
    there = row.get("there")
    return Logistic(**{**row, "there": _logistic(there) if there else None})


@cache
def default_calibration() -> Calibration:
    """Coefficients fitted on public question sets (benchmarks/abstention.py says how)."""
    text = resources.files(__package__).joinpath("default_calibration.json").read_text("utf-8")
    return calibration_from(json.loads(text))


@dataclass(frozen=True, slots=True)
class Trial:
    """A proposal made for a question whose right answer is known. `there`: the corpus answered the question then."""

    path: str
    features: dict[str, float]
    right: bool
    example: str
    language: str = ""
    there: bool = True


def fit_logistic(rows: Sequence[Mapping[str, float]], right: Sequence[bool], ridge: float = 1.0,
                 prior: Logistic | None = None) -> Logistic:  # fmt: skip
    """Fit by Newton steps on standardised features with a ridge penalty (not on the bias).

    With a `prior` the penalty is on what departs from it, so that few rows move it little.
    """
    names = sorted({name for row in rows for name in row} | set(prior.weights if prior else ()))
    x = np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=float).reshape(len(rows), len(names))
    before = np.array([prior.weights.get(name, 0.0) if prior else 0.0 for name in names])
    offset = x @ before + (prior.bias if prior else 0.0)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale[scale < 1e-9] = 1.0
    design = np.hstack([np.ones((len(rows), 1)), (x - centre) / scale])
    beta = _newton(design, np.array(right, dtype=float), offset, np.diag([1e-6] + [ridge] * len(names)))
    weights = before + beta[1:] / scale
    bias = (prior.bias if prior else 0.0) + beta[0] - float((beta[1:] / scale * centre).sum())
    found = {name: round(float(w), 9) for name, w in zip(names, weights, strict=True)}
    return Logistic(round(float(bias), 9), found, len(rows))


def fit_confidence(trials: Sequence[Trial], ridge: float, prior: Logistic | None = None, *,
                   by_there: bool = False) -> Logistic:  # fmt: skip
    """The regression of a path; `by_there`, or where the prior is so: in two factors. A factor of which there are too few of
    a kind stays the prior's."""
    if not (by_there or (prior and prior.there)):
        return fit_logistic([t.features for t in trials], [t.right for t in trials], ridge, prior)
    there = _fit_factor(trials, [t.there for t in trials], ridge, prior.there if prior else None)
    answered = [t for t in trials if t.there]
    own = replace(prior, there=None) if prior else None
    return replace(_fit_factor(answered, [t.right for t in answered], ridge, own), rows=len(trials), there=there)


def _fit_factor(trials: Sequence[Trial], yes: Sequence[bool], ridge: float, prior: Logistic | None) -> Logistic:
    if prior and min(sum(yes), len(yes) - sum(yes)) < FEWEST_OF_A_KIND:
        return prior
    return fit_logistic([t.features for t in trials], yes, ridge, prior)


def _newton(design: Floats, y: Floats, offset: Floats, penalty: Floats) -> Floats:
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(offset + design @ beta, -30, 30)))
        gradient = design.T @ (y - p) - penalty @ beta
        step = np.linalg.solve(design.T @ (design * (p * (1 - p) + 1e-9)[:, None]) + penalty, gradient)
        beta += np.clip(step, -5, 5)
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def unseen_scores(trials: Sequence[Trial], prior: Logistic | None) -> list[tuple[float, bool, str]]:
    """(score, right, language) by models not fitted on the question (cross-fitting); several tries of it count once.

    A cut chosen on the rows that the model was fitted on, or on many tries of one question, would promise too much: of
    the right tries the least sure counts, of the wrong ones the surest.
    """
    parts = [int(content_id("part", trial.example), 16) % CROSS_FITS for trial in trials]
    others = {part: [t for t, p in zip(trials, parts, strict=True) if p != part] for part in set(parts)}
    models = {part: _fit(rest or trials, prior) for part, rest in others.items()}
    tries: dict[tuple[str, bool, str], list[float]] = {}
    for trial, part in zip(trials, parts, strict=True):
        tries.setdefault((trial.example, trial.right, trial.language), []).append(
            models[part].probability(trial.features)
        )
    return [(min(found) if right else max(found), right, language) for (_, right, language), found in tries.items()]


def _thresholds(path: str, units: Sequence[tuple[float, bool, str]], target: float) -> dict[str, Threshold]:
    """The path's threshold, and one for each language that has questions enough."""
    made = {path: choose_threshold([s for s, _, _ in units], [ok for _, ok, _ in units], target)}
    for language in sorted({language for _, _, language in units}):
        own = [(s, ok) for s, ok, spoken in units if spoken == language]
        if language and len(own) >= ENOUGH_ROWS:
            made[f"{path}:{language}"] = choose_threshold([s for s, _ in own], [ok for _, ok in own], target)
    return made


def _fit(trials: Sequence[Trial], prior: Logistic | None) -> Logistic:
    ridge = PRIOR_RIDGE if prior and prior.rows else HAND_RIDGE
    return fit_confidence(trials, ridge, prior)


def calibrate(trials: Sequence[Trial], target: float, default: Calibration) -> Calibration:
    """A calibration from trials; a path with too few of them, or hardly any right, keeps the default's model.

    Where there are trials enough but hardly any right, the threshold rises above 95 % of the wrong ones.
    """
    models: dict[str, Logistic] = {}
    thresholds: dict[str, Threshold] = {}
    for path in sorted({*default.models, *(trial.path for trial in trials)}):
        own = [trial for trial in trials if trial.path == path]
        rights = sum(trial.right for trial in own)
        enough = len(own) >= ENOUGH_ROWS
        if enough and FEWEST_OF_A_KIND <= rights <= len(own) - FEWEST_OF_A_KIND:
            prior = default.models.get(path)
            models[path] = _fit(own, prior)
            thresholds |= _thresholds(path, unseen_scores(own, prior), target)
        elif path in default.models:
            models[path] = default.models[path]
            wrong = [models[path].probability(t.features) for t in own if not t.right] if enough else []
            highest = float(np.quantile(wrong, 0.95)) if wrong else 0.0
            thresholds[path] = replace(default.thresholds[path], value=max(default.thresholds[path].value, highest))
    return Calibration(models, thresholds)
