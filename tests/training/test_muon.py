"""Muon: the same steps as torch's own, and bfloat16 only where the machine computes it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from dalil.config_models import TrainingSettings
from dalil.language_model.precision import computes_bf16, half_or_full
from dalil.training.muon import Muon, orthogonal
from dalil.training.trainer import on_a_processor

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


@pytest.mark.parametrize(("has", "kept"), [(True, "bfloat16"), (False, "float32")])
def test_bfloat16_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch, has: bool, kept: str) -> None:
    """Without its instructions bfloat16 takes 10 to 40 times as long as float32."""
    monkeypatch.setattr(torch, "cuda", SimpleNamespace(is_available=lambda: False))
    monkeypatch.setattr(torch, "cpu", SimpleNamespace(get_capabilities=lambda: {"avx2": True, "avx512_bf16": has}))
    computes_bf16.cache_clear()
    try:
        assert half_or_full() == kept
        assert on_a_processor(TrainingSettings()).in_bf16 is has
        assert on_a_processor(TrainingSettings(fp16=True)).in_bf16 is has
    finally:
        computes_bf16.cache_clear()


def test_what_was_asked_for_and_is_not_done_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("dalil.training.trainer.computes_bf16", lambda: False)
    on_a_processor(TrainingSettings())
    assert not caplog.records
    on_a_processor(TrainingSettings(bf16=True))
    assert "bf16 becomes False" in caplog.text
