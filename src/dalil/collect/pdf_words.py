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

    def words(self, numbers: Iterable[int]) -> list[tuple[int, tuple[Word, ...]]]:
        """The words of several lines that stand somewhere, with their boxes, each line with its number."""
        asked = list(numbers)
        words = {number: self._split(number) for number in asked if number not in self._words}
        self.one.ask_boxes([place for line in words.values() for word in line for place in word])
        for number, line in words.items():
            self._words[number] = tuple((word, box) for word in line if (box := self.one.around(word)))
        return [(number, self._words[number]) for number in asked]

    def numbered_words(self, numbers: Iterable[int]) -> list[tuple[int, Word]]:
        """The same, each word with the number of its line."""
        return [(number, word) for number, line in self.words(numbers) for word in line]

    def _split(self, number: int) -> list[Places]:
        places = self.places[number]
        return [places[slice(*word.span())] for word in _WORD.finditer(self.written[number])]
