"""Lines of an Arabic page from where its letters stand: PDFium's own order breaks where links, fonts or marks change.

Runs in the reading process. Letters on one baseline are read from right to left, Latin words and numbers from left to right.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import filterfalse, groupby, pairwise
from operator import add, itemgetter

from dalil.collect.pdf_arabic import LETTERS

_ARABIC = re.compile(f"[{LETTERS}]")
_ARABIC_RUN = re.compile(f"[{LETTERS}]+")
_UNSEEN = re.compile("[\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069]")
_MARK = re.compile("[\u064b-\u0652\u0670\u0640]")
_SPACES = re.compile(r"\s")
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
    text = seen.text
    spaces = {space.start() for space in _SPACES.finditer(text)}
    nowhere = {place for place, left in enumerate(seen.lefts) if left != left}
    unwritten = {*spaces, *nowhere, *(unseen.start() for unseen in _UNSEEN.finditer(text))}
    wide = {place: seen.rights[place] - seen.lefts[place] for place in spaces - nowhere}
    for number, (places, size) in enumerate(lines):
        least = _WORD_GAP * size  # a space that has no width is none
        written = [place for place in places if place not in unwritten or (place in wide and wide[place] > least)]
        glyphs.sizes.update(dict.fromkeys(written, size or 10.0))
        glyphs.lines.update(dict.fromkeys(written, number))
    marks = {mark.start() for mark in _MARK.finditer(text)}
    glyphs.marks.extend(sorted(filter(marks.__contains__, glyphs.sizes), key=glyphs.middles.__getitem__))
    glyphs.over.extend(map(glyphs.middles.__getitem__, glyphs.marks))
    pieces = [piece for row in _rows(glyphs) for piece in _pieces(glyphs, row)]
    pieces.sort(key=min)
    spaced = [_spaced(glyphs, piece) for piece in pieces if not spaces.issuperset(piece)]
    return [_logical(glyphs, piece) for piece in spaced]


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
    rows: list[list[int]] = []
    first = last = float("-inf")
    for (baseline, size), places in sorted(_runs_on_a_baseline(glyphs), key=lambda run: run[0][0]):
        if baseline - last <= _BASELINE * size and baseline - first <= size / 2:
            rows[-1] += places
        else:
            rows.append(places)
            first = baseline
        last = baseline
    return rows


def _runs_on_a_baseline(glyphs: _Glyphs) -> Iterator[tuple[tuple[float, float], list[int]]]:
    """Neighbours of one baseline and size, marks aside."""
    places = list(filterfalse(frozenset(glyphs.marks).__contains__, glyphs.sizes))
    looks = zip(map(glyphs.seen.baselines.__getitem__, places), map(glyphs.sizes.__getitem__, places), strict=True)
    for look, run in groupby(zip(looks, places, strict=True), key=itemgetter(0)):
        yield look, [place for _, place in run]


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
    if len(set(map(glyphs.boxes.__getitem__, piece))) < len(set(piece)):
        piece = [place for one_box in _same_boxes(glyphs, piece) for place in one_box]
    sides = set(map(_side, set(map(text.__getitem__, piece))))
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
    sides = map(_side, map(text.__getitem__, piece))
    for side, group in groupby(zip(sides, piece, strict=True), key=itemgetter(0)):
        places = [place for _, place in group]
        if side == 0:
            waiting = places
            continue
        if side > 0:
            runs.append(([*waiting, *places], False))
        elif runs and runs[-1][1] and _holds_together(text, runs[-1][0], waiting, places[0]):
            runs[-1][0].extend([*waiting, *places])
        else:
            runs += [(waiting, False), (places, True)]
        waiting = []
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
    if not over:
        return True
    chain = [low, *over, high]
    return any(seen.lefts[right] - seen.rights[left] > least for left, right in pairwise(chain))
