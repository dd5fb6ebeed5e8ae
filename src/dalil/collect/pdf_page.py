"""The text of one PDF page through PDFium, and where each of its characters stands.

Runs in the reading process. Places are points from the page's top left corner as it is shown (`/Rotate` honoured).
What is asked of every character is asked in one sweep (`pdf_calls`): a call from Python for each was most of the time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from dalil.collect.pdf_calls import Columns, address, boxes_of, origins_of, style_of

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
        self._boxes: dict[int, Box] = {}
        self._columns: Columns | None = None
        self._styles: dict[int, tuple[float, bool]] = {}

    def index(self, place: int) -> int:
        """PDFium's number of the character at a place of the text; -1 where it has none."""
        return self._places[place] if self._places else place

    def box(self, place: int) -> Box | None:
        """Where the character at a place of the text stands, or None."""
        left, bottom, right, top = found = self._box(place)
        if left != left:
            return None
        if self.rotation:
            return self.shown(*found)
        start, _, _, high = self.frame
        return left - start, high - top, right - start, high - bottom

    def around(self, places: Iterable[int]) -> Box | None:
        """The box around several characters, or None where none stands anywhere."""
        boxes = [box for box in map(self._box, places) if box[0] == box[0]]
        if not boxes:
            return None
        lefts, lows, rights, highs = zip(*boxes, strict=True)
        return self.shown(min(lefts), min(lows), max(rights), max(highs))

    def _box(self, place: int) -> Box:
        """Left, bottom, right and top in the page's own corners; NaN for no box."""
        if self._columns:
            lefts, lows, rights, highs = self._columns
            return lefts[place], lows[place], rights[place], highs[place]
        if place not in self._boxes:
            self.ask_boxes([place])
        return self._boxes[place]

    def ask_boxes(self, places: Iterable[int]) -> None:
        """Ask for the boxes of many characters at once, before they are needed."""
        if not self._columns:
            lacking = [place for place in places if place not in self._boxes]
            numbers = [self._places[place] for place in lacking] if self._places else lacking
            boxes = zip(*boxes_of(self.text_address, numbers), strict=True)
            self._boxes.update(zip(lacking, boxes, strict=True))

    def ask_every_box(self) -> Columns:
        """Ask for the boxes of all characters at once: left, bottom, right, top by their place; NaN for no box."""
        if self._columns is None:
            self._columns = boxes_of(self.text_address, self._places or range(len(self.text)))
        return self._columns

    def heights(self, places: Sequence[int]) -> list[float]:
        """How high the boxes of characters are as shown; NaN for no box."""
        low, high = (1, 3) if self.rotation in (0, 180) else (0, 2)
        self.ask_boxes(places)
        boxes = map(self._box if self._columns else self._boxes.__getitem__, places)
        return [box[high] - box[low] for box in boxes]

    def sides(self, place: int) -> tuple[float, float] | None:
        """Left and right of the character at a place of the text, or None."""
        box = self.box(place)
        return (box[0], box[2]) if box else None

    def looks(self) -> tuple[list[float], list[float], list[float]]:
        """Left, right and baseline at each place of the text and of one more; NaN where the character stands nowhere."""
        lefts, lows, rights, highs = self.ask_every_box()
        if self.rotation and lefts:
            boxes = zip(lefts, lows, rights, highs, strict=True)
            shown = [self.shown(*box) if box[0] == box[0] else _NOWHERE for box in boxes]
            lefts, lows, rights, highs = map(list, zip(*shown, strict=True))
        elif start := self.frame[0]:
            lefts, rights = [left - start for left in lefts], [right - start for right in rights]
        baselines = self._baselines(list(zip(lows, highs, strict=True)))
        return [*lefts, math.nan], [*rights, math.nan], [*baselines, math.nan]

    def baselines(self, places: Sequence[int]) -> list[float]:
        """The baseline of the character at each place of the text; fonts differ in height, and the lines of a row do not."""
        origins = origins_of(self.text_address, [self.index(place) for place in places])
        return [self.shown(x, y, x, y)[1] for x, y in origins]

    def _baselines(self, heights: Sequence[tuple[float, float]]) -> list[float]:
        """The baseline at each place. A box is as high as its font: two of one height at one place share their line."""
        one_each = dict(zip(heights, self._places or range(len(heights)), strict=True))
        origins = [self.shown(x, y, x, y)[1] for x, y in origins_of(self.text_address, list(one_each.values()))]
        known = {**dict(zip(one_each, origins, strict=True)), _NOWHERE[:2]: math.nan}
        return list(map(known.__getitem__, heights))

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
