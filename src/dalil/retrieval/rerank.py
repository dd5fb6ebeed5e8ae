"""The re-ranker: a second look at the first passages, with what one BM25 score does not say.

Pairwise logistic regression (Burges et al., 2005, with a linear model) over the difference of two passages' features. It
departs only as far as the questions that it is fitted on ask for: from the fused order the weights that are shipped (fitted on
public sets), and from these the weights of a workspace's own questions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dalil.records import Language
from dalil.retrieval.features import FEATURES, Candidate, Idf, feature_table
from dalil.retrieval.word_numbers import Reader

DEPTH = 30
RIDGE = 2.0
"""How strongly weights are held at the fused order."""
OWN_RIDGE = 10.0
"""How strongly a workspace's own questions are held at the weights that are shipped."""
STEPS = 30
Floats = NDArray[np.float64]


class Ranker(Protocol):
    """Gives the first passages of a question a second score."""

    def scores(self, text: str, candidates: Sequence[Candidate]) -> list[float]:
        """One score a candidate, higher is better."""
        ...


@dataclass(frozen=True)
class FeatureRanker:
    """A weight a feature; what it reads beside is the corpus's idf, and passages as the reader knows them."""

    weights: Mapping[str, float]
    languages: Sequence[Language]
    idf: Idf
    reader: Reader

    def scores(self, text: str, candidates: Sequence[Candidate]) -> list[float]:
        """One score a candidate, higher is better."""
        weights = np.array([self.weights.get(name, 0.0) for name in FEATURES])
        table = feature_table(text, candidates, self.languages, self.idf, self.reader)
        return [float(score) for score in table @ weights]


def reordered(candidates: Sequence[Candidate], scores: Sequence[float]) -> list[int]:
    """Places of the candidates, best first; equal scores keep the order that they came in."""
    return sorted(range(len(candidates)), key=lambda place: (-scores[place], place))


@cache
def shipped_weights() -> Mapping[str, float]:
    """Weights fitted on public question sets (benchmarks/retrieval.py --fit): what a workspace begins with."""
    return dict(json.loads(resources.files(__package__).joinpath("default_ranking.json").read_text("utf-8")))


def fit_weights(tables: Sequence[Floats], right: Sequence[NDArray[np.bool_]], before: Mapping[str, float] | None = None,
                among: Sequence[str] = FEATURES) -> dict[str, float]:  # fmt: skip
    """Weights from questions: each a table of its candidates' features, and which rows hold the proof.

    The first row that does must come before all that do not; every question counts the same. They depart from those of `before`,
    without them from the fused order, and without a pair to learn from they stay there. Features not `among` the
    named weigh nothing.
    """
    pairs = [table[found.argmax()] - table[~found] for table, found in zip(tables, right, strict=True) if found.any()]
    pairs = [rows for rows in pairs if len(rows)]
    if not pairs:
        return dict(before) if before else {name: float(name == "fused") for name in FEATURES}
    counts = np.concatenate([np.full(len(rows), 1.0 / len(rows)) for rows in pairs])
    differences = np.concatenate(pairs) * np.array([name in among for name in FEATURES])
    scale = differences.std(axis=0)
    scale[scale < 1e-9] = 1.0
    if before:
        start = np.array([before.get(name, 0.0) for name in FEATURES]) * scale
    else:
        start = np.zeros(len(FEATURES))
        start[0] = _fit(differences[:, :1] / scale[0], counts, np.zeros(1), 1e-3)[0]
    found = _fit(differences / scale, counts, start, OWN_RIDGE if before else RIDGE) / scale
    return {name: round(float(weight), 6) for name, weight in zip(FEATURES, found, strict=True)}


def _fit(differences: Floats, counts: Floats, before: Floats, ridge: float) -> Floats:
    """Newton steps on the mean of log(1 + exp(-difference · weights)), with a ridge on what departs from `before`."""
    weights = before.copy()
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(np.clip(differences @ weights, -30, 30)))
        gradient = differences.T @ (counts * p) - ridge * (weights - before)
        curvature = differences.T @ (differences * (counts * p * (1 - p))[:, None]) + ridge * np.eye(len(weights))
        step = np.clip(np.linalg.solve(curvature, gradient), -2, 2)
        weights += step
        if float(np.abs(step).max()) < 1e-7:
            break
    return weights
