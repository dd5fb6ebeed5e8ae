"""Questions and answers that a page declares for machines (JSON-LD, schema.org FAQPage)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from dalil.collect.html_text import PageText
from dalil.collect.outline import Draft
from dalil.language import clean


def faq_of(tree: LexborHTMLParser) -> list[tuple[str, str]]:
    """(question, answer) of each FAQPage entry; a damaged block is passed over, as browsers do."""
    found: list[tuple[str, str]] = []
    for script in tree.css("script[type='application/ld+json']"):
        try:
            data = json.loads(script.text())
        except (ValueError, RecursionError):
            continue
        found += [pair for page in _pages(data) for entry in _list(page.get("mainEntity")) if (pair := _pair(entry))]
    return found


def _pages(data: Any) -> Iterator[dict[str, Any]]:
    for item in _list(data):
        if isinstance(item, dict):
            if "FAQPage" in _list(item.get("@type")):
                yield item
            yield from _pages(item.get("@graph"))


def _pair(entry: Any) -> tuple[str, str] | None:
    if not isinstance(entry, dict):
        return None
    answers = [a.get("text") for a in _list(entry.get("acceptedAnswer")) if isinstance(a, dict)]
    question, answer = entry.get("name"), next((a for a in answers if isinstance(a, str)), "")
    if not isinstance(question, str) or not question.strip() or not answer.strip():
        return None
    return " ".join(clean(_text(question)).split()), _text(answer)


def _text(html: str) -> str:
    """The text of an HTML fragment, a line a paragraph."""
    body = LexborHTMLParser(html).body
    draft = Draft()
    if body is not None:
        for node in body.css("script, style"):
            node.decompose()
        PageText(draft).add(body)
    return draft.finish()[0]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
