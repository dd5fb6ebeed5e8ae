"""Words of a PDF page that nobody sees: invisible, white on white, too small. Runs in the reading process.

A scanned page carries the text of its OCR invisibly over its picture: there it is what the reader sees, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from dalil.collect.pdf_calls import colours_of, modes_of
from dalil.collect.pdf_page import Page

_WORD = re.compile(r"\S+")
_SMALLEST = 1.0
_WHITE = 250
_CONTRAST = 24
_INVISIBLE = 3
_PICTURE_SHARE = 0.5

Span = tuple[int, int]
_Suspicion = Literal["tiny", "invisible", "pale"]


def take_hidden(one: Page) -> str:
    """Blank out the hidden words of a page's text, every place staying where it is; returns them."""
    words = [word.span() for word in _WORD.finditer(one.text)]
    words = [(start, end) for start, end in words if one.index(start) >= 0]
    looks = _Looks(one)
    taken = [word for word, how in looks.suspicions(words) if looks.hides(word, how)]
    found = " ".join(one.text[start:end] for start, end in taken)
    for start, end in reversed(taken):
        one.text = one.text[:start] + " " * (end - start) + one.text[end:]
    return found


class _Looks:
    """Judges words by their size, mode and colour; the page is drawn only where one of these is suspicious."""

    def __init__(self, one: Page) -> None:
        self.one = one
        self._drawn: Any = None
        self._picture: bool | None = None

    def suspicions(self, words: Sequence[Span]) -> Iterator[tuple[Span, _Suspicion]]:
        """Words that by their first character are drawn invisibly, in white, fully transparent or in a box of no height."""
        starts = [start for start, _ in words]
        numbers = self.one.indices(starts)
        modes = modes_of(self.one.text_address, numbers)
        colours = colours_of(self.one.text_address, numbers)
        for word, mode, colour, height in zip(words, modes, colours, self.one.heights(starts), strict=True):
            if height != height:  # it stands nowhere
                continue
            red, green, blue, opacity = colour
            if height <= _SMALLEST and 0 < self.one.style(word[0])[0] <= _SMALLEST:
                yield word, "tiny"
            elif mode == _INVISIBLE:
                yield word, "invisible"
            elif opacity == 0 or (red >= _WHITE and green >= _WHITE and blue >= _WHITE):
                yield word, "pale"

    def hides(self, word: Span, how: _Suspicion) -> bool:
        """Whether a suspicious word cannot be seen."""
        if how == "tiny":
            return True
        first = self.one.box(word[0])
        last = self.one.box(word[1] - 1) or first
        if first is None or last is None or (how == "invisible" and self._is_scan()):
            return False
        return not self._shows(first, last)

    def _is_scan(self) -> bool:
        """Whether pictures cover most of the page."""
        if self._picture is None:
            area = 0.0
            for found in self.one.page.get_objects(filter=[self.one.pdfium.FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = found.get_bounds()
                area += (right - left) * (top - bottom)
            self._picture = area >= _PICTURE_SHARE * self.one.width * self.one.height
        return self._picture

    def _shows(self, first: tuple[float, ...], last: tuple[float, ...]) -> bool:
        """Whether anything at all can be told apart between two characters on the drawn page."""
        if self._drawn is None:
            self._drawn = self.one.page.render(scale=1)
        drawn = self._drawn
        left, right = (max(0, min(drawn.width, round(x))) for x in (min(first[0], last[0]), max(first[2], last[2])))
        top, bottom = (max(0, min(drawn.height, round(y))) for y in (min(first[1], last[1]), max(first[3], last[3])))
        row, each = memoryview(drawn.buffer).cast("B"), drawn.n_channels
        parts = [
            bytes(row[y * drawn.stride + left * each : y * drawn.stride + right * each]) for y in range(top, bottom)
        ]
        pixels = b"".join(parts)
        channels = [pixels[i::each] for i in range(min(each, 3))]
        return not pixels or any(max(values) - min(values) > _CONTRAST for values in channels)
