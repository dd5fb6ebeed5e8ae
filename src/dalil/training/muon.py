"""Muon (Jordan et al., 2024): momentum whose matrix is made orthogonal, for the hidden matrices of a model.

torch.optim.Muon does the same matrix by matrix and in bfloat16 alone, which takes a processor without
instructions for it 30 times as long; here all matrices of a shape go through the iteration at once, in what the processor is fast at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch

from dalil.language_model.precision import computes_bf16

COEFFICIENTS = 3.4445, -4.7750, 2.0315
"""Of the quintic Newton-Schulz iteration (Keller Jordan, https://kellerjordan.github.io/posts/muon/)."""
SMALLEST_NORM = 1e-7


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """Nesterov momentum, made orthogonal by `ns_steps` of the iteration, times sqrt(max(1, rows / columns)); decoupled
    weight decay. Takes matrices only."""

    def __init__(
        self, params: Iterable[Any], lr: float, weight_decay: float = 0.0, momentum: float = 0.95, ns_steps: int = 5
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "ns_steps": ns_steps})
        if any(p.ndim != 2 for group in self.param_groups for p in group["params"]):
            raise ValueError("Muon takes matrices: parameters with two dimensions.")

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step of all matrices that have a gradient."""
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            alike = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[parameter.shape].append(parameter)
            for (rows, columns), parameters in alike.items():
                step = group["lr"] * max(1.0, rows / columns) ** 0.5
                directions = orthogonal(
                    torch.stack(self._looked_ahead(parameters, group["momentum"])), group["ns_steps"]
                )
                torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
                torch._foreach_add_(parameters, list(directions.to(parameters[0].dtype)), alpha=-step)
        return loss

    def _looked_ahead(self, parameters: list[Any], momentum: float) -> list[Any]:
        """Momentum with this gradient, and once more towards it (Nesterov)."""
        for parameter in parameters:
            self.state[parameter].setdefault("momentum_buffer", torch.zeros_like(parameter.grad))
        buffers = [self.state[parameter]["momentum_buffer"] for parameter in parameters]
        gradients = [parameter.grad for parameter in parameters]
        torch._foreach_lerp_(buffers, gradients, 1 - momentum)
        return list(torch._foreach_lerp(gradients, buffers, momentum))


def orthogonal(matrices: Any, ns_steps: int) -> Any:
    """About U Vᵀ of each matrix U S Vᵀ of the batch (n, rows, columns): singular values near 1, but for those that were near 0."""
    a, b, c = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    now = (matrices.mT if tall else matrices).to(torch.bfloat16 if computes_bf16() else torch.float32)
    now = now / now.norm(dim=(1, 2), keepdim=True).clamp(min=SMALLEST_NORM)
    for _ in range(ns_steps):
        gram = now @ now.mT
        now = torch.baddbmm(now, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), now, beta=a)
    return now.mT if tall else now
