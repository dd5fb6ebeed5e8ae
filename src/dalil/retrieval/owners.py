"""Which rows of a cache belong to which document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.artefacts import read_json, write_json

OWNERS, PATHS = "owners.npy", "paths.json"
Ints = NDArray[np.int64]


def write_owners(folder: Path, documents: Sequence[str]) -> None:
    """`documents`: the path of each row's document."""
    paths = sorted(set(documents))
    place = {path: i for i, path in enumerate(paths)}
    np.save(folder / OWNERS, np.array([place[document] for document in documents], dtype=np.int32))
    write_json(folder / PATHS, paths)


class Owners:
    """The rows of documents, read when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, documents: Iterable[str]) -> Ints:
        """Rows of the documents of these paths, and of the records of files of these paths, ascending."""
        found = [self._by_path[path] for path in documents if path in self._by_path]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    @cached_property
    def _by_path(self) -> dict[str, Ints]:
        owners: NDArray[np.int32] = np.load(self._folder / OWNERS)
        paths: list[str] = read_json(self._folder / PATHS)
        order = np.argsort(owners, kind="stable")
        rows = np.split(order, np.searchsorted(owners[order], np.arange(1, len(paths))))
        found: dict[str, Ints] = dict(zip(paths, rows, strict=True))
        of_files: dict[str, list[Ints]] = {}
        for path, own in zip(paths, rows, strict=True):
            if (source := path.split("#", 1)[0]) != path:
                of_files.setdefault(source, [found[source]] if source in found else []).append(own)
        return found | {source: np.concatenate(parts) for source, parts in of_files.items()}
