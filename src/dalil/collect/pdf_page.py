"""The text of one PDF page through PDFium, and where each of its characters stands.

Runs in the reading process. Places are points from the page's top left corner as it is shown (`/Rotate` honoured).
What is asked of every character is asked in one sweep (`pdf_calls`): a call from Python for each was most of the time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from dalil.collect.pdf_calls import address, boxes_of, origins_of, style_of

_BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
_FORCE_BOLD = 1 << 18

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_NOWHERE: Box = (math.nan, math.nan, math.nan, math.nan)


class Page:
    """The text of a page and where its characters stand."""

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as pdfium

        self.pdfium = pdfium
        self.page = page
        self.text_page = page.get_textpage()
        self.text_address = address(self.text_page)
        self.text: str = self.text_page.get_text_range()
        self.rotation: int = page.get_rotation()
        self.frame: Box = page.get_cropbox()
        self.width, self.height = page.get_size()
        self._count: int = pdfium.FPDFText_CountChars(self.text_page)
        self._places = _numbers_of(self, self.text)
        self._boxes: dict[int, Box | None] = {}
        self._styles: dict[int, tuple[float, bool]] = {}

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

    def ask_boxes(self, places: Iterable[int]) -> None:
        """Ask for the boxes of many characters at once, before they are needed."""
        numbers = [self._places[place] for place in places] if self._places else places
        numbers = [number for number in numbers if number not in self._boxes]
        self._boxes.update(zip(numbers, boxes_of(self.text_address, numbers), strict=True))

    def heights(self, numbers: Sequence[int]) -> list[float | None]:
        """How high the boxes are, as shown, of characters that have been asked for; None for no box."""
        low, high = (1, 3) if self.rotation in (0, 180) else (0, 2)
        return [box[high] - box[low] if (box := self._boxes[number]) else None for number in numbers]

    def sides(self, place: int) -> tuple[float, float] | None:
        """Left and right of the character at a place of the text, or None."""
        box = self.box(place)
        return (box[0], box[2]) if box else None

    def looks(self) -> tuple[list[float], list[float], list[float]]:
        """Left, right and baseline at each place of the text and of one more; NaN where the character stands nowhere."""
        self.ask_boxes(range(len(self.text)))
        numbers = self._places or range(len(self.text))
        boxes = [self._boxes[number] or _NOWHERE for number in numbers]
        if self.rotation:
            boxes = [box if box is _NOWHERE else self.shown(*box) for box in boxes]
        lefts, lows, rights, highs = zip(*boxes, _NOWHERE, strict=True)
        baselines = self._baselines(numbers, list(zip(lows, highs, strict=True)))
        if self.rotation:
            return list(lefts), list(rights), baselines
        start = self.frame[0]
        return [left - start for left in lefts], [right - start for right in rights], baselines

    def _baselines(self, numbers: Sequence[int], heights: Sequence[tuple[float, float]]) -> list[float]:
        """The baseline at each place. A box is as high as its font: two of one height at one place share their line."""
        one_each = dict(zip(heights, numbers, strict=False))
        origins = [self.shown(x, y, x, y)[1] for x, y in origins_of(self.text_address, list(one_each.values()))]
        known = {**dict(zip(one_each, origins, strict=True)), _NOWHERE[:2]: math.nan}
        return [known[height] for height in heights]

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
        if index not in self._styles:
            size, font, flags = style_of(self.text_address, index)
            self._styles[index] = round(size, 1), bool(flags & _FORCE_BOLD or _BOLD.search(font))
        return self._styles[index]


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
