"""The sketch of very many vectors: what it calls near holds the nearest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_dense import SCRATCH, opened, synced, texts_of

from dalil.retrieval import dense
from dalil.retrieval.cache import seal
from dalil.retrieval.dense import DenseIndex, build_dense
from dalil.retrieval.encoders import open_embedder
from dalil.retrieval.sketch import Sketch
from dalil.store.sqlite import SqliteStore


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def gathered(count: int, dimensions: int, rng: np.random.Generator) -> np.ndarray:
    """Unit vectors around a few centres, as texts on a few topics are."""
    centres = rng.standard_normal((12, dimensions))
    return unit(centres[rng.integers(12, size=count)] + 0.8 * rng.standard_normal((count, dimensions)))


@pytest.mark.parametrize("count", [4_000, 4_001])
@pytest.mark.parametrize("dimensions", [64, 200])
def test_the_nearest_are_among_those_called_near(count: int, dimensions: int) -> None:
    rng = np.random.default_rng(0)
    vectors = gathered(count, dimensions, rng)
    sketch = Sketch.of(vectors)
    for query in unit(vectors[:20] + 0.05 * rng.standard_normal((20, dimensions))):
        nearest = np.argsort(-(vectors @ query))
        near = set(sketch.near(query, 600).tolist())
        assert set(nearest[:5].tolist()) <= near
        assert len(near & set(nearest[:40].tolist())) >= 38
        assert 600 <= len(near) < 700


def test_bits_apart_are_those_above_the_mean_on_one_side_only() -> None:
    rng = np.random.default_rng(1)
    vectors = gathered(501, 160, rng) + np.float32(0.3)  # a mean that all share tells nothing
    sketch = Sketch.of(vectors)
    above = vectors @ sketch.turns > sketch.middle
    assert abs(above.mean() - 0.5) < 0.02
    for place in range(0, 501, 25):
        np.testing.assert_array_equal(sketch._apart(vectors[place]), (above != above[place]).sum(axis=1))


@pytest.mark.parametrize("vectors", [np.zeros((7, 4)), np.ones((7, 4)) / 2, np.eye(4)])
def test_vectors_without_a_difference_do_no_harm(vectors: np.ndarray) -> None:
    vectors = vectors.astype(np.float32)
    sketch = Sketch.of(vectors)
    for query in (vectors[0], np.zeros(4, dtype=np.float32), np.ones(4, dtype=np.float32)):
        near = sketch.near(query, 3)
        assert len(near) >= 3
        assert sketch.near(query, 100).tolist() == list(range(len(vectors)))


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_cosines_of_rows_are_those_of_a_scan(at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced(tmp_path, texts_of(80))
    synced(tmp_path, texts_of(84))  # the last four lie in a segment of their own
    index = opened(tmp_path)
    monkeypatch.setattr(dense, "AT_ONCE", at_once)
    assert index.dense is not None
    query = index.dense.embedder.encode_query(["mot7 mairie"])[0]
    every = index.dense._cosines(query, None)
    for rows in (np.arange(84), np.array([0, 3, 40, 79, 80, 83]), np.array([81]), np.arange(80), np.arange(0)):
        np.testing.assert_allclose(index.dense._cosines(query, rows), every[rows], rtol=0, atol=1e-7)
    index.close()


def test_an_index_with_a_sketch_finds_what_a_scan_finds(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(80))
    store, embedder = SqliteStore(tmp_path / "index.sqlite"), open_embedder(tmp_path, SCRATCH)
    assert embedder is not None
    build_dense(tmp_path / "scanned", embedder, store, [], 1000)
    build_dense(tmp_path / "sketched", embedder, store, [], 1000, sketched_from=50)
    store.close()
    assert not (tmp_path / "scanned" / "base-00" / "sketch.npz").exists()
    assert (tmp_path / "sketched" / "base-00" / "sketch.npz").exists()
    scanned, sketched = (DenseIndex(tmp_path / name, embedder) for name in ("scanned", "sketched"))
    for asked in ("mot7", "mot12 mairie", "examen mot31", "impôt"):
        assert next(iter(sketched.top(asked, 1))) == next(iter(scanned.top(asked, 1)))
        assert sketched.top(asked, 6) == pytest.approx(scanned.top(asked, 6))
    assert sketched.top("mot7", 5, ["7.md"]) == scanned.top("mot7", 5, ["7.md"])
    assert sketched.top("mot7", 5, (), {"7.md"}) == scanned.top("mot7", 5, (), {"7.md"})


def test_vectors_of_a_cache_of_before_are_taken_over(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(20))
    (made,) = tmp_path.glob("dense-*")
    generation, _, embedder = made.name.removeprefix("dense-").split("-")
    marked = np.load(made / "base-00" / "vectors.npy")
    marked[3] = marked[4]
    np.save(made / "base-00" / "vectors.npy", marked)
    before = tmp_path / f"dense-{generation}-{embedder}"
    made.rename(before)
    for file in (before / "base-00").iterdir():
        file.rename(before / file.name)
    (before / "base-00").rmdir()
    seal(before)
    opened(tmp_path).close()
    np.testing.assert_array_equal(np.load(made / "base-00" / "vectors.npy"), marked)
