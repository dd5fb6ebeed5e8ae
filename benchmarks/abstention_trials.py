"""Questions of the public sets as trials of the proving sentences: as they are, and with what they are about taken away."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dalil.answering.abstention import Calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.config_retrieval import EmbedderSettings
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.records import Question
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.rerank import shipped_weights
from public_sets import SETS, Asked, load, whole_passages

SEED = 42
QUESTIONS_A_SET = 1200
SCRATCH = EmbedderSettings(fewest_passages=2)  # XQuAD has 240 passages: under 300 a workspace has no vectors
PLAIN, PASSAGE, ARTICLE, ADVERSARIAL = "as it is", "its passage hidden", "its article hidden", "adversarial"


@dataclass(frozen=True)
class Tried:
    """What was proposed for a question asked in one of the four ways; `right`: a gold answer stands in the quote."""

    asked: Asked
    way: str
    features: dict[str, float]
    right: bool
    found: bool


def holds(quote: str, gold: str) -> bool:
    """Whether the words of `gold` stand in a row in the quote."""
    found, asked = words(quote), words(gold)
    return any(found[i : i + len(asked)] == asked for i in range(len(found) - len(asked) + 1))


def tried(name: str, *, dense: bool) -> list[Tried]:
    """The set's questions, drawn by the seed, in every way; `dense`: with the scratch vectors, else without."""
    documents, asked = load(name)
    language = SETS[name][1]
    articles: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        articles[document.name].add(document.path)
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        prepare = prepare_embedder(folder, SCRATCH, SEED) if dense else None
        sync_index(folder, documents, whole_passages(documents), prepare)
        embedder = open_embedder(folder, SCRATCH) if dense else None
        index = Index(folder, [language], embedder=embedder, ranking=shipped_weights())
        approach = Extractive(Knowledge(index, [], load_lexicon("fr"), [language], Calibration()))
        found = [_try(approach, one, way, hidden) for one in _drawn(asked) for way, hidden in _ways(one, articles)]
        index.close()
    return found


def _drawn(asked: list[Asked]) -> list[Asked]:
    rng = np.random.default_rng(SEED)
    kinds = [one for one in asked if one.golds], [one for one in asked if not one.golds]
    return [kind[i] for kind in kinds for i in rng.permutation(len(kind))[:QUESTIONS_A_SET]]


def _ways(asked: Asked, articles: dict[str, set[str]]) -> Iterator[tuple[str, Collection[str]]]:
    if asked.golds:
        yield PLAIN, ()
        yield PASSAGE, {asked.document}
        yield ARTICLE, articles[asked.article]
    else:
        yield ADVERSARIAL, ()


def _try(approach: Extractive, asked: Asked, way: str, hidden: Collection[str]) -> Tried:
    proposal = approach.propose(Question(asked.id, asked.question), hidden)
    right = way == PLAIN and any(holds(proposal.text, gold) for gold in asked.golds)
    found = any(citation.document == asked.document for citation in proposal.citations)
    return Tried(asked, way, proposal.features, right, found)
