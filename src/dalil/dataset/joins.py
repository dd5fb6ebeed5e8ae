"""What joins two documents or questions into one group: near-duplicate texts, translations, a question about both."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from dalil.dataset.components import Components
from dalil.dataset.fields import name_key
from dalil.dataset.near import Hashes, hashes_on_disk, near_pairs, shingles
from dalil.language import content_words, words
from dalil.records import Document, Example, content_id

_ALIKE = 0.8
_WIDTH = 5
_FEWEST_SHINGLES = 12
_LANGUAGE_PART = re.compile(r"(?<![^/._-])(?:fr|ar|en|ary)(?=[/._-])", re.IGNORECASE)


def nodes_of(example: Example) -> tuple[str, ...]:
    """The documents that an example is about and proved by; the question itself where there are none."""
    named = dict.fromkeys((*example.documents, *(evidence.document for evidence in example.evidence)))
    return tuple(named) or (f"question:{content_id(' '.join(words(example.question)))}",)


def join_documents(components: Components, ordered: Iterable[Document], seed: int, folder: Path | None = None) -> None:
    """Near-duplicate texts, translations of a file, and records of one name in catalogues of different languages."""
    paths: list[str] = []
    translations: dict[tuple[str, str], list[_Named]] = defaultdict(list)
    with closing(hashes_on_disk(folder)) as texts:
        for document in ordered:
            components.add(document.path)
            paths.append(document.path)
            texts.add(_text_shingles(document))
            named = _Named(document.path, document.source, document.language)
            source, _, key = document.path.partition("#")
            translations["path", f"{_LANGUAGE_PART.sub('*', source)}#{key}"].append(named)
            if document.fields:
                translations["name", name_key(document.name)].append(named)
        for i, j, alike in near_pairs(texts, _ALIKE, seed):
            components.join(paths[i], paths[j], f"their texts are {alike:.0%} the same")
    for (why, _), same in translations.items():
        for a, b in pairwise(same):
            if why == "path" or (a.source != b.source and a.language != b.language):
                components.join(a.path, b.path, "they are translations of each other by their names")


class _Named(NamedTuple):
    """What tells a translation: where a document lies and its language."""

    path: str
    source: str
    language: str


def _text_shingles(document: Document) -> Hashes:
    """Word 5-shingles of a text. Of a record: those of its prose only, and none where there is little of it."""
    if not document.fields:
        text = words(document.text)
        return shingles([text], min(_WIDTH, max(1, len(text))))
    found = shingles([words(field.value) for field in document.fields], _WIDTH)
    return found if len(found) >= _FEWEST_SHINGLES else found[:0]


def join_example(components: Components, example: Example) -> str:
    """Joins what an example is about; returns the first of it."""
    nodes = nodes_of(example)
    for node in nodes:
        components.add(node)
    for first, second in pairwise(nodes):
        components.join(first, second, f"the question « {example.question} » is about both")
    return nodes[0]


@dataclass
class FreeQuestions:
    """Questions about no document: those of nearly the same words hang together."""

    seed: int
    _shingles: dict[str, Hashes] = field(default_factory=dict)

    def add(self, example: Example, node: str) -> None:
        if not example.documents and not example.evidence and node not in self._shingles:
            self._shingles[node] = _question_shingles(example)

    def join(self, components: Components) -> None:
        nodes = sorted(self._shingles)
        for i, j, alike in near_pairs([self._shingles[node] for node in nodes], _ALIKE, self.seed):
            components.join(nodes[i], nodes[j], f"the questions are {alike:.0%} the same")


def _question_shingles(example: Example) -> Hashes:
    found = sorted(set(content_words(example.question, example.language) or words(example.question)))
    return shingles([found], 1)
