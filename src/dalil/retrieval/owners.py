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
    """The rows of documents over a cache's segments, read when they are first asked for."""

    def __init__(self, segments: Sequence[Path]) -> None:
        self._segments = segments

    def rows(self, documents: Iterable[str]) -> Ints:
        """Rows of the documents of these paths, and of the records of files of these paths, ascending."""
        found = [self._by_path[path] for path in documents if path in self._by_path]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    @cached_property
    def _by_path(self) -> dict[str, Ints]:
        """The rows of each document, and those of all records of a file by the file's path too."""
        found: dict[str, list[Ints]] = {}
        start = 0
        for segment in self._segments:
            owners, paths = _read(segment)
            order = np.argsort(owners, kind="stable")
            edges = np.searchsorted(owners[order], np.arange(len(paths) + 1))
            for path, a, b in zip(paths, edges, edges[1:], strict=False):
                for name in {path, path.split("#", 1)[0]}:
                    found.setdefault(name, []).append(order[a:b] + start)
            start += len(owners)
        return {path: np.concatenate(parts) for path, parts in found.items()}


def _read(segment: Path) -> tuple[NDArray[np.int32], list[str]]:
    """The place of each row's document among the paths, and these."""
    paths: list[str] = read_json(segment / PATHS)
    return np.load(segment / OWNERS), paths
