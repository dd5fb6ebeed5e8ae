"""Lines of an Arabic page from where its letters stand: PDFium's own order breaks where links, fonts or marks change.

Runs in the reading process. Letters on one baseline are read from right to left, Latin words and numbers from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from dalil.collect.pdf_arabic import LETTERS

_ARABIC = re.compile(f"[{LETTERS}]")
_UNSEEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = frozenset([*map(chr, range(0x064B, 0x0653)), "\u0670", "\u0640"])
_ALEFS, _LAM = frozenset("اأإآٱ"), "ل"
_IN_NUMBERS = frozenset(".,:/-–٫٬%")
_BASELINE = 0.35
_WORD_GAP = 0.17
_SURE_GAP = 0.6
_FAR = 0.9


class Glyph(NamedTuple):
    """A character of a page: its place in the text, what it is, left, right, baseline, size, and PDFium's line."""

    place: int
    character: str
    left: float
    right: float
    baseline: float
    size: float
    line: int


Look = tuple[float, float, float] | None
"""Left, right and baseline of a character, or None."""


def is_arabic_page(text: str) -> bool:
    """Whether most letters are Arabic."""
    arabic = len(_ARABIC.findall(text))
    return arabic > 0 and arabic > sum(map(str.isalpha, text)) / 2


def glyphs_of(text: str, places: Iterable[int], looks: Sequence[Look], line: int, size: float) -> list[Glyph]:
    """The characters of one of PDFium's lines that have a place on the page."""
    found = []
    least_space, size = _WORD_GAP * size, size or 10.0
    for place in places:
        if (seen := looks[place]) is not None and (character := text[place]) not in _UNSEEN:
            left, right, baseline = seen
            if right - left > least_space or not character.isspace():
                found.append(Glyph(place, character, left, right, baseline, size, line))
    return found


def visual_lines(glyphs: Sequence[Glyph], space: int) -> list[list[int]]:
    """The places of each line in reading order; `space` is the place of a space, put where words are apart.

    Marks over letters are not written: they only fill gaps.
    """
    solid = [glyph for glyph in glyphs if glyph.character not in _MARKS]
    marks = [glyph for glyph in glyphs if glyph.character in _MARKS]
    pieces = [piece for row in _rows(solid) for piece in _pieces(row)]
    pieces.sort(key=lambda piece: min(glyph.place for glyph in piece))
    spaced = [_spaced(piece, space, marks) for piece in pieces if any(g.character.strip() for g in piece)]
    return [[glyph.place for glyph in _logical(piece)] for piece in spaced]


def _spaced(piece: list[Glyph], space: int, marks: Sequence[Glyph]) -> list[Glyph]:
    """What stands from left to right, with a space where neighbours stand apart."""
    spaced = piece[:1]
    for before, glyph in pairwise(piece):
        wide = glyph.left - before.right > _WORD_GAP * glyph.size
        known = not wide or before.character.isspace() or glyph.character.isspace()
        if not known and _stand_apart(before, glyph, marks):
            spaced.append(before._replace(place=space, character=" ", left=before.right, right=glyph.left))
        spaced.append(glyph)
    return spaced


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters on one baseline."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.baseline):
        if rows and glyph.baseline - rows[-1][-1].baseline <= _BASELINE * glyph.size and glyph.baseline - rows[-1][0].baseline <= glyph.size / 2:  # fmt: skip
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return rows


def _pieces(row: list[Glyph]) -> list[list[Glyph]]:
    """A row from left to right, cut where a gap is too wide for one line and PDFium too saw two."""
    row = sorted(row, key=lambda glyph: (glyph.left + glyph.right, glyph.place))
    pieces = [[row[0]]]
    for before, glyph in pairwise(row):
        if glyph.left - before.right > _FAR * glyph.size and glyph.line != before.line:
            pieces.append([glyph])
        else:
            pieces[-1].append(glyph)
    return pieces


def _logical(piece: list[Glyph]) -> list[Glyph]:
    """Reading order of what stands from left to right."""
    if any(glyph.left == before.left and glyph.right == before.right for before, glyph in pairwise(piece)):
        piece = [glyph for one_box in _same_boxes(piece) for glyph in one_box]
    sides = {_side(glyph.character) for glyph in piece}
    if 1 not in sides:
        return [*piece[1:], piece[0]] if _ends_on_the_left(piece) else piece
    piece = piece[::-1]
    if -1 not in sides:
        return piece
    return [glyph for run, left in _runs(piece, _is_left) for glyph in (reversed(run) if left else run)]


def _ends_on_the_left(piece: list[Glyph]) -> bool:
    """Whether a Latin line of an Arabic paragraph has its full stop where Arabic ends."""
    return len(piece) > 2 and piece[0].character in ".!?:," and piece[1].character.isalpha()


def _same_boxes(piece: list[Glyph]) -> list[list[Glyph]]:
    """Letters of one ligature share one box: from left to right, their last letter first."""
    groups = [list(group) for _, group in groupby(piece, key=lambda glyph: (glyph.left, glyph.right))]
    for i, group in enumerate(groups):
        if len(group) == 1:
            continue
        if len(group) == 2 and {group[0].character, group[1].character} & _ALEFS and _LAM in (group[0].character, group[1].character):  # fmt: skip
            group.sort(key=lambda glyph: glyph.character == _LAM)
        elif i and groups[i - 1][0].place < group[0].place:
            group.reverse()
    return groups


def _is_right(glyph: Glyph) -> bool:
    return _side(glyph.character) > 0


def _is_left(glyph: Glyph) -> bool:
    return _side(glyph.character) < 0


@cache
def _side(character: str) -> int:
    """1: read from right to left. -1: from left to right. 0: as what stands around it."""
    if _ARABIC.match(character):
        return 1
    return -1 if character.isalpha() or character.isdigit() else 0


def _runs(piece: list[Glyph], belongs: Callable[[Glyph], bool]) -> list[tuple[list[Glyph], bool]]:
    """The piece in runs of the other direction (True) and the rest; what stands inside such a run belongs to it."""
    runs: list[tuple[list[Glyph], bool]] = []
    waiting: list[Glyph] = []
    for glyph in piece:
        if belongs(glyph):
            if runs and runs[-1][1] and _holds_together(runs[-1][0], waiting, glyph):
                runs[-1][0].extend([*waiting, glyph])
            else:
                runs += [([*waiting], False), ([glyph], True)]
            waiting = []
        elif _is_right(glyph) or _is_left(glyph):
            runs.append(([*waiting, glyph], False))
            waiting = []
        else:
            waiting.append(glyph)
    return [*runs, (waiting, False)]


def _holds_together(run: list[Glyph], between: list[Glyph], glyph: Glyph) -> bool:
    """Numbers hold together over the marks of a number, words over anything that is no Arabic letter."""
    if run[-1].character.isdigit() and glyph.character.isdigit():
        return all(g.character in _IN_NUMBERS for g in between)
    return not any(g.character in "()[]«»،؛" for g in between)


def _stand_apart(low: Glyph, high: Glyph, marks: Sequence[Glyph]) -> bool:
    """Whether a gap is one between words; where PDFium saw both one after the other and no space, only a wide one is."""
    least = (_SURE_GAP if abs(low.place - high.place) == 1 else _WORD_GAP) * high.size
    if high.left - low.right <= least:
        return False
    over = [
        m for m in marks if abs(m.baseline - high.baseline) < high.size and _middle(low) < _middle(m) < _middle(high)
    ]
    chain = [low, *sorted(over, key=_middle), high]
    return any(right.left - left.right > least for left, right in pairwise(chain))


def _middle(glyph: Glyph) -> float:
    return glyph.left + glyph.right
