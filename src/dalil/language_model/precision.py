"""What this processor computes fast."""

from __future__ import annotations

from functools import cache


@cache
def computes_bf16() -> bool:
    """Whether the machine multiplies bfloat16 by instructions of its own (avx512_bf16, AMX, Arm's bf16, a GPU's).

    Where it does not, bfloat16 is taken apart number by number: 10 to 40 times as slow as float32 (benchmarks/training.md).
    """
    import torch

    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return any(has for name, has in torch.cpu.get_capabilities().items() if "bf16" in name)


def half_or_full() -> str:
    """bfloat16, or float32 where that is faster."""
    return "bfloat16" if computes_bf16() else "float32"
