"""Arrays that lie in files: what was read or filled of them does not stay in the process's memory, and is lost nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from dalil.retrieval.cache import array_file, in_blocks, let_go

STATUS = Path("/proc/self/status")
SHAPE = (32_000, 256)
MIB = 2**20


def mapped_bytes() -> int:
    """Bytes of files that lie in this process's memory."""
    return int(re.findall(r"RssFile:\s+(\d+) kB", STATUS.read_text(encoding="ascii"))[0]) * 1024


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux tells what of a file lies in memory")
def test_what_was_filled_and_read_stays_in_the_file_alone(tmp_path: Path) -> None:
    made = array_file(tmp_path / "made.npy", np.float32, SHAPE)
    before = mapped_bytes()
    made[:] = np.arange(SHAPE[0], dtype=np.float32)[:, None]
    assert mapped_bytes() - before > made.nbytes - MIB
    let_go(made)
    assert mapped_bytes() - before < MIB
    sums = []
    for block in in_blocks(made, 1000):
        sums.append(float(block[:, 0].sum(dtype=np.float64)))
        assert mapped_bytes() - before < 3 * MIB
    assert sum(sums) == SHAPE[0] * (SHAPE[0] - 1) / 2
    np.testing.assert_array_equal(np.load(tmp_path / "made.npy")[:, 7], np.arange(SHAPE[0]))


def test_an_array_that_lies_in_no_file_is_read_in_blocks_too() -> None:
    rows = np.arange(10).reshape(5, 2)
    assert [block.tolist() for block in in_blocks(rows, 2)] == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9]]]
