"""Examples × answers → scored rows → the table of metrics with intervals."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dalil.evaluation import metrics
from dalil.evaluation.judge import Judge, can_be_judged
from dalil.evaluation.statistics import Estimate, bootstrap_interval
from dalil.records import Answer, Example, Language, Origin, Outcome, Stratum, content_id

log = logging.getLogger("dalil.evaluation")
MIN_GROUPS = 12
"""Under so many groups an interval would promise more than the data hold: counts only."""
OUTCOMES: tuple[Outcome, ...] = ("right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed")
CORRECT = frozenset({"right", "rightly_silent"})
CLOSENESS = ("token_f1", "exact_match", "rouge_l", "chrf", "bleu", "language_match")
DIMENSIONS = ("stratum", "kind", "language", "origin")


@dataclass(frozen=True, slots=True)
class Scored:
    """One judged answer. Closeness measures are None where nothing was answered or no gold text exists.

    `seconds` of this answer, `cost` of this answer in the answer's currency. `answered`: it gave an answer.
    """

    id: str
    approach: str
    group: str
    stratum: Stratum
    kind: str
    language: Language
    origin: Origin
    outcome: Outcome
    answerable: bool
    answered: bool
    recall: float
    cites_proof: bool | None
    seconds: float
    cost: float
    reason: str = ""
    token_f1: float | None = None
    exact_match: float | None = None
    rouge_l: float | None = None
    chrf: float | None = None
    bleu: float | None = None
    language_match: float | None = None
    truncated: bool | None = None

    @property
    def correct(self) -> bool:
        """The primary outcome: right, or rightly silent."""
        return self.outcome in CORRECT


def score(examples: Sequence[Example], answers: Iterable[Answer], judge: Judge,
          strata: Mapping[str, Stratum]) -> list[Scored]:  # fmt: skip
    """The judged answers of one approach, in the order of the examples. An example without an answer has failed.

    Examples without a gold to judge by, and answers to unknown questions, are left out with a warning.
    """
    found = {answer.id: answer for answer in answers}
    unknown = found.keys() - {example.id for example in examples}
    unjudged = [example.id for example in examples if not can_be_judged(example)]
    for ids, what in ((sorted(unknown), "answers to unknown questions"), (unjudged, "questions without a gold answer")):
        if ids:
            log.warning("%d %s are not scored (%s …)", len(ids), what, ", ".join(ids[:3]))
    approach = next((answer.approach for answer in found.values()), "")
    kept = [example for example in examples if can_be_judged(example)]
    return [
        _scored(example, found.get(example.id) or _missing(example, approach), judge, strata.get(example.id))
        for example in kept
    ]


def _missing(example: Example, approach: str) -> Answer:
    return Answer(example.id, example.question, approach, "failed", "", reason="no answer was given")


def _scored(example: Example, answer: Answer, judge: Judge, stratum: Stratum | None) -> Scored:
    judged = judge.judge(example, answer)
    answered = answer.status == "answered" and bool(answer.answer.strip())
    gold = example.answer or " ; ".join(example.values)
    close: dict[str, float | None] = {}
    if answered and example.answerable and gold:
        measures = (metrics.token_f1, metrics.exact_match, metrics.rouge_l, metrics.chrf, metrics.bleu)
        close = {measure.__name__: measure(gold, answer.answer) for measure in measures}
    if answered:
        close["language_match"] = metrics.language_match(example.language, answer.answer)
    return Scored(
        example.id, answer.approach, example.group or example.id, stratum or _stratum(example), example.kind,
        example.language, example.origin, judged.outcome, example.answerable, answered, judged.recall,
        judged.cites_proof, answer.seconds, answer.cost, judged.reason,
        truncated=metrics.truncated(answer.answer) if answered else None, **close,
    )  # fmt: skip


def _stratum(example: Example) -> Stratum:
    """Where no split says: what own questions are."""
    if not example.answerable:
        return "out_of_scope"
    return "aggregate" if len(example.documents) > 1 else "unseen"


def table(scored: Sequence[Scored], seed: int, cost_per_1000: float | None = None) -> dict[str, dict[str, Any]]:
    """Metric → {value, low, high, n}; shares are of all questions unless the name says otherwise.

    `cost_per_1000` replaces the measured cost where more than the answers is counted (training amortised).
    """
    columns: dict[str, tuple[list[float], Sequence[Scored]]] = {
        name: ([float(row.outcome == name) for row in scored], scored) for name in OUTCOMES
    }
    answered = [row for row in scored if row.answered]
    proven = [row for row in scored if row.cites_proof is not None]
    columns["correct"] = ([float(row.correct) for row in scored], scored)
    columns["answered"] = ([float(row.answered) for row in scored], scored)
    columns["wrong_of_answered"] = ([float(row.outcome == "wrong") for row in answered], answered)
    columns["cites_proof"] = ([float(bool(row.cites_proof)) for row in proven], proven)
    timed = [row for row in scored if row.seconds]
    columns["seconds"] = ([row.seconds for row in timed], timed)
    columns["cost_per_1000"] = ([1000 * row.cost for row in scored], scored)
    for name in (*CLOSENESS, "truncated"):
        told = [row for row in scored if getattr(row, name) is not None]
        columns[name] = ([float(getattr(row, name)) for row in told], told)
    made = {name: _figure(name, values, rows, seed) for name, (values, rows) in columns.items()}
    if cost_per_1000 is not None:
        made["cost_per_1000"] = {"value": cost_per_1000, "low": None, "high": None, "n": len(scored)}
    return made


def independent_groups(rows: Sequence[Scored]) -> int:
    """How many groups of the split the rows come from: questions over several records, and those about none, add none.

    Rows of such questions alone are counted by their own groups.
    """
    split = {row.group for row in rows if row.stratum in ("seen", "unseen")}
    return len(split or {row.group for row in rows})


def _figure(name: str, values: Sequence[float], rows: Sequence[Scored], seed: int) -> dict[str, Any]:
    groups = [row.group for row in rows]
    if independent_groups(rows) < MIN_GROUPS:
        mean = float(np.mean(values)) if values else None
        return as_figure(Estimate(mean, None, None, len(values)))
    return as_figure(bootstrap_interval(values, groups, generator(seed, name)))


def as_figure(estimate: Estimate) -> dict[str, Any]:
    """The contract's form of a metric."""
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {**{key: None if v is None else round(v, 6) for key, v in values.items()}, "n": estimate.n}


def generator(seed: int, *names: str) -> np.random.Generator:
    """A generator of its own for each figure: adding one changes no other."""
    return np.random.default_rng([seed, int(content_id(*names), 16)])


def slices(scored: Sequence[Scored], seed: int) -> dict[str, dict[str, dict[str, Any]]]:
    """Dimension (stratum, kind, language, origin) → label → metrics."""
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for dimension in DIMENSIONS:
        labels = dict.fromkeys(sorted(getattr(row, dimension) for row in scored))
        made[dimension] = {
            label: table([row for row in scored if getattr(row, dimension) == label], seed) for label in labels
        }
    return made


def evaluation_object(approach: str, set_name: str, scored: Sequence[Scored], seed: int = 42,
                      cost_per_1000: float | None = None) -> dict[str, Any]:  # fmt: skip
    """The contract's object of `dalil evaluate`: {approach, set, n, groups, metrics, by}."""
    return {
        "approach": approach,
        "set": set_name,
        "n": len(scored),
        "groups": independent_groups(scored),
        "metrics": table(scored, seed, cost_per_1000),
        "by": slices(scored, seed),
    }
