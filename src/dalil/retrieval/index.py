"""The index of a workspace: SQLite is the truth, the lexical cache carries its generation in its name."""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from dalil.language import words
from dalil.records import Document, Hit, Language, Passage, Question
from dalil.retrieval.lexical import LexicalIndex, build_lexical, grams, query_stems
from dalil.store.sqlite import DamagedIndex, SqliteStore

logger = logging.getLogger(__name__)
INDEX_FILE = "index.sqlite"
POOL = 100
WEIGHTS = {"stems": 1.0, "grams": 0.6, "names": 0.4}


class Index:
    """Finds passages by weighted min-max fusion of the lexical legs (weights: facts measured on four public sets)."""

    def __init__(self, folder: Path, languages: Sequence[Language]) -> None:
        self.folder = folder
        self.languages = tuple(languages)
        self.store = SqliteStore(folder / INDEX_FILE)
        self.lexical = self._open_lexical()

    def _open_lexical(self) -> LexicalIndex:
        folder = self.folder / f"lexical-{self.store.generation}"
        if folder.is_dir():
            with contextlib.suppress(ValueError, OSError):
                return LexicalIndex(folder)
            shutil.rmtree(folder, ignore_errors=True)
        return build_lexical(folder, self.store.every_passage())

    def legs(self, text: str, k: int, documents: Sequence[str] = (),
             hidden: Collection[str] = ()) -> dict[str, dict[int, float]]:  # fmt: skip
        """Each leg's scores by passage number."""
        terms = {
            "stems": query_stems(text, self.languages),
            "grams": list(dict.fromkeys(grams(text))),
            "names": list(dict.fromkeys(words(text))),
        }
        return {leg: self.lexical.top(leg, asked, max(POOL, k), documents, hidden) for leg, asked in terms.items()}

    def search(self, question: Question, k: int, hidden: Collection[str] = ()) -> list[Hit]:
        """The k best passages that the question's labels may see. `hidden` documents are passed over (calibration)."""
        documents = (question.scope,) if question.scope else ()
        fused: dict[int, float] = {}
        for leg, scores in self.legs(question.text, 3 * k, documents, hidden).items():
            best = max(scores.values(), default=0.0)
            for number, score in scores.items():
                fused[number] = fused.get(number, 0.0) + WEIGHTS[leg] * (score / best if best else 0.0)
        order = sorted(fused, key=lambda number: (-fused[number], number))[: max(k * 3, k + 20)]
        passages = self.store.passages(order)
        allowed = [n for n in order if n in passages and _visible(passages[n], question.access, hidden)]
        total = sum(WEIGHTS.values())
        return [Hit(rank, passages[n], fused[n] / total) for rank, n in enumerate(allowed[:k], start=1)]

    def search_documents(self, question: Question, k: int) -> list[Hit]:
        """The k best documents, each by its best passage."""
        best: dict[str, Hit] = {}
        for hit in self.search(question, max(POOL, 20 * k)):
            best.setdefault(hit.passage.document, hit)
        return [replace(hit, rank=rank) for rank, hit in enumerate(list(best.values())[:k], start=1)]

    def first_bm25(self, question: Question) -> Passage | None:
        """The first passage of plain stemmed BM25: the baseline."""
        documents = (question.scope,) if question.scope else ()
        scores = self.lexical.top("stems", query_stems(question.text, self.languages), 5, documents)
        passages = self.store.passages(scores)
        order = sorted(scores, key=lambda number: (-scores[number], number))
        return next((passages[n] for n in order if n in passages and _visible(passages[n], question.access, ())), None)

    def passage_at(self, document: str, offset: int) -> str:
        return self.store.passage_at(document, offset)

    def idf(self, stem: str) -> float:
        return self.lexical.idf(stem)

    def knows(self, stem: str) -> bool:
        return self.lexical.knows(stem)

    def close(self) -> None:
        self.store.close()


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
        for old in path.parent.glob("lexical-*"):
            shutil.rmtree(old, ignore_errors=True)
    return store


def sync_index(folder: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> dict[str, int | str]:
    """Bring the index to these documents and passages, build its caches, remove those of generations before."""
    store = _sound_store(folder / INDEX_FILE)
    try:
        counts: dict[str, int | str] = dict(store.sync(documents, passages))
        cache = folder / f"lexical-{store.generation}"
        if not cache.is_dir():
            build_lexical(cache, store.every_passage())
        counts["content"] = store.content()
    finally:
        store.close()
    for old in folder.glob("lexical-*"):
        if old != cache:
            shutil.rmtree(old, ignore_errors=True)
    return counts
