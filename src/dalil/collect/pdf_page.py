"""The text of one PDF page through PDFium, and where each of its characters stands.

Runs in the reading process. Places are points from the page's top left corner as it is shown (`/Rotate` honoured).
What is asked of every character is asked in one sweep (`pdf_calls`): a call from Python for each was most of the time.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dalil.collect.pdf_calls import Columns, address, boxes_of, origins_of, styles_of

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
        self._every: list[Box] = []
        self._styles: dict[int, tuple[float, bool]] = {}

    def index(self, place: int) -> int:
        """PDFium's number of the character at a place of the text; -1 where it has none."""
        return self._places[place] if self._places else place

    def indices(self, places: Sequence[int]) -> Sequence[int]:
        """The same of several places."""
        return [self._places[place] for place in places] if self._places else places

    def box(self, place: int) -> Box | None:
        """Where the character at a place of the text stands, or None."""
        left, bottom, right, top = found = self._box(place)
        if left != left:
            return None
        if self.rotation:
            return self.shown(*found)
        start, _, _, high = self.frame
        return left - start, high - top, right - start, high - bottom

    def around(self, places: Sequence[int]) -> Box | None:
        """The box around several characters that have been asked for, or None where none stands anywhere."""
        known = self._every or self._boxes
        boxes = [box for box in map(known.__getitem__, places) if box[0] == box[0]]
        if not boxes:
            return None
        lefts, lows, rights, highs = zip(*boxes, strict=True)
        return self.shown(min(lefts), min(lows), max(rights), max(highs))

    def _box(self, place: int) -> Box:
        """Left, bottom, right and top in the page's own corners; NaN for no box."""
        if self._every:
            return self._every[place]
        if place not in self._boxes:
            self.ask_boxes([place])
        return self._boxes[place]

    def _boxes_at(self, places: Sequence[int]) -> list[Box]:
        self.ask_boxes(places)
        return list(map((self._every or self._boxes).__getitem__, places))

    def ask_boxes(self, places: Iterable[int]) -> None:
        """Ask for the boxes of many characters at once, before they are needed."""
        if self._every:
            return
        lacking = [place for place in places if place not in self._boxes]
        if lacking:
            boxes = zip(*boxes_of(self.text_address, self.indices(lacking)), strict=True)
            self._boxes.update(zip(lacking, boxes, strict=True))

    def ask_every_box(self) -> Columns:
        """Ask for the boxes of all characters at once: left, bottom, right, top by their place; NaN for no box."""
        if self._columns is None:
            self._columns = boxes_of(self.text_address, self._places or range(len(self.text)))
            self._every = list(zip(*self._columns, strict=True))
        return self._columns

    def heights(self, places: Sequence[int]) -> list[float]:
        """How high the boxes of characters are as shown; NaN for no box."""
        low, high = (1, 3) if self.rotation in (0, 180) else (0, 2)
        return [box[high] - box[low] for box in self._boxes_at(places)]

    def sides(self, place: int) -> tuple[float, float] | None:
        """Left and right of the character at a place of the text, or None."""
        box = self.box(place)
        return (box[0], box[2]) if box else None

    def sides_of(self, places: Sequence[int]) -> list[tuple[float, float]]:
        """Left and right of the character at each place; NaN where it stands nowhere."""
        boxes = self._boxes_at(places)
        if self.rotation:
            boxes = [self.shown(*box) if box[0] == box[0] else box for box in boxes]
            return [(left, right) for left, _, right, _ in boxes]
        start = self.frame[0]
        return [(left - start, right - start) for left, _, right, _ in boxes]

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
        origins = origins_of(self.text_address, self.indices(places))
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
        if place not in self._styles:
            self.ask_styles([place])
        return self._styles[place]

    def ask_styles(self, places: Iterable[int]) -> None:
        """Ask for the styles of many characters at once, before they are needed."""
        lacking = [place for place in set(places) if place not in self._styles]
        self._styles.update(dict.fromkeys(lacking, (0.0, False)))
        there = [place for place in lacking if self.index(place) >= 0]
        asked = styles_of(self.text_address, self.indices(there))
        bold = {font: _BOLD.search(font) is not None for font in {font for _, font, _ in asked}}
        for place, (size, font, flags) in zip(there, asked, strict=True):
            self._styles[place] = round(size, 1), bold[font] or bool(flags & _FORCE_BOLD)


def _numbers_of(one: Page, text: str) -> list[int]:
    """For each place of a text PDFium's number of its character; empty where both are the same (nearly always)."""
    units = _utf16_units(text)
    if not units and len(text) == one._count:
        return []
    asked = one.pdfium.FPDFText_GetCharIndexFromTextIndex
    if units:
        return [int(asked(one.text_page, unit)) for unit in units]
    return _rising(lambda place: asked(one.text_page, place), 0, len(text) - 1)


def _rising(number: Callable[[int], int], first: int, last: int) -> list[int]:
    """The numbers of a range of places, which rise: between two that are as far apart as their places nothing is asked."""
    if last < first:
        return []
    low, high = number(first), number(last)
    if high - low == last - first:
        return list(range(low, high + 1))
    middle = (first + last) // 2
    return _rising(number, first, middle) + _rising(number, middle + 1, last)


def _utf16_units(text: str) -> list[int]:
    """For each place of a text its place in UTF-16, which PDFium counts in; empty where both are the same."""
    if not text or max(text) <= "\uffff":
        return []
    units, at = [], 0
    for character in text:
        units.append(at)
        at += 1 + (character > "\uffff")
    return units
