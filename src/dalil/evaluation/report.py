"""report.html: one page, no network, from one JSON-ready dictionary (`ReportData`, which is also report.json).

The page is written in the report's language; texts of users keep their own direction. Nothing of a user's text is ever
markup: jinja2 escapes it, and the page's own policy lets no other script run and nothing be loaded.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict, cast

import yaml

from dalil.evaluation.before_after import before_after
from dalil.evaluation.charts import charts, costs_money, described_lengths
from dalil.evaluation.pages import environment, read_template, safe
from dalil.evaluation.sentences import opening, subject_of, words_of
from dalil.evaluation.training_shown import shown_training
from dalil.evaluation.wording import Unit, Words

METRICS = ("correct", "right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed", "wrong_of_answered",
           "cites_proof", "seconds", "cost_per_1000")  # fmt: skip
WORST_FIRST = ("wrong", "failed", "wrongly_silent", "partly", "rightly_silent", "right")
SHARES = ("right", "rightly_silent", "partly", "wrongly_silent", "failed", "wrong")
BEHIND = {**{name: name for name in WORST_FIRST}, "wrong_of_answered": "wrong"}


class Figure(TypedDict):
    """A share (0–1), seconds or money, with its 95 % interval and the number of questions; None: not measured."""

    value: float | None
    low: float | None
    high: float | None
    n: int


class ApproachData(TypedDict):
    """`metrics`: METRICS → figure; `by`: dimension (stratum, kind, language, origin) → label → metrics."""

    name: str
    kind: str
    description: str
    metrics: dict[str, Figure]
    by: dict[str, dict[str, dict[str, Figure]]]


class PairData(TypedDict):
    """Correct of `a` minus correct of `b` (shares), on the `n` questions both answered to."""

    a: str
    b: str
    difference: float
    low: float | None
    high: float | None
    p: float
    p_holm: float
    n: int
    groups: int


class VerdictData(TypedDict):
    """`upper_wrong`: approach → upper bound of wrong among the answered. `reasons`: keys of values.reasons, or texts.

    Where `guaranteed` is false, `answered` answers are fewer than the `answers_needed` that could guarantee the target.
    """

    winner: str | None
    decision: Literal["winner", "tie_cheaper", "none_ready", "undecided", "counts_only"]
    target_wrong: float
    more_questions: int | None
    reasons: list[str]
    upper_wrong: dict[str, float | None]
    guaranteed: NotRequired[bool]
    answered: NotRequired[int]
    answers_needed: NotRequired[int]


class ReportData(TypedDict):
    """All that the report shows. Shares are 0–1, `seconds` seconds, lengths words, times UTC in ISO 8601.

    answers: {id, question, gold, answer, approach, status, outcome, stratum, kind, language, origin?, confidence,
    proof: {document, quote, page} | None, citations: [{document, quote, page, start, end, exact}], reason}, worst first within
    an approach; answers_total: approach → outcome → n before any limit; rules_of_thumb: {situation, advice, here}, keys of
    rule_situations and rule_advice or texts; ready: {line, ok: bool | None, measured, unit}, `line` a key of
    ready_lines or a text, `unit` a share of METRICS, seconds, per_1000 (money) or empty; settings: the configuration.
    training and not_measured: pipeline/shown_training.py; staleness: {changed, questions, approaches: {label: {stale, fresh,
    other, silent, n, update_seconds}}, examples: [{document, field, before, after}]} or None; human: pipeline/shown_human.py. dataset_page: the address of dataset.html.
    What is optional shows nothing.
    """

    title: str
    recipe: str | None
    generated_at: str
    language: str
    unit: NotRequired[Unit]
    currency: NotRequired[str]
    counts: dict[str, int]
    verdict: VerdictData
    pairs: list[PairData]
    approaches: list[ApproachData]
    answers: list[dict[str, Any]]
    answers_total: dict[str, dict[str, int]]
    lengths: dict[str, list[int]]
    coverage: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    reliability: list[dict[str, Any]]
    abstention: dict[str, Any] | None
    certificate: dict[str, Any]
    dropped: list[dict[str, str]]
    dropped_counts: dict[str, dict[str, int]]
    stages: list[dict[str, Any]]
    settings: dict[str, Any]
    versions: dict[str, str]
    rules_of_thumb: list[dict[str, Any]]
    ready: list[dict[str, Any]]
    warnings: list[str]
    reviewed: NotRequired[dict[str, int]]
    training: NotRequired[list[dict[str, Any]]]
    not_measured: NotRequired[list[dict[str, Any]]]
    staleness: NotRequired[dict[str, Any] | None]
    human: NotRequired[list[dict[str, Any]]]
    dataset_page: NotRequired[str]


def render(report: Mapping[str, Any]) -> str:
    """The whole page as HTML. `report` has the shape of `ReportData`; raises KeyError where a part is missing."""
    data = cast("ReportData", report)
    say = words_of(data)
    script = read_template("report.js")
    return environment().get_template("report.html.j2").render(
        report=data, say=say, labels=say.labels, sentences=opening(data), subject=subject_of(data),
        metrics=METRICS, shares=SHARES, behind=BEHIND, outcomes=WORST_FIRST, groups=_groups(data),
        dimensions=_dimensions(data), plots={name: safe(svg) for name, svg in charts(data, say).items()},
        costs=costs_money(data), lengths=described_lengths(data["lengths"], say), example=_example(data, say),
        trained=shown_training(data, say), before_after=before_after(data, say), stale=_staleness(data), human=data.get("human", []), ready=_ready(data, say),
        settings=yaml.safe_dump(data["settings"], allow_unicode=True, sort_keys=False, width=100),
        script=safe(script), script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )  # fmt: skip


def _groups(report: ReportData) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Approach → outcome → the answers shown, in the order given."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for answer in report["answers"]:
        found.setdefault(answer["approach"], {}).setdefault(answer["outcome"], []).append(answer)
    return found


def _dimensions(report: ReportData) -> dict[str, list[str]]:
    """Dimension → its labels, as the approaches name them; without those that hold one label only."""
    found: dict[str, list[str]] = {}
    for approach in report["approaches"]:
        for dimension, labels in approach["by"].items():
            known = found.setdefault(dimension, [])
            known += [label for label in labels if label not in known]
    return {dimension: labels for dimension, labels in found.items() if len(labels) > 1}


def _ready(report: ReportData, say: Words) -> list[dict[str, Any]]:
    """The checklist of presets.md, in words."""
    return [
        {"ok": row["ok"], "name": say.name("ready_lines", row["line"]), "found": _measured(row, say)}
        for row in report["ready"]
    ]


def _measured(row: Mapping[str, Any], say: Words) -> str:
    """What was measured, as the language writes it; empty where nothing was."""
    value, unit = row["measured"], row.get("unit", "")
    if value is None:
        return ""
    if unit in say.labels["metrics"] and unit != "seconds":
        return f"{say.percent(value)} ({say.labels['metrics'][unit]})"
    if unit == "seconds":
        return say.seconds(value)
    return str(say.labels["ready"]["per_1000"]).format(cost=say.money(value)) if unit == "per_1000" else str(value)


def _staleness(report: ReportData) -> dict[str, Any] | None:
    """What an update left stale; None where none was tried."""
    found = report.get("staleness")
    return found if found and found["approaches"] else None


def _example(report: ReportData, say: Words) -> str:
    """A figure of the table, for the line that explains how to read it."""
    subject = subject_of(report)
    figure = subject["metrics"]["correct"] if subject else None
    if figure is None:
        return ""
    interval = say.interval(figure["low"], figure["high"])
    return say.isolate(say.percent(figure["value"]) + (f" ({interval})" if interval else ""))
