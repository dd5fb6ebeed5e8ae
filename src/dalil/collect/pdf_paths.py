"""The lines that a page draws → the grids of its tables. Runs in the reading process."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from dalil.collect.pdf_calls import kinds_of_objects
from dalil.collect.pdf_page import Page
from dalil.collect.pdf_rules import Edge, Grid, grids, marks_words

_STROKE = 3.0
_MOST_PATHS, _MOST_POINTS = 6000, 400
_WHOLE_PAGE = 0.9

Matrix = tuple[float, float, float, float, float, float]


def _edges(one: Page) -> tuple[list[Edge], list[Edge], list[Edge], list[Edge]]:
    """Horizontal and vertical lines as drawn, then the same of the sides of filled boxes."""
    across, down, sides, uprights = [list[Edge]() for _ in range(4)]
    for count, (path, place) in enumerate(_paths(one)):
        if count >= _MOST_PATHS:
            return [], [], [], []
        for left, top, right, bottom, drawn in _strokes(one, path, place):
            if bottom - top <= _STROKE < right - left:
                (across if drawn else sides).append(Edge((top + bottom) / 2, left, right))
            elif right - left <= _STROKE < bottom - top:
                (down if drawn else uprights).append(Edge((left + right) / 2, top, bottom))
    return across, down, sides, uprights


def grids_of(one: Page) -> list[Grid]:
    """Tables of drawn lines; where there are none, tables of filled boxes (inside drawn ones those are shading, and behind
    words a marker)."""
    across, down, sides, uprights = _edges(one)
    found = grids(across, down)
    if sides and uprights:
        bars = [*down, *uprights]
        filled = [grid for grid in grids([*across, *sides], bars) if not marks_words(grid, bars)]
        found += [grid for grid in filled if not any(grid.overlaps(other) for other in found)]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _strokes(one: Page, path: Any, place: Matrix | None) -> Iterator[tuple[float, float, float, float, bool]]:
    """The box of a thin path, or the straight sides of a wide one, and whether its outline is drawn."""
    pdfium = one.pdfium
    bounds = [ctypes.c_float() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetBounds(path, *bounds):
        return
    low, high = (bounds[0].value, bounds[1].value), (bounds[2].value, bounds[3].value)
    left, top, right, bottom = one.shown(*_moved(low, place), *_moved(high, place))
    if min(abs(right - left), abs(bottom - top)) <= _STROKE:
        yield min(left, right), min(top, bottom), max(left, right), max(top, bottom), True
        return
    if right - left > _WHOLE_PAGE * one.width and bottom - top > _WHOLE_PAGE * one.height:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    points = _points(one, path, place)
    for (x, y, _), (to_x, to_y, straight) in pairwise(points):
        if straight and (abs(x - to_x) < 1 or abs(y - to_y) < 1):
            yield min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y), bool(stroke.value)


def _paths(one: Page) -> Iterator[tuple[Any, Matrix | None]]:
    """The page's paths, those of its forms too, with the form's place on the page."""
    pdfium = one.pdfium
    kinds = kinds_of_objects(one.page, pdfium.FPDFPage_CountObjects(one.page))
    drawn = pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_FORM
    for i, kind in [(i, kind) for i, kind in enumerate(kinds) if kind in drawn]:
        thing = pdfium.FPDFPage_GetObject(one.page, i)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield thing, None
        else:
            place = _matrix_of(one, thing)
            for j in range(pdfium.FPDFFormObj_CountObjects(thing)):
                inner = pdfium.FPDFFormObj_GetObject(thing, j)
                if pdfium.FPDFPageObj_GetType(inner) == pdfium.FPDF_PAGEOBJ_PATH:
                    yield inner, place


def _matrix_of(one: Page, thing: Any) -> Matrix:
    matrix = one.pdfium.FS_MATRIX()
    one.pdfium.FPDFPageObj_GetMatrix(thing, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _points(one: Page, path: Any, place: Matrix | None) -> list[tuple[float, float, bool]]:
    """The corners of a path as shown, each with whether a straight line leads to it."""
    pdfium = one.pdfium
    count = pdfium.FPDFPath_CountSegments(path)
    if count > _MOST_POINTS:
        return []
    matrix = _matrix_of(one, path)
    x, y = ctypes.c_float(), ctypes.c_float()
    points = []
    start = (0.0, 0.0)
    for i in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        on_page = _moved(_moved((x.value, y.value), matrix), place)
        shown = one.shown(*on_page, *on_page)[:2]
        kind = pdfium.FPDFPathSegment_GetType(segment)
        start = shown if kind == pdfium.FPDF_SEGMENT_MOVETO else start
        points.append((*shown, kind == pdfium.FPDF_SEGMENT_LINETO))
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append((*start, True))
    return points


def _moved(point: tuple[float, float], matrix: Matrix | None) -> tuple[float, float]:
    if matrix is None:
        return point
    (x, y), (a, b, c, d, e, f) = point, matrix
    return a * x + c * y + e, b * x + d * y + f
