"""Muon: the same steps as torch's own."""

from __future__ import annotations

import pytest
import torch

from dalil.training.muon import Muon, orthogonal

SHAPES = (24, 24), (64, 24), (24, 64), (24, 24)


def test_three_steps_are_those_of_the_library() -> None:
    torch.manual_seed(0)
    ours = [torch.nn.Parameter(torch.randn(*shape)) for shape in SHAPES]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in ours]
    optimisers = Muon(ours, 0.02, 0.1, ns_steps=5), torch.optim.Muon(theirs, lr=0.02, weight_decay=0.1)
    for _ in range(3):
        for one, other in zip(ours, theirs, strict=True):
            one.grad = torch.randn_like(one)
            other.grad = one.grad.clone()
        for optimiser in optimisers:
            optimiser.step()
    for one, other in zip(ours, theirs, strict=True):
        assert torch.allclose(one, other, atol=2e-3)


def test_the_direction_is_orthogonal() -> None:
    torch.manual_seed(0)
    for shape in SHAPES[1:3]:
        values = torch.linalg.svdvals(orthogonal(torch.randn(2, *shape), 5).float())
        assert values.min() > 0.4
        assert values.max() < 1.4


def test_a_vector_is_refused() -> None:
    with pytest.raises(ValueError, match="two dimensions"):
        Muon([torch.nn.Parameter(torch.zeros(3))], 0.1)
