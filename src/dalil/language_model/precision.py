"""What this processor computes fast."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache


@cache
def computes_bf16() -> bool:
    """Whether the machine multiplies bfloat16 by instructions of its own: a GPU, or a processor that `has_bf16`.

    Where it does not, bfloat16 takes up to 18 times as long as float32 (benchmarks/training.md).
    """
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return has_bf16(torch.cpu.get_capabilities())


def has_bf16(capabilities: Mapping[str, object]) -> bool:
    """Whether a processor of these capabilities (torch.cpu.get_capabilities) has avx512_bf16, AMX or Arm's bf16."""
    return any(value is True for name, value in capabilities.items() if "bf16" in name)


def compute_type(asked: str, *, bf16: bool) -> str:
    """The type that 4-bit weights are multiplied in: as asked for, but float32 for bfloat16 where the machine does not have
    it (`bf16`)."""
    return "float32" if asked == "bfloat16" and not bf16 else asked


def half_or_full() -> str:
    """bfloat16, or float32 where that is faster."""
    return "bfloat16" if computes_bf16() else "float32"
