"""What a page holds that is no text to answer from: tables of contents, and the labels of figures. Left out and counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dalil.collect.pdf_lines import Line
from dalil.language import fold

_ENTRY = re.compile(r"(?P<title>.*?[^\W\d_].*?)(?P<leader>[\s.…·_‥]*)[\s.…·_‥](?P<page>\d{1,4})$")
_LEADER = re.compile(r"(?:[.…·_‥]\s?){3,}")
_NAMES = re.compile(r"(?:table of )?contents|sommaire|table des matieres|index|المحتويات|فهرس|الفهرس|جدول المحتويات|فهرس المحتويات|المحتوي|محتويات")  # fmt: skip
_FEWEST_ENTRIES = 3
_STANDS_ELSEWHERE = 0.7
_LABEL = re.compile(r"(?:[A-Za-z]|\d{1,2})(?:\s(?:[A-Za-z]|\d{1,2}))*")
_CAPTION = re.compile(r"fig(?:ure|\.)?\s*\d|شكل|الشكل", re.IGNORECASE)
_FEWEST_LABELS = 3
_SCATTERED = 25.0
_CAPTION_WITHIN = 6


def contents_of(pages: Sequence[Sequence[Line]]) -> list[set[int]]:
    """For each page, which of its lines belong to a table of contents: entries that end in rising page numbers."""
    runs = [list(_runs(page)) for page in pages]
    titles = {_plain(line.text) for page in pages for line in page} if any(runs) else set[str]()
    found = []
    for page, of_page in zip(pages, runs, strict=True):
        lines: set[int] = set()
        for run in of_page:
            named = run[0] > 0 and _NAMES.fullmatch(fold(page[run[0] - 1].text).strip(" :")) is not None
            if named or _points_to_pages([page[i].text for i in run], titles, len(pages)):
                lines |= {*run, run[0] - 1} if named else set(run)
        found.append(lines)
    return found


def _runs(page: Sequence[Line]) -> Iterator[list[int]]:
    """Lines below one another that end in numbers that do not fall; one line between may be the first half of a title."""
    run: list[int] = []
    last = 0
    for i, line in enumerate(page):
        entry = _ENTRY.match(line.text) if line.kind == "text" and line.text[-1:].isdigit() else None
        number = int(entry["page"]) if entry else -1
        if entry and (not run or (number >= last and i - run[-1] <= 2)):
            run += [*range(run[-1] + 1, i), i] if run else [i]
            last = number
        elif run and (entry or i - run[-1] >= 2):
            if len(run) >= _FEWEST_ENTRIES:
                yield run
            run, last = ([i], number) if entry else ([], 0)
    if len(run) >= _FEWEST_ENTRIES:
        yield run


def _points_to_pages(run: list[str], titles: set[str], pages: int) -> bool:
    """Whether dots lead to the numbers, or the titles stand again elsewhere and the numbers are pages of this file."""
    entries = [entry for text in run if (entry := _ENTRY.match(text))]
    dotted = sum(bool(_LEADER.search(text)) for text in run)
    if dotted >= len(run) / 2:
        return True
    again = sum(_plain(entry["title"]) in titles for entry in entries)
    return again >= _STANDS_ELSEWHERE * len(run) and int(entries[-1]["page"]) <= 2 * pages


def _plain(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def labels_of(page: Sequence[Line]) -> set[int]:
    """Which lines are single letters or numbers of a figure: scattered over the page, or shortly before its caption."""
    labels = [i for i, line in enumerate(page) if line.kind == "text" and _LABEL.fullmatch(line.text)]
    found: set[int] = set()
    for group in _groups(labels):
        lefts = [page[i].left for i in group]
        scattered = len(group) >= _FEWEST_LABELS and max(lefts) - min(lefts) > _SCATTERED
        after = page[group[-1] + 1 : group[-1] + 1 + _CAPTION_WITHIN]
        if scattered or any(_CAPTION.match(line.text) for line in after):
            found |= set(group)
    return found


def _groups(places: Sequence[int]) -> list[list[int]]:
    groups = [[place] for place in places[:1]]
    for before, place in pairwise(places):
        if place == before + 1:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups
