"""Everyday words, which say nothing of whether the documents answer where none of them has such a word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from dalil.language import fold, stem
from dalil.tables import read_table

LEAST_LETTERS = 4
"""Letters of a stem by which other forms of a word are met."""


def is_everyday(word: str, languages: Sequence[str]) -> bool:
    """Whether a folded word is one of everyday life in any of the languages, in whatever form; short ones as they are written
    ("vis", I live, has the stem of "visa")."""
    return any(word in _words(language) or _long_stem(word, language) in _stems(language) for language in languages)


def _long_stem(word: str, language: str) -> str | None:
    found = stem(word, language)
    return found if len(found) >= LEAST_LETTERS else None


@cache
def _words(language: str) -> frozenset[str]:
    rows: dict[str, list[str]] = read_table(resources.files(__package__).joinpath("everyday.yaml").read_text("utf-8"))
    return frozenset(fold(word) for word in rows.get(language, ()))


@cache
def _stems(language: str) -> frozenset[str | None]:
    return frozenset(_long_stem(word, language) for word in _words(language)) - {None}
