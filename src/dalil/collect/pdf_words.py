"""The lines of a page and their words, where they stand: asked for once, by whoever looks for a table. Runs in the reading process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dalil.collect.pdf_page import Box, Page

_WORD = re.compile(r"\S+")

Places = list[int]
"""Places of a page's text: the characters of one line, or of the part of a line that stands in one cell."""

Word = tuple[Places, Box]


class PageLines:
    """The text of a page, the places of each of its lines, and what each says."""

    def __init__(self, one: Page, text: str, places: Sequence[Places]) -> None:
        self.one = one
        self.text = text
        self.places = places
        self.written = ["".join(map(text.__getitem__, line)) for line in places]
        self._words: dict[int, tuple[Word, ...]] = {}

    def __len__(self) -> int:
        return len(self.places)

    def words(self, number: int) -> tuple[Word, ...]:
        """The words of a line that stand somewhere, with their boxes."""
        if number not in self._words:
            places = self.places[number]
            words = [places[slice(*word.span())] for word in _WORD.finditer(self.written[number])]
            self.one.ask_boxes([place for word in words for place in word])
            self._words[number] = tuple((word, box) for word in words if (box := self.one.around(word)))
        return self._words[number]

    def numbered_words(self, numbers: Iterable[int]) -> list[tuple[int, Word]]:
        """The words of several lines, each with the number of its line."""
        return [(number, word) for number in numbers for word in self.words(number)]
