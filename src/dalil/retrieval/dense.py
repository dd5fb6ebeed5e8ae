"""The dense leg: the passages' vectors in a cache folder: few are scanned whole, many by a sketch of them first, very many by usearch."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.approximate import GRAPH, GRAPH_WIDER, Graph, has_usearch, write_graph
from dalil.retrieval.cache import array_file, let_go, make_cache
from dalil.retrieval.lexical import whole_text
from dalil.retrieval.segments import LATER, Segment, Segments, keep, planned, write_rows
from dalil.retrieval.sketch import Sketch
from dalil.seams import Embedder
from dalil.store.sqlite import SqliteStore

logger = logging.getLogger(__name__)
VECTORS = "vectors.npy"
SKETCH = "sketch.npz"
DENSE_FORMAT = 5
"""Raised when what the cache holds changes; vectors are taken over from caches made before."""
SKETCHED_FROM = 10_000
"""Up to so many passages a scan of all takes less than a millisecond."""
SKETCH_WIDER = 15
"""The sketch is asked for so many times more: of the nearest hundred of 50,000 it then misses two, of the nearest ten hardly any."""
AT_ONCE = 256
"""So many vectors are taken from where they lie and multiplied while they are in the processor's cache."""
BATCH = 1000
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class OtherDimensions(ValueError):
    """The embedder's vectors have other dimensions than the passages': they must be made again."""


class DenseIndex:
    """Read-only vectors of passages, by number. Raises ValueError where a file is not as it was written.

    The embedder is not loaded before the first question.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        segments = Segments(folder)
        self.embedder = embedder
        self._folder = folder
        self._segments, self._numbers, self._owners = segments.all, segments.numbers, segments.owners
        self._vectors: list[Floats] = [read_vectors(one) for one in segments.all]
        ends = np.cumsum([len(one.numbers) for one in segments.all])
        self._starts: Ints = np.concatenate(([0], ends)).astype(np.int64)
        self._gone: Ints = np.concatenate([np.zeros(0, dtype=np.int64),
            *(one.gone + start for one, start in zip(segments.all, self._starts, strict=False))])  # fmt: skip

    @property
    def dimensions(self) -> int:
        return int(self._vectors[0].shape[1])

    @cached_property
    def _graph(self) -> Graph | None:
        path = self._segments[0].folder / GRAPH
        return Graph(path) if path.exists() else None

    @cached_property
    def _sketch(self) -> Sketch | None:
        path = self._segments[0].folder / SKETCH
        return Sketch.read(path) if path.exists() else None

    def top(self, text: str, k: int, documents: Sequence[str] = (),
            hidden: Collection[str] = ()) -> dict[int, float]:  # fmt: skip
        """Cosines of the k nearest passages, by passage number; only of `documents` where given, none of `hidden`.

        Raises OtherDimensions.
        """
        query = self.embedder.encode_query([text])[0]
        if len(query) != self.dimensions:
            raise OtherDimensions(f"{self._folder} holds {self.dimensions} numbers a passage, not {len(query)}")
        if not len(self._numbers) or not query.any():
            return {}
        rows = self._owners.rows(documents) if documents else None if hidden else self._near(query, k)
        scores = self._cosines(query, rows)
        banned = np.union1d(self._gone, self._owners.rows(hidden)) if hidden else self._gone
        if len(banned):
            scores[np.isin(rows, banned) if rows is not None else banned] = -1.0
        nearest = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        numbers = self._numbers[nearest if rows is None else rows[nearest]]
        pairs = zip(numbers.tolist(), scores[nearest].tolist(), strict=True)
        return {number: score for number, score in pairs if score > 0}

    def vector(self, number: int) -> Floats:
        """The vector of a passage."""
        row = int(np.searchsorted(self._numbers, number))
        i = int(np.searchsorted(self._starts, row, side="right")) - 1
        return np.asarray(self._vectors[i][row - self._starts[i]])

    def _cosines(self, query: Floats, rows: Ints | None) -> Floats:
        """Those of the rows, which ascend; None: of all."""
        if rows is None:
            return np.concatenate([vectors @ query for vectors in self._vectors])
        edges = np.searchsorted(rows, self._starts)
        return np.concatenate([
            vectors.take(rows[i : min(i + AT_ONCE, b)] - start, axis=0) @ query
            for vectors, start, a, b in zip(self._vectors, self._starts, edges.tolist(), edges[1:].tolist(), strict=False)
            for i in range(a, b, AT_ONCE)
        ] or [query[:0]])  # fmt: skip

    def _near(self, query: Floats, k: int) -> Ints | None:
        """Rows among which the k nearest are, by the graph or the sketch, and all that came later; None where all are scanned."""
        if self._graph is not None:
            near = np.searchsorted(self._numbers, self._graph.near(query, GRAPH_WIDER * k))
        elif self._sketch is not None:
            near = self._sketch.near(query, SKETCH_WIDER * k)
        else:
            return None
        return np.concatenate((near, np.arange(self._starts[1], self._starts[-1])))


def read_vectors(segment: Segment) -> Floats:
    """The vectors of a segment's rows. Raises ValueError where the file is no array."""
    read: Floats = np.load(segment.folder / VECTORS, mmap_mode="r").view(np.ndarray)
    return read


def dense_name(generation: int, embedder: Embedder) -> str:
    """The folder's name for a generation of the index and an embedder."""
    return f"dense-{generation}-{DENSE_FORMAT}-{embedder.id}"


def build_dense(
    folder: Path,
    embedder: Embedder,
    store: SqliteStore,
    earlier: Iterable[Path],
    exact_up_to: int,
    sketched_from: int = SKETCHED_FROM,
) -> None:
    """Write the vectors of all passages; those that an earlier cache of this embedder holds are taken from there."""
    documents: list[str] = []
    numbers = np.fromiter(_numbered(store, documents), dtype=np.int64)
    by_graph = len(numbers) > exact_up_to and has_usearch()
    before, is_of_now = _before(earlier, embedder)
    plan = planned(before if is_of_now and _finds(before) == by_graph else [], numbers, 1)

    def write(partial: Path) -> None:
        for segment in plan.kept:
            keep(segment, partial)
        for name, part in plan.written.items():
            made = partial / name
            made.mkdir()
            vectors = _write_vectors(made, embedder, store, part, before)
            write_rows(made, part, [documents[row] for row in np.searchsorted(numbers, part).tolist()])
            if name != LATER:
                _write_finder(made, part, vectors, before, by_graph, sketched_from)
        if len(numbers) > exact_up_to and not has_usearch():
            logger.warning("%d passages are scanned one by one; faster: pip install 'dalil[vectors]'", len(numbers))

    make_cache(folder, write)


def _numbered(store: SqliteStore, documents: list[str]) -> Iterator[int]:
    """The numbers of all passages; the document of each is put at the end of the list."""
    for number, document in store.numbers():
        documents.append(document)
        yield number


def _before(earlier: Iterable[Path], embedder: Embedder) -> tuple[list[Segment], bool]:
    """The segments of the first earlier cache of this embedder that is sound, and whether it is of this format. Those before
    were one segment without a folder of its own."""
    for cache in earlier:
        if cache.name.endswith(f"-{embedder.id}"):
            with contextlib.suppress(ValueError, OSError):
                found = Segments(cache).all or [Segment.read(cache)]
                if all(read_vectors(one).shape[1] == embedder.dimensions for one in found):
                    return found, cache.name.endswith(f"-{DENSE_FORMAT}-{embedder.id}")
    return [], False


def _finds(segments: Sequence[Segment]) -> bool:
    """Whether they are found by a graph."""
    return bool(segments) and (segments[0].folder / GRAPH).exists()


def _write_vectors(folder: Path, embedder: Embedder, store: SqliteStore, numbers: Ints,
                   before: Sequence[Segment]) -> Floats:  # fmt: skip
    """Those of the numbered passages: copied where they were made before, for a number's passage never changes."""
    vectors: Floats = array_file(folder / VECTORS, np.float32, (len(numbers), embedder.dimensions))
    missing = np.ones(len(numbers), dtype=bool)
    for one in before:
        _, rows, found = np.intersect1d(numbers, one.numbers, assume_unique=True, return_indices=True)
        held = np.load(one.folder / VECTORS, mmap_mode="r")
        for at in range(0, len(rows), BATCH):
            vectors[rows[at : at + BATCH]] = held[found[at : at + BATCH]]
            let_go(held)
            let_go(vectors)
        missing[rows] = False
    for rows, texts in _batches(np.flatnonzero(missing), numbers, store):
        vectors[rows] = embedder.encode_document(texts)
        let_go(vectors)
    return vectors


def _write_finder(folder: Path, numbers: Ints, vectors: Floats, before: Sequence[Segment], by_graph: bool,
                  sketched_from: int) -> None:  # fmt: skip
    """The graph or the sketch by which the nearest of many are found."""
    if by_graph:
        held = bool(before) and len(np.intersect1d(numbers, before[0].numbers, assume_unique=True)) > 0
        write_graph(folder / GRAPH, numbers, vectors, before[0].folder / GRAPH if held and _finds(before) else None)
    elif len(numbers) > sketched_from:
        Sketch.of(vectors).write(folder / SKETCH)


def _batches(rows: Ints, numbers: Ints, store: SqliteStore) -> Iterator[tuple[Ints, list[str]]]:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        passages = store.passages(numbers[batch].tolist())
        yield batch, [whole_text(passages[number]) for number in numbers[batch].tolist()]
