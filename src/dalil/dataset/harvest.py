"""Questions that documents answer themselves: sections whose heading is a question (a FAQ)."""

from __future__ import annotations

from collections import Counter

from dalil.dataset.text_lines import after_heading
from dalil.language import identify, words
from dalil.records import Document, Dropped, Evidence, Example, Section, content_id

_MARKS = ("?", "؟")
_FEWEST_WORDS = 2
MOST_ANSWER_WORDS = 200
"""A longer section is a chapter with a question for a title, not an answer."""


def harvest_examples(document: Document) -> tuple[list[Example], list[Dropped]]:
    """One example a section whose heading ends in ? or ؟; its answer is the body, verbatim. Empty bodies are dropped."""
    made: list[Example] = []
    dropped: list[Dropped] = []
    seen: Counter[str] = Counter()
    for section in document.sections:
        question = " ".join(section.heading.split())
        if not question.endswith(_MARKS) or len(words(question)) < _FEWEST_WORDS:
            continue
        start, end = _body(document, section)
        if start == end:
            dropped.append(Dropped(f"{document.path}: {question}", "a question without an answer beneath it"))
            continue
        if len(words(document.text[start:end])) > MOST_ANSWER_WORDS:
            dropped.append(Dropped(f"{document.path}: {question}", f"an answer of over {MOST_ANSWER_WORDS} words"))
            continue
        seen[question] += 1
        made.append(
            Example(
                id=content_id("harvest", document.path, question, str(seen[question])),
                question=question,
                answer=document.text[start:end],
                kind="faq",
                language=identify(question, (document.language,)),
                origin="harvest",
                answerable=True,
                documents=(document.path,),
                evidence=(Evidence(document.path, start, end),),
                page=document.page_of(start),
            )
        )
    return made, dropped


def _body(document: Document, section: Section) -> tuple[int, int]:
    """The span under a heading, without white space; it ends where a first sub-section that asks itself begins."""
    inner = (
        s.start
        for s in document.sections
        if section.start < s.start < section.end and s.heading.strip().endswith(_MARKS)
    )
    end = min(inner, default=section.end)
    after = min(end, after_heading(document, section))
    body = document.text[after:end]
    left = after + len(body) - len(body.lstrip())
    return left, max(left, after + len(body.rstrip()))
