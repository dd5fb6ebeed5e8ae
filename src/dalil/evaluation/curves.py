"""Curves of several runs in one plot, and bars of uneven bins, as inline SVG (in the manner of plots.py)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dalil.evaluation.plots import (
    BOTTOM,
    HEIGHT,
    LEFT,
    LETTER,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    Texts,
    draw_axes,
    draw_text,
    ticks,
    whole_svg,
)

COLOURS = 6
MARKED = 40  # a curve of fewer points shows each of them


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: points (x, y), and its colour, one of COLOURS. `held`: drawn dotted, as what was not trained on."""

    label: str
    points: Sequence[tuple[float, float]]
    colour: int
    held: bool = False


def lines(series: Sequence[Series], texts: Texts) -> str:
    """Curves from 0 upwards over whole steps x from 0. Empty string where there are no points."""
    shown = [item for item in series if item.points]
    if not shown:
        return ""
    far = max(x for item in shown for x, _ in item.points)
    top = max(y for item in shown for _, y in item.points)
    x = Scale(0, far or 1, LEFT, WIDTH - RIGHT)
    y = Scale(0, 1.04 * top or 1, HEIGHT - BOTTOM, TOP)
    steps = [tick for tick in ticks(x) if float(tick).is_integer()]
    return whole_svg(texts, draw_axes(texts, x, y, steps, ticks(y, 4)) + "".join(_curve(i, x, y) for i in shown))


def _curve(item: Series, x: Scale, y: Scale) -> str:
    look = f"s{item.colour % COLOURS}{' held' if item.held else ''}"
    spots = [(x(at), y(value)) for at, value in item.points]
    path = "L".join(f"{left} {top}" for left, top in spots)
    drawn = f'<path class="line {look}" d="M{path}" fill="none"><title>{escape(item.label)}</title></path>'
    if len(spots) < MARKED and (item.held or len(spots) == 1):
        drawn += "".join(f'<circle class="spot {look}" cx="{left}" cy="{top}" r="2.5"/>' for left, top in spots)
    return drawn


def bins(counts: Sequence[tuple[int, int]], texts: Texts) -> str:
    """Bars of (upper bound, count), equally wide whatever their span; the bounds stand under their right edges.

    Empty string where nothing was counted.
    """
    most = max((count for _, count in counts), default=0)
    if not most:
        return ""
    y = Scale(0, 1.04 * most, HEIGHT - BOTTOM, TOP)
    wide = (WIDTH - LEFT - RIGHT) / len(counts)
    drawn, low = [], 0
    every = math.ceil(max(len(texts.format_x(bound)) for bound, _ in counts) * LETTER / wide)
    for index, (bound, count) in enumerate(counts):
        left = LEFT + wide * index
        said = f"{texts.format_x(low + 1)}–{texts.format_x(bound)}: {texts.format_y(count)}"
        drawn.append(
            f'<rect class="bar" x="{left + 0.75:.2f}" y="{y(count)}" width="{max(wide - 1.5, 0.5):.2f}" '
            f'height="{y(0) - y(count):.2f}" fill="currentColor"><title>{escape(said)}</title></rect>'
        )
        if (len(counts) - 1 - index) % every == 0:
            last = index == len(counts) - 1
            drawn.append(
                draw_text(
                    left + wide + 8 * last, HEIGHT - BOTTOM + 16, texts.format_x(bound), "end" if last else "middle"
                )
            )
        low = bound
    whole = [tick for tick in ticks(y, 4) if float(tick).is_integer()]
    return whole_svg(texts, draw_axes(texts, Scale(0, 1, LEFT, WIDTH - RIGHT), y, [], whole) + "".join(drawn))
