"""A text as it grows line by line, with its headings: what Markdown, HTML and PDF readers build on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dalil.language import clean
from dalil.records import Section

_RUN = re.compile(r"( {2,})")


def as_code(line: str) -> str:
    """A cleaned line that keeps its indentation and its runs of spaces; tabs become four columns."""
    parts = _RUN.split(line.expandtabs(4))
    return "".join(part if i % 2 else clean(part) for i, part in enumerate(parts)).rstrip()


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a section begins. `end`: where it was closed on purpose, or None (the next heading of its level decides)."""

    text: str
    level: int
    start: int
    end: int | None = None


def sections_of(headings: list[Heading], length: int) -> tuple[Section, ...]:
    """Sections from headings in text order: each ends at the next heading of the same or a higher level."""
    sections = []
    for i, heading in enumerate(headings):
        limit = next((h.start for h in headings[i + 1 :] if h.level <= heading.level), length)
        end = limit if heading.end is None else min(limit, heading.end)
        if end > heading.start:
            sections.append(Section(heading.text, heading.level, heading.start, end))
    return tuple(sections)


@dataclass
class Draft:
    """Lines and headings; `finish` gives the text and its sections. Lines must be clean already."""

    lines: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    length: int = 0

    def line(self, text: str) -> None:
        """Add a line. Blank lines at the beginning, and second ones in a row, are left out."""
        if not text.strip() and (not self.lines or not self.lines[-1].strip()):
            return
        text = text.rstrip()
        self.lines.append(text)
        self.length += len(text) + 1

    def extend(self, text: str) -> None:
        """Add to the last line, after a space."""
        self.lines[-1] += f" {text.rstrip()}"
        self.length += len(text.rstrip()) + 1

    def heading(self, heading: str, level: int, line: str | None = None) -> None:
        """Add a heading and its line (the heading's text where not given)."""
        self.headings.append(Heading(heading, level, self.length))
        self.line(heading if line is None else line)

    @property
    def level(self) -> int:
        """The level of the last heading that is still open; 0 before the first."""
        return next((h.level for h in reversed(self.headings) if h.end is None), 0)

    def close(self, level: int) -> None:
        """End the open sections of this level and below here."""
        for i in range(len(self.headings) - 1, -1, -1):
            heading = self.headings[i]
            if heading.level < level and heading.end is None:
                return
            if heading.end is None:
                self.headings[i] = Heading(heading.text, heading.level, heading.start, self.length)

    def finish(self) -> tuple[str, tuple[Section, ...]]:
        """The whole text and its sections."""
        text = "\n".join(self.lines).rstrip()
        headings = [
            Heading(h.text, h.level, h.start, None if h.end is None else min(h.end, len(text))) for h in self.headings
        ]
        return text, sections_of(headings, len(text))
