"""The dense leg: the scratch embedder, its training, its caches, and encoders of others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from test_index import corpus

from dalil.config import parse_config
from dalil.config_retrieval import EmbedderSettings
from dalil.errors import WorkError
from dalil.records import Question
from dalil.retrieval import encoders
from dalil.retrieval.approximate import Graph, write_graph
from dalil.retrieval.dense import DenseIndex, build_dense, read_vectors
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.latent import Sparse, right_singular_vectors
from dalil.retrieval.ranking_loss import ranking_gradient
from dalil.retrieval.segments import Segments
from dalil.store.sqlite import SqliteStore
from dalil.testing.crash import INDEX_POINTS
from small_workspace import dalil, ok, write_workspace

SCRATCH = EmbedderSettings(fewest_passages=2)
TOPICS = ("taxi licence transport", "naissance mairie acte", "impôt revenu déclaration", "permis conduite examen")


def texts_of(size: int, start: int = 0) -> dict[str, str]:
    """Short texts on four topics; each has a word of its own."""
    return {f"{i}.md": f"Le service {TOPICS[i % 4]} reçoit le dossier. Numéro propre mot{i}. Guichet ouvert pour {TOPICS[i % 4]}."
            for i in range(start, start + size)}  # fmt: skip


def synced(folder: Path, texts: dict[str, str]) -> dict[str, int | str]:
    return sync_index(folder, *corpus(texts), prepare_embedder(folder, SCRATCH, 42))


def opened(folder: Path) -> Index:
    return Index(folder, ["fr"], embedder=open_embedder(folder, SCRATCH))


def test_vectors_find_what_belongs_together_and_say_which_words_were_near(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(40))
    index = opened(tmp_path)
    legs = index.legs("acte à la mairie", 10)
    best = max(legs["dense"], key=lambda number: legs["dense"][number])
    assert "naissance" in index.store.passages([best])[best].text
    found = index.explain(Question("1", "acte mairie"), 1)[0]
    assert {"acte", "mairie"} == set(next(leg for leg in found.legs if leg.leg == "dense").words)
    assert index.legs("漢字 qqqq", 10)["dense"] == {}
    index.close()


def test_vectors_keep_to_the_scope_and_pass_over_hidden_documents(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(12))
    index = opened(tmp_path)
    assert index.dense is not None
    numbers = {document: number for number, document in index.store.numbers()}
    assert set(index.dense.top("mairie", 5, ["1.md"])) == {numbers["1.md"]}
    assert numbers["1.md"] not in index.dense.top("mairie", 12, (), {"1.md"})
    assert index.dense.top("mairie", 5, ["1.md"], {"1.md"}) == {}
    assert index.dense.top("mairie", 5, ["unknown.md"]) == {}
    index.close()


def test_a_sync_encodes_only_what_is_new_and_trains_anew_only_after_a_fifth_has_changed(tmp_path: Path) -> None:
    first = synced(tmp_path, texts_of(40))
    second = synced(tmp_path, texts_of(44))
    assert second["embedder"] == first["embedder"]
    third = synced(tmp_path, texts_of(60))
    assert third["embedder"] != first["embedder"]
    assert len(list(tmp_path.glob("dense-*"))) == len(list(tmp_path.glob("embedder-*"))) == 1


def test_too_few_passages_train_nothing_and_what_was_trained_goes(tmp_path: Path) -> None:
    prepare = prepare_embedder(tmp_path, EmbedderSettings(fewest_passages=10), 42)
    assert sync_index(tmp_path, *corpus(texts_of(9)), prepare)["embedder"] == ""
    assert sync_index(tmp_path, *corpus(texts_of(10)), prepare)["embedder"] != ""
    assert sync_index(tmp_path, *corpus(texts_of(9)), prepare)["embedder"] == ""
    assert opened(tmp_path).dense is None
    assert not [*tmp_path.glob("dense-*"), *tmp_path.glob("embedder-*")]


def whole_vectors(cache: Path) -> np.ndarray:
    """Of all its segments, without those that went, in the order of the passages."""
    return np.concatenate([np.delete(read_vectors(one), one.gone, axis=0) for one in Segments(cache).all])


def test_copied_vectors_are_those_that_would_be_made(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(40))
    earlier = next(tmp_path.glob("dense-*"))
    kept = shutil.copytree(earlier, tmp_path / "kept" / earlier.name)
    synced(tmp_path, texts_of(43, start=1))
    store, embedder = SqliteStore(tmp_path / "index.sqlite"), open_embedder(tmp_path, SCRATCH)
    assert embedder is not None
    build_dense(tmp_path / "copied", embedder, store, [kept], 1000)
    build_dense(tmp_path / "anew", embedder, store, [], 1000)
    copied, anew = (whole_vectors(tmp_path / name) for name in ("copied", "anew"))
    assert copied.shape == (43, 256)
    np.testing.assert_array_equal(copied, anew)
    store.close()


def test_the_same_passages_and_seed_give_the_same_embedder(tmp_path: Path) -> None:
    a, b = synced(tmp_path / "a", texts_of(20)), synced(tmp_path / "b", texts_of(20))
    assert a["embedder"] == b["embedder"]
    tables = [np.load(next((tmp_path / name).glob("embedder-*")) / "table.npy") for name in "ab"]
    np.testing.assert_array_equal(*tables)


def test_damaged_or_other_vectors_are_made_again(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(20))
    folder = next(tmp_path.glob("dense-*"))
    (folder / "base-00" / "vectors.npy").write_bytes(b"short")
    index = opened(tmp_path)
    assert index.legs("mairie", 5)["dense"]
    index.close()

    class Narrow:
        """An encoder of the same name that now gives four numbers a text."""

        id = folder.name.rsplit("-", 1)[-1]
        dimensions = 4

        def encode_query(self, texts: list[str]) -> np.ndarray:
            return np.full((len(texts), 4), 0.5, dtype=np.float32)

        encode_document = encode_query

    with pytest.raises(ValueError, match="256 numbers a passage, not 4"):
        DenseIndex(folder, Narrow()).top("mairie", 5)  # type: ignore[arg-type]
    index = Index(tmp_path, ["fr"], embedder=Narrow())  # type: ignore[arg-type]
    assert set(index.legs("mairie", 5)["dense"].values()) == {1.0}
    index.close()


def test_an_index_is_opened_and_read_whole_without_its_embedder(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(20))

    class Unread:
        """A large model that is only loaded when it is asked."""

        id = next(tmp_path.glob("dense-*")).name.rsplit("-", 1)[-1]

        def __getattr__(self, name: str) -> object:
            raise AssertionError(f"loaded for its {name}")

    index = Index(tmp_path, ["fr"], embedder=Unread())  # type: ignore[arg-type]
    assert len(list(index.visible(Question("1", "mairie")))) == 20
    with pytest.raises(AssertionError, match="encode_query"):
        index.search(Question("1", "mairie"), 3)
    index.close()


@pytest.mark.parametrize(
    "texts", [{"a.md": "Un seul passage."}, dict.fromkeys(("a.md", "b.md", "c.md"), "Le même texte.")]
)
def test_one_passage_and_equal_passages_do_no_harm(tmp_path: Path, texts: dict[str, str]) -> None:
    synced(tmp_path, texts)
    index = opened(tmp_path)
    hits = index.search(Question("1", "texte passage"), 3)
    assert {hit.passage.document for hit in hits} == set(texts)
    index.close()


@pytest.mark.parametrize("question", ["", "?", "de la", "mot " * 25_000, "漢字 かな", "x"])
def test_odd_questions_do_no_harm(tmp_path: Path, question: str) -> None:
    synced(tmp_path, texts_of(8))
    index = opened(tmp_path)
    assert isinstance(index.search(Question("1", question), 3), list)
    assert isinstance(index.explain(Question("1", question), 3), list)
    index.close()


def without_package(name: str, folder: Path) -> dict[str, str]:
    """The environment of a Python that has every installed package but one, for `python -S`."""
    folder.mkdir()
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(place).iterdir():
            if not entry.name.startswith(name):
                (folder / entry.name).symlink_to(entry)
    source = Path(encoders.__file__).parents[2]
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(source)))}


def test_without_the_package_there_is_no_dense_leg_and_it_is_said(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "small")
    bare = without_package("tokenizers", tmp_path / "packages")
    command = [sys.executable, "-S", "-m", "dalil", "index", "-w", str(root)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "pip install 'dalil[train]'" in done.stderr
    assert [folder.name for folder in (root / "build" / "index").glob("dense-*")] == []
    (index,) = [row for row in ok("status", "--json", "-w", root) if row["stage"] == "index"]
    assert "embedder" in index["reason"]
    ok("index", "--json", "-w", root)
    assert len(list((root / "build" / "index").glob("dense-*"))) == 1


def test_singular_vectors_are_those_of_the_dense_matrix() -> None:
    rng = np.random.default_rng(0)
    whole = rng.standard_normal((30, 5)) @ rng.standard_normal((5, 12)) * (rng.random((30, 12)) < 0.5)
    rows, columns = np.nonzero(whole)
    starts = np.searchsorted(rows, np.arange(30))
    found = right_singular_vectors(
        Sparse(starts, columns.astype(np.int32), whole[rows, columns].astype(np.float32), 12), 4, rng
    )
    expected = np.linalg.svd(whole)[2][:4]
    np.testing.assert_allclose(np.abs(np.diagonal(expected @ found)), 1.0, atol=1e-3)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    sums, same = rng.standard_normal((6, 8)), np.zeros((3, 3), dtype=bool)
    same[0, 2] = same[2, 0] = True

    def loss(values: np.ndarray) -> float:
        unit = values / np.linalg.norm(values, axis=1, keepdims=True)
        scores = np.where(same, -1e9, 20 * unit[:3] @ unit[3:].T)
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - np.diagonal(scores)))

    made = ranking_gradient(sums.astype(np.float32), same)
    for i, j in ((0, 0), (2, 5), (3, 1), (5, 7)):
        step = np.zeros_like(sums)
        step[i, j] = 1e-5
        assert made[i, j] == pytest.approx((loss(sums + step) - loss(sums - step)) / 2e-5, abs=1e-3)


def test_usearch_finds_what_the_scan_finds(tmp_path: Path) -> None:
    pytest.importorskip("usearch")
    synced(tmp_path, texts_of(60))
    store, embedder = SqliteStore(tmp_path / "index.sqlite"), open_embedder(tmp_path, SCRATCH)
    assert embedder is not None
    build_dense(tmp_path / "graph", embedder, store, [], 10)
    assert (tmp_path / "graph" / "base-00" / "graph.usearch").exists()
    graph, scan = DenseIndex(tmp_path / "graph", embedder), DenseIndex(next(tmp_path.glob("dense-*")), embedder)
    for asked in ("mot7", "mot12 mairie", "examen mot31"):
        assert next(iter(graph.top(asked, 3))) in scan.top(asked, 3)
    assert graph.top("mot7", 5, ["7.md"]) == scan.top("mot7", 5, ["7.md"])
    store.close()


def test_a_graph_takes_what_changed(tmp_path: Path) -> None:
    pytest.importorskip("usearch")
    prepare = prepare_embedder(tmp_path, SCRATCH, 42)
    sync_index(tmp_path, *corpus(texts_of(60)), prepare, exact_up_to=10)
    earlier = next(tmp_path.glob("dense-*"))
    kept = shutil.copytree(earlier, tmp_path / "kept" / earlier.name)
    sync_index(tmp_path, *corpus(texts_of(62, start=3)), prepare, exact_up_to=10)
    store, embedder = SqliteStore(tmp_path / "index.sqlite"), open_embedder(tmp_path, SCRATCH)
    assert embedder is not None
    build_dense(tmp_path / "scan", embedder, store, [kept], 1000)
    store.close()
    graph, scan = DenseIndex(next(tmp_path.glob("dense-*")), embedder), DenseIndex(tmp_path / "scan", embedder)
    for asked in ("mot2", "mot64", "mot7 mairie", "examen mot31"):
        assert graph.top(asked, 62) == pytest.approx(scan.top(asked, 62), abs=2e-3)


def test_a_graph_loses_no_vector(tmp_path: Path) -> None:
    pytest.importorskip("usearch")
    for seed in range(5):
        vectors = np.random.default_rng(seed).standard_normal((400, 32)).astype(np.float32)
        write_graph(tmp_path / f"{seed}", np.arange(400), vectors)
        graph = Graph(tmp_path / f"{seed}")
        assert all(i in graph.near(vector, 3) for i, vector in enumerate(vectors))


def test_an_encoder_by_name_and_its_prompts() -> None:
    e5 = parse_config({"embedder": "intfloat/multilingual-e5-large"}, "dalil.yaml").embedder
    assert e5.prompts() == ("query: ", "passage: ")
    own = EmbedderSettings(model_name_or_path="intfloat/e5-small", query_prompt="")
    assert own.prompts() == ("", "passage: ")
    assert EmbedderSettings(model_name_or_path="some/encoder").prompts() == (None, None)


def test_an_encoder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    wanted = EmbedderSettings(model_name_or_path=str(tmp_path / "nothing"))
    with pytest.raises(WorkError, match="cannot be loaded") as error:
        sync_index(tmp_path, *corpus(texts_of(4)), prepare_embedder(tmp_path, wanted, 42))
    assert "embedder" in error.value.hint


def test_asking_loads_no_heavy_library(built: Path) -> None:
    code = (
        "import sys; from dalil import Workspace; w = Workspace(sys.argv[1]); a = w.ask('Qui appeler en cas de panne ?', 'extractive');"
        "i = w.index().__enter__(); assert i.dense is not None, 'no dense leg'; i.legs('panne', 3); print(' '.join(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code, str(built)], capture_output=True, text=True, check=True).stdout
    heavy = {"torch", "sklearn", "scipy", "pandas", "transformers", "sentence_transformers"}
    assert heavy.isdisjoint(loaded.split())


@pytest.mark.parametrize("point", INDEX_POINTS)
def test_a_kill_at_any_point_of_a_sync_loses_nothing(small: Path, point: str) -> None:
    (small / "sources" / "new.md").write_text("# Cantine\n\nLa cantine ouvre à midi.\n", encoding="utf-8")
    assert dalil("index", "-w", small, crash_at=point).returncode == -signal.SIGKILL
    (found,) = ok("search", "--json", "-w", small, "-k", "1", "Quand ouvre la cantine ?")
    assert found["hits"][0]["document"] == "new.md"
    folder = small / "build" / "index"
    assert sorted(path.name.split("-")[0] for path in folder.glob("*-*")) == ["dense", "embedder", "lexical"]


def test_a_few_texts_have_the_vectors_that_many_have(tmp_path: Path) -> None:
    synced(tmp_path, texts_of(20))
    few, many = (open_embedder(tmp_path, SCRATCH) for _ in range(2))
    assert few is not None
    assert many is not None
    texts = [f"mot{n} à la mairie" for n in range(120)]
    np.testing.assert_array_equal(few.encode_query(texts[:7]), many.encode_document(texts)[:7])
