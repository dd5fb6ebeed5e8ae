"""Ruling lines of a page → the cells of its tables. Plain geometry (points, y downwards); runs in the reading process."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

SAME_BORDER = 4.0
_SNAP = 3.0
_LEAST_SIDE = 4.0
_MOST_CROSSINGS = 40_000
_LEAST_DRAWN = 0.5


@dataclass(frozen=True, slots=True)
class Edge:
    """A horizontal (`level` is y, `low`–`high` x) or a vertical line (`level` is x, `low`–`high` y)."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: borders of columns and rows, and for each (row, column) the cell that it belongs to."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    owner: tuple[tuple[int, ...], ...]

    def cell_at(self, x: float, y: float) -> int | None:
        """The number of the cell around a point, or None outside."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        inside = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return self.owner[row][column] if inside else None

    def overlaps(self, other: Grid) -> bool:
        """Whether two tables share any of the page."""
        apart = self.xs[-1] <= other.xs[0] or other.xs[-1] <= self.xs[0] or self.ys[-1] <= other.ys[0] or other.ys[-1] <= self.ys[0]  # fmt: skip
        return not apart

    def spans(self) -> dict[int, tuple[int, int, int, int]]:
        """For each cell: first row, row after its last, first column, column after its last."""
        found: dict[int, tuple[int, int, int, int]] = {}
        for row, owners in enumerate(self.owner):
            for column, cell in enumerate(owners):
                top, bottom, left, right = found.get(cell, (row, row, column, column))
                found[cell] = min(top, row), max(bottom, row + 1), min(left, column), max(right, column + 1)
        return found


def same_borders(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether two tables have their columns at the same places."""
    return len(one) == len(other) and all(abs(a - b) <= SAME_BORDER for a, b in zip(one, other, strict=True))


def marks_words(grid: Grid, down: Iterable[Edge]) -> bool:
    """Whether filled boxes only mark words of prose, line below line: they begin and end where the words do, so that neither the
    borders of columns nor those of the whole go through the rows. `down`: the vertical lines and sides of the page."""
    rows, inner = len(grid.owner), len(grid.xs) - 2
    walls = sum(left != right for owners in grid.owner for left, right in pairwise(owners))
    if rows < 2 or walls > rows * inner / 2:
        return False
    middles, ends = _middles(grid.ys), (grid.xs[0], grid.xs[-1])
    drawn = {(x, row) for edge in down for x in ends if abs(edge.level - x) <= _SNAP for row in _covered(middles, edge)}
    return len(drawn) < 2 * rows


def grids(horizontal: Sequence[Edge], vertical: Sequence[Edge]) -> list[Grid]:
    """The ruled tables of at least two columns, from top to bottom. One row may be what a page's end has cut off."""
    across, down = _merged(horizontal), _merged(vertical)
    if len(across) < 2 or not down or len(across) * len(down) > _MOST_CROSSINGS:
        return []
    found = [grid for lines, bars in _connected(across, down) if (grid := _grid(lines, bars)) is not None]
    return sorted(found, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _merged(edges: Iterable[Edge]) -> list[Edge]:
    """Lines that lie on or touch one another become one; levels closer than a stroke become one level."""
    merged: list[Edge] = []
    for group in _levels(edges):
        level = sum(edge.level for edge in group) / len(group)
        low, high = float("nan"), float("nan")
        for edge in sorted(group, key=lambda edge: edge.low):
            if edge.low <= high + _SNAP:
                high = max(high, edge.high)
                continue
            if high - low >= _LEAST_SIDE:
                merged.append(Edge(level, low, high))
            low, high = edge.low, edge.high
        if high - low >= _LEAST_SIDE:
            merged.append(Edge(level, low, high))
    return merged


def _levels(edges: Iterable[Edge]) -> list[list[Edge]]:
    groups: list[list[Edge]] = []
    for edge in sorted(edges, key=lambda edge: edge.level):
        if groups and edge.level - groups[-1][0].level <= _SNAP:
            groups[-1].append(edge)
        else:
            groups.append([edge])
    return groups


def _connected(across: list[Edge], down: list[Edge]) -> list[tuple[list[Edge], list[Edge]]]:
    """Lines that cross or touch, directly or through others, belong to one table."""
    parent = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for (i, line), (j, bar) in product(enumerate(across), enumerate(down)):
        touches = (
            line.low - _SNAP <= bar.level <= line.high + _SNAP and bar.low - _SNAP <= line.level <= bar.high + _SNAP
        )
        if touches:
            parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for i, edge in enumerate([*across, *down]):
        groups.setdefault(root(i), ([], []))[i >= len(across)].append(edge)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _grid(across: list[Edge], down: list[Edge]) -> Grid | None:
    """The grid of one group of lines; sides that a table leaves open are closed where its lines end.

    None where too few of the sides are drawn: boxes and arrows of a figure, not a table.
    """
    ys = _distinct([*(edge.level for edge in across), *_ends(down)])
    xs = _distinct([*(edge.level for edge in down), *_ends(across)])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 2:
        return None
    columns_at, rows_at = _middles(xs), _middles(ys)
    below = {(at, j) for e in across for at in (_place(ys, e.level),) for j in _covered(columns_at, e)}
    beside = {(i, at) for e in down for at in (_place(xs, e.level),) for i in _covered(rows_at, e)}
    sides = (rows + 1) * columns + (columns + 1) * rows
    if len(below) + len(beside) < _LEAST_DRAWN * sides:
        return None
    return Grid(tuple(xs), tuple(ys), _owners(rows, columns, below, beside))


def _ends(edges: list[Edge]) -> tuple[float, float]:
    return min(edge.low for edge in edges), max(edge.high for edge in edges)


def _distinct(levels: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for level in sorted(levels):
        if not kept or level - kept[-1] > _SNAP:
            kept.append(level)
    return kept


def _place(levels: list[float], level: float) -> int:
    """The place of the nearest level."""
    i = bisect_right(levels, level)
    near = [k for k in (i - 1, i) if 0 <= k < len(levels)]
    return near[0] if len(near) == 1 or level - levels[near[0]] <= levels[near[1]] - level else near[1]


def _covered(middles: list[float], edge: Edge) -> range:
    """Which gaps between neighbouring levels (given by their middles) an edge runs along."""
    return range(bisect_left(middles, edge.low), bisect_right(middles, edge.high))


def _middles(levels: Sequence[float]) -> list[float]:
    return [(low + high) / 2 for low, high in pairwise(levels)]


def _owners(
    rows: int, columns: int, below: set[tuple[int, int]], beside: set[tuple[int, int]]
) -> tuple[tuple[int, ...], ...]:
    """Number the cells: from each free place to the right, then down, as far as no line stands between."""
    owner = [[-1] * columns for _ in range(rows)]
    for cell, (row, column) in enumerate(product(range(rows), range(columns))):
        if owner[row][column] >= 0:
            continue
        right = column + 1
        while right < columns and (row, right) not in beside and owner[row][right] < 0:
            right += 1
        bottom = row + 1
        while bottom < rows and all((bottom, j) not in below and owner[bottom][j] < 0 for j in range(column, right)):
            if any((bottom, j) in beside for j in range(column + 1, right)):
                break
            bottom += 1
        for i, j in product(range(row, bottom), range(column, right)):
            owner[i][j] = cell
    return tuple(tuple(line) for line in owner)
