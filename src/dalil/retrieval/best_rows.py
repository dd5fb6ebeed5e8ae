"""The rows with the highest of very many scores, without sorting them all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
_GROUP = 64


def best(scores: Floats, k: int, among: NDArray[np.integer] | None = None) -> Ints:
    """The k rows with the highest scores above 0, best first; of equal ones the first. `among`: no other rows, ascending."""
    if among is None:
        near = np.flatnonzero(scores >= least if (least := least_of_best(scores, k)) > 0 else scores > 0)
    else:
        near = among[scores[among] > 0].astype(np.int64)
    return near[np.argsort(-scores[near], kind="stable")[:k]]


def least_of_best(scores: Floats, k: int) -> float:
    """No more than the k-th highest score: the k-th highest of the maxima of groups, of which there are few."""
    groups = len(scores) // _GROUP
    maxima = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    return float(np.partition(maxima, groups - k)[groups - k]) if groups > k else 0.0
