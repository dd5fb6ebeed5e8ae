"""How an answer is said: friendly, simple, asking back where it should. Signs that anybody can count, beside the judge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.language import sentence_spans, words
from dalil.lexicon import courtesies
from dalil.records import Language

QUESTION_MARKS = ("?", "؟")


def conduct(text: str, language: Language, expected: str) -> dict[str, Any]:
    """`friendly`: a word of courtesy of the language stands in it; `sentence_words`: mean words a sentence (None without
    words); `asks_rightly`: asks back as the expected answer does, or does not (None without a text)."""
    said = words(text)
    sentences = sum(bool(words(text[start:end])) for start, end in sentence_spans(text))
    return {
        "friendly": any(_stands(said, cue) for cue in courtesies(language)),
        "sentence_words": round(len(said) / sentences, 1) if sentences else None,
        "asks_rightly": asks_back(text) == asks_back(expected) if text.strip() else None,
    }


def asks_back(text: str) -> bool:
    """Whether a text ends in a question."""
    return text.rstrip().endswith(QUESTION_MARKS)


def _stands(said: Sequence[str], cue: tuple[str, ...]) -> bool:
    return bool(cue) and any(tuple(said[at : at + len(cue)]) == cue for at in range(len(said) - len(cue) + 1))
