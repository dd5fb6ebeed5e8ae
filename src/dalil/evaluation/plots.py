"""Plots as inline SVG: pure functions from figures to a string, without a library or a network.

Colours are `currentColor` and the page's CSS variables, so a plot follows light and dark. Every plot has a title and a
description for people who do not see it. Plots read left to right in every language; texts in Arabic are isolated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from dalil.language import is_right_to_left

WIDTH, HEIGHT = 380.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 14.0, 42.0
LETTER, LINE = 6.4, 14.0  # width of a letter and height of a line at the plots' font size (12)
Format = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Texts:
    """What a plot says: its title and description, the names of its axes, and how ticks are written."""

    title: str
    description: str
    x: str
    y: str
    format_x: Format = "{:g}".format
    format_y: Format = "{:g}".format


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled point; `low` and `high` bound its y where that is known; `size` is its radius."""

    x: float
    y: float
    label: str
    low: float | None = None
    high: float | None = None
    size: float = 5.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps a value of [low, high] to a position; logarithmic where the values span decades."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        low, high, at = self.low, self.high, value
        if self.logarithmic:
            low, high, at = math.log10(low), math.log10(high), math.log10(value)
        share = (at - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 2)


def nice_step(rough: float) -> float:
    """The smallest of 1, 2, 5 × 10^k that is at least `rough` (> 0)."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def ticks(scale: Scale, wanted: int = 5) -> list[float]:
    """About `wanted` round values inside a scale."""
    if scale.logarithmic:
        powers = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
        fine = [step * 10.0**power for power in powers for step in (1, 2, 5)]
        inside = [value for value in fine if scale.low <= value <= scale.high]
        whole = [value for value in inside if math.isclose(math.log10(value) % 1, 0, abs_tol=1e-9)]
        return inside if len(inside) <= wanted else whole
    step = nice_step((scale.high - scale.low) / wanted)
    first = math.ceil(scale.low / step - 1e-9)
    return [round(index * step, 12) for index in range(first, math.floor(scale.high / step + 1e-9) + 1)]


def histogram(values: Sequence[int], texts: Texts) -> str:
    """Counts of whole numbers (≥ 0) in about 16 bars; the last bar may hold the long tail ("≥ 200").

    Empty string where there are no values.
    """
    if not values:
        return ""
    edge, step, counts, has_tail = _bins(values)
    x = Scale(edge, edge + step * len(counts), LEFT, WIDTH - RIGHT)
    y = Scale(0, 1.04 * max(counts), HEIGHT - BOTTOM, TOP)
    bars = []
    for index, count in enumerate(counts):
        left, right = x(edge + index * step), x(edge + (index + 1) * step)
        more = index == len(counts) - 1 and has_tail
        span = f"≥ {texts.format_x(edge + index * step)}" if more else _span(texts, edge + index * step, step)
        bars.append(
            f'<rect class="bar{" tail" if more else ""}" x="{left + 0.75:.2f}" y="{y(count)}" width="{max(right - left - 1.5, 0.5):.2f}" '
            f'height="{y(0) - y(count):.2f}" fill="currentColor"><title>{escape(span)}: {escape(texts.format_y(count))}</title></rect>'
        )
    whole = [tick for tick in ticks(y, 4) if float(tick).is_integer()]
    along = ticks(x)
    if has_tail:
        tail = edge + step * (len(counts) - 1)
        said = f"≥ {texts.format_x(tail)}"
        along = [tick for tick in along if x(tick) < x(tail) - LETTER * len(said)]
        bars.append(draw_text(x(tail + step / 2), HEIGHT - BOTTOM + 16, said, "middle"))
    return whole_svg(texts, draw_axes(texts, x, y, along, whole) + "".join(bars))


def _span(texts: Texts, start: float, step: int) -> str:
    return texts.format_x(start) if step == 1 else f"{texts.format_x(start)}–{texts.format_x(start + step - 1)}"


def _bins(values: Sequence[int]) -> tuple[int, int, list[int], bool]:
    """First edge, bar width, counts, and whether the last bar holds a tail (beyond 1.5 × the 98th percentile)."""
    ordered = sorted(values)
    high, usual = ordered[-1], ordered[int(0.98 * (len(ordered) - 1))]
    has_tail = high > 1.5 * max(usual, 8)
    top = usual if has_tail else high
    step = max(1, int(nice_step(max(top - ordered[0] + 1, 1) / 16)))
    edge = ordered[0] // step * step
    counts = [0] * ((top - edge) // step + 1 + has_tail)
    for value in ordered:
        counts[min((value - edge) // step, len(counts) - 1)] += 1
    return edge, step, counts, has_tail


def reliability(points: Sequence[Point], texts: Texts) -> str:
    """Accuracy against confidence, both 0–1, with the diagonal on which they agree. Empty without points."""
    if not points:
        return ""
    x, y = Scale(0, 1, LEFT, WIDTH - RIGHT), Scale(0, 1, HEIGHT - BOTTOM, TOP)
    diagonal = f'<path class="diagonal" d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="currentColor" fill="none"/>'
    return whole_svg(texts, draw_axes(texts, x, y, ticks(x), ticks(y)) + diagonal + _points(points, x, y))


def scatter(points: Sequence[Point], texts: Texts) -> str:
    """Quality (y, 0–1) against what it takes (x ≥ 0), logarithmic where x spans more than 20 times. Empty without points."""
    if not points:
        return ""
    low, high = min(point.x for point in points), max(point.x for point in points)
    logarithmic = low > 0 and high / low > 20
    ends = (low / 2, high * 2) if logarithmic else (0.0, high * 1.15 or 1.0)
    x = Scale(*ends, LEFT, WIDTH - RIGHT, logarithmic)
    y = Scale(0, 1, HEIGHT - BOTTOM, TOP)
    return whole_svg(texts, draw_axes(texts, x, y, ticks(x), ticks(y)) + _points(points, x, y))


def _points(points: Sequence[Point], x: Scale, y: Scale) -> str:
    spots = [(x(point.x), y(point.y), point.size) for point in points]
    parts = []
    for point, (left, top, size) in zip(points, spots, strict=True):
        if point.low is not None and point.high is not None:
            line = f"M{left} {y(point.low)}V{y(point.high)}"
            parts.append(f'<path class="whisker" d="{line}" stroke="currentColor"/>')
        name = escape(point.label)
        parts.append(
            f'<circle class="point" cx="{left}" cy="{top}" r="{size:.1f}" fill="currentColor"><title>{name}</title></circle>'
        )
    for point, place in zip(points, _places(spots, [point.label for point in points]), strict=True):
        if place is not None:
            parts.append(draw_text(*place, point.label, "start", "name"))
    return "".join(parts)


def _places(spots: Sequence[tuple[float, float, float]], labels: Sequence[str]) -> list[tuple[float, float] | None]:
    """Where each label may begin without touching a point or another label; None where there is no room."""
    boxes = [(left - size, top - size, left + size, top + size) for left, top, size in spots]
    found: list[tuple[float, float] | None] = []
    for (left, top, size), label in zip(spots, labels, strict=True):
        wide = LETTER * len(label)
        offsets = ((size + 5, 4.0), (-size - 5 - wide, 4.0), (-wide / 2, -size - 6), (-wide / 2, size + 15), (size + 3, -size - 4),
                   (-size - 3 - wide, -size - 4), (size + 3, size + 13), (-size - 3 - wide, size + 13))  # fmt: skip
        tried = ((left + dx, top + dy) for dx, dy in offsets)
        place = next((spot for spot in tried if _free(_box(spot, wide), boxes)), None)
        boxes += [_box(place, wide)] if place else []
        found.append(place)
    return found


def _box(place: tuple[float, float], wide: float) -> tuple[float, float, float, float]:
    return place[0], place[1] - LINE + 3, place[0] + wide, place[1] + 3


def _free(box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]) -> bool:
    inside = box[0] >= LEFT + 2 and box[2] <= WIDTH - 2 and box[1] >= 0 and box[3] <= HEIGHT - BOTTOM
    return inside and all(
        box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1] for other in taken
    )


def draw_axes(texts: Texts, x: Scale, y: Scale, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> str:
    """Horizontal grid lines, tick labels and the names of both axes (that of y where its ticks leave room)."""
    parts = []
    for tick in y_ticks:
        parts.append(f'<path class="grid" d="M{LEFT} {y(tick)}H{WIDTH - RIGHT}" stroke="currentColor"/>')
        parts.append(draw_text(LEFT - 6, y(tick) + 4, texts.format_y(tick), "end"))
    for tick in x_ticks:
        parts.append(draw_text(x(tick), HEIGHT - BOTTOM + 16, texts.format_x(tick), "middle"))
    parts.append(f'<path class="axis" d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH - RIGHT}" stroke="currentColor"/>')
    parts.append(draw_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, texts.x, "middle", "axis-name"))
    middle, room = (TOP + HEIGHT - BOTTOM) / 2, all(len(texts.format_y(tick)) <= 4 for tick in y_ticks)
    parts.append(
        draw_text(11, middle, texts.y, "middle", "axis-name", f' transform="rotate(-90 11 {middle})"')
        if texts.y and room
        else ""
    )
    return "".join(parts)


def draw_text(x: float, y: float, text: str, anchor: str, kind: str = "tick", more: str = "") -> str:
    """One text of a plot; right-to-left texts are isolated."""
    said = f"\u2068{text}\u2069" if is_right_to_left(text) else text
    return f'<text class="{kind}" x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" fill="currentColor"{more}>{escape(said)}</text>'


def whole_svg(texts: Texts, body: str) -> str:
    """The plot around what was drawn, with its title and description."""
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" direction="ltr" font-size="12">'
        f"<title>{escape(texts.title)}</title><desc>{escape(texts.description)}</desc>{body}</svg>"
    )
