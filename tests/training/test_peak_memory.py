"""What a run took is counted from its beginning, though its process held more before."""

from __future__ import annotations

import sys

import pytest

from dalil.training.peak_memory import PeakMemory

MEGABYTE = 1_000_000


def held(megabytes: int) -> int:
    """Hold so much for a moment, every page of it touched."""
    return len(bytearray(b"x") * (megabytes * MEGABYTE))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets a peak")
def test_what_was_held_before_does_not_count_and_what_was_given_back_since_does() -> None:
    held(400)
    memory = PeakMemory()
    assert memory.taken() < 20 * MEGABYTE
    held(100)
    assert 90 * MEGABYTE < memory.taken() < 200 * MEGABYTE
