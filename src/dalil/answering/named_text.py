"""The text that a question names, and how surely."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from dalil.answering.proof import Looked
from dalil.answering.terms import QueryTerms
from dalil.language import content_words, stem
from dalil.records import Hit

LEAST_OF_NAME = 0.3
"""So much of a document's name must be said: "carte" alone names no card."""
ALONE = 0.9
"""How surely a part of a name says it, where no other document's name has these words."""


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text's path, how surely it is named (0–1), and whether another is named as much; `beside`: the asked stems that its name
    does not hold; `hits`: its passages among those found."""

    path: str
    sure: float
    several: bool
    beside: frozenset[str]
    hits: tuple[Hit, ...]

    def features(self) -> dict[str, float]:
        """Those of a field of a record (see `TypedAnswerer`) that is named so."""
        return {
            "exact": float(self.sure == 1.0), "typo": 0.0, "name_score": self.sure, "several": float(self.several), "field_score": 1.0, "margin": 1.0,
            "unexplained": 0.0, "beside": 0.0,
        }  # fmt: skip


def named_text(looked: Looked, asked: Set[str], is_record: Callable[[str], bool]) -> NamedText | None:
    """The text whose name holds most of the asked stems, and of these the one that has least else in its name; None where too
    little of the name is said. A text in the question's own language goes before its translation, which is no other text."""
    terms = looked.terms
    texts = [hit for hit in looked.hits if not is_record(hit.passage.document)]
    names = {hit.passage.document: _name(terms, hit) for hit in texts}
    spoken = {hit.passage.document: hit.passage.language for hit in texts}
    said = {path: (len(name & asked), len(name & asked) / len(name)) for path, name in names.items() if name & asked}
    best = max(said, key=lambda path: (said[path][0], spoken[path] == terms.spoken, said[path][1]), default="")
    if not best or said[best][1] < LEAST_OF_NAME:
        return None
    held, share = said[best]
    others = [
        other for path, other in said.items() if path != best and other[0] == held and spoken[path] == spoken[best]
    ]
    sure = share if others else max(share, ALONE)
    hits = tuple(hit for hit in texts if hit.passage.document == best)
    return NamedText(best, sure, said[best] in others, frozenset(asked - names[best]), hits)


def _name(terms: QueryTerms, hit: Hit) -> set[str]:
    language = hit.passage.language
    return set(terms.seen(stem(word, language) for word in content_words(hit.passage.name, language)))
