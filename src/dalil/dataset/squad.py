"""SQuAD's articles and rows → plain rows of question, answer and the context that proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def expanded(row: Any) -> Iterator[Any]:
    """A row as it is; an article, paragraph by paragraph; a row whose answers are a list, with the first of them."""
    if not isinstance(row, dict):
        yield row
    elif isinstance(row.get("paragraphs"), list):
        for paragraph in row["paragraphs"]:
            asked = paragraph.get("qas") if isinstance(paragraph, dict) else None
            for qa in asked if isinstance(asked, list) else []:
                yield _plain(qa, row.get("title"), paragraph.get("context")) if isinstance(qa, dict) else qa
    elif "question" in row and "answer" not in row and isinstance(row.get("answers"), dict | list):
        yield _plain(row, row.get("title"), row.get("context"))
    else:
        yield row


def _plain(qa: Mapping[str, Any], title: Any, context: Any) -> dict[str, Any]:
    given = qa.get("answers") or []
    texts = given.get("text") if isinstance(given, dict) else [a.get("text") for a in given if isinstance(a, dict)]
    first = texts[0] if isinstance(texts, list) and texts else ""
    impossible = bool(qa.get("is_impossible", not first))
    kept = {name: qa[name] for name in ("id", "question", "kind", "language", "page") if name in qa}
    return {**kept, "answer": "" if impossible else first, "answerable": "no" if impossible else "yes", "document": title,
            "context": context}  # fmt: skip
