"""Columns of prose that a file draws line by line across the page: cut at the gap between them and put one after the other.

Runs in the reading process. Most files draw one column after the other, and PDFium keeps their order: nothing is done then.
Rows of a table without ruling lines have gaps too, and stay whole: their pieces are short and begin with capitals or figures.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from dalil.collect.pdf_arabic import runs_right_to_left
from dalil.collect.pdf_page import Page

Span = tuple[int, int]

_SPACE = re.compile(r"(?<=\S)\s+(?=\S)")
_WIDE = 0.55
_FEWEST_LINES = 6
_SAMPLE = 8
_LEAST_GAP = 9.0
_SHARE = 0.6
_FEWEST_WORDS, _LEAST_FILL = 4, 0.7
_CONTINUES_SHARE = 0.25


def in_columns(one: Page, text: str, spans: Sequence[Span]) -> list[Span]:
    """The places of the lines, columns one after the other."""
    wide = [
        span
        for span, (left, right) in zip(spans, _ends(text, spans, one), strict=True)
        if right - left >= _WIDE * one.width
    ]
    if len(wide) < _FEWEST_LINES:
        return list(spans)
    sample = wide[:: max(1, len(wide) // _SAMPLE)]
    if sum(bool(_gaps(text, span, one)) for span in sample) < _SHARE * len(sample):
        return list(spans)
    gaps = {span: _gaps(text, span, one) for span in wide}
    gutter = _gutter([gap for found in gaps.values() for gap in found])
    cuts = {span: cut for span, found in gaps.items() if (cut := _cut(found, gutter)) is not None}
    if len(cuts) < max(_FEWEST_LINES, _SHARE * len(wide)) or not _is_prose(text, cuts, one):
        return list(spans)
    return _ordered(text, spans, cuts, one, gutter)


def _solid(text: str, span: Span) -> Span:
    """The first and the last place of a line that is no space."""
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[0] + len(piece.rstrip()) - 1


def _ends(text: str, spans: Sequence[Span], one: Page) -> list[tuple[float, float]]:
    """From where to where each line stands."""
    sides = one.sides_of([place for span in spans for place in _solid(text, span)])
    return [_around(*both) for both in zip(sides[0::2], sides[1::2], strict=True)]


def _around(*sides: tuple[float, float]) -> tuple[float, float]:
    known = [side for side in sides if side[0] == side[0]]
    return (min(left for left, _ in known), max(right for _, right in known)) if known else (0.0, 0.0)


def _gaps(text: str, span: Span, one: Page) -> list[tuple[float, float, int]]:
    """Wide gaps between words: from, to, and the place of the word after."""
    spaces = [space.span() for space in _SPACE.finditer(text, *span)]
    before, after = one.sides_of([start - 1 for start, _ in spaces]), one.sides_of([end for _, end in spaces])
    found = []
    for (left, right), (next_left, next_right), (_, place) in zip(before, after, spaces, strict=True):
        low, high = min(right, next_right), max(left, next_left)
        if high - low >= _LEAST_GAP and left == left and next_left == next_left:
            found.append((low, high, place))
    return found


def _gutter(gaps: Sequence[tuple[float, float, int]]) -> float:
    """The place across the page that most gaps share."""
    middles = [(low + high) / 2 for low, high, _ in gaps]
    return max(middles, key=lambda x: sum(low <= x <= high for low, high, _ in gaps), default=0.0)


def _cut(gaps: Sequence[tuple[float, float, int]], gutter: float) -> int | None:
    return next((place for low, high, place in gaps if low <= gutter <= high), None)


def _is_prose(text: str, cuts: dict[Span, int], one: Page) -> bool:
    """Whether both sides hold lines of a paragraph: several words each, as wide as their column, going on below."""
    for parts in ([(start, cut) for (start, _), cut in cuts.items()], [(cut, end) for (_, end), cut in cuts.items()]):
        widths = [right - left for left, right in _ends(text, parts, one)]
        lines = [text[slice(*part)].strip() for part in parts]
        going_on = sum(line[:1].islower() or runs_right_to_left(line) for line in lines)
        short = median(len(line.split()) for line in lines) < _FEWEST_WORDS
        if short or median(widths) < _LEAST_FILL * max(widths) or going_on < _CONTINUES_SHARE * len(lines):
            return False
    return True


def _ordered(text: str, spans: Sequence[Span], cuts: dict[Span, int], one: Page, gutter: float) -> list[Span]:
    """Line by line into two columns; a line over both ends them and begins new ones."""
    from_right = runs_right_to_left("".join(text[slice(*span)] for span in cuts))
    ordered: list[Span] = []
    columns: tuple[list[Span], list[Span]] = ([], [])
    for (start, end), (left, right) in zip(spans, _ends(text, spans, one), strict=True):
        cut = cuts.get((start, end))
        if cut is not None:
            columns[0].append((start, cut))
            columns[1].append((cut, end))
        elif right <= gutter or left >= gutter:
            columns[(left >= gutter) != from_right].append((start, end))
        else:
            ordered += [*columns[0], *columns[1], (start, end)]
            columns = ([], [])
    return [*ordered, *columns[0], *columns[1]]
