"""The opening sentences of the report, and the words and figures of its language.

Prose is data (`templates/labels.<language>.yaml`); this file chooses which sentences are true of a report and fills
them (wording.py). The verdict rule itself lies elsewhere: nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from dalil.evaluation.training_sentences import training_sentences
from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ApproachData, Figure, ReportData

BASELINE_KIND = "passage"
PART_DIMENSIONS = ("language", "kind", "stratum")
MIN_PART = 10  # questions; a part with fewer is not named as the weakest
SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Sentence:
    """One opening sentence: `role` says what about, `lead` is set in bold before `text`."""

    role: str
    text: str
    lead: str = ""


def words_of(report: ReportData) -> Words:
    """The words of a report: its language, and whether only counts may be told."""
    memories = {name for row in report.get("training", []) if row["kind"] == "memory" for name in row["approaches"]}
    return Words(report["language"], counts_only=report["verdict"]["decision"] == "counts_only",
                 currency=report.get("currency", "EUR"), memories=frozenset(memories),
                 unit=report.get("unit", "any"))  # fmt: skip


def opening(data: Mapping[str, Any]) -> list[Sentence]:
    """What a person reads first, in order, of a `ReportData`. With no question from people, that comes first of all."""
    report = cast("ReportData", data)
    say = words_of(report)
    texts, subject = say.labels["sentences"], subject_of(report)
    found: list[Sentence] = []
    if not report["counts"]["own_questions"]:
        found.append(Sentence("no_own", texts["no_own"]["text"].format(), texts["no_own"]["lead"]))
    found.append(_verdict(report, say, subject))
    found += [Sentence(role, text) for role, text in training_sentences(report, say, subject)]
    found += _reviewed(report, say)
    if subject is None:
        return found
    found += _more(report, say)
    if not say.counts_only:
        found += _baseline(report, say, subject)
    cost, seconds = (subject["metrics"].get(key) for key in ("cost_per_1000", "seconds"))
    if cost and seconds and seconds["value"] is not None:
        text = texts["cost"].format(seconds=say.seconds(seconds["value"]), cost=say.money(cost["value"]))
        found.append(Sentence("cost", text))
    return found + ([] if say.counts_only else _weakest(say, subject))


def _reviewed(report: ReportData, say: Words) -> list[Sentence]:
    """How much of the built pairs people have read; nothing where nobody has."""
    share = report.get("reviewed")
    if not share or not share["reviewed"]:
        return []
    text = say.labels["sentences"]["reviewed"].format(
        share=say.percent(share["reviewed"] / share["of"]), n=say.number(share["reviewed"]), of=say.number(share["of"])
    )
    return [Sentence("reviewed", text)]


def _more(report: ReportData, say: Words) -> list[Sentence]:
    """How many more questions would decide, and whether the answers suffice to guarantee the user's limit."""
    texts, verdict = say.labels["sentences"], report["verdict"]
    found: list[Sentence] = []
    more = verdict["more_questions"]
    if more and verdict["decision"] in ("undecided", "none_ready"):
        form = "more" if verdict["decision"] == "undecided" else "more_ready"
        found.append(Sentence("more", texts[form].format(questions=say.count(more, "question"))))
    if verdict.get("guaranteed", True) is False and not say.counts_only:
        n, needed = say.number(verdict.get("answered", 0)), say.number(verdict.get("answers_needed", 0))
        text = texts["guarantee_off"].format(n=n, needed=needed, target=say.percent(verdict["target_wrong"]))
        found.append(Sentence("guarantee", text))
    return found


def subject_of(report: ReportData) -> ApproachData | None:
    """The approach that the sentences are about: the winner, else the one most often correct."""
    named = [item for item in report["approaches"] if item["name"] == report["verdict"]["winner"]]
    judged = [item for item in report["approaches"] if _value(item["metrics"].get("correct")) is not None]
    return next(iter(named), max(judged, key=lambda item: _value(item["metrics"]["correct"]) or 0.0, default=None))


def _value(figure: Figure | None) -> float | None:
    return figure["value"] if figure and figure["n"] else None


def _verdict(report: ReportData, say: Words, subject: ApproachData | None) -> Sentence:
    texts, decision, counts = say.labels["sentences"], report["verdict"]["decision"], report["counts"]
    own, written = counts["own_questions"], counts["written_questions"]
    who = texts["who"]["both" if own and written else "own" if own else "written"]
    filled = {
        "questions": say.count(counts["questions"], "held_out"),
        "who": who.format(own=say.number(own), written=say.number(written)),
    }
    lead = texts["lead"][decision].format(approach=say.approach(subject) if subject else "")
    if subject is None:
        return Sentence("verdict", texts["no_answers"].format(**filled), lead)
    metrics = subject["metrics"]
    filled |= {
        "approach": say.approach(subject), "groups": say.count(counts["groups"], "group"),
        "correct": say.share(metrics.get("correct")), "right": say.share(metrics.get("right")),
        "silent": say.share(metrics.get("rightly_silent")), "wrong": say.share(metrics.get("wrong_of_answered")),
        "interval": _interval(say, metrics.get("correct")), **_limit(report, say, subject),
    }  # fmt: skip
    form = "counts" if say.counts_only else "measured" if decision in ("winner", "tie_cheaper") else "measured_best"
    text = texts[form].format(**filled)
    return Sentence("verdict", text[:1].upper() + text[1:], lead)


def _interval(say: Words, figure: Figure | None) -> str:
    return say.interval(figure["low"], figure["high"], prose=True) if figure else ""


def _limit(report: ReportData, say: Words, subject: ApproachData) -> dict[str, str]:
    """Whether wrong among the answered keeps to the user's limit: by its upper bound, as the verdict rule asks."""
    texts, verdict = say.labels["sentences"], report["verdict"]
    upper, target = verdict["upper_wrong"].get(subject["name"]), verdict["target_wrong"]
    value = _value(subject["metrics"].get("wrong_of_answered"))
    if value is None or upper is None:
        return {"upper": "", "limit": ""}
    form = "inside" if upper <= target else "unproven" if value <= target else "above"
    return {
        "upper": texts["upper"].format(upper=say.percent(upper)),
        "limit": texts[form].format(target=say.percent(target)),
    }


def _baseline(report: ReportData, say: Words, subject: ApproachData) -> list[Sentence]:
    """How far the subject lies above the first passage found, which everything must beat."""
    baseline = next((item for item in report["approaches"] if item["kind"] == BASELINE_KIND), None)
    if baseline is None or baseline is subject:
        return []
    names = (subject["name"], baseline["name"])
    pair = next((row for row in report["pairs"] if {row["a"], row["b"]} == set(names)), None)
    figure = baseline["metrics"].get("correct")
    if pair is None or figure is None or figure["value"] is None or pair["low"] is None or pair["high"] is None:
        return []
    ahead, low, high = pair["difference"], pair["low"], pair["high"]
    if pair["a"] != subject["name"]:
        ahead, low, high = -ahead, -high, -low
    form = "baseline_level"
    if pair["p_holm"] < SIGNIFICANT:
        form, low, high = ("baseline", low, high) if ahead > 0 else ("baseline_ahead", -high, -low)
    text = say.labels["sentences"][form].format(
        approach=say.approach(baseline), correct=say.percent(figure["value"]), interval=_interval(say, figure),
        difference=say.points(ahead if form == "baseline_level" else abs(ahead)),
        gap=say.interval(low, high, prose=True), p=say.p(pair["p_holm"], named=True),
    )  # fmt: skip
    return [Sentence("baseline", text)]


def _weakest(say: Words, subject: ApproachData) -> list[Sentence]:
    found = weakest_part(subject)
    if found is None:
        return []
    dimension, label, figure = found
    part = say.labels["parts"][dimension].format(label=say.isolate(say.name(f"values.{dimension}", label)))
    interval = _interval(say, figure)
    text = say.labels["sentences"]["weakest" if interval else "weakest_bare"].format(
        part=part, correct=say.percent(figure["value"]), interval=interval,
        questions=say.count(figure["n"], "question"),
    )  # fmt: skip
    return [Sentence("weakest", text)]


def weakest_part(approach: ApproachData) -> tuple[str, str, Figure] | None:
    """(dimension, label, figure) of the part least often correct, among parts of MIN_PART questions or more.

    None where no part lies under the whole. On equal figures the part with more questions is named.
    """
    whole = _value(approach["metrics"].get("correct"))
    parts: list[tuple[float, int, str, str, Figure]] = []
    for dimension in PART_DIMENSIONS:
        labels = approach["by"].get(dimension, {})
        for label, metrics in labels.items() if len(labels) > 1 else ():
            figure = metrics.get("correct")
            if figure and figure["value"] is not None and figure["n"] >= MIN_PART:
                parts.append((figure["value"], -figure["n"], dimension, label, figure))
    if not parts or whole is None:
        return None
    value, _, dimension, label, figure = min(parts, key=lambda part: part[:4])
    return (dimension, label, figure) if value < whole else None
