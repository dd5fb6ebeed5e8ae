"""Records that stay on disk: all of them in their order, and any of them by its place."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar, overload

from dalil.artefacts import Records

Record = TypeVar("Record")


class Shelf(Sequence[Record]):
    """The records of a JSON-lines file. What is held of each is where its line begins: 8 bytes.

    Raises WorkError where the file or a line is damaged.
    """

    def __init__(self, kind: type[Record], path: Path) -> None:
        self._records = Records(kind, path)
        self._starts = array("Q", self._records.starts())
        self._starts.pop()  # the file's end

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> list[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | list[Record]:
        if isinstance(place, slice):
            return [self._records.at(start) for start in self._starts[place]]
        return self._records.at(self._starts[place])
