"""Why something was left out or ruled so, in a reader's language: what the code says is looked up among the sentences that it can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from dalil.tables import read_table

_BLANKS = {"{}": "(.*?)", "{#}": r"(\d+)"}
_FORMS = ("en", "fr", "ar")
REASONS, RULINGS = "reasons.yaml", "rulings.yaml"
"""The sentences of what was left out, and those of the judge, which are so short that they would be found in the others."""


def said(reason: str, language: str, sentences: str = REASONS) -> str:
    """The reason in French or Arabic, with what it fills in; as it is in any other language, and where it is not known."""
    if language == "en" or language not in _FORMS:
        return reason
    for pattern, texts in _known(sentences):
        if found := pattern.fullmatch(reason):
            pieces = found.groups()
            filled = (said(piece, language) for piece in pieces) if sentences == REASONS else pieces
            return texts[language].format(*filled)
    return reason


@cache
def _known(sentences: str) -> list[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Each sentence as a pattern with its translations; those that say the most come first."""
    path = resources.files("dalil.evaluation") / "templates" / sentences
    rows: list[dict[str, str]] = read_table(path.read_text(encoding="utf-8"))
    ordered = sorted(rows, key=lambda row: -len("".join(_pieces(row["en"])[::2])))
    return [(re.compile("".join(_pattern(row["en"])), re.DOTALL), row) for row in ordered]


def _pieces(sentence: str) -> list[str]:
    """A sentence's own words, with each of its blanks between them."""
    return re.split(r"(\{#?\})", sentence)


def _pattern(sentence: str) -> Iterator[str]:
    return (_BLANKS.get(piece, re.escape(piece)) for piece in _pieces(sentence))
