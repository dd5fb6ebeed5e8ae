"""What of a passage is shown to who asked, where nothing in it was sure enough to be an answer."""

from __future__ import annotations

from dalil.language import sentence_spans, stem, words
from dalil.records import Passage
from dalil.retrieval.lexical import query_stems

LONGEST = 450
"""Characters, some five lines of a terminal (benchmarks/retrieval.md)."""
CUT = "…"


def excerpt(question: str, passage: Passage, longest: int = LONGEST) -> str:
    """The sentence that shares most words with the question and those after it, in one line of so many characters at most.

    The first of several; what is left out before or after is marked with "…".
    """
    spans = sentence_spans(passage.text)
    if not spans:
        return ""
    asked = set(query_stems(question, (passage.language,)))
    shared = [len(asked.intersection(_stems(passage, *span))) for span in spans]
    first = shared.index(max(shared))
    start, end = spans[first]
    end = max((stop for _, stop in spans[first:] if stop - start <= longest), default=start + longest)
    shown = passage.text[start:end].split()
    return " ".join([*([CUT] if first else []), *shown, *([CUT] if end < spans[-1][1] else [])])


def _stems(passage: Passage, start: int, end: int) -> set[str]:
    return {stem(word, passage.language) for word in words(passage.text[start:end])}
