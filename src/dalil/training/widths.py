"""The widths that batches have: few of them, because a processor makes its kernels anew for each."""

from __future__ import annotations

SAME_WIDTH = 8
"""Batches are padded to a multiple of it, and logits made for one. With every width that occurs, kernels for each are made and
kept, and a run's memory grows from step to step; a GPU's matrix units count in eights too."""
IN_LINE_WIDTH = 64
"""The same for rows in line, whose sums vary more."""


def down(tokens: int) -> int:
    """The width at or below so many tokens."""
    return tokens // SAME_WIDTH * SAME_WIDTH


def up(tokens: int, width: int = SAME_WIDTH) -> int:
    """The width at or above so many tokens."""
    return -(-tokens // width) * width


def multiple_for(max_length: int, *, to_max_length: bool) -> int | None:
    """What the width of a batch is a multiple of; none where that could make a row longer than `max_length`."""
    if to_max_length:
        return max_length
    return SAME_WIDTH if max_length % SAME_WIDTH == 0 else None
