"""Trains the scratch embedder: one vector a word piece, from TF-IDF's singular vectors, tuned by in-batch negatives.

It learns from the passages alone, never from questions: what stands for a question is a sentence taken out of its passage
(inverse cloze, Lee et al., 2019) or the passage's title. So every held-out question stays held out, and what is trained on
questions (the re-ranker) may use its scores. numpy on one thread: no torch, and the same result with the same seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.language import sentence_spans
from dalil.records import Passage
from dalil.retrieval.latent import Floats, inverse_frequencies, right_singular_vectors, tf_idf
from dalil.retrieval.lexical import whole_text
from dalil.retrieval.ranking_loss import Adam, Pair, learn
from dalil.retrieval.static import TABLE, TOKENIZER, TRAINED_ON
from dalil.retrieval.wordpiece import Ids, WordPiece, train_wordpiece

DIMENSIONS = 256
EPOCHS = 3
BATCH = 256
LEARNING_RATE = 2e-3
SIZE_OF_NUMBERS = 0.05
"""The mean size that the table's numbers are brought to before tuning: the learning rate is meant for it."""
SPREAD = 1e-3
MAX_PASSAGES = 10_000
"""Vocabulary and singular vectors are found on at most so many passages."""
MAX_PAIRS = 6_000
SENTENCES_A_PASSAGE = 4


ReadPassages = Callable[[Sequence[int]], dict[int, Passage]]


def train_static(folder: Path, numbers: NDArray[np.int64], read: ReadPassages, seed: int) -> None:
    """Write tokenizer, table and the numbers of all passages there were, into the folder; `read` gives those it learns from."""
    rng = np.random.default_rng(seed)
    sample = _sample(numbers, MAX_PASSAGES, rng)
    known = read(sample)
    chosen = [known[number] for number in sample]
    texts = [whole_text(passage) for passage in chosen]
    train_wordpiece(texts, folder / TOKENIZER)
    pieces = WordPiece(folder / TOKENIZER)
    table = first_table(pieces.ids(texts), pieces.size, rng)
    table = tune(table, _pairs(chosen, pieces, rng), rng)
    np.save(folder / TABLE, table.astype(np.float16))
    np.save(folder / TRAINED_ON, numbers)


def first_table(texts: Sequence[Ids], size: int, rng: np.random.Generator) -> Floats:
    """Each piece's row: its idf times its place in the latent space of TF-IDF."""
    known = [ids for ids in texts if len(ids)]
    table = rng.standard_normal((size, DIMENSIONS), dtype=np.float32) * SPREAD
    if not known:
        return table
    idf = inverse_frequencies(known, size)
    rank = min(DIMENSIONS, len(known) - 1, size - 1)
    if rank > 0:
        table[:, :rank] += right_singular_vectors(tf_idf(known, idf), rank, rng)
    table *= idf[:, None]
    return np.asarray(table * (SIZE_OF_NUMBERS / np.abs(table).mean()), dtype=np.float32)


def tune(table: Floats, pairs: Sequence[Pair], rng: np.random.Generator) -> Floats:
    """The table after some passes over the pairs; as it is where there are fewer than two."""
    tuned, adam = table.copy(), Adam(table.shape)
    starts = range(0, max(1, len(pairs) // BATCH) * BATCH, BATCH)
    steps = EPOCHS * len(starts)
    for epoch in range(EPOCHS if len(pairs) > 1 else 0):
        order = rng.permutation(len(pairs))
        for done, start in enumerate(starts, start=epoch * len(starts)):
            batch = [pairs[i] for i in order[start : start + BATCH]]
            learn(tuned, batch, adam, LEARNING_RATE * (1 - done / steps), rng)
    return tuned


def _sample(numbers: NDArray[np.int64], most: int, rng: np.random.Generator) -> list[int]:
    few = len(numbers) <= most
    chosen: list[int] = (numbers if few else numbers[np.sort(rng.choice(len(numbers), most, replace=False))]).tolist()
    return chosen


def _pairs(passages: Sequence[Passage], pieces: WordPiece, rng: np.random.Generator) -> list[Pair]:
    made = [pair for passage in passages for pair in _pairs_of(passage, rng)]
    if len(made) > MAX_PAIRS:
        made = [made[i] for i in np.sort(rng.choice(len(made), MAX_PAIRS, replace=False))]
    queries, texts = pieces.ids([query for query, _, _ in made]), pieces.ids([text for _, text, _ in made])
    return [
        Pair(query, text, passage)
        for query, text, (_, _, passage) in zip(queries, texts, made, strict=True)
        if len(query) and len(text)
    ]


def _pairs_of(passage: Passage, rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
    """(stands for a question, the rest of its passage, the passage's id)."""
    named = " ".join((passage.name, *passage.heading))
    yield named, passage.text, passage.id
    spans = sentence_spans(passage.text)
    if len(spans) > 1:
        for i in rng.permutation(len(spans))[:SENTENCES_A_PASSAGE]:
            start, end = spans[i]
            yield passage.text[start:end], f"{named}\n{passage.text[:start]} {passage.text[end:]}", passage.id
