"""Headings of a PDF without bookmarks: lines that are larger or heavier than the text, or numbered and set apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from dalil.collect.pdf_lines import Line

_LARGER = 1.12
_NOT_SMALLER = 0.95
_MOST_CHARACTERS = 120
_MOST_LINES = 3
_MOST_SHARE = 0.45
_APART = 1.9
_COVER_SHARE = 0.3
_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table(?:au)?|tab\.|photo|image|جدول|الجدول|شكل|الشكل|صورة)\s*\(?\d", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+[^\W\d_]")
_DEEP = re.compile(r"\d{1,2}(?:\.\d{1,2}){1,4}\.?\s+[^\W\d_a-zà-ÿ]")
_NO_END = (".", ",", ";", "،", "؛", ":", "-")


def with_headings(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The same lines; headings have their kind and a level from 1."""
    text = [line for page in pages for line in page if line.kind == "text" and line.size]
    if not text:
        return [list(page) for page in pages]
    body = _body(text)
    marked = [_candidates(page, body) for page in pages]
    most = _MOST_SHARE * (len(text) + sum(line.kind == "row" for page in pages for line in page))
    if sum(map(len, marked)) > most:  # bold is used for more than headings: size alone decides
        least = _LARGER * body[0]
        marked = [{i for i in found if page[i].size >= least} for page, found in zip(pages, marked, strict=True)]
    if sum(map(len, marked)) > most:
        return [list(page) for page in pages]
    covers = int(is_cover(pages[0], marked[0]))  # a title page is as large as it likes: its sizes rank no other heading
    levels = [_levels(part, found) for part, found in ((pages[:covers], marked), (pages[covers:], marked[covers:]))]
    return [
        [
            replace(line, kind="heading", level=levels[p >= covers][_style(line)]) if i in found else line
            for i, line in enumerate(page)
        ]
        for p, (page, found) in enumerate(zip(pages, marked, strict=True))
    ]


def is_cover(page: Sequence[Line], headings: Collection[int]) -> bool:
    """Whether a first page is a title page: hardly anything but headings."""
    return len(headings) >= _COVER_SHARE * len(page) > 0


def _body(lines: Sequence[Line]) -> tuple[float, bool]:
    """Size and weight of most of the text."""
    counts: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        counts[round(line.size, 1), line.bold] += len(line.text)
    return counts.most_common(1)[0][0]


def _candidates(page: Sequence[Line], body: tuple[float, bool]) -> set[int]:
    """Which lines stand out and could name what follows; a block of many such lines is no heading."""
    found = {i for i, line in enumerate(page) if (_stands_out(line, body) or _is_apart(page, i)) and _could_name(line)}
    runs: list[list[int]] = []
    for i in sorted(found):
        if runs and runs[-1][-1] == i - 1 and _style(page[i]) == _style(page[i - 1]):
            runs[-1].append(i)
        else:
            runs.append([i])
    return {i for run in runs if len(run) <= _MOST_LINES for i in run}


def _could_name(line: Line) -> bool:
    text = line.text
    if line.kind != "text" or len(text) > _MOST_CHARACTERS:
        return False
    letters = sum(map(str.isalpha, text))
    if letters < 2 or letters < 0.4 * len(text.replace(" ", "")):
        return False
    first = next(c for c in text if c.isalnum())
    return not (first.islower() or text.endswith(_NO_END) or _CAPTION.match(text))


def _stands_out(line: Line, body: tuple[float, bool]) -> bool:
    size, bold = body
    return line.size >= _LARGER * size or (line.bold and not bold and line.size >= _NOT_SMALLER * size)


def _is_apart(page: Sequence[Line], i: int) -> bool:
    """Whether a line is numbered like 2.1 and has room above and a line below it."""
    if not _DEEP.match(page[i].text) or i + 1 >= len(page):
        return False
    above = page[i].top - page[i - 1].top if i else _APART * page[i].size
    return above >= _APART * page[i].size or above < 0


def _style(line: Line) -> tuple[float, bool, int]:
    """What makes headings of one level alike: size, weight, depth of the number."""
    number = _NUMBERED.match(line.text)
    return -round(line.size, 0), not line.bold, number.group(1).count(".") + 1 if number else 0


def _levels(pages: Sequence[Sequence[Line]], marked: Sequence[Collection[int]]) -> dict[tuple[float, bool, int], int]:
    """A level for each style, the largest first; without a number a heading ranks with the highest numbered of its look."""
    styles = {_style(page[i]) for page, found in zip(pages, marked, strict=False) for i in found}
    highest = {
        look: min((s[2] for s in styles if s[:2] == look and s[2]), default=0) for look in {s[:2] for s in styles}
    }
    ranks = {style: (*style[:2], style[2] or highest[style[:2]]) for style in styles}
    order = sorted(set(ranks.values()))
    return {style: order.index(rank) + 1 for style, rank in ranks.items()}
