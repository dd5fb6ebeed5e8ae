"""What a model writes, sentence by sentence: each with the numbers of the passages that it cites, as they come."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dalil.language import sentence_spans

_MARK = re.compile(r"\s*\[(\d+(?:\s*[,;،]\s*\d+)*)\]")
_UNFINISHED_MARK = re.compile(r"\s*\[[\d\s,;،]*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence without its marks. `before`: the white space that parts it from the sentence before."""

    text: str
    marks: tuple[int, ...] = ()
    before: str = " "


def statements(text: str) -> list[Statement]:
    """The sentences of a text; a mark behind the full stop belongs to the sentence before it.

    Of a text that is still growing, the last sentence may not be finished, and an unfinished mark is left out.
    """
    found: list[Statement] = []
    end = 0
    whole = _UNFINISHED_MARK.sub("", text)
    for start, stop in sentence_spans(whole):
        leading = _leading_marks(whole, start, stop)
        if leading > start and found:
            last = found[-1]
            found[-1] = Statement(last.text, (*last.marks, *_numbers(whole[start:leading])), last.before)
        said = whole[leading:stop]
        plain = _MARK.sub("", said).strip()
        if any(character.isalnum() for character in plain):
            gap = "\n" if "\n" in whole[end:start] else " "
            found.append(Statement(plain, _numbers(said), gap if found else ""))
        end = stop
    return found


def without_marks(text: str) -> str:
    """The text as a reader sees it."""
    return _MARK.sub("", text).strip()


def shown_so_far(text: str) -> str:
    """What a reader may see of a text that is still growing: without marks, and without what may become one."""
    return without_marks(_UNFINISHED_MARK.sub("", text))


def _leading_marks(text: str, start: int, stop: int) -> int:
    """Where the marks that a span begins with end."""
    while (mark := _MARK.match(text, start, stop)) is not None:
        start = mark.end()
    return start


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for mark in _MARK.findall(text) for number in re.findall(r"\d+", mark))
