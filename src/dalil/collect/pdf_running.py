"""Headers, footers and page numbers: what stands at the same place, or at the edge, of page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from dalil.collect.pdf_lines import Line, PageContent, Table
from dalil.language import fold

_FEWEST_PAGES = 4
_EDGE_LINES = 12
_MOST_PAGES_SHARE = 0.5
_ZONE = 0.12
_EDGE = 0.2
_ZONE_PAGES_SHARE = 0.4
_DIGITS = re.compile(r"\d+")
_PAGE = re.compile(r"page|صفحه|^#\d* ")
_LEAST_LETTERS = 3
_MOST_DIGITS = 6
_LARGER = 1.2


@dataclass(frozen=True, slots=True)
class _Known:
    """Keys of the lines that run on: anywhere at an edge, and at one height.

    `largest`: a larger line is a title; "Sheet 3" on page 3 is one, however often its like stands there.
    """

    edge: frozenset[str]
    placed: frozenset[tuple[str, int]]
    largest: float


def without_running_lines(pages: Sequence[PageContent]) -> list[PageContent]:
    """Pages without page numbers and without headers and footers, but for the first time that each of these stands."""
    filled = [i for i, page in enumerate(pages) if page.items]
    edge = Counter(key for i in filled for key in _edge_keys(pages[i], i))
    placed = Counter(key for i in filled for key in _placed_keys(pages[i], i))
    needed = _MOST_PAGES_SHARE * len(filled)
    known = _Known(
        frozenset(k for k, count in edge.items() if len(filled) >= _FEWEST_PAGES and count > needed),
        frozenset(k for k, count in placed.items() if count >= max(_fewest(k[0]), _ZONE_PAGES_SHARE * len(filled))),
        _LARGER * median([line.size for page in pages for line in page.lines] or [0.0]),
    )
    seen: set[str] = set()
    return [_stripped(page, i, known, seen) for i, page in enumerate(pages)]


def _stripped(page: PageContent, number: int, known: _Known, seen: set[str]) -> PageContent:
    """The page without what runs on at its top and its bottom; lines seen for the first time stay."""
    items = list(page.items)

    def runs(item: Line | Table, is_near: Callable[[Line, float], bool]) -> bool:
        if not isinstance(item, Line) or (page.height and not is_near(item, page.height)):
            return False
        return not _is_title(item, known) and not known.edge.isdisjoint(_keys(item.text, number))

    top = next((i for i, item in enumerate(items) if not runs(item, _is_high)), len(items))
    bottom = next((i for i, item in enumerate(reversed(items)) if not runs(item, _is_low)), 0)
    edges = {*range(top), *range(len(items) - bottom, len(items))}
    kept: list[Line | Table] = []
    for i, item in enumerate(items):
        if isinstance(item, Table) or not (i in edges or _stands_still(item, page.height, number, known)):
            kept.append(item)
        elif not _is_number(item.text) and _letters(item.text) not in seen:
            seen.add(_letters(item.text))
            kept.append(replace(item, kind="edge"))
    return PageContent(tuple(kept), page.height)


def _fewest(key: str) -> int:
    """On how many pages at least a line stands still: a heading may well bear the number of its page once or twice."""
    return 3 if "#" in key and not _PAGE.search(key) else 2


def _is_number(text: str) -> bool:
    """Whether a line is nothing but a page number: - 3 -, 3/8, Page 3."""
    return 0 < len(_DIGITS.findall(text)) <= 2 and sum(c.isalpha() for c in text) <= 5 and len(text) <= 14


def _stands_still(line: Line, height: float, number: int, known: _Known) -> bool:
    place = None if _is_title(line, known) else _place(line, height)
    return place is not None and any((key, place) in known.placed for key in _exact_keys(line.text, number))


def _is_title(line: Line, known: _Known) -> bool:
    return (
        line.size > known.largest > 0
        and _DIGITS.search(line.text) is not None
        and len(_letters(line.text)) >= _LEAST_LETTERS
    )


def _edge_keys(page: PageContent, number: int) -> set[str]:
    """Of the first and last lines; where places are known, of those near the page's edges only."""
    lines = [*page.lines[:_EDGE_LINES], *page.lines[-_EDGE_LINES:]]
    near = {line.text for line in lines if not page.height or _is_near(line, page.height)}
    return {key for text in near for key in _keys(text, number)}


def _is_near(line: Line, height: float) -> bool:
    return _is_high(line, height) or _is_low(line, height)


def _is_high(line: Line, height: float) -> bool:
    return line.bottom <= _EDGE * height


def _is_low(line: Line, height: float) -> bool:
    return line.top >= (1 - _EDGE) * height


def _placed_keys(page: PageContent, number: int) -> set[tuple[str, int]]:
    found = ((line, _place(line, page.height)) for line in page.lines)
    return {(key, place) for line, place in found if place is not None for key in _exact_keys(line.text, number)}


def _place(line: Line, height: float) -> int | None:
    """How far a line stands from the nearer edge (below: negative), or None in the middle of the page."""
    if not height or line.bottom <= line.top:
        return None
    if line.bottom <= _ZONE * height:
        return round(line.top)
    return -round(height - line.bottom) - 1 if line.top >= (1 - _ZONE) * height else None


def _keys(text: str, page: int) -> Iterator[str]:
    """What is the same in a line from page to page: all of it, or all of it with the page's number left out.

    Not its letters alone: where each page is a form or a record, its figures are what it says.
    """
    if len(_letters(text)) >= _LEAST_LETTERS:
        yield _plain(text)
    yield from _numbered_keys(text, page)


def _exact_keys(text: str, page: int) -> Iterator[str]:
    """The whole line, or all of it with the page's number left out."""
    yield _plain(text)
    yield from _numbered_keys(text, page)


def _numbered_keys(text: str, page: int) -> Iterator[str]:
    numbers = list(_DIGITS.finditer(text[:200]))
    if len(numbers) > 2 and not _letters(text):
        return
    for found in numbers:
        if len(found.group()) <= _MOST_DIGITS:
            yield f"{_plain(text[: found.start()])}#{_plain(text[found.end() :])} {int(found.group()) - page}"


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, fold(text[:300])))


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))
