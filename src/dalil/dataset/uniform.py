"""Rows of JSON that one reader can put under one schema: `datasets` refuses a second file whose columns are others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from dalil.dataset.pair import is_empty

Row = dict[str, Any]


def uniform(parts: Sequence[Sequence[Mapping[str, Any]]]) -> list[list[Row]]:
    """The rows of several files with the columns of all of them, in one order; what a row lacks is empty there."""
    shapes: Row = {}
    for row in chain.from_iterable(parts):
        for name, value in row.items():
            if is_empty(shapes.get(name)):
                shapes[name] = value
    return [_filled_up(rows, shapes) for rows in parts]


def _filled_up(rows: Sequence[Mapping[str, Any]], shapes: Row) -> list[Row]:
    """Where no row of the file fills a column, the first holds a blank of its shape: an empty list tells no schema."""
    made = [{name: row[name] if name in row else _nothing(shape) for name, shape in shapes.items()} for row in rows]
    unfilled = [name for name in shapes if all(is_empty(row[name]) for row in made)]
    if made:
        made[0] |= {name: _blank(shapes[name]) for name in unfilled}
    return made


def _nothing(shape: Any) -> Any:
    return "" if isinstance(shape, str) else [] if isinstance(shape, list) else None


def _blank(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_blank(item) for item in shape[:1]]
    if isinstance(shape, dict):
        return {name: _blank(value) for name, value in shape.items()}
    return "" if isinstance(shape, str) else None
