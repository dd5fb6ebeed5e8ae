"""The plots of training: loss, learning rate, gradient and memory of every run in one plot each; lengths of the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dalil.evaluation.curves import Series, bins, lines
from dalil.evaluation.plots import Texts
from dalil.evaluation.wording import Words

CURVES = ("loss", "learning_rate", "grad_norm", "memory")
KEYS = {"memory": "memory_bytes"}
MIB, GIB = 2**20, 2**30
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def curves(models: Sequence[Mapping[str, Any]], say: Words) -> dict[str, str]:
    """Name of the curve → SVG; those without a point are left out."""
    made = {name: _curve(models, say, name) for name in CURVES}
    return {name: svg for name, svg in made.items() if svg}


def series_of(models: Sequence[Mapping[str, Any]], say: Words, name: str) -> list[Series]:
    """One series a run, of one colour in every plot; of the loss a second one for the validation rows."""
    found, runs = [], [(model, fold) for model in models for fold in model["folds"]]
    for colour, (model, fold) in enumerate(runs):
        label = model["model"]
        if len(model["folds"]) > 1:
            label += " · " + say.labels["training"]["fold"].format(n=say.number(fold["fold"] + 1))
        found.append(Series(label, _points(fold["curve"], KEYS.get(name, name)), colour))
        if name == "loss":
            found.append(Series(label, _points(fold["curve"], "eval_loss"), colour, held=True))
    return found


def _points(curve: Sequence[Mapping[str, float]], key: str) -> list[tuple[float, float]]:
    return [(point["step"], point[key]) for point in curve if key in point]


def _curve(models: Sequence[Mapping[str, Any]], say: Words, name: str) -> str:
    words, series = say.labels["training"], series_of(models, say, name)
    top = max((y for item in series for _, y in item.points), default=0.0)
    size, unit = _unit(name, top, words)
    scaled = [Series(s.label, [(x, y / size) for x, y in s.points], s.colour, s.held) for s in series]
    title = words[f"curve_{name}"]
    texts = Texts(title, words["curve_desc"], words["axis_steps"], unit or title, say.number, _ticks(say))
    return lines(scaled, texts)


def _unit(name: str, top: float, words: Mapping[str, str]) -> tuple[float, str]:
    """What the values are divided by, and the axis name that says so ("": the curve's own)."""
    if name == "memory":
        size, unit = (GIB, "gib") if top >= 2 * GIB else (MIB, "mib")
        return size, words[unit].format(n="").strip()
    if 0 < top < 0.1:
        power = math.floor(math.log10(top))
        return 10.0**power, f"{words[f'curve_{name}']} (\u2066× 10{str(power).translate(SUPERSCRIPTS)}\u2069)"
    return 1.0, ""


def _ticks(say: Words) -> Any:
    """Enough decimals to tell a round tick from its neighbour."""
    return lambda value: say.number(value, len(f"{value:.6f}".rstrip("0").partition(".")[2]))


def length_plots(models: Sequence[Mapping[str, Any]], say: Words) -> list[dict[str, str]]:
    """One histogram a model, of its first run: {name, svg, note}."""
    words, found = say.labels["training"], []
    for model in models:
        gate = next((fold["gate"] for fold in model["folds"] if fold["gate"]), None)
        if gate and gate["lengths"]:
            counts = [(int(bound), n) for bound, n in gate["lengths"].items()]
            note = words["lengths_desc"].format(rows=say.number(gate["rows"]), longest=say.number(gate["longest"]))
            texts = Texts(words["lengths"], note, words["axis_tokens"], words["axis_rows"], say.number, say.number)
            found.append({"name": model["model"], "svg": bins(counts, texts), "note": note})
    return [row for row in found if row["svg"]]
