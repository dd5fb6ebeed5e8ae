"""Lists and steps under a heading: where they stand, their items, and whether they name papers to bring."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dalil.dataset.text_lines import Body, Line
from dalil.lexicon import Lexicon
from dalil.lexicon.lists import asks_for_papers

STEP = re.compile(r"(\d{1,2})[.)]\s+(?=\S)")
BULLET = re.compile(r"[-•*–]\s+(?=\S)")
_END = re.compile(r"[.!?…؟:：]\s*$")
_FEWEST_UNMARKED = 3


@dataclass(frozen=True, slots=True)
class TextList:
    """The list under one heading, from its first item to its last; `items` without their marks."""

    start: int
    end: int
    items: tuple[str, ...]


def list_of(body: Body, lexicon: Lexicon) -> TextList | None:
    """The list under a heading, whole: its marked lines with what stands between them; unmarked ones where papers are
    asked for. None where there is none, or where it is a table."""
    lines = list(body.lines)
    places = [i for i, line in enumerate(lines) if marked(line)]
    if len(places) < 2:
        if not asks_for_papers(body.heading, lexicon) or not unmarked_list(lines):
            return None
        places = list(range(len(lines)))
    within = lines[places[0] : places[-1] + 1]
    if any(is_row(line) for line in within):
        return None
    items = tuple(_without_mark(lines[i].text) for i in places)
    return TextList(within[0].start, within[-1].end, items)


def runs(lines: Sequence[Line], mark: re.Pattern[str]) -> list[list[Line]]:
    """Lines in a row that begin with the mark, without it. A step's number 1 begins a new run."""
    found: list[list[Line]] = []
    before: int | None = None
    for i, line in enumerate(lines):
        match = mark.match(line.text)
        if match is None:
            continue
        first = mark is STEP and match.group(1) == "1"
        if before != i - 1 or first:
            found.append([])
        found[-1].append(Line(line.text[match.end() :], line.start + match.end()))
        before = i
    return [run for run in found if len(run) > 1]


def marked(line: Line) -> bool:
    """Whether a line begins as an item of a list does."""
    return bool(STEP.match(line.text) or BULLET.match(line.text))


def unmarked_list(lines: Sequence[Line]) -> bool:
    """Whether lines without marks may be items: three or more, none of which ends as a sentence does."""
    return len(lines) >= _FEWEST_UNMARKED and not any(_END.search(line.text) for line in lines)


def is_row(line: Line) -> bool:
    """Whether a line is a row of a table."""
    return " | " in line.text


def _without_mark(text: str) -> str:
    mark = STEP.match(text) or BULLET.match(text)
    return text[mark.end() :] if mark else text
