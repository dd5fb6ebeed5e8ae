"""The weights that the re-ranker begins with: from the training articles of the public sets, each question with and without vectors.

No article that is a test article of any set, by title or by the text of a paragraph, is fitted on, wherever it occurs: XQuAD's
articles are SQuAD's too. A weight has the sign that its feature means; one that would turn over is left out. What a cosine or a
passage's length tells hangs on the corpus, so that only own questions give them a weight.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dalil.config_retrieval import EmbedderSettings
from dalil.language import words
from dalil.pipeline.ranking import Row
from dalil.records import Document, Example, Question
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.features import FEATURES
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.rerank import DEPTH, fit_weights
from public_sets import SETS, Asked, first_articles, load, whole_passages

SEED = 42
SCRATCH = EmbedderSettings(fewest_passages=2)  # XQuAD has 240 passages: under 300 a workspace has no vectors
OF_A_CORPUS = ("dense", "length")
LESS_IS_BETTER = ("lacking",)
ONE_SET = ("xquad_ar", "xquad_en")
"""The same questions in two languages: neither is another set for the other."""


@dataclass(frozen=True)
class Prepared:
    """A public set with its index; `rows`: what may be fitted on, each question with vectors and without."""

    name: str
    folder: Path
    documents: list[Document]
    train: list[Asked]
    test: list[Asked]
    own: list[Row]
    rows: list[Row]


@dataclass(frozen=True)
class Unseen:
    """Titles and paragraphs of the test articles of all sets."""

    titles: frozenset[str]
    texts: frozenset[str]

    def has(self, document: Document) -> bool:
        return document.name in self.titles or _plain(document.text) in self.texts


def unseen() -> Unseen:
    every = {name: load(name)[0] for name in SETS}
    titles = frozenset[str]().union(*(first_articles([d.name for d in documents]) for documents in every.values()))
    texts = (_plain(d.text) for documents in every.values() for d in documents if d.name in titles)
    return Unseen(titles, frozenset(texts))


def prepared(name: str, folder: Path, never: Unseen) -> Prepared:
    """The set indexed in the folder, and the candidates of the questions of its training articles."""
    documents, asked = load(name)
    test_articles = first_articles([document.name for document in documents])
    answerable = [one for one in asked if one.golds]
    train = [one for one in answerable if one.article not in test_articles]
    folder.mkdir()
    sync_index(folder, documents, whole_passages(documents), prepare_embedder(folder, SCRATCH, SEED))
    whole, lexical = (
        Index(folder, [SETS[name][1]], embedder=open_embedder(folder, SCRATCH)),
        Index(folder, [SETS[name][1]]),
    )
    kept = {document.path for document in documents if not never.has(document)}
    own = [row_of(whole, one) for one in train]
    rows = [row for row, one in zip(own, train, strict=True) if one.document in kept]
    rows += [row_of(lexical, one) for one in train if one.document in kept]
    whole.close()
    lexical.close()
    test = [one for one in answerable if one.article in test_articles]
    return Prepared(name, folder, documents, train, test, own, rows)


def row_of(index: Index, one: Asked) -> Row:
    candidates, table = index.candidates(Question(one.id, one.question), DEPTH)
    example = Example(one.id, one.question, "", "own", "fr", "pairs", True, group=one.article)
    return Row(example, table, np.array([c.passage.document == one.document for c in candidates], dtype=bool))


def fitted(sets: Sequence[Prepared], without: str = "") -> dict[str, float]:
    """Weights from all sets, or from those that are other sets than the one named."""
    left_out: Collection[str] = ONE_SET if without in ONE_SET else (without,)
    rows = [row for one in sets if one.name not in left_out for row in one.rows]
    among = [name for name in FEATURES if name not in OF_A_CORPUS]
    while True:
        weights = fit_weights([row.table for row in rows], [row.right for row in rows], among=among)
        turned = [name for name in among if weights[name] * (-1 if name in LESS_IS_BETTER else 1) < 0]
        if not turned:
            return {name: weights[name] for name in among}
        among = [name for name in among if name not in turned]


def _plain(text: str) -> str:
    return " ".join(words(text))
