"""Nearest vectors by usearch's graph (extra `vectors`): for more passages than a scan can read in a few milliseconds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAPH = "graph.usearch"
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
GRAPH_WIDER = 8
"""The graph is asked for so many times more: of the nearest hundred of 50,000 it then misses one, with four times four."""


def has_usearch() -> bool:
    """Whether the extra `vectors` is installed."""
    return importlib.util.find_spec("usearch") is not None


class Graph:
    """Read-only; the file is only mapped, not loaded."""

    def __init__(self, path: Path) -> None:
        from usearch.index import Index

        self._index: Any = Index.restore(str(path), view=True)

    def near(self, query: Floats, count: int) -> Ints:
        """Numbers of about the `count` nearest, ascending."""
        return np.sort(self._index.search(query, count).keys.astype(np.int64))


def write_graph(path: Path, numbers: Ints, vectors: Floats, earlier: Path | None = None) -> None:
    """The graph over all vectors; where an earlier one holds most of them, with only what changed.

    By one thread: of vectors that several threads of usearch 2 put in, one in a hundred is found by no search."""
    from usearch.index import Index

    index: Any = Index.restore(str(earlier)) if earlier else None
    if index is None:
        index = Index(ndim=vectors.shape[1], metric="cos", dtype="f16", connectivity=16, expansion_add=128)
    held = np.asarray(index.keys, dtype=np.int64) if len(index) else np.zeros(0, dtype=np.int64)
    gone = np.setdiff1d(held, numbers, assume_unique=True)
    if len(gone):
        index.remove(gone.astype(np.uint64))
    new = np.isin(numbers, held, invert=True)
    index.add(numbers[new].astype(np.uint64), vectors[new], threads=1)
    index.save(str(path))
