"""What training did to a held-out loss."""

from __future__ import annotations

from typing import Literal

Change = Literal["changed", "no_op", "risen"]
NO_OP = 0.01
"""A loss that changed by less than this share of itself did not change."""


def change_of(before: float, after: float) -> Change:
    """Whether the loss fell ("changed"), stayed ("no_op") or rose, which is no effect anybody trains for."""
    if after > before * (1 + NO_OP):
        return "risen"
    return "no_op" if after >= before * (1 - NO_OP) else "changed"
