"""The parts of a text that a passage may not cross: what stands under one heading, small neighbours joined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from dalil.language import words
from dalil.records import Document, Section

_SMALL_WORDS = 30


@dataclass(frozen=True, slots=True)
class Region:
    """A span of text under a path of headings."""

    heading: tuple[str, ...]
    start: int
    end: int


def regions_of(document: Document, most_words: int) -> list[Region]:
    """The regions of a text in order; without gaps."""
    text = document.text
    cuts = {0, len(text), *(s.start for s in document.sections), *(s.end for s in document.sections)}
    edges = sorted(cut for cut in cuts if 0 <= cut <= len(text))
    parts = [
        Region(path, start, end)
        for (start, end), path in zip(pairwise(edges), _paths(document.sections, edges[:-1]), strict=True)
        if text[start:end].strip()
    ]
    return _join_small(_join_bare_headings(parts, text), text, most_words)


def _paths(sections: tuple[Section, ...], starts: list[int]) -> list[tuple[str, ...]]:
    """The headings that hold at each start (ascending), outermost first."""
    waiting = sorted(sections, key=lambda section: (section.start, section.level))
    open_sections: list[Section] = []
    paths = []
    i = 0
    for start in starts:
        while i < len(waiting) and waiting[i].start <= start:
            open_sections.append(waiting[i])
            i += 1
        open_sections = [section for section in open_sections if section.end > start]
        paths.append(tuple(section.heading for section in open_sections))
    return paths


def _join_bare_headings(parts: list[Region], text: str) -> list[Region]:
    """A heading with nothing below it but a deeper heading goes with that one."""
    joined: list[Region] = []
    for part in parts:
        before = joined[-1] if joined else None
        if before and _is_bare(before, text) and part.heading[: len(before.heading)] == before.heading:
            joined[-1] = Region(part.heading, before.start, part.end)
        else:
            joined.append(part)
    return joined


def _is_bare(part: Region, text: str) -> bool:
    return bool(part.heading) and len(words(text[part.start : part.end])) <= len(words(" ".join(part.heading)))


def _join_small(parts: list[Region], text: str, most_words: int) -> list[Region]:
    """Small neighbours under one parent become one region under the parent's heading. Questions stay by themselves."""
    joined: list[Region] = []
    size = 0
    for part in parts:
        count = len(words(text[part.start : part.end]))
        before = joined[-1] if joined else None
        if before and size + count <= most_words and _may_join(before, size, part, count):
            joined[-1] = Region(part.heading[:-1], before.start, part.end)
            size += count
        else:
            joined.append(part)
            size = count
    return joined


def _may_join(before: Region, size: int, part: Region, count: int) -> bool:
    """Whether a small section may join its parent's text, or a small section beside it."""
    if not part.heading or count >= _SMALL_WORDS or _asks(part):
        return False
    parent = part.heading[:-1]
    beside = bool(before.heading) and before.heading[:-1] == parent and size < _SMALL_WORDS and not _asks(before)
    return before.heading == parent or beside


def _asks(part: Region) -> bool:
    return bool(part.heading) and part.heading[-1].rstrip().endswith(("?", "؟"))
