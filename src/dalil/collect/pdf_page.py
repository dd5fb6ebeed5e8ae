"""The text of one PDF page through PDFium, and where each of its characters stands.

Runs in the reading process. Places are points from the page's top left corner as it is shown (`/Rotate` honoured).
"""

from __future__ import annotations

import ctypes
import math
import re
from typing import Any

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
        self._units = _utf16_units(self.text)
        self._rectangle, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()

    def index(self, place: int) -> int:
        """PDFium's number of the character at a place of the text; -1 where it has none."""
        unit = self._units[place] if self._units else place
        return int(self.pdfium.FPDFText_GetCharIndexFromTextIndex(self.text_page, unit))

    def box(self, place: int) -> Box | None:
        """Where the character at a place of the text stands, or None."""
        return self._box(self.index(place))

    def _box(self, index: int) -> Box | None:
        rectangle = self._rectangle
        if index < 0 or not self.pdfium.FPDFText_GetLooseCharBox(self.text_page, index, rectangle):
            return None
        return self.shown(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)

    def sides(self, place: int) -> tuple[float, float] | None:
        """Left and right of the character at a place of the text, or None."""
        box = self.box(place)
        return (box[0], box[2]) if box else None

    def look(self, place: int) -> tuple[float, float, float] | None:
        """Left, right and baseline of the character at a place of the text, or None."""
        index = self.index(place)
        box, x, y = self._box(index), self._x, self._y
        if box is None or not self.pdfium.FPDFText_GetCharOrigin(self.text_page, index, x, y):
            return None
        return box[0], box[2], self.shown(x.value, y.value, x.value, y.value)[1]

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
        name, flags = ctypes.create_string_buffer(80), ctypes.c_int()
        self.pdfium.FPDFText_GetFontInfo(self.text_page, index, name, 80, flags)
        return round(size, 1), bool(flags.value & _FORCE_BOLD or _BOLD.search(name.value))


def _utf16_units(text: str) -> list[int]:
    """For each place of a text its place in UTF-16, which PDFium counts in; empty where both are the same."""
    if not text or max(text) <= "\uffff":
        return []
    units, at = [], 0
    for character in text:
        units.append(at)
        at += 1 + (character > "\uffff")
    return units
