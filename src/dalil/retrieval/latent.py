"""Where the scratch embedder begins: the singular vectors of TF-IDF (latent semantic analysis), with numpy alone.

A randomised range finder (Halko, Martinsson and Tropp, 2011) over a sparse matrix held as three arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.wordpiece import Ids

Floats = NDArray[np.float32]
OVERSAMPLING = 16
POWER_STEPS = 2


@dataclass(frozen=True)
class Sparse:
    """Rows by their non-zero entries: `starts[i]` is where row i begins in `columns` and `values`. No row is empty."""

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: Floats
    width: int

    def dot(self, dense: Floats) -> Floats:
        """This matrix times a dense one: a small product a row (one `reduceat` over all rows takes ten times as long)."""
        made = np.empty((len(self.starts), dense.shape[1]), dtype=np.float32)
        ends = np.append(self.starts[1:], len(self.columns))
        for row, (start, end) in enumerate(zip(self.starts.tolist(), ends.tolist(), strict=True)):
            np.dot(self.values[start:end], dense[self.columns[start:end]], out=made[row])
        return made

    def transposed(self) -> tuple[Sparse, NDArray[np.int64]]:
        """The transpose without its empty rows, and which rows those that stay are."""
        every = np.arange(len(self.starts), dtype=np.int32)
        rows = np.repeat(every, np.diff(np.append(self.starts, len(self.columns))))
        counts = np.bincount(self.columns, minlength=self.width)
        kept = np.flatnonzero(counts)
        order = np.argsort(self.columns, kind="stable").astype(np.int32)
        starts = np.cumsum(counts[kept]) - counts[kept]
        return Sparse(starts, rows[order], self.values[order], len(self.starts)), kept


def inverse_frequencies(texts: Sequence[Ids], size: int) -> Floats:
    """How rare each piece is (1 + log of texts over texts with it)."""
    found = np.bincount(np.concatenate([np.unique(ids) for ids in texts]), minlength=size)
    return np.asarray(1 + np.log((1 + len(texts)) / (1 + found)), dtype=np.float32)


def tf_idf(texts: Sequence[Ids], idf: Floats) -> Sparse:
    """Unit rows of (1 + log tf) · idf; a text without a known piece must not be among them."""
    counted = [np.unique(ids, return_counts=True) for ids in texts]
    lengths = np.array([len(ids) for ids, _ in counted], dtype=np.int64)
    columns = np.concatenate([ids for ids, _ in counted]).astype(np.int32)
    values = (1 + np.log(np.concatenate([n for _, n in counted]))).astype(np.float32) * idf[columns]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    norms = np.sqrt(np.add.reduceat(values**2, starts))
    return Sparse(starts, columns, (values / np.repeat(norms, lengths)).astype(np.float32), len(idf))


def right_singular_vectors(matrix: Sparse, rank: int, rng: np.random.Generator) -> Floats:
    """The first `rank` right singular vectors as columns (width, rank), largest first."""
    turned, kept = matrix.transposed()
    reached = min(rank + OVERSAMPLING, len(matrix.starts), matrix.width)
    sample = rng.standard_normal((matrix.width, reached), dtype=np.float32)
    reach = np.linalg.qr(matrix.dot(sample))[0]
    back = np.zeros((matrix.width, reached), dtype=np.float32)
    for _ in range(POWER_STEPS):
        back[kept] = turned.dot(reach)
        reach = np.linalg.qr(matrix.dot(back))[0]
    back[kept] = turned.dot(reach)
    squares, turns = np.linalg.eigh(back.T.astype(np.float64) @ back)
    largest = np.argsort(-squares)[:rank]
    scaled = turns[:, largest] / np.sqrt(np.maximum(squares[largest], 1e-12))
    return np.asarray(back @ scaled, dtype=np.float32)
