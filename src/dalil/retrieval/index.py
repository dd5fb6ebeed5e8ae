"""The index of a workspace: SQLite is the truth, the caches of its legs carry its generation in their names."""

from __future__ import annotations

import contextlib
import itertools
import logging
import shutil
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dalil.config_retrieval import AUTO_RERANKER, NO_RERANKER, RetrievalSettings
from dalil.language_model.place import place_of
from dalil.records import Document, Hit, Language, Passage, Question
from dalil.retrieval.cross_encoder import CrossEncoderRanker
from dalil.retrieval.dense import DenseIndex, OtherDimensions, build_dense, dense_name
from dalil.retrieval.encoders import PrepareEmbedder
from dalil.retrieval.explain import Explained, explain_hits
from dalil.retrieval.features import Candidate, feature_table
from dalil.retrieval.fusion import POOL, Scores, in_order, shares, weighted
from dalil.retrieval.lexical import LexicalIndex, SaidSo, distinct, query_stems
from dalil.retrieval.lexical_beside import writing_beside
from dalil.retrieval.lexical_writing import build_lexical, lexical_name
from dalil.retrieval.rerank import DEPTH, FeatureRanker, Floats, Ranker, reordered
from dalil.retrieval.sought import Sought, sought
from dalil.retrieval.static import StaticEmbedder
from dalil.retrieval.word_numbers import Reader
from dalil.seams import Embedder
from dalil.store.sqlite import DamagedIndex, SqliteStore
from dalil.testing.crash import crash_point

logger = logging.getLogger(__name__)
INDEX_FILE = "index.sqlite"
LEXICAL, DENSE = "lexical", "dense"
BESIDE_FROM = 10_000
"""Where so many passages came or more, a process beside is worth its start."""


class Index:
    """Finds passages by weighted min-max fusion of its legs. `weights` by leg: those of `retrieval.weights`."""

    def __init__(self, folder: Path, languages: Sequence[Language], settings: RetrievalSettings | None = None,
                 embedder: Embedder | None = None, ranking: Mapping[str, float] | None = None,
                 root: Path = Path()) -> None:  # fmt: skip
        """`root`: where the folder of a cross-encoder is named from."""
        self.folder = folder
        self.languages = tuple(languages)
        self.settings = settings or RetrievalSettings()
        self.weights: dict[str, float] = self.settings.weights.model_dump()
        self.store = SqliteStore(folder / INDEX_FILE)
        self.lexical = self._open_lexical()
        self.dense = self._open_dense(embedder) if embedder and self.weights[DENSE] else None
        self._reader = Reader()
        self.ranker = self._make_ranker(ranking, root)

    def _open_lexical(self) -> LexicalIndex:
        folder = _lexical_folder(self.folder, self.store)
        if folder.is_dir():
            with contextlib.suppress(ValueError, OSError):
                return LexicalIndex(folder)
            shutil.rmtree(folder, ignore_errors=True)
        build_lexical(folder, self.store, _earlier(self.folder, LEXICAL))
        return LexicalIndex(folder)

    def _open_dense(self, embedder: Embedder) -> DenseIndex:
        """The vectors of this generation; damaged they are made again."""
        folder = _dense_folder(self.folder, self.store, embedder)
        if folder.is_dir():
            with contextlib.suppress(ValueError, OSError):
                return DenseIndex(folder, embedder)
        return self._make_dense(folder, embedder)

    def _make_dense(self, folder: Path, embedder: Embedder) -> DenseIndex:
        shutil.rmtree(folder, ignore_errors=True)
        build_dense(folder, embedder, self.store, _earlier(self.folder, DENSE), self.settings.exact_up_to)
        return DenseIndex(folder, embedder)

    def _make_ranker(self, ranking: Mapping[str, float] | None, root: Path) -> Ranker | None:
        """The configured cross-encoder, else the feature re-ranker where weights for it are given."""
        if self.settings.reranker not in (AUTO_RERANKER, NO_RERANKER):
            return CrossEncoderRanker(place_of(self.settings.reranker, root))
        return FeatureRanker(ranking, self.languages, self.idf, self._reader) if ranking else None

    def legs(self, text: str, k: int, documents: Sequence[str] = (),
             hidden: Collection[str] = ()) -> dict[str, Scores]:  # fmt: skip
        """The scores of each leg that counts, by passage number."""
        return self._legs(self._asked(text), text, k, documents, hidden)

    def _asked(self, text: str) -> dict[str, Sought]:
        """What each lexical leg that counts is asked for."""
        return {leg: what for leg, what in sought(text, self.languages).items() if self.weights[leg]}

    def _legs(self, asked: Mapping[str, Sought], text: str, k: int, documents: Sequence[str],
              hidden: Collection[str]) -> dict[str, Scores]:  # fmt: skip
        size = max(POOL, k)
        found = {
            leg: self.lexical.top(
                leg, distinct(what.words), size, documents, hidden, SaidSo(what.meanings, what.across)
            )
            for leg, what in asked.items()
        }
        if self.dense is not None:
            found[DENSE] = self._nearest(self.dense, text, size, documents, hidden)
        return found

    def _nearest(self, dense: DenseIndex, text: str, k: int, documents: Sequence[str],
                 hidden: Collection[str]) -> Scores:  # fmt: skip
        """What the dense leg finds. The model behind a name may have changed: its vectors are made again."""
        try:
            return dense.top(text, k, documents, hidden)
        except OtherDimensions:
            self.dense = self._make_dense(_dense_folder(self.folder, self.store, dense.embedder), dense.embedder)
            return self.dense.top(text, k, documents, hidden)

    def search(self, question: Question, k: int, hidden: Collection[str] = ()) -> list[Hit]:
        """The k best passages that the question's labels may see. `hidden` documents are passed over (calibration)."""
        asked = self._asked(question.text)
        legs = self._legs(asked, question.text, 3 * k, _scope(question), hidden)
        found = self._found(question, k, legs, hidden)
        # The most that a leg can give for the question: shares of it mean the same in any corpus. A cosine's is 1.
        most = {leg: self._most(leg, asked[leg]) if leg in asked else (1.0, 1.0) for leg in legs}
        spoken = next((what.spoken for what in asked.values()), None)
        return [Hit(hit.rank, hit.passage, hit.score, {
                    leg: min(1.0, legs[leg].get(number, 0.0) / most[leg][hit.passage.language not in (spoken, None)])
                    for leg in legs}) for number, hit in found]  # fmt: skip

    def _most(self, leg: str, what: Sought) -> tuple[float, float]:
        """The most of a passage in the question's language, and of one in the other language of the documents."""
        own = self.lexical.most(leg, what.words, what.meanings) or 1.0
        return own, (self.lexical.most(leg, what.kept, across=what.across) or 1.0) if what.across else own

    def search_documents(self, question: Question, k: int) -> list[Hit]:
        """The k best documents, each by its best passage."""
        return _best_of_documents(self.search(question, _for_documents(k)), k)

    def explain(self, question: Question, k: int, *, by_document: bool = False) -> list[Explained]:
        """The hits of `search` (or `search_documents`), each with the legs that found it."""
        asked = _for_documents(k) if by_document else k
        legs = self._legs_of(question, asked)
        found = self._found(question, asked, legs)
        hits = [hit for _, hit in found]
        numbers = {hit.passage.id: number for number, hit in found}
        chosen = _best_of_documents(hits, k) if by_document else hits
        fused = [number for number, _ in self._fused(question, max(asked, DEPTH), legs)]
        return explain_hits(question.text, chosen, numbers, fused, legs, self.languages, self.dense)

    def _legs_of(self, question: Question, k: int) -> dict[str, Scores]:
        return self.legs(question.text, 3 * k, _scope(question))

    def candidates(self, question: Question, k: int) -> tuple[list[Candidate], Floats]:
        """The first k passages of the fused order with what the re-ranker may know of them (k, features)."""
        found = [c for _, c in self._fused(question, k, self._legs_of(question, k))]
        return found, feature_table(question.text, found, self.languages, self.idf, self._reader)

    def _fused(self, question: Question, k: int, legs: Mapping[str, Scores],
               hidden: Collection[str] = ()) -> list[tuple[int, Candidate]]:  # fmt: skip
        """The k best passages of the fused order by their numbers."""
        counted = {leg: shares(leg, scores) for leg, scores in legs.items()}
        fused = weighted(counted, self.weights)
        order = in_order(fused, max(k * 3, k + 20))
        allowed = itertools.islice(self._readable(order, max(1, k), question.access, hidden), k)
        return [(n, Candidate(passage, fused[n], {leg: found.get(n, 0.0) for leg, found in counted.items()}))
                for n, passage in allowed]  # fmt: skip

    def _readable(self, order: Sequence[int], step: int, access: Sequence[str],
                  hidden: Collection[str]) -> Iterator[tuple[int, Passage]]:  # fmt: skip
        """Those of the numbered passages that may be seen, in this order, read so many at a time: the first are mostly enough."""
        for start in range(0, len(order), step):
            part = order[start : start + step]
            passages = self.store.passages(part)
            yield from ((n, passages[n]) for n in part if n in passages and _visible(passages[n], access, hidden))

    def _found(self, question: Question, k: int, legs: Mapping[str, Scores],
               hidden: Collection[str] = ()) -> list[tuple[int, Hit]]:  # fmt: skip
        """The k best passages by their numbers; the first DEPTH in the re-ranker's order, with the scores of their places."""
        found = self._fused(question, max(k, DEPTH) if self.ranker else k, legs, hidden)
        places = list(range(len(found)))
        if self.ranker is not None:
            seen = [candidate for _, candidate in found[:DEPTH]]
            places[:DEPTH] = reordered(seen, self.ranker.scores(question.text, seen))
        return [(found[place][0], Hit(rank, found[place][1].passage, found[rank - 1][1].fused))
                for rank, place in enumerate(places[:k], start=1)]  # fmt: skip

    def first_bm25(self, question: Question) -> Passage | None:
        """The first passage of plain stemmed BM25: the baseline."""
        scores = self.lexical.top("stems", query_stems(question.text, self.languages), 5, _scope(question))
        passages = self.store.passages(scores)
        return next(
            (passages[n] for n in in_order(scores) if n in passages and _visible(passages[n], question.access, ())),
            None,
        )

    def visible(self, question: Question) -> Iterator[Passage]:
        """Every passage that the question's labels and scope let it see, in the order of the documents."""
        every = (passage for _, passage in self.store.every_passage())
        scoped = (p for p in every if question.scope in ("", p.document, p.document.split("#", 1)[0]))
        yield from sorted(
            (p for p in scoped if _visible(p, question.access, ())), key=lambda p: (p.document, p.ordinal)
        )

    def documents(self, question: Question) -> list[tuple[str, str]]:
        return self.store.names(question.access)

    def passage_at(self, document: str, offset: int) -> str:
        return self.store.passage_at(document, offset)

    def idf(self, stem: str, hidden: Collection[str] = ()) -> float:
        return self.lexical.idf(stem, hidden=hidden)

    def knows(self, stem: str, hidden: Collection[str] = ()) -> bool:
        return self.lexical.knows(stem, hidden)

    def near(self, asked: Sequence[str], said: Sequence[str]) -> list[float] | None:
        """Only where a word's vector costs next to nothing: a transformer's would cost more than the whole search."""
        if self.dense is None or not isinstance(self.dense.embedder, StaticEmbedder):
            return None
        if not asked or not said:
            return [0.0] * len(asked)
        cosines = self.dense.embedder.encode_query(asked) @ self.dense.embedder.encode_document(said).T
        return [max(0.0, float(best)) for best in cosines.max(axis=1)]

    def close(self) -> None:
        self.store.close()


def _scope(question: Question) -> tuple[str, ...]:
    return (question.scope,) if question.scope else ()


def _for_documents(k: int) -> int:
    """How many passages are looked at to find k documents."""
    return max(POOL, 20 * k)


def _best_of_documents(hits: Sequence[Hit], k: int) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.document, hit)
    return [replace(hit, rank=rank) for rank, hit in enumerate(list(best.values())[:k], start=1)]


def _visible(passage: Passage, access: Sequence[str], hidden: Collection[str]) -> bool:
    return bool(set(passage.access) & set(access)) and passage.document not in hidden


def _sound_store(path: Path) -> SqliteStore:
    """The store; a damaged one is set aside first, for it can be made again from the documents."""
    try:
        store = SqliteStore(path)
        store.content()
    except DamagedIndex as error:
        logger.warning("%s It is set aside and made again.", error.message)
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            if (place := path.with_name(name)).exists():
                place.rename(path.with_name(f"damaged-{time.time_ns()}-{name}"))
        store = SqliteStore(path)
    if store.generation == 0:  # a new file counts its generations from one again: older caches are another file's
        for old in (*path.parent.glob("lexical-*"), *path.parent.glob("dense-*"), *path.parent.glob("embedder-*")):
            shutil.rmtree(old, ignore_errors=True)
    return store


def sync_index(folder: Path, documents: Iterable[Document], passages: Iterable[Passage],
               prepare: PrepareEmbedder | None = None, exact_up_to: int = 200_000,
               beside_from: int = BESIDE_FROM) -> dict[str, int | str]:  # fmt: skip
    """Bring the index to these documents and passages, build its caches, remove those of generations before.

    Without `prepare` the index has its lexical legs only; with it they are written by a process beside where many passages came.
    """
    store = _sound_store(folder / INDEX_FILE)
    try:
        found = store.sync(documents, passages)
        crash_point("sync:written")
        with _lexical_written(folder, store, beside=prepare is not None and found["added"] >= beside_from):
            embedder = prepare(store) if prepare else None
            if embedder:
                crash_point("sync:trained")
                _write_dense(folder, store, embedder, exact_up_to)
        crash_point("sync:vectors")
        caches = [_lexical_folder(folder, store), *([_dense_folder(folder, store, embedder)] if embedder else [])]
        counts = found | {"content": store.content(), "embedder": embedder.id if embedder else ""}
    finally:
        store.close()
    for old in (*folder.glob("lexical-*"), *folder.glob("dense-*")):
        if old not in caches:
            shutil.rmtree(old, ignore_errors=True)
    return counts


@contextlib.contextmanager
def _lexical_written(folder: Path, store: SqliteStore, *, beside: bool) -> Iterator[None]:
    """The lexical legs are there after the block: written before it, or by a process beside while it runs."""
    made, earlier = _lexical_folder(folder, store), _earlier(folder, LEXICAL)
    if beside:
        with writing_beside(store.path, made, earlier):
            yield
    if not made.is_dir():
        build_lexical(made, store, earlier)
    if not beside:
        crash_point("sync:lexical")
        yield


def _write_dense(folder: Path, store: SqliteStore, embedder: Embedder, exact_up_to: int) -> None:
    made = _dense_folder(folder, store, embedder)
    if not made.is_dir():
        build_dense(made, embedder, store, _earlier(folder, DENSE), exact_up_to)


def _lexical_folder(folder: Path, store: SqliteStore) -> Path:
    return folder / lexical_name(store.generation)


def _dense_folder(folder: Path, store: SqliteStore, embedder: Embedder) -> Path:
    return folder / dense_name(store.generation, embedder)


def _earlier(folder: Path, kind: str) -> list[Path]:
    """Caches of a kind, of any generation; the last made comes first."""
    made = [path for path in folder.glob(f"{kind}-[0-9]*") if path.suffix != ".partial"]
    return sorted(made, key=lambda path: -int(path.name.split("-")[1]))
