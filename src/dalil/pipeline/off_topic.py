"""Questions that the documents hardly answer, in each language: what silence is learnt from beside hidden documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from dalil.records import Language, Question, content_id
from dalil.tables import read_table

PREFIX = "off-topic"


def off_topic(languages: Sequence[Language], limit: int) -> list[Question]:
    """At most `limit` of them, from each language the same number, in the order of their hashes."""
    every = _every()
    each = -(-limit // max(1, len(languages)))
    found: list[Question] = []
    for language in languages:
        ids = sorted((content_id(PREFIX, language, text), text) for text in every.get(language, []))
        found += [Question(f"{PREFIX}-{identifier}", text, language) for identifier, text in ids[:each]]
    return found[:limit]


@cache
def _every() -> dict[str, list[str]]:
    text = resources.files(__package__).joinpath("off_topic.yaml").read_text("utf-8")
    found: dict[str, list[str]] = read_table(text)
    return found
