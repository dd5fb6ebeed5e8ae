"""The lexical cache after a change: only what changed is written, and what is found is what a whole writing would find."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from test_dense import SCRATCH, texts_of
from test_index import corpus

from dalil.records import Question
from dalil.retrieval.cache import SIZES
from dalil.retrieval.encoders import prepare_embedder
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.lexical import LexicalIndex
from dalil.retrieval.lexical_beside import writing_beside
from dalil.retrieval.lexical_writing import build_lexical
from dalil.store.sqlite import SqliteStore

COUNT = 2100
KINDS = ("taxi", "naissance", "passeport", "permis", "impôt", "douane", "école")


def texts(count: int = COUNT) -> dict[str, str]:
    """Short texts, each with a word of its own."""
    return {f"{i}.md": f"Guichet {KINDS[i % 7]} {KINDS[i % 5]}, dossier {i % 97}, mot{i}." for i in range(count)}


def changed(given: dict[str, str]) -> dict[str, str]:
    """One edited, one gone, one new."""
    left = {path: text for path, text in given.items() if path != "8.md"}
    return {**left, "9.md": "Le guichet neuf reçoit le passeport.", "new.md": "Cantine du guichet, ouverte à midi."}


def cache(folder: Path) -> Path:
    (found,) = folder.glob("lexical-*")
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a cache but its seal."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != SIZES)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    sync_index(folder, *corpus(texts()))
    return folder


@pytest.fixture
def folder(before: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(before, tmp_path / "index"))


def test_what_the_cache_of_before_holds_is_not_read_again(folder: Path, tmp_path: Path) -> None:
    marked = np.load(cache(folder) / "base-00" / "stems-lengths.npy")
    marked[0] += 1
    np.save(cache(folder) / "base-00" / "stems-lengths.npy", marked)
    sync_index(folder, *corpus(changed(texts())))
    assert np.load(cache(folder) / "base-00" / "stems-lengths.npy")[0] == marked[0]


def test_the_cache_of_before_stays_as_it_was(folder: Path, tmp_path: Path) -> None:
    held = contents(cache(folder))
    store = SqliteStore(folder / "index.sqlite")
    store.sync(*corpus(changed(texts())))
    build_lexical(tmp_path / "new", store, [cache(folder)])
    store.close()
    assert contents(cache(folder)) == held
    assert LexicalIndex(tmp_path / "new").size == LexicalIndex(cache(folder)).size == COUNT


def test_scores_are_those_of_an_index_written_whole(folder: Path, tmp_path: Path) -> None:
    sync_index(folder, *corpus(changed(texts())))
    sync_index(tmp_path / "whole", *corpus(changed(texts())))
    updated, whole = Index(folder, ["fr"]), Index(tmp_path / "whole", ["fr"])
    for asked in ("guichet du passeport, dossier 12", "mot8", "mot9", "mot10", "la cantine à midi", "taxi impôt"):
        one, other = (index.search(Question("1", asked), 10) for index in (updated, whole))
        assert {hit.passage.id: hit.score for hit in one} == {hit.passage.id: hit.score for hit in other}
    for term in ("mot8", "mot9", "mot10", "passeport", "guichet", "neuf"):
        assert updated.knows(term) == whole.knows(term)
        assert updated.idf(term) == whole.idf(term)
    assert not updated.knows("mot9")
    updated.close()
    whole.close()


def test_a_word_of_many_passages_that_went_is_unknown(tmp_path: Path) -> None:
    gone = {f"gone{i}.md": f"Guichet disparu, numéro {i}." for i in range(90)}
    sync_index(tmp_path, *corpus(texts() | gone))
    sync_index(tmp_path, *corpus(texts()))
    index = Index(tmp_path, ["fr"])
    assert index.lexical.size == COUNT
    assert not index.knows("disparu")
    assert index.idf("guichet") == pytest.approx(0, abs=1e-3)
    index.close()


def test_nearly_all_may_go_and_none_may_be_left(folder: Path) -> None:
    left = dict(list(texts().items())[-3:])
    sync_index(folder, *corpus(left))
    index = Index(folder, ["fr"])
    assert index.lexical.size == 3
    assert {hit.passage.document for hit in index.search(Question("1", "guichet"), 10)} == set(left)
    index.close()
    sync_index(folder, *corpus({}))
    index = Index(folder, ["fr"])
    assert index.search(Question("1", "guichet"), 10) == []
    index.close()
    sync_index(folder, *corpus(texts(20)))
    index = Index(folder, ["fr"])
    assert index.search(Question("1", "mot7"), 1)[0].passage.document == "7.md"
    index.close()


@pytest.mark.parametrize("part", ["base-00/numbers.npy", "base-00/grams-rows.npy"])
@pytest.mark.parametrize("same_size", [True, False])
def test_a_damaged_cache_of_before_is_not_built_upon(folder: Path, part: str, same_size: bool) -> None:
    damaged = cache(folder) / part
    damaged.write_bytes(b"x" * (damaged.stat().st_size if same_size else 20))
    sync_index(folder, *corpus(changed(texts())))
    index = Index(folder, ["fr"])
    assert index.lexical.size == COUNT
    assert index.search(Question("1", "la cantine à midi"), 1)[0].passage.document == "new.md"
    index.close()


def test_many_small_changes_one_after_the_other(folder: Path) -> None:
    given = texts()
    for turn in range(20):
        given[f"{turn}.md"] = f"Guichet changé, tour{turn}."
        given[f"new{turn}.md"] = f"Guichet nouveau, ajout{turn}."
        sync_index(folder, *corpus(given))
    index = Index(folder, ["fr"])
    assert index.lexical.size == len(given)
    for turn in range(20):
        assert index.search(Question("1", f"tour{turn}"), 1)[0].passage.document == f"{turn}.md"
        assert index.search(Question("1", f"ajout{turn}"), 1)[0].passage.document == f"new{turn}.md"
        assert not index.knows(f"mot{turn}")
    index.close()


def test_many_new_passages_are_written_by_a_process_beside(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(texts_of(40)), prepare_embedder(tmp_path, SCRATCH, 42), beside_from=10)
    index = Index(tmp_path, ["fr"])
    assert index.lexical.size == 40
    assert index.search(Question("1", "mot7"), 1)[0].passage.document == "7.md"
    index.close()
    assert not list(tmp_path.glob("*.partial"))


def test_a_process_beside_fills_the_folder_or_leaves_nothing(tmp_path: Path, before: Path) -> None:
    with writing_beside(before / "index.sqlite", tmp_path / "made", [cache(before)]):
        assert not (tmp_path / "made").exists()
    assert LexicalIndex(tmp_path / "made").size == COUNT
    (tmp_path / "damaged.sqlite").write_bytes(b"no database at all" * 100)
    with writing_beside(tmp_path / "damaged.sqlite", tmp_path / "none", []):
        pass
    with pytest.raises(KeyError), writing_beside(before / "index.sqlite", tmp_path / "none", []):
        raise KeyError
    assert not (tmp_path / "none").exists()
