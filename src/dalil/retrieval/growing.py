"""An array that grows: what it holds is not copied each time that something is added."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray


class Growing:
    """A row of numbers that more are added to."""

    def __init__(self, dtype: DTypeLike, first: ArrayLike = ()) -> None:
        self._held: NDArray[Any] = np.array(first, dtype=dtype)
        self._count = len(self._held)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, places: NDArray[np.integer]) -> NDArray[Any]:
        """The numbers at these places."""
        found: NDArray[Any] = self._held[places]
        return found

    def add(self, more: ArrayLike) -> None:
        """Put these behind the others."""
        values = np.asarray(more, dtype=self._held.dtype)
        start, self._count = self._count, self._count + len(values)
        if self._count > len(self._held):
            self._held = np.concatenate((self._held[:start], np.zeros(2 * self._count - start, dtype=values.dtype)))
        self._held[start : self._count] = values
