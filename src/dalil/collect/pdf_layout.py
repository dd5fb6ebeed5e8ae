"""From the lines of PDF pages to clean text: Arabic forms, running headers and footers, page numbers, paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from dalil.collect.wrapping import goes_on, join_lines
from dalil.language import clean, fold

_FEWEST_PAGES = 4
_EDGE_LINES = 12
_MOST_PAGES_SHARE = 0.5
_FORMS = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufeff]+")
_ARABIC = "\u0621-\u064a\u0671-\u06d3"
_FLOATING_MARK = re.compile(rf"(?<=[{_ARABIC}]) [\u064b-\u0652\u0670]+(?=[{_ARABIC}])")
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_DIGITS = re.compile(r"\d+")
_BROKEN_GLYPHS = re.compile("[\ufffd\ue000-\uf8ff]")
_BROKEN_SHARE = 0.3
_NO_NUMBER = -(10**9)


def page_lines(text: str) -> list[str]:
    """A page's lines, cleaned. A hyphen at a line's end comes from PDFium as U+FFFE."""
    text = text.replace("\ufffe\r\n", "-\n").replace("\ufffe", "-\n")
    text = _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _ARABIC_MARKS.sub("", _FLOATING_MARK.sub("", text))
    return [line.strip() for line in clean(text).split("\n") if line.strip()]


def unreadable(lines: Sequence[str]) -> str:
    """Why a page gives no text ("" when it does)."""
    text = "".join(lines)
    if not any(c.isalnum() for c in text):
        return "no text on the page: needs OCR"
    if len(_BROKEN_GLYPHS.findall(text)) > _BROKEN_SHARE * len(text):
        return "its font says nothing of what its letters mean: needs OCR"
    return ""


def without_running_lines(pages: Sequence[list[str]]) -> list[list[str]]:
    """Pages without page numbers and without headers and footers, but for the first time that each of these stands."""
    filled = [i for i, lines in enumerate(pages) if lines]
    if len(filled) < _FEWEST_PAGES:
        return [list(lines) for lines in pages]
    needed = _MOST_PAGES_SHARE * len(filled)
    running = {key for key, count in Counter(k for i in filled for k in _edge_keys(pages[i])).items() if count > needed}
    shifts = Counter(shift for i in filled for shift in _shifts(pages[i], i))
    numbers = {shift for shift, count in shifts.items() if count > needed}
    seen: set[str] = set()
    return [_stripped(lines, i, running, numbers, seen) for i, lines in enumerate(pages)]


def _stripped(lines: list[str], page: int, running: set[str], numbers: set[int], seen: set[str]) -> list[str]:
    """The page without what runs on from its top and its bottom; lines seen for the first time stay."""

    def is_number(line: str) -> bool:
        return _number(line) - page in numbers

    def runs(line: str) -> bool:
        return is_number(line) or _key(line) in running

    top = next((i for i, line in enumerate(lines) if not runs(line)), len(lines))
    bottom = next((i for i, line in enumerate(reversed(lines)) if not runs(line)), 0)
    edges = {*range(top), *range(len(lines) - bottom, len(lines))}
    new = {i for i in edges if not is_number(lines[i]) and _key(lines[i]) not in seen}
    seen |= {_key(lines[i]) for i in new}
    return [line for i, line in enumerate(lines) if i not in edges or i in new]


def _edge_keys(lines: Sequence[str]) -> set[str]:
    edge = [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]
    return {key for line in edge if len(key := _key(line)) > 2}


def _shifts(lines: Sequence[str], page: int) -> set[int]:
    """How far the numbers at a page's edge are from its place: the same on every page for page numbers."""
    edge = {*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]}
    return {number - page for line in edge if (number := _number(line)) != _NO_NUMBER}


def _number(line: str) -> int:
    """The number of a line that is nothing but a page number (- 3 -, 3/8, Page 3), else one that no page has."""
    digits = _DIGITS.findall(line)
    letters = sum(c.isalpha() for c in line)
    plain = 0 < len(digits) <= 2 and len(digits[0]) <= 6 and letters <= 5 and len(line) <= 14
    return int(digits[0]) if plain else _NO_NUMBER


def _key(line: str) -> str:
    """What is the same in a header from page to page: its letters."""
    return "".join(c for c in fold(line[:300]) if c.isalpha())


def join_pages(pages: Sequence[list[str]]) -> tuple[str, tuple[int, ...]]:
    """The whole text, its lines joined to paragraphs, and where each page begins."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    before: list[str] = []
    for lines in pages:
        if lines and before:
            seam = [*before[-_EDGE_LINES:], *lines[:_EDGE_LINES]]
            parts.append(" " if goes_on(seam, min(len(before), _EDGE_LINES) - 1) else "\n")
            length += 1
        starts.append(length)
        if lines:
            parts.append("\n".join(join_lines(lines)))
            length += len(parts[-1])
            before = lines
    return "".join(parts), tuple(min(start, length) for start in starts)
