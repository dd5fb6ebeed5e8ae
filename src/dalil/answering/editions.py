"""Whether two documents are about one thing: editions of one text, or texts about things that are alike."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from dalil.language import words
from dalil.language.analysis import function_words
from dalil.tables import read_table

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBERED = re.compile(r"v\d[\d.]*|\d+(?:st|nd|rd|th|e|er|re|eme|nde)")


def subject(name: str) -> frozenset[str]:
    """The words of a document's name without what only tells its edition ("edition 2", "v3.1", a year)."""
    said, marks = words(name), _marks()
    kept: set[str] = set()
    for i, word in enumerate(said):
        numbers = i > 0 and said[i - 1] in marks and (len(word) == 1 or word[0].isdigit())
        if word in marks or numbers or _YEAR.fullmatch(word) or _NUMBERED.fullmatch(word):
            continue
        kept.add(word)
    return frozenset(kept) - _functions()


def same_subject(name: str, other: str) -> bool:
    """Whether two names are those of editions of one document."""
    return bool(subject(name)) and subject(name) == subject(other)


def alike(name: str, other: str) -> bool:
    """Whether two names are those of two things of one kind ("Manual of the WL 180", "Manual of the MC 75")."""
    a, b = subject(name), subject(other)
    return bool(a & b) and bool(a - b) and bool(b - a)


@cache
def _marks() -> frozenset[str]:
    rows: dict[str, list[str]] = read_table(
        resources.files("dalil.lexicon").joinpath("editions.yaml").read_text("utf-8")
    )
    return frozenset(word for items in rows.values() for item in items for word in words(item))


@cache
def _functions() -> frozenset[str]:
    return frozenset().union(*(function_words(language) for language in ("fr", "en", "ar")))
