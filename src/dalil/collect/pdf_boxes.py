"""Where a quoted text stands on its page of a PDF: boxes to mark it with, asked for when somebody wants to see it.

Kept for every word they would be larger than the text itself; read again, a page takes milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from dalil.collect.limited import work
from dalil.collect.pdf_page import Box, Page
from dalil.collect.pdf_read import Opened, open_page
from dalil.collect.pdf_visual import Seen, is_arabic_page, visual_lines
from dalil.config import ReadingSettings
from dalil.language import tokenise


def boxes_on_page(path: str, page: int, quote: str, reading: ReadingSettings) -> list[list[float]]:
    """Left, top, right, bottom of each piece of a line that the quote stands in, in points from the top left of the page (from 1).

    Empty where the page has no such text (a scan). Raises SourceError where the file cannot be read.
    """
    asked = {"path": path, "page": page, "quote": quote}
    found: list[list[float]] = work("dalil.collect.pdf_boxes", asked, reading, "PDF reader")["boxes"]
    return found


def prepare(asked: dict[str, Any]) -> None:
    """Import what every child needs."""
    import pypdfium2.raw  # noqa: F401


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The work of the limited process."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(asked["path"])
        opened = open_page(document[asked["page"] - 1])
    except (pypdfium2.PdfiumError, IndexError):
        return {"error": f"page {asked['page']} cannot be read"}
    found = marked(opened.sheet.one, list(_words(opened)), asked["quote"])
    return {"boxes": [[round(value, 1) for value in box] for box in found]}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a page: its folded form, the number of its line, whether this is in a ruled table, and its characters' places."""

    form: str
    line: int
    in_table: bool
    places: Sequence[int]


def _words(opened: Opened) -> Iterator[Word]:
    text = opened.sheet.text
    for number, (in_table, places) in enumerate(_in_order(opened.sheet.lines.places, _in_ruled_tables(opened))):
        for token in tokenise("".join(text[place] for place in places)):
            yield Word(token.form, number, in_table, places[token.start : token.end])


def _in_order(lines: Sequence[Sequence[int]], inside: Sequence[Sequence[int]]) -> list[tuple[bool, Sequence[int]]]:
    """The lines of a page and (True) of its tables, each table before the line that it stands before."""
    placed = [((number, 1), places) for number, places in enumerate(lines)]
    firsts = [min(places) for places in lines]
    placed += [((sum(first < min(places) for first in firsts), 0), places) for places in inside]
    return [(not beside, places) for (_, beside), places in sorted(placed, key=lambda item: item[0])]


def _in_ruled_tables(opened: Opened) -> list[Sequence[int]]:
    """The characters that lie in no line: those of ruled tables, in the lines that the eye sees."""
    one, text = opened.sheet.one, opened.sheet.text
    outside = {place for places in opened.sheet.lines.places for place in places}
    inside = [place for place in range(len(one.text)) if place not in outside]
    runs = [
        [place for place, _ in run]
        for is_text, run in groupby(
            zip(inside, (text[p] not in "\r\n\ufffe" for p in inside), strict=True), lambda p: p[1]
        )
        if is_text
    ]
    runs = [run for run in runs if "".join(text[place] for place in run).strip()]
    if not is_arabic_page(text):
        return list(runs)
    sized = [(run, one.style(next(p for p in run if not text[p].isspace()))[0]) for run in runs]
    return list(visual_lines(Seen(text, *one.looks()), sized))


def marked(one: Page, words: Sequence[Word], quote: str) -> list[Box]:
    """One box for what a line has of the quote: more than a single one of its words, which may stand there by chance."""
    wanted = [token.form for token in tokenise(quote)]
    matcher = SequenceMatcher(None, [word.form for word in words], wanted, autojunk=False)
    found = [word for block in matcher.get_matching_blocks() for word in words[block.a : block.a + block.size]]
    length = Counter(word.line for word in words)
    lines = {number: list(group) for number, group in groupby(found, key=lambda word: word.line)}
    sure = {number: line for number, line in lines.items() if len(line) > 1 or 1 in (length[number], len(wanted))}
    said = set(wanted)
    for word in words:  # a row is quoted with its columns' names between its values: not in the order of the page
        if word.in_table and word.line in sure and word.form in said:
            sure[word.line].append(word)
    pieces = [[place for word in line for place in word.places] for line in sure.values()]
    one.ask_boxes([place for piece in pieces for place in piece])
    return [box for piece in pieces if (box := one.around(piece)) is not None]
