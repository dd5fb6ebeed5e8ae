"""Why something was left out, in a reader's language: what the code says is looked up among the sentences that it can say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

_BLANK = "{}"
_FORMS = ("en", "fr", "ar")


def said(reason: str, language: str) -> str:
    """The reason in French or Arabic, with what it fills in; as it is in any other language, and where it is not known."""
    if language == "en" or language not in _FORMS:
        return reason
    for pattern, texts in _known():
        if found := pattern.fullmatch(reason):
            return texts[language].format(*(said(piece, language) for piece in found.groups()))
    return reason


@cache
def _known() -> list[tuple[re.Pattern[str], Mapping[str, str]]]:
    """Each sentence as a pattern with its translations; those that say the most come first."""
    path = resources.files("dalil.evaluation") / "templates" / "reasons.yaml"
    rows: list[dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    ordered = sorted(rows, key=lambda row: -len(row["en"].replace(_BLANK, "")))
    return [(re.compile("(.*?)".join(map(re.escape, row["en"].split(_BLANK))), re.DOTALL), row) for row in ordered]
