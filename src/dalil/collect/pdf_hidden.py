"""Words of a PDF page that nobody sees: invisible, white on white, too small. Runs in the reading process.

A scanned page carries the text of its OCR invisibly over its picture: there it is what the reader sees, and stays.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

from dalil.collect.pdf_page import Page

_WORD = re.compile(r"\S+")
_SMALLEST = 1.0
_WHITE = 250
_CONTRAST = 24
_INVISIBLE = 3
_PICTURE_SHARE = 0.5


def take_hidden(one: Page) -> str:
    """Blank out the hidden words of a page's text, every place staying where it is; returns them."""
    looks = _Looks(one)
    taken = [word.span() for word in _WORD.finditer(one.text) if looks.hides(*word.span())]
    found = " ".join(one.text[start:end] for start, end in taken)
    for start, end in reversed(taken):
        one.text = one.text[:start] + " " * (end - start) + one.text[end:]
    return found


class _Looks:
    """Judges words by their size, mode and colour; the page is drawn only where one of these is suspicious."""

    def __init__(self, one: Page) -> None:
        self.one = one
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._drawn: Any = None
        self._picture: bool | None = None

    def hides(self, start: int, end: int) -> bool:
        """Whether the word at these places cannot be seen, judged by its first character."""
        index, box = self.one.index(start), self.one.box(start)
        if index < 0 or box is None:
            return False
        if box[3] - box[1] <= _SMALLEST and 0 < self.one.style(start)[0] <= _SMALLEST:
            return True
        last = self.one.box(end - 1) or box
        if self._mode(index) == _INVISIBLE:
            return not self._is_scan() and not self._shows(box, last)
        return self._is_pale(index) and not self._shows(box, last)

    def _mode(self, index: int) -> int:
        pdfium = self.one.pdfium
        found = pdfium.FPDFText_GetTextObject(self.one.text_page, index)
        return int(pdfium.FPDFTextObj_GetTextRenderMode(found)) if found else -1

    def _is_pale(self, index: int) -> bool:
        """White, or fully transparent."""
        if not self.one.pdfium.FPDFText_GetFillColor(self.one.text_page, index, *self._colour):
            return False
        *colour, alpha = (part.value for part in self._colour)
        return alpha == 0 or min(colour) >= _WHITE

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
