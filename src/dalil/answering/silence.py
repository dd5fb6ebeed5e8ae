"""What an assistant's words mean beside an answer: that it does not know, or that it asks back."""

from __future__ import annotations

from functools import cache
from importlib import resources

from dalil.language import fold, sentence_spans, words
from dalil.tables import read_table

MOST_WORDS = 50
"""A longer text says something beside its "I do not know"."""


def says_unknown(text: str) -> bool:
    """Whether a short text says, in its first sentence and in any of the languages, that the answer is not known."""
    spans = sentence_spans(text)
    if not spans or len(words(text)) > MOST_WORDS:
        return False
    first = _plain(text[slice(*spans[0])])
    return any(f" {phrase}" in first for phrase in _phrases())


def asks_back(text: str) -> bool:
    """Whether it begins with a question: what comes after an answer ("Anything else?") is none."""
    spans = sentence_spans(text)
    return bool(spans) and text[slice(*spans[0])].rstrip(' »"”’)*').endswith(("?", "؟"))


def _plain(text: str) -> str:
    """Folded words between spaces."""
    return f" {' '.join(words(text))} "


@cache
def _phrases() -> tuple[str, ...]:
    rows: dict[str, list[str]] = read_table(resources.files(__package__).joinpath("silence.yaml").read_text("utf-8"))
    return tuple(_plain(fold(phrase)).strip() for phrases in rows.values() for phrase in phrases)
