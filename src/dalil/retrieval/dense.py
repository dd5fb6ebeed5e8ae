"""The dense leg: the passages' vectors in a cache folder: few are scanned whole, many by a sketch of them first, very many by usearch."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.approximate import GRAPH, GRAPH_WIDER, Graph, has_usearch, write_graph
from dalil.retrieval.cache import array_file, is_whole, make_cache
from dalil.retrieval.lexical import whole_text
from dalil.retrieval.owners import Owners, write_owners
from dalil.retrieval.sketch import Sketch
from dalil.seams import Embedder
from dalil.store.sqlite import SqliteStore

logger = logging.getLogger(__name__)
VECTORS, NUMBERS = "vectors.npy", "numbers.npy"
SKETCH = "sketch.npz"
DENSE_FORMAT = 3
"""Raised when what the cache holds changes; vectors are taken over from caches made before."""
SKETCHED_FROM = 10_000
"""Up to so many passages a scan of all takes less than a millisecond."""
SKETCH_WIDER = 15
"""The sketch is asked for so many times more: of the nearest hundred of 50,000 it then misses two, of the nearest ten hardly any."""
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
        if not is_whole(folder):
            raise ValueError(f"{folder} is damaged")
        self.embedder = embedder
        self._vectors: Floats = np.load(folder / VECTORS, mmap_mode="r").view(np.ndarray)
        self._numbers: Ints = np.load(folder / NUMBERS)
        self._owners = Owners(folder)
        self._folder = folder

    @property
    def dimensions(self) -> int:
        return int(self._vectors.shape[1])

    @cached_property
    def _graph(self) -> Graph | None:
        return Graph(self._folder / GRAPH) if (self._folder / GRAPH).exists() else None

    @cached_property
    def _sketch(self) -> Sketch | None:
        return Sketch.read(self._folder / SKETCH) if (self._folder / SKETCH).exists() else None

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
        scores = (self._vectors if rows is None else self._vectors.take(rows, axis=0)) @ query
        if hidden:
            banned = self._owners.rows(hidden)
            scores[np.isin(rows, banned) if rows is not None else banned] = -1.0
        nearest = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        numbers = self._numbers[nearest if rows is None else rows[nearest]]
        pairs = zip(numbers.tolist(), scores[nearest].tolist(), strict=True)
        return {number: score for number, score in pairs if score > 0}

    def vector(self, number: int) -> Floats:
        """The vector of a passage."""
        return np.asarray(self._vectors[int(np.searchsorted(self._numbers, number))])

    def _near(self, query: Floats, k: int) -> Ints | None:
        """Rows among which the k nearest are, by the graph or the sketch; None where all are scanned."""
        if self._graph is not None:
            return np.searchsorted(self._numbers, self._graph.near(query, GRAPH_WIDER * k))
        return self._sketch.near(query, SKETCH_WIDER * k) if self._sketch is not None else None


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
    """Write the vectors of all passages; of those that an earlier cache of this embedder holds, only copy them."""
    placed = store.numbers()
    numbers = np.array([number for number, _ in placed], dtype=np.int64)

    def write(partial: Path) -> None:
        shape = (len(numbers), embedder.dimensions)
        vectors = array_file(partial / VECTORS, np.float32, shape)
        missing = np.ones(len(numbers), dtype=bool)
        graph = None
        for cache in earlier:
            if cache.name.endswith(f"-{embedder.id}"):
                copied = _copied(cache, embedder, numbers, vectors)
                missing &= ~copied
                graph = cache / GRAPH if copied.any() and (cache / GRAPH).exists() else graph
        for rows, texts in _batches(np.flatnonzero(missing), numbers, store):
            vectors[rows] = embedder.encode_document(texts)
        np.save(partial / NUMBERS, numbers)
        write_owners(partial, [document for _, document in placed])
        if len(numbers) > exact_up_to and has_usearch():
            write_graph(partial / GRAPH, numbers, vectors, graph)
        elif len(numbers) > sketched_from:
            Sketch.of(vectors).write(partial / SKETCH)
        if len(numbers) > exact_up_to and not has_usearch():
            logger.warning("%d passages are scanned one by one; faster: pip install 'dalil[vectors]'", len(numbers))

    make_cache(folder, write)


def _copied(cache: Path, embedder: Embedder, numbers: Ints, vectors: Floats) -> NDArray[np.bool_]:
    """Copy what an earlier cache holds; which rows those are. A number's passage never changes."""
    try:
        before = DenseIndex(cache, embedder)
    except ValueError:
        return np.zeros(len(numbers), dtype=bool)
    if before.dimensions != vectors.shape[1]:
        return np.zeros(len(numbers), dtype=bool)
    _, rows, found = np.intersect1d(numbers, before._numbers, assume_unique=True, return_indices=True)
    vectors[rows] = before._vectors[found]
    return np.isin(np.arange(len(numbers)), rows)


def _batches(rows: Ints, numbers: Ints, store: SqliteStore) -> Iterator[tuple[Ints, list[str]]]:
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        passages = store.passages(numbers[batch].tolist())
        yield batch, [whole_text(passages[number]) for number in numbers[batch].tolist()]
