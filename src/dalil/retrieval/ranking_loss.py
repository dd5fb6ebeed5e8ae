"""One step of training by in-batch negatives: each question must be nearer to its passage than to the others' passages.

Multiple-negatives ranking loss (Henderson et al., 2017) on the first 64, 128 and 256 numbers of the vectors at once
(Matryoshka, Kusupati et al., 2022), and Adam (Kingma and Ba, 2015) on the rows that a batch touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.latent import Floats
from dalil.retrieval.wordpiece import Ids

NESTED = (64, 128, 256)
SCALE = 20.0
MAX_PIECES = 96
"""Of a longer passage so many pieces, drawn anew each time, are trained."""


@dataclass(frozen=True)
class Pair:
    """A question (or what stands for one) and the passage that answers it. `passage` tells equal ones apart."""

    query: Ids
    text: Ids
    passage: str


class Adam:
    """Adam's running means of each row, and how often the row was touched."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean = np.zeros(shape, dtype=np.float32)
        self._square = np.zeros(shape, dtype=np.float32)
        self._times = np.zeros((shape[0], 1), dtype=np.float32)

    def step(self, table: Floats, rows: NDArray[np.int64], gradient: Floats, rate: float) -> None:
        """Move the rows of the table."""
        self._times[rows] += 1
        self._mean[rows] = mean = 0.9 * self._mean[rows] + 0.1 * gradient
        self._square[rows] = square = 0.999 * self._square[rows] + 0.001 * gradient**2
        times = self._times[rows]
        spread = np.sqrt(square / (1 - np.float32(0.999) ** times)) + 1e-8
        table[rows] -= np.float32(rate) * mean / (1 - np.float32(0.9) ** times) / spread


def learn(table: Floats, batch: Sequence[Pair], adam: Adam, rate: float, rng: np.random.Generator) -> None:
    """Move the rows of the table that the batch touches."""
    texts = [*(pair.query for pair in batch), *(_drawn(pair.text, rng) for pair in batch)]
    passages = np.array([pair.passage for pair in batch])
    no_negative = (passages[:, None] == passages[None, :]) & ~np.eye(len(batch), dtype=bool)
    rows, counts = _counted(texts)
    sums = counts @ table[rows]
    gradient = np.zeros_like(sums)
    for width in NESTED:
        gradient[:, :width] += ranking_gradient(sums[:, :width], no_negative) / len(NESTED)
    adam.step(table, rows, counts.T @ gradient, rate)


def _counted(texts: Sequence[Ids]) -> tuple[NDArray[np.int64], Floats]:
    """The pieces of a batch, and how often each text has each of them (texts, pieces)."""
    rows, columns = np.unique(np.concatenate(texts).astype(np.int64), return_inverse=True)
    owners = np.repeat(np.arange(len(texts)), [len(ids) for ids in texts])
    counts = np.bincount(owners * len(rows) + columns, minlength=len(texts) * len(rows))
    return rows, counts.reshape(len(texts), len(rows)).astype(np.float32)


def ranking_gradient(sums: Floats, no_negative: NDArray[np.bool_]) -> Floats:
    """The loss's gradient at the summed vectors: the first half are questions, the second their passages."""
    norms = np.sqrt((sums**2).sum(axis=1, keepdims=True)) + 1e-9
    unit = sums / norms
    half = len(sums) // 2
    queries, texts = unit[:half], unit[half:]
    error = _softmax(np.where(no_negative, np.float32(-1e9), SCALE * queries @ texts.T))
    error[np.arange(half), np.arange(half)] -= 1
    error *= SCALE / half
    pulled = np.concatenate([error @ texts, error.T @ queries])
    return np.asarray((pulled - unit * (pulled * unit).sum(axis=1, keepdims=True)) / norms, dtype=np.float32)


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def _drawn(ids: Ids, rng: np.random.Generator) -> Ids:
    return ids if len(ids) <= MAX_PIECES else ids[rng.permutation(len(ids))[:MAX_PIECES]]
