"""A text as its headings and the lines right beneath each of them."""

from __future__ import annotations

import re
from array import array
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from dalil.records import Document, Section

_NUMBERING = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.)]?|[IVX]+[.)])\s+(?=\S)")
_FENCE = "```"
_CODE = "    "


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document, without white space around it; `start` is its offset in the document's text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Body:
    """The lines between a heading and the next one. `heading` is without its number, "" before the first; `above`: the
    headings that it stands under, the outermost first."""

    heading: str
    lines: tuple[Line, ...]
    above: tuple[str, ...] = ()


def bodies(document: Document, skipped: Container[str] = ()) -> list[Body]:
    """Every heading of a text with its own lines, in order. `skipped` lines, empty ones and code are left out."""
    sections = sorted(document.sections, key=lambda section: (section.start, section.level))
    first = sections[0].start if sections else len(document.text)
    found = [Body("", tuple(_lines(document.text, 0, first, skipped)))]
    path: list[Section] = []
    for i, section in enumerate(sections):
        end = min(section.end, sections[i + 1].start) if i + 1 < len(sections) else section.end
        start = min(end, after_heading(document, section))
        path = [above for above in path if above.level < section.level]
        above = tuple(plain_heading(outer.heading) for outer in path)
        found.append(Body(plain_heading(section.heading), tuple(_lines(document.text, start, end, skipped)), above))
        path.append(section)
    return found


def plain_heading(heading: str) -> str:
    """A heading on one line, without its number and the colon at its end."""
    return _NUMBERING.sub("", " ".join(heading.split())).rstrip(" :：").strip()


def after_heading(document: Document, section: Section) -> int:
    """The offset right behind a section's heading."""
    piece = document.text[section.start : section.end]
    at, newline = piece.find(section.heading), piece.find("\n")
    return section.start + (at + len(section.heading) if at >= 0 else newline if newline >= 0 else len(piece))


def _lines(text: str, start: int, end: int, skipped: Container[str]) -> Iterator[Line]:
    at, in_code = start, False
    for raw in text[start:end].split("\n"):
        line = Line(raw.strip(), at + len(raw) - len(raw.lstrip()))
        at += len(raw) + 1
        if line.text.startswith(_FENCE):
            in_code = not in_code
        elif line.text and not in_code and not raw.startswith(_CODE) and line.text not in skipped:
            yield line


class RepeatedLines:
    """Lines that stand in several texts, known by their hashes: the lines of all texts are as much as the texts."""

    def __init__(self, hashes: Iterable[int] = ()) -> None:
        self._hashes = frozenset(hashes)

    def __contains__(self, line: object) -> bool:
        return hash(line) in self._hashes


def repeated_lines(documents: Iterable[Document], fewest: int = 3) -> RepeatedLines:
    """Lines of four words or more that stand in several texts: a notice at the foot of each, no fact of any."""
    seen = array("q")
    for document in documents:
        seen.extend({hash(text) for raw in document.text.split("\n") if (text := raw.strip()).count(" ") >= 3})
    found, counts = np.unique(np.asarray(seen), return_counts=True)
    return RepeatedLines(found[counts >= fewest].tolist())
