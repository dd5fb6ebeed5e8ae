"""Nearest vectors by usearch's graph (extra `vectors`): for more passages than a scan can read in a few milliseconds."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRAPH = "graph.usearch"
WIDER = 4
"""The graph is asked for so many times more, so that few of the nearest are missed."""


def has_usearch() -> bool:
    """Whether the extra `vectors` is installed."""
    return importlib.util.find_spec("usearch") is not None


class Graph:
    """Read-only; the file is only mapped, not loaded."""

    def __init__(self, path: Path) -> None:
        from usearch.index import Index

        self._index: Any = Index.restore(str(path), view=True)

    def top(self, query: NDArray[np.float32], k: int) -> dict[int, float]:
        """Cosines of about the k nearest, by number."""
        found = self._index.search(query, WIDER * k)
        pairs = zip(found.keys.tolist(), (1 - found.distances).tolist(), strict=True)
        return {int(number): score for number, score in list(pairs)[:k] if score > 0}


def write_graph(path: Path, numbers: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
    """The graph over all vectors."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f16", connectivity=16, expansion_add=128)
    index.add(numbers.astype(np.uint64), vectors)
    index.save(str(path))
