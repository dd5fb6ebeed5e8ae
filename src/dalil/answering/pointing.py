""" "This manual", "on this machine": which document a question points at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from dalil.answering.editions import subject
from dalil.language import words
from dalil.records import Option, Question
from dalil.seams import Searcher
from dalil.tables import read_table

MOST_OPTIONS = 8
_SEARCHED = 20
_FURTHEST = 3
"""Between "this" and what it points at there may be so many words less one ("this operator's manual")."""
_ARABIC_PARTICLES = "لبفوك"


@dataclass(frozen=True, slots=True)
class Pointed:
    """The question within the document that it points at; or the documents between which it leaves open."""

    question: Question
    options: tuple[Option, ...] = ()


class Pointing:
    """Knows the texts of a workspace: a question without a scope that points at one of them is asked within it."""

    def __init__(self, searcher: Searcher, is_record: Callable[[str], bool]) -> None:
        self._searcher, self._is_record = searcher, is_record

    def resolve(self, question: Question, hidden: Collection[str] = ()) -> Pointed:
        """The only text, or the one that the question names; where there are several, they are what is asked back."""
        if question.scope or not points(question.text):
            return Pointed(question)
        named = self._searcher.documents(question)
        texts = {path: name for path, name in named if path not in hidden and not self._is_record(path)}
        meant = texts if len(texts) == 1 else _named(question.text, texts)
        if len(meant) == 1:
            return Pointed(replace(question, scope=next(iter(meant))))
        return Pointed(question, self._options(question, meant or texts))

    def _options(self, question: Question, texts: dict[str, str]) -> tuple[Option, ...]:
        """Those that hold the question's words first."""
        found = (hit.passage.document for hit in self._searcher.search(question, _SEARCHED))
        order = dict.fromkeys((*(path for path in found if path in texts), *texts))
        return tuple(Option(texts[path], path) for path in order)[:MOST_OPTIONS]


def points(text: str) -> bool:
    """Whether a question points at a document without saying which."""
    said = words(text)
    return any(_stands(said, this, things) for this, things in _ways())


def _stands(said: Sequence[str], this: frozenset[str], things: frozenset[str]) -> bool:
    places = (i for i, word in enumerate(said) if word in this or (word[:1] in _ARABIC_PARTICLES and word[1:] in this))
    return any(not things.isdisjoint(said[i + 1 : i + 1 + _FURTHEST]) for i in places)


def _named(text: str, texts: dict[str, str]) -> dict[str, str]:
    """The texts whose name the question says: the most of the words that tell them from the others."""
    said = set(words(text))
    subjects = {path: subject(name) for path, name in texts.items()}
    users = Counter(word for words_of in subjects.values() for word in words_of)
    told = {path: sum(users[word] == 1 for word in said & words_of) for path, words_of in subjects.items()}
    most = max(told.values(), default=0)
    return {path: name for path, name in texts.items() if most and told[path] == most}


@cache
def _ways() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Pointing words and what they point at, by language."""
    rows: dict[str, dict[str, list[str]]] = read_table(
        resources.files("dalil.lexicon").joinpath("pointing.yaml").read_text("utf-8")
    )

    def folded(items: list[str]) -> frozenset[str]:
        return frozenset(word for item in items for word in words(item))

    return tuple((folded(row["this"]), folded(row["things"])) for row in rows.values())
