"""Lines of an Arabic page from where its letters stand: PDFium's own order breaks where links, fonts or marks change.

Runs in the reading process. Letters on one baseline are read from right to left, Latin words and numbers from left to right.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from operator import add

from dalil.collect.pdf_arabic import LETTERS

_ARABIC = re.compile(f"[{LETTERS}]")
_ARABIC_RUN = re.compile(f"[{LETTERS}]+")
_UNSEEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = frozenset([*map(chr, range(0x064B, 0x0653)), "\u0670", "\u0640"])
_ALEFS, _LAM = frozenset("اأإآٱ"), "ل"
_IN_NUMBERS = frozenset(".,:/-–٫٬%")
_BASELINE = 0.35
_WORD_GAP = 0.17
_SURE_GAP = 0.6
_FAR = 0.9


@dataclass(frozen=True, slots=True)
class Seen:
    """Where the characters of a page stand, by their place in the text: left, right, baseline.

    NaN where a character stands nowhere. The last place is a space's, put where words are apart.
    """

    text: str
    lefts: Sequence[float]
    rights: Sequence[float]
    baselines: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """What is written of a page: the size of each place that is, the number of PDFium's line that it comes from, the marks.

    `middles`: twice the middle of the character at each place of the text; `boxes`: its left and right. The marks stand from left to right,
    `over`: their middles.
    """

    seen: Seen
    sizes: dict[int, float]
    lines: dict[int, int]
    marks: list[int]
    over: list[float]
    middles: Sequence[float]
    boxes: Sequence[tuple[float, float]]


def is_arabic_page(text: str) -> bool:
    """Whether most letters are Arabic."""
    arabic = len(text) - len(_ARABIC_RUN.sub("", text))
    return arabic > 0 and arabic > sum(map(str.isalpha, text)) / 2


def visual_lines(seen: Seen, lines: Iterable[tuple[Sequence[int], float]]) -> list[list[int]]:
    """The places of each line in reading order, from PDFium's lines (places, size).

    Marks over letters are not written: they only fill gaps.
    """
    boxes = list(zip(seen.lefts, seen.rights, strict=True))
    glyphs = _Glyphs(seen, {}, {}, [], [], list(map(add, seen.lefts, seen.rights)), boxes)
    for number, (places, size) in enumerate(lines):
        written = _written(seen, places, _WORD_GAP * size)
        glyphs.sizes.update(dict.fromkeys(written, size or 10.0))
        glyphs.lines.update(dict.fromkeys(written, number))
    text = seen.text
    marks = [place for place in glyphs.sizes if text[place] in _MARKS]
    glyphs.marks.extend(sorted(marks, key=glyphs.middles.__getitem__))
    glyphs.over.extend(map(glyphs.middles.__getitem__, glyphs.marks))
    pieces = [piece for row in _rows(glyphs) for piece in _pieces(glyphs, row)]
    pieces.sort(key=min)
    spaced = [_spaced(glyphs, piece) for piece in pieces if any(not text[place].isspace() for place in piece)]
    return [_logical(glyphs, piece) for piece in spaced]


def _written(seen: Seen, places: Sequence[int], least_space: float) -> list[int]:
    """The characters of a line that have a place on the page; a space that has no width is none."""
    text, lefts, rights = seen.text, seen.lefts, seen.rights
    return [
        place for place in places
        if lefts[place] == lefts[place] and (character := text[place]) not in _UNSEEN
        and (not character.isspace() or rights[place] - lefts[place] > least_space)
    ]  # fmt: skip


def _spaced(glyphs: _Glyphs, piece: list[int]) -> list[int]:
    """What stands from left to right, with a space where neighbours stand apart."""
    text, lefts, rights, sizes = glyphs.seen.text, glyphs.seen.lefts, glyphs.seen.rights, glyphs.sizes
    wide = [
        i for i, (before, place) in enumerate(pairwise(piece), 1)
        if lefts[place] - rights[before] > _WORD_GAP * sizes[place]
    ]  # fmt: skip
    spaced: list[int] = []
    done = 0
    for i in wide:
        before, place = piece[i - 1], piece[i]
        known = text[before].isspace() or text[place].isspace()
        if not known and _stand_apart(glyphs, before, place):
            spaced += [*piece[done:i], len(text) - 1]
            done = i
    return spaced + piece[done:]


def _rows(glyphs: _Glyphs) -> list[list[int]]:
    """Characters on one baseline."""
    baselines, sizes, marks = glyphs.seen.baselines, glyphs.sizes, set(glyphs.marks)
    rows: list[list[int]] = []
    first = last = float("-inf")
    for place in sorted(sizes, key=baselines.__getitem__):
        if place in marks:
            continue
        baseline, size = baselines[place], sizes[place]
        if baseline - last <= _BASELINE * size and baseline - first <= size / 2:
            rows[-1].append(place)
        else:
            rows.append([place])
            first = baseline
        last = baseline
    return rows


def _pieces(glyphs: _Glyphs, row: list[int]) -> list[list[int]]:
    """A row from left to right, cut where a gap is too wide for one line and PDFium too saw two."""
    lefts, rights, sizes, lines = glyphs.seen.lefts, glyphs.seen.rights, glyphs.sizes, glyphs.lines
    row = sorted(sorted(row), key=glyphs.middles.__getitem__)
    if len({lines[place] for place in row}) == 1:
        return [row]
    pieces = [row[:1]]
    for before, place in pairwise(row):
        if lines[place] != lines[before] and lefts[place] - rights[before] > _FAR * sizes[place]:
            pieces.append([place])
        else:
            pieces[-1].append(place)
    return pieces


def _logical(glyphs: _Glyphs, piece: list[int]) -> list[int]:
    """Reading order of what stands from left to right."""
    text = glyphs.seen.text
    if len({glyphs.boxes[place] for place in piece}) < len(set(piece)):
        piece = [place for one_box in _same_boxes(glyphs, piece) for place in one_box]
    sides = {_side(text[place]) for place in piece}
    if 1 not in sides:
        return [*piece[1:], piece[0]] if _ends_on_the_left(text, piece) else piece
    piece = piece[::-1]
    if -1 not in sides:
        return piece
    return [place for run, left in _runs(text, piece) for place in (reversed(run) if left else run)]


def _ends_on_the_left(text: str, piece: list[int]) -> bool:
    """Whether a Latin line of an Arabic paragraph has its full stop where Arabic ends."""
    return len(piece) > 2 and text[piece[0]] in ".!?:," and text[piece[1]].isalpha()


def _same_boxes(glyphs: _Glyphs, piece: list[int]) -> list[list[int]]:
    """Letters of one ligature share one box: from left to right, their last letter first."""
    groups = [list(group) for _, group in groupby(piece, key=glyphs.boxes.__getitem__)]
    for i, group in enumerate(groups):
        letters = [glyphs.seen.text[place] for place in group]
        if len(group) == 1:
            continue
        if len(group) == 2 and _LAM in letters and not _ALEFS.isdisjoint(letters):
            group.sort(key=lambda place: glyphs.seen.text[place] == _LAM)
        elif i and groups[i - 1][0] < group[0]:
            group.reverse()
    return groups


@cache
def _side(character: str) -> int:
    """1: read from right to left. -1: from left to right. 0: as what stands around it."""
    if _ARABIC.match(character):
        return 1
    return -1 if character.isalpha() or character.isdigit() else 0


def _runs(text: str, piece: list[int]) -> list[tuple[list[int], bool]]:
    """The piece in runs from left to right (True) and the rest; what stands inside such a run belongs to it."""
    runs: list[tuple[list[int], bool]] = []
    waiting: list[int] = []
    for place in piece:
        side = _side(text[place])
        if side < 0:
            if runs and runs[-1][1] and _holds_together(text, runs[-1][0], waiting, place):
                runs[-1][0].extend([*waiting, place])
            else:
                runs += [([*waiting], False), ([place], True)]
            waiting = []
        elif side > 0:
            runs.append(([*waiting, place], False))
            waiting = []
        else:
            waiting.append(place)
    return [*runs, (waiting, False)]


def _holds_together(text: str, run: list[int], between: list[int], place: int) -> bool:
    """Numbers hold together over the marks of a number, words over anything that is no Arabic letter."""
    if text[run[-1]].isdigit() and text[place].isdigit():
        return all(text[i] in _IN_NUMBERS for i in between)
    return not any(text[i] in "()[]«»،؛" for i in between)


def _stand_apart(glyphs: _Glyphs, low: int, high: int) -> bool:
    """Whether a gap is one between words; where PDFium saw both one after the other and no space, only a wide one is."""
    seen, size = glyphs.seen, glyphs.sizes[high]
    least = (_SURE_GAP if abs(low - high) == 1 else _WORD_GAP) * size
    if seen.lefts[high] - seen.rights[low] <= least:
        return False
    if not glyphs.marks:
        return True
    between = slice(bisect_right(glyphs.over, glyphs.middles[low]), bisect_left(glyphs.over, glyphs.middles[high]))
    over = [mark for mark in glyphs.marks[between] if abs(seen.baselines[mark] - seen.baselines[high]) < size]
    chain = [low, *over, high]
    return any(seen.lefts[right] - seen.rights[left] > least for left, right in pairwise(chain))
