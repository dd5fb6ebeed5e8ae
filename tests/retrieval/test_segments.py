"""Segments: a sync writes what changed, whatever came before is found as if all had been written anew, by one process or two."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from test_dense import SCRATCH
from test_index import corpus

from dalil.records import Question
from dalil.retrieval import lexical_shares, lexical_writing
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.lexical import LexicalIndex
from dalil.retrieval.lexical_segment import Before, write_segment
from dalil.retrieval.lexical_shares import write_segments
from dalil.retrieval.lexical_writing import LEXICAL_FORMAT, build_lexical
from dalil.retrieval.segments import SHARE, Segment, Segments
from dalil.store.sqlite import SqliteStore

NOW = f"lexical-1-{LEXICAL_FORMAT}"
WORDS = ("taxi", "naissance", "passeport", "permis", "impôt", "douane", "école", "guichet", "dossier", "mairie")
ASKED = (
    "le guichet du passeport",
    "naissance à la mairie",
    "taxi et permis de conduire",
    "tour4",
    "impot ecole",
    "jamais",
)


def drawn(rng: np.random.Generator, name: str) -> str:
    """A text of uneven length, which says some words over and over."""
    chosen = [WORDS[i] for i in rng.zipf(1.4, rng.integers(2, 60)) % len(WORDS)]
    return f"Guichet {' '.join(chosen)}, {name}."


def scores(index: Index, hidden: tuple[str, ...] = ()) -> list[dict[str, dict[str, float]]]:
    """Every passage's score in each leg, for each question."""
    names = {number: passage.id for number, passage in index.store.every_passage()}
    return [
        {
            leg: {names[n]: score for n, score in found.items()}
            for leg, found in index.legs(asked, 999, (), hidden).items()
        }
        for asked in ASKED
    ]


def assert_same_as_from_nothing(folder: Path, whole: Path, texts: dict[str, str]) -> None:
    sync_index(whole, *corpus(texts))
    synced, anew = Index(folder, ["fr"]), Index(whole, ["fr"])
    some = tuple(list(texts)[::7])
    assert scores(synced) == scores(anew)
    assert scores(synced, some) == scores(anew, some)
    for stem in ("taxi", "passeport", "tour1", "jamais"):
        assert synced.idf(stem) == anew.idf(stem)
        assert synced.idf(stem, some) == anew.idf(stem, some)
        assert synced.knows(stem, some) == anew.knows(stem, some)
    asked = Question("1", "guichet du passeport", scope=some[0])
    assert [(hit.passage.id, hit.score) for hit in synced.search(asked, 5)] == [
        (hit.passage.id, hit.score) for hit in anew.search(asked, 5)
    ]
    assert synced.lexical.size == anew.lexical.size == len(texts)
    synced.close()
    anew.close()


@pytest.mark.parametrize("seed", range(5))
def test_syncs_in_any_order_find_what_an_index_from_nothing_finds(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    texts = {f"{i}.md": drawn(rng, f"mot{i}") for i in range(120)}
    sync_index(tmp_path / "synced", *corpus(texts))
    kept = 0
    for turn in range(8):
        changes = int(rng.choice([1, 2, 5, 40]))
        for path in rng.choice(list(texts), changes, replace=False).tolist():
            del texts[path]
        for i in range(int(rng.integers(changes // 2, changes + 3))):
            texts[f"new{turn}-{i}.md"] = drawn(rng, f"tour{turn}")
        shutil.rmtree(tmp_path / "whole", ignore_errors=True)
        sync_index(tmp_path / "synced", *corpus(texts))
        assert_same_as_from_nothing(tmp_path / "synced", tmp_path / "whole", texts)
        kept += any(one.gone.size for one in segments(tmp_path / "synced"))
    assert kept


def segments(folder: Path) -> list[Segment]:
    (cache,) = folder.glob("lexical-*")
    return Segments(cache).all


def places(folder: Path, kind: str) -> dict[str, int]:
    """The place on the disk of each of a cache's first segment's files."""
    (cache,) = folder.glob(f"{kind}-*")
    return {path.name: path.stat().st_ino for path in (cache / "base-00").iterdir()}


def test_what_did_not_change_stays_the_same_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    texts = {f"{i}.md": drawn(rng, f"mot{i}") for i in range(100)}
    prepare = prepare_embedder(tmp_path, SCRATCH, 42)
    sync_index(tmp_path, *corpus(texts), prepare)
    before = {kind: places(tmp_path, kind) for kind in ("lexical", "dense")}
    for turn in range(100 // SHARE):
        texts[f"new{turn}.md"] = drawn(rng, f"tour{turn}")
        sync_index(tmp_path, *corpus(texts), prepare)
        for kind, held in before.items():
            assert held.items() <= places(tmp_path, kind).items()
    del texts["3.md"], texts["new0.md"], texts["5.md"], texts["6.md"]
    sync_index(tmp_path, *corpus(texts), prepare)
    assert not set(before["lexical"].values()) & set(places(tmp_path, "lexical").values())
    assert [len(one.numbers) for one in segments(tmp_path)] == [len(texts)]


def test_vectors_that_came_later_or_went_are_as_from_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    texts = {f"{i}.md": drawn(rng, f"mot{i}") for i in range(60)}
    prepare = prepare_embedder(tmp_path, SCRATCH, 42)
    sync_index(tmp_path, *corpus(texts), prepare)
    del texts["7.md"]
    texts["new.md"] = "Cantine du guichet, ouverte à midi."
    sync_index(tmp_path, *corpus(texts), prepare)
    index = Index(tmp_path, ["fr"], embedder=open_embedder(tmp_path, SCRATCH))
    numbers = {document: number for number, document in index.store.numbers()}
    assert index.dense is not None
    found = index.dense.top("guichet", 999)
    assert set(found) == set(numbers.values())
    for document, text in texts.items():
        name = index.store.passages([numbers[document]])[numbers[document]].name
        wanted = index.dense.embedder.encode_document([f"{name}\n{text}"])[0]
        np.testing.assert_array_equal(index.dense.vector(numbers[document]), wanted)
    assert set(index.dense.top("guichet", 999, ["new.md"])) == {numbers["new.md"]}
    index.close()


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    rng = np.random.default_rng(1)
    made = SqliteStore(tmp_path / "index.sqlite")
    made.sync(*corpus({f"{i}.md": drawn(rng, f"mot{i}") for i in range(90)}))
    return made


@pytest.mark.parametrize(("most", "sizes"), [(90, [90]), (89, [45, 45]), (40, [23, 23, 22, 22])])
def test_two_processes_write_the_same_files_as_one(
    most: int, sizes: list[int], store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical_writing, "MOST_OF_SHARE", most)
    build_lexical(tmp_path / NOW, store, shared_from=50)
    assert [len(one.numbers) for one in Segments(tmp_path / NOW).all] == sizes
    (tmp_path / "one").mkdir()
    shares = {one.folder.name: one.numbers for one in Segments(tmp_path / NOW).all}
    write_segments(tmp_path / "one", store, shares, None, beside=False)
    made = files(tmp_path / NOW)
    made.pop("sizes.json")
    assert made == files(tmp_path / "one")
    monkeypatch.undo()
    build_lexical(tmp_path / "whole", store)
    one, two = LexicalIndex(tmp_path / "whole"), LexicalIndex(tmp_path / NOW)
    for leg, terms in (("stems", ["taxi", "ecol", "jamais"]), ("grams", ["_tax", "guic", "iche"])):
        assert one.top(leg, terms, 99) == two.top(leg, terms, 99)


def test_the_halves_of_a_segment_are_written_by_two_processes(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = list[int]()

    def counted(folder: Path, store: SqliteStore, placed: dict[int, str], before: Iterable[Before] = ()) -> None:
        written.append(len(placed) - sum(len(one.segment.numbers) for one in before))
        write_segment(folder, store, placed, before)

    monkeypatch.setattr(lexical_shares, "write_segment", counted)
    build_lexical(tmp_path / NOW, store, shared_from=50)
    assert written == [45, 0]  # a half of the texts, and then none: postings are put together


def test_what_a_process_beside_cannot_write_is_written_here(store: SqliteStore, tmp_path: Path) -> None:
    """Its index is another: the file that it opens was moved away."""
    (tmp_path / "index.sqlite").rename(tmp_path / "moved.sqlite")
    for name in ("index.sqlite-wal", "index.sqlite-shm"):
        (tmp_path / name).rename(tmp_path / name.replace("index", "moved"))
    build_lexical(tmp_path / "made", store, shared_from=50)
    assert LexicalIndex(tmp_path / "made").size == 90
    assert not list(tmp_path.rglob("*.partial"))


def test_a_cache_of_another_format_is_made_again_and_said_so(
    store: SqliteStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, now = tmp_path / f"lexical-1-{LEXICAL_FORMAT - 1}", tmp_path / f"lexical-2-{LEXICAL_FORMAT}"
    build_lexical(before, store)
    with caplog.at_level(logging.WARNING, "dalil"):
        build_lexical(now, store, [before])
    assert f"{before.name} is not of format {LEXICAL_FORMAT}" in caplog.text
    assert LexicalIndex(now).size == 90
