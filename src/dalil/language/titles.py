"""Columns of sheets that people fill, by what they may be called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dalil.language.analysis import fold


def columns_by_title(columns: Iterable[str], titles: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Folded title → the column: by its own name, and by its title in each language with or without what stands in brackets."""
    found = {fold(name): name for name in columns}
    for of_language in titles:
        for name, title in of_language.items():
            found |= {fold(title): name, fold(title.split("(")[0].strip()): name}
    return found
