"""Texts that lie under their titles ({"Part one": {"Article 1": "…", "Article 2": ["…", "…"]}, …}) → a record each.

In such a tree the keys are what a reader calls the texts by. In a record they are the names of fields: these are few, come
again in other objects, and most of their values are short.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_FEWEST = 6
_LEAST_CHARACTERS = 40
_TITLE, _PART, _TEXT = "title", "part", "text"


def titled_texts(tree: Any) -> list[dict[str, str]]:
    """`title`, `part` (the titles above it) and `text` of each text; nothing where the keys are no titles."""
    if not isinstance(tree, dict) or not _is_branch(tree):
        return []
    leaves = list(_leaves(tree, ()))
    titles = {path[-1] for path, _ in leaves}
    long_enough = sum(len(text) for _, text in leaves) >= _LEAST_CHARACTERS * len(leaves)
    if not _FEWEST <= len(leaves) == len(titles) or not long_enough:
        return []
    return [{_TITLE: _plain(path[-1]), _PART: " — ".join(map(_plain, path[:-1])), _TEXT: text} for path, text in leaves]


def _is_branch(value: dict[str, Any]) -> bool:
    """Whether an object holds nothing but objects, and these hold either such objects or texts alone."""
    inside = list(value.values())
    return bool(inside) and all(
        isinstance(part, dict) and (_is_branch(part) or (bool(part) and all(map(_is_text, part.values()))))
        for part in inside
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)
    )


def _leaves(value: dict[str, Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, part in value.items():
        if isinstance(part, dict):
            yield from _leaves(part, (*path, key))
        else:
            yield (*path, key), part if isinstance(part, str) else " ".join(part)


def _plain(title: str) -> str:
    return title.strip().rstrip(":").rstrip()
