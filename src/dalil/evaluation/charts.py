"""The plots of a report: which of its figures are drawn (plots.py draws them), and in whose words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dalil.evaluation import plots
from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ReportData


def charts(report: ReportData, say: Words) -> dict[str, str]:
    """Name → SVG; what has no data, or would show shares where only counts may be told, is empty."""
    made = length_charts(report["lengths"], say)
    if not say.counts_only:
        made |= {"quality": _quality(report, say), "reliability": _reliability(report, say)}
    return {name: svg for name, svg in made.items() if svg}


def length_charts(lengths: Mapping[str, Sequence[int]], say: Words) -> dict[str, str]:
    """Name → histogram of its lengths in words; what has none is left out."""
    described = described_lengths(lengths, say)
    return {name: _histogram(name, lengths[name], say, text) for name, text in described.items()}


def described_lengths(lengths: Mapping[str, Sequence[int]], say: Words) -> dict[str, str]:
    """Name → median and longest, in words."""
    return {
        name: say.labels["sources"]["lengths_desc"].format(
            median=say.number(sorted(values)[len(values) // 2]), longest=say.number(max(values))
        )
        for name, values in lengths.items()
        if values
    }


def _histogram(name: str, values: Sequence[int], say: Words, described: str) -> str:
    words = say.labels["sources"]
    texts = plots.Texts(words[name], described, words["axis_words"], words["axis_number"], say.number, say.number)
    return plots.histogram(values, texts)


def _quality(report: ReportData, say: Words) -> str:
    words, metrics = say.labels["figures"], [item["metrics"] for item in report["approaches"]]
    costs = costs_money(report)
    name = "cost_per_1000" if costs else "seconds"
    points = [
        plots.Point(found[name]["value"] or 0.0, found["correct"]["value"] or 0.0, item["name"],
                    found["correct"]["low"], found["correct"]["high"])
        for item, found in zip(report["approaches"], metrics, strict=True)
        if name in found and "correct" in found and found["correct"]["value"] is not None and found[name]["value"] is not None
    ]  # fmt: skip
    axis = words["axis_cost"].format(currency=say.currency) if costs else words["axis_seconds"]
    texts = plots.Texts(words["quality_cost" if costs else "quality"], words["quality_desc"], axis, words["axis_correct"],
                        lambda value: say.number(value, _decimals(value)), say.plain_percent)  # fmt: skip
    return plots.scatter(points, texts)


def costs_money(report: ReportData) -> bool:
    """Whether any approach costs money; else quality is drawn against time."""
    found = [item["metrics"].get("cost_per_1000") for item in report["approaches"]]
    return any(figure is not None and (figure["value"] or 0) > 0 for figure in found)


def _decimals(value: float) -> int:
    """Enough decimals to tell a round tick from its neighbour."""
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _reliability(report: ReportData, say: Words) -> str:
    words = say.labels["confidence"]
    bins = [row for row in report["reliability"] if row["n"] and row["accuracy"] is not None]
    most = max((row["n"] for row in bins), default=1)
    points = [
        plots.Point(row["confidence"], row["accuracy"], say.number(row["n"]), size=3 + 7 * (row["n"] / most) ** 0.5)
        for row in bins
    ]
    texts = plots.Texts(words["reliability"], words["reliability_desc"], words["axis_confidence"],
                        words["axis_accuracy"], say.plain_percent, say.plain_percent)  # fmt: skip
    return plots.reliability(points, texts)
