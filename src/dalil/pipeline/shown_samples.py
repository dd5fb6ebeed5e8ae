"""Samples of every kind of question, each with its evidence inside the passage that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dalil.dataset.split import HeldOut
from dalil.records import Document, Evidence, Example, Passage, content_id

SAMPLES, PLACES = 3, 3
AROUND = 400
"""Characters of the source shown on each side of the evidence, at most."""


def samples_of(examples: Sequence[Example], documents: Sequence[Document], passages: Iterable[Passage],
               trained: set[str], asked: Mapping[str, HeldOut]) -> list[dict[str, Any]]:  # fmt: skip
    """A part for each kind, the most frequent first: how many there are, and a few of them, one of each language first."""
    by_kind: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_kind[example.kind].append(example)
    texts = {document.path: document for document in documents}
    inside: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        inside[passage.document].append(passage)
    return [
        {"kind": kind, "total": len(found), "rows": [
            _sample(e, texts, inside) | {"trained": e.id in trained, "stratum": asked[e.id].stratum if e.id in asked else ""}
            for e in chosen(found, SAMPLES)]}
        for kind, found in sorted(by_kind.items(), key=lambda item: (-len(item[1]), item[0]))
    ]  # fmt: skip


def chosen(examples: Iterable[Example], most: int) -> list[Example]:
    """By a hash, but one of each language, then of each record, before any second."""
    seen: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, int, Example]] = []
    for number, example in enumerate(sorted(examples, key=lambda e: content_id("sample", e.id))):
        language, about = example.language, "\n".join(example.documents)
        ranked.append((seen[language], seen[about], number, example))
        seen[language] += 1
        seen[about] += 1
    return [example for *_, example in sorted(ranked, key=lambda row: row[:3])[:most]]


def _sample(example: Example, texts: Mapping[str, Document], inside: Mapping[str, list[Passage]]) -> dict[str, Any]:
    known = [e for e in example.evidence if e.document in texts]
    return {
        "id": example.id, "question": example.question, "answer": example.answer or " ; ".join(example.values),
        "language": example.language, "origin": example.origin, "answerable": example.answerable,
        "documents": list(example.documents), "field": example.field,
        "places": [place(texts[e.document], e, inside.get(e.document, ())) for e in known[:PLACES]],
        "more": max(0, len(known) - PLACES),
    }  # fmt: skip


def place(document: Document, evidence: Evidence, passages: Sequence[Passage]) -> dict[str, Any]:
    """The evidence between what stands before and after it in its passage (in its document, where no passage holds it)."""
    start, end = evidence.start, evidence.end
    whole = next((p for p in passages if p.start <= start and end <= p.end), None)
    low, high = (whole.start, whole.end) if whole else (0, len(document.text))
    return {
        "document": document.path, "page": document.page_of(start),
        "heading": " › ".join(whole.heading) if whole else "",
        "before": _tail(document.text[low:start]), "quote": document.text[start:end],
        "after": _head(document.text[end:high]),
    }  # fmt: skip


def _tail(text: str) -> str:
    return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]


def _head(text: str) -> str:
    return text if len(text) <= AROUND else text[:AROUND].rpartition(" ")[0] + " …"
