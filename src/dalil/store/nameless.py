"""Things that wait in a nameless file, which is gone when it is closed or the process ends."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar, overload

Thing = TypeVar("Thing")


class Nameless(Sequence[Thing]):
    """Takes things one at a time, and gives any of them by its place. What is held of each is where it ends: 8 bytes.

    `write` makes bytes of a thing and `read` a thing of bytes; `folder`: where the file lies (None: the system's own).
    """

    def __init__(self, write: Callable[[Thing], bytes], read: Callable[[bytes], Thing], folder: Path | None = None) -> None:  # fmt: skip
        self._write, self._read = write, read
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed with this)
        self._ends = array("Q", [0])
        self._flushed = True

    def add(self, thing: Thing) -> None:
        self._ends.append(self._ends[-1] + self._file.write(self._write(thing)))
        self._flushed = False

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> Thing: ...
    @overload
    def __getitem__(self, place: slice) -> list[Thing]: ...
    def __getitem__(self, place: int | slice) -> Thing | list[Thing]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        if not self._flushed:
            self._file.flush()
            self._flushed = True
        start, end = self._ends[place : place + 2]
        return self._read(os.pread(self._file.fileno(), end - start, start))

    def close(self) -> None:
        self._file.close()
