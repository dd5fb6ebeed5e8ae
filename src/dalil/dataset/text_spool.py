"""Texts that are asked about wait in a nameless file: a text, its facts and what it is called take 20 KB each in memory."""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import overload

from dalil.dataset.sections import AskedText
from dalil.dataset.text_wordings import load_text_wordings


class TextSpool(Sequence[AskedText]):
    """What is held of each text is where it ends in the file."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (closed with the spool)
        self._ends = array("Q", [0])

    def add(self, text: AskedText) -> None:
        self._ends.append(self._ends[-1] + self._file.write(pickle.dumps((text.document, text.name, text.facts))))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, place: int) -> AskedText: ...
    @overload
    def __getitem__(self, place: slice) -> list[AskedText]: ...
    def __getitem__(self, place: int | slice) -> AskedText | list[AskedText]:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        start, end = self._ends[place : place + 2]
        document, name, facts = pickle.loads(os.pread(self._file.fileno(), end - start, start))
        wordings = load_text_wordings(document.language)
        assert wordings is not None, "it was asked about in them"
        return AskedText(document, name, wordings, facts)

    def close(self) -> None:
        self._file.close()
