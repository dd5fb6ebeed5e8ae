"""The leakage certificate: what was trained and what was asked unseen have no group in common, and how alike they are."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dalil.language import words
from dalil.records import Example, content_id, content_id_of

_BLOCK = 5000
"""So many trained questions are compared at a time: all of them would be the stage's memory."""


def certificate(train: Iterable[Example], test: Sequence[Example]) -> dict[str, Any]:
    """The certificate of two sides (see `Certifying`)."""
    certifying = Certifying(test)
    for example in train:
        certifying.add(example)
    return certifying.row()


class Certifying:
    """What was trained passes by, one example at a time, and is compared with what is asked, which is held."""

    def __init__(self, test: Sequence[Example]) -> None:
        self._test = test
        self._hashes = array("Q")
        self._groups, self._documents = set[str](), set[str]()
        self._asked_groups = {example.group for example in test}
        self._asked_documents = {path for example in test for path in example.documents}
        self._asked_questions = {_said(example.question) for example in test}
        self._trained_twins = set[tuple[str, str]]()
        # with the words of the document that it is asked within: "this manual" is another one in each scope
        self._likest = _Likest([frozenset(words(f"{example.question} {example.scope}")) for example in test])

    def add(self, example: Example) -> None:
        self._hashes.append(_number(example))
        self._groups.update(self._asked_groups & {example.group})
        self._documents.update(self._asked_documents.intersection(example.documents))
        said = words(example.question)
        if (question := " ".join(said)) in self._asked_questions:
            self._trained_twins.add((question, _said(example.answer)))
        self._likest.add(_Trained(example.id, example.question, frozenset([*said, *words(example.scope)])))

    def row(self) -> dict[str, Any]:
        """Counts, hashes of both sides, shared groups and documents (both must be 0), exact duplicates, and the likest pair.

        `highest_similarity`: token Jaccard of questions with their scopes, 0–1, with the two questions; null where a side is empty.
        """
        return {
            "train": len(self._hashes),
            "test": len(self._test),
            "train_hash": _hash(self._hashes),
            "test_hash": _hash(array("Q", map(_number, self._test))),
            "shared_groups": len(self._groups),
            "shared_documents": len(self._documents),
            "exact_duplicates": sum((_said(e.question), _said(e.answer)) in self._trained_twins for e in self._test),
            "highest_similarity": self._highest(),
        }

    def _highest(self) -> dict[str, Any] | None:
        found = self._likest.best()
        if found is None:
            return None
        value, trained, asked = found
        test = self._test[asked]
        return {"value": round(value, 4), "train": trained.question, "test": test.question,
                "train_id": trained.id, "test_id": test.id}  # fmt: skip


def _said(text: str) -> str:
    return " ".join(words(text))


def _number(example: Example) -> int:
    """The example's content id: of two, the smaller number is the smaller id."""
    return int(content_id(example.id, example.question, example.answer), 16)


def _hash(numbers: array[int]) -> str:
    return content_id_of(f"{number:016x}" for number in np.sort(np.asarray(numbers)))


class _Trained(NamedTuple):
    id: str
    question: str
    tokens: frozenset[str]


class _Likest:
    """The trained question that shares most words with each asked one; of equal ones the first."""

    def __init__(self, asked: Sequence[frozenset[str]]) -> None:
        self._asked = asked
        self._values = np.full(len(asked), -1.0)
        self._trained: list[_Trained | None] = [None] * len(asked)
        self._block: list[_Trained] = []

    def add(self, trained: _Trained) -> None:
        self._block.append(trained)
        if len(self._block) == _BLOCK:
            self._compare()

    def best(self) -> tuple[float, _Trained, int] | None:
        """How alike the likest are, the trained one, and the place of the asked one; None where a side is empty."""
        self._compare()
        place = int(self._values.argmax()) if len(self._values) else 0
        trained = self._trained[place] if self._trained else None
        return None if trained is None else (float(self._values[place]), trained, place)

    def _compare(self) -> None:
        block, self._block = self._block, []
        if not block:
            return
        sizes = np.array([len(trained.tokens) for trained in block], dtype=np.int64)
        postings = _postings([trained.tokens for trained in block])
        for j, asked in enumerate(self._asked):
            shared = np.zeros(len(block), dtype=np.int64)
            for word in asked:
                if word in postings:
                    shared[postings[word]] += 1
            alike = shared / np.maximum(1, sizes + len(asked) - shared)
            i = int(alike.argmax())
            if alike[i] > self._values[j]:
                self._values[j], self._trained[j] = alike[i], block[i]


def _postings(tokens: Sequence[frozenset[str]]) -> Mapping[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, words_of in enumerate(tokens):
        for word in words_of:
            found[word].append(i)
    return {word: np.array(rows, dtype=np.int64) for word, rows in found.items()}
