"""What stands side by side on a page: lines as the eye sees them, and bands of lines between which the same strips stay white.

Runs in the reading process. A file draws a table cell by cell, so that its own lines are neither rows nor columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from statistics import median

from dalil.collect.pdf_aligned import LEAST_GAP, MOST_LEADING, Row
from dalil.collect.pdf_words import Word

EVEN_BREAKS = 1.3
_FEWEST_STEPS = 2  # between lines, to know how far apart they are
_SAME_LINE = 0.5  # of a word's height
_SPACE = 0.2  # of a line's height

Gap = tuple[float, float]
Band = tuple[Sequence["SeenLine"], Sequence[Gap]]
"""Lines from top to bottom, and the white strips through all of them."""


@dataclass(frozen=True, slots=True)
class SeenLine:
    """What stands at one height: words in the order of the file, and the numbers of the file's lines that they come from.

    `gaps`: the wide white spaces between its words.
    """

    words: tuple[Word, ...]
    numbers: frozenset[int]
    base: float

    gaps: tuple[Gap, ...]

    @property
    def height(self) -> float:
        return median(box[3] - box[1] for _, box in self.words)


def lines_by_height(words: Sequence[tuple[int, Word]], bases: Sequence[float]) -> list[SeenLine]:
    """The lines that the eye sees, from top to bottom. `bases`: the baseline of each word."""
    lines: list[list[int]] = []
    for place in sorted(range(len(words)), key=bases.__getitem__):
        _, (_, (_, top, _, bottom)) = words[place]
        if lines and bases[place] - bases[lines[-1][0]] <= _SAME_LINE * (bottom - top):
            lines[-1].append(place)
        else:
            lines.append([place])
    return [_line([words[i] for i in sorted(line)], [bases[i] for i in line]) for line in lines]


def _line(words: Sequence[tuple[int, Word]], bases: Sequence[float]) -> SeenLine:
    boxed = tuple(word for _, word in words)
    return SeenLine(boxed, frozenset(number for number, _ in words), median(bases), tuple(_gaps(boxed)))


def _gaps(words: Sequence[Word]) -> Iterator[Gap]:
    end: float | None = None
    for left, right in sorted((box[0], box[2]) for _, box in words):
        if end is not None and left - end >= LEAST_GAP:
            yield end, left
        end = max(end or right, right)


def bands_of(lines: Sequence[SeenLine]) -> list[Band]:
    """Around the line with the most columns, all lines that follow closely and keep its white strips; so on above and below."""
    found: list[tuple[int, Band]] = []
    free = [(0, len(lines))]
    while free:
        first, end = free.pop()
        seed = max(range(first, end), key=lambda i: len(lines[i].gaps), default=None)
        if seed is None or not lines[seed].gaps:
            continue
        below, strips = _grown(lines[seed:end], lines[seed].gaps)
        above, strips = _grown(lines[first : seed + 1][::-1], strips)
        top, bottom = seed - above, seed + below + 1
        found.append((top, (lines[top:bottom], strips)))
        free += [(first, top), (bottom, end)]
    return [band for _, band in sorted(found, key=itemgetter(0))]


def _grown(lines: Sequence[SeenLine], strips: Sequence[Gap]) -> tuple[int, Sequence[Gap]]:
    """How many lines more the first one goes on to, and what they leave white of its strips."""
    steps: list[float] = []
    for before, line in pairwise(lines):
        step = abs(line.base - before.base)
        farthest = EVEN_BREAKS * max(steps) if len(steps) > _FEWEST_STEPS else step
        kept = (
            narrowed(strips, line.words)
            if step <= min(farthest, MOST_LEADING * max(before.height, line.height))
            else []
        )
        if not kept:
            break
        strips = kept
        steps.append(step)
    return len(steps), strips


def narrowed(strips: Sequence[Gap], words: Sequence[Word], least: float = LEAST_GAP / 2) -> list[Gap]:
    """The widest that words leave white of each strip; none where that is too little of one. `least`: in points."""
    sides = sorted((box[0], box[2]) for _, box in words)
    kept = [max(_white(strip, sides), key=lambda gap: gap[1] - gap[0], default=(0.0, 0.0)) for strip in strips]
    return kept if all(high - low >= least for low, high in kept) else []


def _white(strip: Gap, sides: Sequence[Gap]) -> Iterator[Gap]:
    low, high = strip
    for left, right in sides:
        if right > low and left < high:
            if left > low:
                yield low, left
            low = max(low, right)
    if low < high:
        yield low, high


def row_of(lines: Sequence[SeenLine]) -> Row:
    """A row of a table from its lines."""
    return Row(frozenset(n for line in lines for n in line.numbers), tuple(line.words for line in lines))


def columns_of(words: Sequence[Word], strips: Sequence[float]) -> list[list[Word]]:
    """Words by the strips that they stand between."""
    found: list[list[Word]] = [[] for _ in range(len(strips) + 1)]
    for word in words:
        found[sum(word[1][0] >= strip for strip in strips)].append(word)
    return found


def width_of(cell: Sequence[Word]) -> float:
    """From the first letter of a cell's line to its last."""
    return max(box[2] for _, box in cell) - min(box[0] for _, box in cell)


def no_room(above: Sequence[Sequence[Word]], below: Sequence[Sequence[Word]], widths: Sequence[float]) -> bool:
    """Whether every cell of a line begins with a word for which the line above had no room. `widths`: of the columns."""
    return all(
        bool(over) and width_of(over) + width_of(under[:1]) + _SPACE * (under[0][1][3] - under[0][1][1]) > width
        for over, under, width in zip(above, below, widths, strict=True)
        if under
    )
