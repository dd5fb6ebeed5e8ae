"""From the lines of PDF pages to one text: paragraphs joined, with where pages and headings begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from dalil.collect.cut_words import CutWords
from dalil.collect.outline import Heading
from dalil.collect.pdf_headings import is_cover
from dalil.collect.pdf_lines import Line
from dalil.collect.wrapping import after_hyphen, begins_item, between, ends_sentence, goes_on

_SEAM_LINES = 12
_SAME_PLACE = 3.0
_SAME_SIZE = 0.4
_LEAST_WORDS, _LEAST_WIDTH = 5, 120.0
_LEADING = 2.0
_FIRST_INDENT = 36.0


@dataclass(frozen=True, slots=True)
class Laid:
    """A document's text, where each of its pages begins, and its headings."""

    text: str
    starts: tuple[int, ...]
    headings: list[Heading]


def lay_out(pages: Sequence[Sequence[Line]]) -> Laid:
    """The whole text, its lines joined to paragraphs."""
    parts: list[str] = []
    starts: list[int] = []
    headings: list[Heading] = []
    length = 0
    before: list[Line] = []
    cut = CutWords.of(line.text for page in pages for line in page)
    for page in pages:
        if page and before:
            over = _over_the_page(before, page)
            kept = after_hyphen(parts[-1], page[0].text, cut) if over else None
            if kept is not None:
                length += len(kept) - len(parts[-1])
                parts[-1] = kept
            else:
                parts.append(" " if over else "\n")
                length += 1
        starts.append(length)
        for i, (text, first) in enumerate(_paragraphs(page, cut)):
            if i:
                parts.append("\n")
                length += 1
            if first.kind == "heading":
                headings.append(Heading(text, first.level, length))
            parts.append(text)
            length += len(text)
        if (
            not before
            and is_cover(page, [i for i, line in enumerate(page) if line.kind == "heading"])
            and len(pages) > 1
        ):
            headings = [replace(heading, end=length) for heading in headings]
        before = list(page) or before
    return Laid("".join(parts), tuple(min(start, length) for start in starts), headings)


def _over_the_page(before: Sequence[Line], page: Sequence[Line]) -> bool:
    if before[-1].kind != "text" or page[0].kind != "text":
        return False
    above = [line.text for line in before[-_SEAM_LINES:] if line.kind == "text"]
    return goes_on([*above, *(line.text for line in page[:_SEAM_LINES] if line.kind == "text")], len(above) - 1)


def _paragraphs(page: Sequence[Line], cut: CutWords) -> list[tuple[str, Line]]:
    """Each paragraph with its first line. Rows and edges stand alone; lines of one heading are joined."""
    made: list[tuple[str, Line]] = []
    for kind, group in groupby(page, key=lambda line: (line.kind, line.level)):
        lines = list(group)
        if kind[0] in ("row", "edge"):
            made += [(line.text, line) for line in lines]
        elif kind[0] == "heading":
            made += _joined_headings(lines)
        else:
            made += _joined_lines(lines, cut)
    return made


def _joined_headings(lines: list[Line]) -> list[tuple[str, Line]]:
    """Headings below one another, but for a number that begins a new one."""
    made = [(lines[0].text, lines[0])]
    for before, line in pairwise(lines):
        near = 0 < line.top - before.top <= 1.6 * line.size and not line.text[:1].isdigit() and line.size == before.size
        if near:
            made[-1] = (f"{made[-1][0]} {line.text}", made[-1][1])
        else:
            made.append((line.text, line))
    return made


def _joined_lines(lines: list[Line], cut: CutWords) -> list[tuple[str, Line]]:
    texts = [line.text for line in lines]
    made: list[tuple[str, Line]] = []
    for i, line in enumerate(lines):
        text, first = made[-1] if made else ("", line)
        kept = after_hyphen(text, line.text, cut)
        if kept is not None:
            made[-1] = (kept + line.text, first)
        elif i and (goes_on(texts, i - 1) or _had_no_room(lines, i - 1)):
            made[-1] = (text + between(text) + line.text, first)
        else:
            made.append((line.text, line))
    return made


def _had_no_room(lines: Sequence[Line], i: int) -> bool:
    """Whether line i + 1 begins with a number or a small letter and is below only as line i had no room for its word."""
    line, following = lines[i], lines[i + 1]
    if not line.size or not _one_block(line, following) or ends_sentence(line.text) or begins_item(following.text):
        return False
    first = following.text[:1]
    if not (first.islower() or first.isdigit()) or line.text[:1].isdigit() or len(line.text.split()) < _LEAST_WORDS:
        return False
    from_right = abs(line.right - following.right) < abs(line.left - following.left)
    beside = [other for other in lines if abs(_start(other, from_right) - _start(line, from_right)) <= _SAME_PLACE]
    width = max(other.right - other.left for other in beside)
    word = following.text.split(maxsplit=1)[0]
    needed = (following.right - following.left) / len(following.text) * (len(word) + 1)
    return width >= _LEAST_WIDTH and line.right - line.left + needed > width


def _start(line: Line, from_right: bool) -> float:
    return line.right if from_right else line.left


def _one_block(line: Line, following: Line) -> bool:
    """Whether two lines have one size and margin and stand right below one another."""
    indent = min(abs(line.left - following.left), abs(line.right - following.right))
    alike = abs(line.size - following.size) <= _SAME_SIZE and line.bold == following.bold
    return alike and indent <= _FIRST_INDENT and 0 < following.top - line.top <= _LEADING * line.size
