"""The report's sentences about training: what was not measured and what it would cost, and how the small memory did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ApproachData, ReportData

TRAINED_KINDS = ("fine-tuned", "gated", "rag+fine-tuned")
SCRATCH = "scratch"
Said = list[tuple[str, str]]


def training_sentences(report: ReportData, say: Words, subject: ApproachData | None) -> Said:
    """(role, text): what was not measured first, then the memory, where one was measured and is not the subject."""
    return _not_measured(report, say) + _memory(report, say, subject)


def _not_measured(report: ReportData, say: Words) -> Said:
    texts, models = say.labels["sentences"], report.get("training")
    if models is None and any(item["kind"] in TRAINED_KINDS for item in report["approaches"]):
        return []
    missing = sorted(report.get("not_measured", []), key=lambda row: row["base"] == SCRATCH)
    if missing:
        return [("not_trained", _missing(missing, say))]
    if not models:
        return [("not_trained", texts["not_trained"])]
    pretrained = any(model["kind"] == "trained" for model in models)
    return [] if pretrained else [("not_trained", texts["no_pretrained"])]


def _missing(missing: list[dict[str, Any]], say: Words) -> str:
    """The first of them in full, how many more there are."""
    texts, first = say.labels["sentences"], missing[0]
    if first["base"] == SCRATCH:
        return str(texts["not_measured_scratch"])
    form = "not_measured" if first["minutes"] is not None else "not_measured_unpriced"
    text = str(texts[form]).format(
        base=code(say, first["base"]), price=price(first, say), command=code(say, first["command"])
    )
    if len(missing) > 1:
        text += " " + texts["not_measured_more"].format(models=say.count(len(missing) - 1, "model"))
    return text


def price(row: dict[str, Any], say: Words) -> str:
    """ "30 minutes and 1.50 $ on `l4`"; empty where no minutes are known."""
    if row["minutes"] is None:
        return ""
    texts = say.labels["sentences"]
    time = say.count(1, "minute") if row["minutes"] < 1.5 else say.duration(max(120, 60 * row["minutes"]))
    if not row["device"]:
        return str(time)
    form = "price_time" if row["cost"] is None else "price" if row["cost"] else "price_free"
    return str(texts[form]).format(
        time=time, cost=say.money(row["cost"], row["currency"]), device=code(say, row["device"])
    )


def code(say: Words, text: str) -> str:
    """A name or a command as code, in one piece; a backtick in it would end the code too soon."""
    return say.isolate("`" + text.replace("`", "'") + "`")


def _memory(report: ReportData, say: Words, subject: ApproachData | None) -> Said:
    found = sorted(
        (item for item in report["approaches"] if item["name"] in say.memories and item["kind"] in TRAINED_KINDS),
        key=lambda item: TRAINED_KINDS.index(item["kind"]),
    )
    if not found or found[0] is subject:
        return []
    first, texts = found[0], say.labels["sentences"]
    figure = first["metrics"].get("wrong_of_answered")
    approach = say.isolate(first["name"])
    if figure is None or figure["value"] is None:
        return [("memory", texts["memory_silent"].format(approach=approach) + _stale(report, say, first["name"]))]
    interval = "" if say.counts_only else say.interval(figure["low"], figure["high"], prose=True)
    text = texts["memory"].format(
        approach=approach, wrong=say.share(figure), interval=f" ({say.isolate(interval)})" if interval else ""
    )
    return [("memory", text + _stale(report, say, first["name"]))]


def _stale(report: ReportData, say: Words, name: str) -> str:
    found = ((report.get("staleness") or {}).get("approaches") or {}).get(name)
    if not found or not found["stale"]:
        return ""
    text = say.labels["sentences"]["memory_stale"]
    return " " + str(text).format(stale=say.number(found["stale"]), n=say.number(found["n"]))
