"""What an answerer would say before it is decided whether it is sure enough to say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dalil.records import Citation, Document, Field, Hit, Option, Passage

Silence = Literal["perhaps", "unknown", "absent", "unsaid", "which_one", "which_case", "which_document"]
Path = Literal["field", "list", "text", "record", "none"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible answer with the scores that tell how sure it is.

    `path` says how it was made (each has its own calibration). With an empty `text` nothing can be answered: `silence`
    names the sentence to say instead, `about` the record and the field's label that it speaks of. In a `conflict` the text
    is what each of several sources says. What is `withheld` is not said, however sure its scores are (a row about another thing, a
    quotation without the value asked for); calibration counts it as what would have been said.
    """

    path: Path
    text: str = ""
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()
    features: dict[str, float] = field(default_factory=dict)
    silence: Silence = "unknown"
    about: tuple[str, str] = ("", "")
    nearest: tuple[Hit, ...] = ()
    conflict: bool = False
    withheld: bool = False


def cite_field(document: Document, found: Field) -> Citation:
    """A citation of a record's whole field."""
    return Citation(document.path, document.name, "", None, found.start, found.end, found.value)


def cite_span(passage: Passage, start: int, end: int, exact: tuple[int, int] | None = None) -> Citation:
    """A citation of a span given in offsets of the passage's text; `exact`: of the sentence in it that proves."""
    first, last = passage.start + start, passage.start + end
    page = passage.page_of(first)
    proving = None
    if exact is not None and start <= exact[0] < exact[1] <= end and exact != (start, end):
        proving = (passage.start + exact[0], passage.start + exact[1])
    return Citation(passage.document, passage.name, passage.id, page, first, last, passage.text[start:end], proving)
