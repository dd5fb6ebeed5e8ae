"""What the report's page shows of training: texts and plots made from the report's figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dalil.evaluation.effect import change_of
from dalil.evaluation.training_plots import curves, length_plots, series_of
from dalil.evaluation.training_sentences import code, price
from dalil.evaluation.wording import Words

if TYPE_CHECKING:
    from dalil.evaluation.report import ReportData

EFFECT_ON = ("seen", "random")
HIGHEST_LOSS = math.log(1e6)
MIB, GIB = 2**20, 2**30
GATE = (
    "rows",
    "kept",
    "cut",
    "without_eos",
    "without_answer",
    "duplicates",
    "leaked",
    "gate_tokens",
    "learnt",
    "longest",
)
GATE_FIELDS = {"gate_tokens": "tokens", "learnt": "tokens_learnt"}
PLANNED = {"parameters": "trainable_parameters", "steps": "steps", "time": "seconds", "peak": "memory_bytes"}
Row = dict[str, Any]


def shown_training(report: ReportData, say: Words) -> Row | None:
    """The parts of the section; None where nothing was trained and nothing was configured."""
    models, missing = report.get("training", []), report.get("not_measured", [])
    if not models and not missing:
        return None
    return {
        "models": [_model(model, say) for model in models],
        "plots": curves(models, say),
        "legend": [item for item in series_of(models, say, "loss") if item.points],
        "gates": list(_gates(models, say)),
        "lengths": length_plots(models, say),
        "missing": [_missing(row, say) for row in missing],
    }


def run_name(say: Words, model: Mapping[str, Any], fold: Mapping[str, Any]) -> str:
    """The model's name, with its fold where there are several."""
    name = say.isolate(model["model"])
    if len(model["folds"]) == 1:
        return name
    return f"{name} · {say.labels['training']['fold'].format(n=say.number(fold['fold'] + 1))}"


def _model(model: Row, say: Words) -> Row:
    words, memory = say.labels["training"], model["kind"] == "memory"
    strata = list(dict.fromkeys(name for fold in model["folds"] for name in fold["heldout"]))
    full = all(fold["trainable_parameters"] == fold["total_parameters"] for fold in model["folds"])
    line = words["memory"] if memory else words["trained_full" if full else "trained"]
    kind, effect = effect_of(model, say)
    return {
        "name": model["model"], "memory": memory, "line": line.format(base=code(say, model["base"])),
        "kind": kind, "effect": effect, "strata": [say.name("values.stratum", name) for name in strata],
        "runs": [_run(model, fold, strata, say) for fold in model["folds"]],
        "notes": [note for fold in model["folds"] for note in _notes(model, fold, say)],
        "plan": _plan(model["plan"], say) if model["plan"] else None,
    }  # fmt: skip


def effect_of(model: Row, say: Words) -> tuple[str, str]:
    """Whether training did anything: the mean over the folds of the held-out loss, before and after."""
    words = say.labels["training"]
    for stratum in EFFECT_ON:
        losses = [fold["heldout"][stratum] for fold in model["folds"] if stratum in fold["heldout"]]
        known = [row for row in losses if row["before"] is not None and row["after"] is not None]
        if known:
            before, after = (sum(row[when] for row in known) / len(known) for when in ("before", "after"))
            kind = change_of(before, after)
            said = {"before": perplexity(before, say), "after": perplexity(after, say)}
            return kind, words[kind].format(stratum=say.name("values.stratum", stratum), **said)
    return "unknown_effect", words["unknown_effect"]


def perplexity(loss: float | None, say: Words) -> str:
    """e to the loss; above a million only that."""
    if loss is None:
        return "–"
    if loss > HIGHEST_LOSS:
        return say.isolate(f"> {say.number(1e6)}")
    value = math.exp(loss)
    return say.isolate(say.number(value, 0 if value >= 100 else 1 if value >= 10 else 2))


def _run(model: Row, fold: Row, strata: Sequence[str], say: Words) -> Row:
    words, number = say.labels["training"], _numbered(say)
    share = fold["trainable_parameters"] / fold["total_parameters"] if fold["total_parameters"] else None
    pace = fold["tokens"] / fold["seconds"] if fold["seconds"] and fold["tokens"] is not None else None
    of = words["parameters_of"].format(total=number(fold["total_parameters"]), share=_share(share, say))
    cells = {
        "steps": number(fold["steps"]), "time": "–" if fold["seconds"] is None else say.duration(fold["seconds"]),
        "tokens": number(fold["tokens"]), "speed": number(pace), "parameters": number(fold["trainable_parameters"]),
        "peak": memory_size(fold["peak_memory_bytes"], say),
        "loss": "–" if fold["loss"] is None else say.isolate(say.number(fold["loss"], 3)),
    }  # fmt: skip
    return {"name": run_name(say, model, fold), "cells": cells, "small": {"parameters": of},
            "perplexity": [_before_after(name, fold["heldout"].get(name), say) for name in strata]}  # fmt: skip


def _numbered(say: Words) -> Any:
    return lambda value: "–" if value is None else say.isolate(say.number(value))


def _share(share: float | None, say: Words) -> str:
    """A share of the parameters: an adapter's may be far under one percent."""
    if share is None or share >= 0.001:
        return say.percent(share)
    return say.isolate(say.labels["numbers"]["percent"].format(n=say.number(100 * share, 3)))


def _before_after(stratum: str, loss: Row | None, say: Words) -> Row:
    if loss is None:
        return {"before": "–", "after": "–", "no_op": False}
    known = loss["before"] is not None and loss["after"] is not None
    return {"before": perplexity(loss["before"], say), "after": perplexity(loss["after"], say),
            "no_op": known and stratum in EFFECT_ON and change_of(loss["before"], loss["after"]) == "no_op"}  # fmt: skip


def memory_size(amount: float | None, say: Words) -> str:
    """Bytes as GiB from one on, else MiB."""
    if not amount:
        return "–"
    unit, size = ("gib", GIB) if amount >= GIB else ("mib", MIB)
    text = say.labels["training"][unit]
    return say.isolate(text.format(n=say.number(amount / size, 1 if unit == "gib" else 0)))


def _notes(model: Row, fold: Row, say: Words) -> Iterator[str]:
    words, name = say.labels["training"], run_name(say, model, fold)
    if fold["stopped_early"]:
        yield words["stopped_early"].format(run=name)
    if fold["resumed"]:
        yield words["resumed"].format(run=name, n=say.number(fold["resumed"]))


def _plan(plan: Row, say: Words) -> Row:
    number = _numbered(say)
    shown = {"parameters": number, "steps": number, "time": lambda v: "–" if v is None else say.duration(v),
             "peak": lambda v: memory_size(v, say)}  # fmt: skip
    rows = [
        {"name": say.labels["training"][name], **{w: shown[name](plan[w].get(key)) for w in ("planned", "measured")}}
        for name, key in PLANNED.items()
    ]
    return {"device": say.isolate(plan["device"]), "rows": rows}


def _gates(models: Sequence[Row], say: Words) -> Iterator[Row]:
    """A row a run; what its counts are about stands in `examples`."""
    words = say.labels["training"]
    for model in models:
        for fold in model["folds"]:
            if gate := fold["gate"]:
                yield {
                    "name": run_name(say, model, fold),
                    "cells": {name: say.number(gate[GATE_FIELDS.get(name, name)]) for name in GATE},
                    "bad": {name for name in ("without_answer", "leaked", "cut", "without_eos") if gate[name]},
                    "per_word": [(say.name("values.language", lang), say.number(ratio, 2))
                                 for lang, ratio in gate["tokens_per_word"].items()],
                    "examples": [(words[name], found) for name, found in gate["examples"].items() if found],
                }  # fmt: skip


def _missing(row: Row, say: Words) -> Row:
    words = say.labels["training"]
    return {"model": row["model"], "base": row["base"], "reason": words["reasons"].get(row["reason"], row["reason"]),
            "price": price(row, say), "unplanned": row.get("unplanned", ""), "command": row["command"]}  # fmt: skip
