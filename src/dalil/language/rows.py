"""Words in a row among other words."""

from __future__ import annotations

from collections.abc import Sequence


def stands_in(part: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words of `part` stand in a row among those said; no words stand nowhere."""
    wanted, width = tuple(part), len(part)
    return bool(part) and any(tuple(said[i : i + width]) == wanted for i in range(len(said) - width + 1))
