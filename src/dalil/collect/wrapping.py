"""Joins the lines that a page's width has cut, so that no sentence ends at a line's end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dalil.collect.cut_words import CutWords

_ITEM = re.compile(r"\s*(?:[-*+•▪◦‣·●○■□➢✓–—]\s|[(\[]?(?:\d{1,3}|[a-zA-Z])[.)\]]\s|[>|#]|```|~~~|[-=]{3,}\s*$)")
_END = re.compile(r"[.!?…؟۔:;؛][»\"”’)\]]*$")
_CUT_RANGE = re.compile(r"\w–$|/$")
_AROUND = 4
_NARROWEST, _WIDEST = 30, 160
_LOWER_SHARE = 1 / 3
"""In prose most lines begin within a sentence; in tables and lists hardly any does."""


def goes_on(lines: Sequence[str], i: int) -> bool:
    """Whether line i + 1 continues the sentence of line i, judged by their neighbours."""
    line, following = lines[i].rstrip(), lines[i + 1].strip()
    if not line or not following or _ITEM.match(following) or _END.search(line):
        return False
    around = [part.strip() for part in lines[max(0, i - _AROUND) : i + 2 + _AROUND] if part.strip()]
    width = max(map(len, around))
    if not _NARROWEST <= width <= _WIDEST:
        return False
    first = _first(following)
    if first.islower():
        return len(line) >= 0.6 * width
    if first.isalpha() and not first.isupper():  # a script without capitals
        return len(line) >= 0.75 * width
    prose = sum(_first(part).islower() for part in around) >= _LOWER_SHARE * len(around)
    return prose and len(line) >= 0.75 * width


def _first(line: str) -> str:
    return next((c for c in line if c.isalnum()), "")


def begins_item(line: str) -> bool:
    """Whether a line begins with a list's mark."""
    return _ITEM.match(line) is not None


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence's mark."""
    return _END.search(line.rstrip()) is not None


def after_hyphen(before: str, line: str, cut: CutWords) -> str | None:
    """What comes before `line` where `before` ends in a word cut by a hyphen: its text to keep, else None."""
    if before[-1:] != "-" or not (before[-2:-1].isalpha() and line[:1].isalpha()):
        return None
    return before[:-1] if line[:1].islower() and not cut.is_own(before, line) else before


def between(before: str) -> str:
    """What stands between a line and the one that goes on from it: nothing in a range (5–) or after a slash."""
    return "" if _CUT_RANGE.search(before[-2:]) else " "


def join_lines(lines: Sequence[str]) -> list[str]:
    """Paragraphs from a page's lines; a word cut by a hyphen at a line's end is put together."""
    joined: list[str] = []
    cut = CutWords.of(lines)
    for i, line in enumerate(lines):
        kept = after_hyphen(joined[-1], line, cut) if i else None
        if kept is not None:
            joined[-1] = kept + line.strip()
        elif i and goes_on(lines, i - 1):
            joined[-1] += between(joined[-1]) + line.strip()
        else:
            joined.append(line.rstrip())
    return joined
