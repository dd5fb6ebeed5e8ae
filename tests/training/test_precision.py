"""bfloat16 only where the machine computes it."""

from __future__ import annotations

import logging

import pytest
import torch

from dalil.config_training import TrainingSettings
from dalil.language_model.precision import compute_type, has_bf16
from dalil.training.trainer import on_a_processor


@pytest.mark.parametrize(
    ("capabilities", "has"),
    [
        ({"avx2": True, "avx512_bf16": False, "amx_bf16": False}, False),
        ({"avx2": True, "avx512_bf16": True, "amx_bf16": False}, True),
        ({"avx512_bf16": False, "amx_bf16": True}, True),
        ({"architecture": "x86_64", "cpu_name": "without a word of it"}, False),
    ],
)
def test_a_processor_has_bf16_by_its_instructions(capabilities: dict[str, object], has: bool) -> None:
    assert has_bf16(capabilities) is has


def test_the_capabilities_of_this_machine_can_be_read() -> None:
    assert isinstance(has_bf16(torch.cpu.get_capabilities()), bool)
    assert (
        any("bf16" in name for name in torch.cpu.get_capabilities())
        or torch.cpu.get_capabilities()["architecture"] != "x86_64"
    )


@pytest.mark.parametrize(
    ("given", "bf16", "said"),
    [
        ({}, True, ""),
        ({}, False, ""),
        ({"bf16": True}, True, ""),
        ({"bf16": True}, False, "bf16 becomes False"),
        ({"bf16": False}, True, ""),
        ({"fp16": True}, True, "fp16 becomes False"),
        ({"fp16": True}, False, "fp16 becomes False"),
    ],
)
def test_a_change_of_what_was_asked_for_is_said(
    caplog: pytest.LogCaptureFixture, given: dict[str, bool], bf16: bool, said: str
) -> None:
    with caplog.at_level(logging.WARNING, "dalil.training"):
        made = on_a_processor(TrainingSettings(**given), bf16=bf16)
    assert not made.fp16
    assert made.in_bf16 is (bf16 and given.get("bf16") is not False)
    assert (said in caplog.text) if said else not caplog.records


@pytest.mark.parametrize(
    ("asked", "bf16", "taken"),
    [("bfloat16", False, "float32"), ("bfloat16", True, "bfloat16"), ("float16", False, "float16"), ("float32", True, "float32")],
)  # fmt: skip
def test_four_bit_weights_are_multiplied_in_a_type_that_the_machine_has(asked: str, bf16: bool, taken: str) -> None:
    assert compute_type(asked, bf16=bf16) == taken
