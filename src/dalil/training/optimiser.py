"""Muon for the hidden matrices, AdamW for embeddings, head and vectors, as one optimiser that checkpoints whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from dalil.training.muon import Muon

ADAMW_SHARE = 0.2
"""AdamW's rate as a share of Muon's: its steps are measured by element, Muon's by the whole matrix."""
NEWTON_SCHULZ_STEPS = 3
"""Of the iteration that makes a gradient orthogonal; five, the usual number, learn no more here (benchmarks/training.md)."""
_OUTSIDE = ("embed", "lm_head", "wte", "wpe")


class MuonWithAdamW(torch.optim.Optimizer):  # type: ignore[misc]
    """Muon on the matrices of the layers; AdamW on everything else.

    The two share the schedule; AdamW's rate is ADAMW_SHARE of Muon's. Only parameters that are trained are taken.
    """

    def __init__(self, model: torch.nn.Module, lr: float, weight_decay: float) -> None:
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        matrices = [p for name, p in named if _is_hidden_matrix(name, p)]
        others = [p for name, p in named if not _is_hidden_matrix(name, p)]
        super().__init__([p for _, p in named], {"lr": lr})
        self._parts: list[torch.optim.Optimizer] = []
        if matrices:
            self._parts.append(Muon(matrices, lr, weight_decay, ns_steps=NEWTON_SCHULZ_STEPS))
        if others:
            self._parts.append(torch.optim.AdamW(others, lr=ADAMW_SHARE * lr, weight_decay=weight_decay, fused=True))
        self._share_groups()

    def _share_groups(self) -> None:
        """The groups are those of the parts, so that a schedule that sets their rate reaches both."""
        self.param_groups = [group for part in self._parts for group in part.param_groups]

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step of both parts."""
        loss = closure() if closure is not None else None
        for part in self._parts:
            part.step()
        return loss

    def state_dict(self) -> dict[str, Any]:
        """The state of both parts."""
        return {"parts": [part.state_dict() for part in self._parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Put the state of both parts back."""
        for part, state in zip(self._parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self._share_groups()


def _is_hidden_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
    return parameter.ndim == 2 and not any(part in name for part in _OUTSIDE)
