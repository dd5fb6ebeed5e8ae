"""The leakage certificate: what was trained and what was asked unseen have no group in common, and how alike they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.language import words
from dalil.records import Example, content_id


def certificate(train: Sequence[Example], test: Sequence[Example]) -> dict[str, Any]:
    """Counts, hashes of both sides, shared groups and documents (both must be 0), exact duplicates, and the likest pair.

    `highest_similarity`: token Jaccard of questions with their scopes, 0–1, with the two questions; null where a side is empty.
    """
    known = {_both(example) for example in train}
    documents = {path for example in train for path in example.documents}
    return {
        "train": len(train),
        "test": len(test),
        "train_hash": _hash(train),
        "test_hash": _hash(test),
        "shared_groups": len({example.group for example in train} & {example.group for example in test}),
        "shared_documents": len(documents & {path for example in test for path in example.documents}),
        "exact_duplicates": sum(_both(example) in known for example in test),
        "highest_similarity": _likest(train, test),
    }


def _both(example: Example) -> tuple[str, str]:
    return " ".join(words(example.question)), " ".join(words(example.answer))


def _hash(examples: Iterable[Example]) -> str:
    return content_id(*sorted(content_id(e.id, e.question, e.answer) for e in examples))


def _likest(train: Sequence[Example], test: Sequence[Example]) -> dict[str, Any] | None:
    if not train or not test:
        return None
    tokens = [_asked(example) for example in train]
    sizes = np.array([len(found) for found in tokens], dtype=np.int64)
    postings = _postings(tokens)
    best: tuple[float, int, int] = (-1.0, 0, 0)
    for j, example in enumerate(test):
        asked = _asked(example)
        shared = np.zeros(len(train), dtype=np.int64)
        for word in sorted(asked):
            if word in postings:
                shared[postings[word]] += 1
        alike = shared / np.maximum(1, sizes + len(asked) - shared)
        i = int(alike.argmax())
        if alike[i] > best[0]:
            best = (float(alike[i]), i, j)
    value, i, j = best
    return {"value": round(value, 4), "train": train[i].question, "test": test[j].question,
            "train_id": train[i].id, "test_id": test[j].id}  # fmt: skip


def _asked(example: Example) -> frozenset[str]:
    """The words of a question and of the document that it is asked within: "this manual" is another one in each scope."""
    return frozenset(words(f"{example.question} {example.scope}"))


def _postings(tokens: Sequence[frozenset[str]]) -> Mapping[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, words_of in enumerate(tokens):
        for word in words_of:
            found[word].append(i)
    return {word: np.array(rows, dtype=np.int64) for word, rows in found.items()}
