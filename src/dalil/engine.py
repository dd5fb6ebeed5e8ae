"""The local engine: map stages in this process or in a pool of spawned ones, each row's result kept by its hash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from dalil.artefacts import write_text
from dalil.records import Document, Dropped, Passage, content_id, from_row, to_row
from dalil.seams import Kept, S

Row = TypeVar("Row")
Made = TypeVar("Made")
_KINDS: dict[str, type] = {kind.__name__: kind for kind in (Document, Dropped, Passage)}


class RowCache:
    """Results of a map stage by key (hash of row, settings and code version), one small file each, written atomically."""

    def __init__(self, folder: Path, row_key: Callable[[Any], str]) -> None:
        self.folder = folder
        self.row_key = row_key

    def _path(self, row: Any) -> Path:
        key = content_id(self.row_key(row))
        return self.folder / key[:2] / f"{key}.json"

    def has(self, row: Any) -> bool:
        """Whether there is a kept result, whole or damaged."""
        return self._path(row).is_file()

    def get(self, row: Any) -> list[Any] | None:
        """The kept result, or None where there is none or it is damaged (it is then made again)."""
        try:
            kept = json.loads(self._path(row).read_text(encoding="utf-8"))
            return [from_row(_KINDS[kind], value) for kind, value in kept]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, row: Any, made: Sequence[Any]) -> None:
        """Keep a result, but none that another try may better: a file that ran out of time is read again."""
        if any(isinstance(item, Dropped) and item.passing for item in made):
            return
        write_text(
            self._path(row), json.dumps([[type(item).__name__, to_row(item)] for item in made], ensure_ascii=False)
        )


class LocalEngine:
    """Runs stages here. `workers` 1: in this process; more: a pool of spawned processes."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = workers

    def map(self, fn: Callable[[Row], Sequence[Made | Dropped]], rows: Iterable[Row],
            cache: Kept | None = None) -> Iterator[Sequence[Made | Dropped]]:  # fmt: skip
        """Apply a pure, picklable `fn` to each row, in order; a killed run finds its finished rows in `cache`."""
        every = list(rows)
        known = [cache is not None and cache.has(row) for row in every]
        fresh = self._run(fn, [row for row, kept in zip(every, known, strict=True) if not kept])
        for row, kept in zip(every, known, strict=True):
            result = cache.get(row) if cache and kept else None
            if result is None:  # kept, but damaged: made again here
                result = list(fn(row) if kept else next(fresh))
                if cache:
                    cache.put(row, result)
            yield result

    def _run(
        self, fn: Callable[[Row], Sequence[Made | Dropped]], rows: list[Row]
    ) -> Iterator[Sequence[Made | Dropped]]:
        if self.workers < 2 or len(rows) < 2:
            yield from map(fn, rows)
            return
        with ProcessPoolExecutor(min(self.workers, len(rows)), mp_context=get_context("spawn")) as pool:
            yield from pool.map(fn, rows, chunksize=max(1, min(16, len(rows) // (4 * self.workers))))

    def summarise(self, kind: Callable[[], S], rows: Iterable[Any]) -> S:
        """Fold the rows into one summary."""
        summary = kind()
        for row in rows:
            summary.add(row)
        return summary
