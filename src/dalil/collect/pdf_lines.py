"""What a page of a PDF is made of: lines with their place and style, and tables, with clean text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dalil.collect.cut_words import NOTHING_CUT, CutWords
from dalil.collect.wrapping import after_hyphen
from dalil.language import clean

Kind = Literal["text", "row", "edge", "heading"]
"""`row`: a row of a table. `edge`: a header or footer that stands here for the first time."""

_FORMS = re.compile("[\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufeff]+")
_ARABIC = "\u0621-\u064a\u0671-\u06d3"
_FLOATING_MARK = re.compile(rf"(?<=[{_ARABIC}]) [\u064b-\u0652\u0670]+(?=[{_ARABIC}])")
_ARABIC_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_BROKEN_GLYPHS = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_CLEAN = re.compile("[!-~«»À-ɏ–—‘’“”•…]+(?: [!-~«»À-ɏ–—‘’“”•…]+)*")
_BROKEN_SHARE = 0.3
_LATIN_WORD = re.compile("[A-Za-zÀ-ÖØ-Þà-ÿİıŸſ\u212a\u212b]{3,}")
_WITHOUT_VOWEL = re.compile(r"(?<!\S)[^\saeiouyıà-æè-ïò-öø-ý]++(?!\S)")
_FEWEST_WORDS, _MOST_WITHOUT_VOWEL = 20, 0.6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page. Places are points from the top left corner; all 0 where they are not known."""

    text: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    size: float = 0.0
    bold: bool = False
    kind: Kind = "text"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: first row, row after its last, first column, column after its last."""

    span: tuple[int, int, int, int]
    text: str
    bold: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page; `columns` are the borders of its columns, from left to right: lines, or amid white strips.

    `cut`: its first row is the end of the last one on the page above.
    """

    top: float
    bottom: float
    columns: tuple[float, ...]
    rows: int
    cells: tuple[Cell, ...]
    ruled: bool = True
    cut: bool = False


@dataclass(frozen=True, slots=True)
class PageContent:
    """Lines and tables of a page in reading order, and its height in points."""

    items: tuple[Line | Table, ...]
    height: float = 0.0

    @property
    def lines(self) -> list[Line]:
        """The lines outside of tables."""
        return [item for item in self.items if isinstance(item, Line)]


def clean_lines(text: str) -> list[str]:
    """The lines of a text from a PDF, cleaned: presentation forms, diacritics and tatweel go."""
    if _CLEAN.fullmatch(text):
        return [text]
    text = _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _ARABIC_MARKS.sub("", _FLOATING_MARK.sub("", text))
    return [line.strip() for line in clean(text).split("\n") if line.strip()]


def page_content(found: dict[str, Any], cut: CutWords = NOTHING_CUT) -> PageContent:
    """A page as the reading process describes it. `cut`: how the document writes the words that its line ends cut."""
    tables = [(table["at"], _table(table, cut)) for table in found["tables"]]
    items: list[Line | Table] = []
    for i, line in enumerate(found["lines"]):
        items += [table for at, table in tables if at == i]
        style = (*line["box"], line["size"], line["bold"])
        items += [Line(text, *style) for text in clean_lines(line["text"])]
    items += [table for at, table in tables if at >= len(found["lines"])]
    return PageContent(tuple(items), found["height"])


def _table(found: dict[str, Any], cut: CutWords) -> Table:
    cells = [Cell(tuple(cell["span"]), _cell_text(cell["lines"], cut), cell["bold"]) for cell in found["cells"]]
    empty = [Cell(tuple(span), "", False) for span in found["empty"]]
    _, top, _, bottom = found["box"]
    return Table(top, bottom, tuple(found["columns"]), found["rows"], (*cells, *empty), found["ruled"], found["cut"])


def _cell_text(lines: Sequence[str], cut: CutWords) -> str:
    """One line from the lines of a cell; a word or a number cut at a hyphen is put together."""
    text = ""
    for line in (part for raw in lines for part in clean_lines(raw)):
        if len(text) > 1 and text[-1] == "-" and text[-2].isalnum():
            kept = after_hyphen(text, line, cut)
            text = (text if kept is None else kept) + line
        else:
            text = f"{text} {line}" if text else line
    return text


def unreadable(text: str) -> str:
    """Why the raw text of a page says nothing ("" when it does)."""
    solid = "".join(text.split())
    if not any(c.isalnum() or _BROKEN_GLYPHS.match(c) for c in solid):
        return "no text on the page: needs OCR"
    latin = _LATIN_WORD.findall(text)
    dumb = len(_WITHOUT_VOWEL.findall(" ".join(latin).lower()))
    broken = len(_BROKEN_GLYPHS.findall(text)) > _BROKEN_SHARE * len(solid)
    if broken or (len(latin) >= _FEWEST_WORDS and dumb > _MOST_WITHOUT_VOWEL * len(latin)):
        return "its font says nothing of what its letters mean: needs OCR"
    return "" if any(map(str.isalnum, solid)) else "no text on the page: needs OCR"


def raw_text(found: dict[str, Any]) -> str:
    """Everything that stands on a page, as the reading process gives it."""
    cells = (line for table in found["tables"] for cell in table["cells"] for line in cell["lines"])
    return "\n".join([*(line["text"] for line in found["lines"]), *cells])
