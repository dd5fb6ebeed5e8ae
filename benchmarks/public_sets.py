"""The public question sets as documents, passages and questions (see corpora.toml for where they come from)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any

from dalil.records import Document, Language, Passage, content_id, make_document

SETS: dict[str, tuple[str, Language]] = {
    "piaf_fr": ("piaf_fr/piaf-v1.0.json", "fr"),
    "squad2_en": ("squad2_dev_en/dev-v2.0-half.json", "en"),
    "xquad_ar": ("xquad/xquad.ar.json", "ar"),
    "xquad_en": ("xquad/xquad.en.json", "en"),
}


@dataclass(frozen=True)
class Asked:
    """A question of a public set with the passage it was written on; no golds: unanswerable there."""

    id: str
    question: str
    golds: tuple[str, ...]
    document: str
    article: str


def corpora() -> Path:
    """The folder of the corpora. Raises SystemExit that says how to set it."""
    folder = os.environ.get("DALIL_CORPORA")
    if not folder:
        raise SystemExit("Set DALIL_CORPORA to the folder that benchmarks/corpora.toml describes.")
    return Path(folder)


def load(name: str) -> tuple[list[Document], list[Asked]]:
    """One document a paragraph, and the questions."""
    path, language = SETS[name]
    data: dict[str, Any] = json.loads((corpora() / path).read_text(encoding="utf-8"))
    documents: list[Document] = []
    asked: list[Asked] = []
    for article in data["data"]:
        title = article.get("title", "").replace("_", " ")
        for number, paragraph in enumerate(article["paragraphs"]):
            text = paragraph["context"].strip()
            document = make_document(f"{title}/{number}", title, text, language, name)
            documents.append(document)
            for qa in paragraph["qas"]:
                golds = tuple(dict.fromkeys(answer["text"] for answer in qa["answers"]))
                asked.append(Asked(str(qa["id"]), qa["question"], golds, document.path, title))
    return documents, asked


def whole_passages(documents: list[Document]) -> list[Passage]:
    """Each paragraph as one passage, as the public sets are usually measured."""
    return [
        Passage(content_id(d.path, d.text), d.path, d.name, (), d.text, 0, len(d.text), None, d.language, 0)
        for d in documents
    ]


def first_articles(articles: list[str], share: float = 0.4) -> set[str]:
    """The first `share` of the titles sorted by md5."""
    titles = sorted(set(articles), key=lambda title: md5(title.encode("utf-8")).hexdigest())
    return set(titles[: int(share * len(titles))])


def is_test(article: str, share: float = 0.4) -> bool:
    """Whether an article belongs to the test side: the first `share` of titles sorted by md5."""
    return int(md5(article.encode("utf-8")).hexdigest()[:8], 16) / 0xFFFFFFFF < share
