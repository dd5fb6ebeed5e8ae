"""The text of one PDF page through PDFium, and where each of its characters stands.

Runs in the reading process. Places are points from the page's top left corner as it is shown (`/Rotate` honoured).
What is asked of every character is asked in one sweep (`pdf_calls`): a call from Python for each was most of the time.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from typing import Any

from dalil.collect.pdf_calls import baselines_of, boxes_of

_BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Page:
    """The text of a page and where its characters stand."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self.pdfium = pdfium
        self.page = page
        self.text_page = page.get_textpage()
        self.text: str = self.text_page.get_text_range()
        self.rotation: int = page.get_rotation()
        self.frame: Box = page.get_cropbox()
        self.width, self.height = page.get_size()
        self._count: int = pdfium.FPDFText_CountChars(self.text_page)
        self._places = _numbers_of(self, self.text)
        self._boxes: dict[int, Box | None] = {}
        self._matrix, self._font, self._flags = pdfium.FS_MATRIX(), ctypes.create_string_buffer(80), ctypes.c_int()

    def index(self, place: int) -> int:
        """PDFium's number of the character at a place of the text; -1 where it has none."""
        return self._places[place] if self._places else place

    def box(self, place: int) -> Box | None:
        """Where the character at a place of the text stands, or None."""
        index = self.index(place)
        if index not in self._boxes:
            self.ask_boxes([place])
        found = self._boxes[index]
        return self.shown(*found) if found else None

    def ask_boxes(self, places: Sequence[int]) -> None:
        """Ask for the boxes of many characters at once, before they are needed."""
        numbers = [self.index(place) for place in places]
        self._boxes.update(zip(numbers, boxes_of(self.text_page, numbers), strict=True))

    def sides(self, place: int) -> tuple[float, float] | None:
        """Left and right of the character at a place of the text, or None."""
        box = self.box(place)
        return (box[0], box[2]) if box else None

    def looks(self) -> list[tuple[float, float, float] | None]:
        """Left, right and baseline of the character at each place of the text, or None."""
        self.ask_boxes(range(len(self.text)))
        xs, ys = baselines_of(self.text_page, self._count)
        numbers = self._places or range(len(self.text))
        if self.rotation == 0:
            start, high = self.frame[0], self.frame[3]
            return [
                (box[0] - start, box[2] - start, high - ys[i]) if (box := self._boxes[i]) else None for i in numbers
            ]
        return [self._turned(box, xs[i], ys[i]) if (box := self._boxes[i]) else None for i in numbers]

    def _turned(self, box: Box, x: float, y: float) -> tuple[float, float, float]:
        left, _, right, _ = self.shown(*box)
        return left, right, self.shown(x, y, x, y)[1]

    def shown(self, left: float, bottom: float, right: float, top: float) -> Box:
        """From the page's own corners to places as shown."""
        start, low, end, high = self.frame
        if self.rotation == 90:
            return bottom - low, left - start, top - low, right - start
        if self.rotation == 180:
            return end - right, bottom - low, end - left, top - low
        if self.rotation == 270:
            return high - top, end - right, high - bottom, end - left
        return left - start, high - top, right - start, high - bottom

    def style(self, place: int) -> tuple[float, bool]:
        """Size in points and whether it is bold, of the character at a place of the text."""
        index = self.index(place)
        if index < 0:
            return 0.0, False
        size = self.pdfium.FPDFText_GetFontSize(self.text_page, index)
        if self.pdfium.FPDFText_GetMatrix(self.text_page, index, self._matrix):
            size *= math.hypot(self._matrix.c, self._matrix.d)
        self._font.value = b""
        self.pdfium.FPDFText_GetFontInfo(self.text_page, index, self._font, len(self._font), self._flags)
        return round(size, 1), bool(self._flags.value & _FORCE_BOLD or _BOLD.search(self._font.value))


def _numbers_of(one: Page, text: str) -> list[int]:
    """For each place of a text PDFium's number of its character; empty where both are the same (nearly always)."""
    units = _utf16_units(text)
    if not units and len(text) == one._count:
        return []
    asked = one.pdfium.FPDFText_GetCharIndexFromTextIndex
    return [int(asked(one.text_page, unit)) for unit in units or range(len(text))]


def _utf16_units(text: str) -> list[int]:
    """For each place of a text its place in UTF-16, which PDFium counts in; empty where both are the same."""
    if not text or max(text) <= "\uffff":
        return []
    units, at = [], 0
    for character in text:
        units.append(at)
        at += 1 + (character > "\uffff")
    return units
