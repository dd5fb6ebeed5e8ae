"""From the nodes of a page to lines: blocks, lists, tables, headings."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from dalil.collect.html_tables import named_rows
from dalil.collect.html_walk import BLOCKS, text_of, walk
from dalil.collect.outline import Draft, as_code
from dalil.language import clean

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BULLET = re.compile(r"\s*(?:-|\d+\.)\s*")
_SPACES = re.compile(r"\s{2,}|[^\S ]")  # as in `clean`: nothing to do for a plain space


class PageText:
    """Writes the text of nodes into a draft."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.pieces: list[str] = []
        self.pre = 0
        self.rows = 0
        self.lists: list[int | None] = []
        self.questions: list[int] = []
        self.tables: dict[int, bool] = {}
        self.written: int | None = None

    def add(self, root: LexborNode) -> None:
        """Add everything below a node."""
        for node, entering in walk(root):
            tag = node.tag or ""
            if self.written is not None:
                self.written = None if node.mem_id == self.written else self.written
            elif tag == "table" and entering and self._write_table(node):
                self.written = node.mem_id
            elif tag == "-text":
                if entering:
                    self._text(text_of(node))
            elif not tag.startswith("-"):
                self._enter(node, tag) if entering else self._leave(node, tag)
        self._flush()

    def _write_table(self, table: LexborNode) -> bool:
        """Write a table whose rows can say their columns' names; what is inside of it is then passed over."""
        rows = [] if self.rows or not self._holds_data(table) else named_rows(table)
        if rows:
            self._flush()
        for row in rows:
            self.draft.line(row)
        return bool(rows)

    def _text(self, text: str) -> None:
        self.pieces.append(text if self.pre and not self.rows else _SPACES.sub(" ", text))

    def _enter(self, node: LexborNode, tag: str) -> None:
        if tag in ("ol", "ul"):
            self.lists.append(_first_number(node) - 1 if tag == "ol" else None)
        if tag in ("dl", "details"):
            self._flush()
            self.questions.append(self.draft.level + 1)
        if self.rows:
            self._in_row(tag)
            return
        if tag in BLOCKS:
            self._flush()
        if tag == "br":
            self.pieces.append("\n")
        elif tag == "pre":
            self.pre += 1
        elif tag == "li":
            self.pieces.append(self._bullet())
        elif tag == "tr" and self._is_data(node):
            self.rows += 1

    def _leave(self, node: LexborNode, tag: str) -> None:
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        if self.rows:
            self.rows -= int(tag == "tr")
            if not self.rows:
                self._flush()
            return
        if tag in _HEADINGS:
            self._heading(_HEADINGS[tag])
        elif tag in ("dt", "summary") and self.questions:
            self._heading(self.questions[-1])
        elif tag == "pre":
            self._flush()
            self.pre -= 1
        elif tag in BLOCKS:
            self._flush()
        if tag == "li" and _BULLET.fullmatch("".join(self.pieces)):
            self.pieces.clear()
        if tag in ("dl", "details") and self.questions:
            self.draft.close(self.questions.pop())

    def _in_row(self, tag: str) -> None:
        """Cells are joined by a bar, and everything inside them stays on the row's line."""
        if tag in ("td", "th") and any(piece.strip() for piece in self.pieces):
            self.pieces.append(" | ")
        elif tag in BLOCKS or tag == "br":
            self.pieces.append(" ")

    def _bullet(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def _heading(self, level: int) -> None:
        text = " ".join(clean("".join(self.pieces)).split())
        self.pieces.clear()
        if text:
            self.draft.line("")
            self.draft.heading(text, level)

    def _flush(self) -> None:
        text = "".join(self.pieces)
        if self.lists and _BULLET.fullmatch(text):
            return
        self.pieces.clear()
        for line in text.split("\n"):
            if self.pre or line.strip():
                self.draft.line(as_code(line) if self.pre else clean(line).strip())

    def _is_data(self, row: LexborNode) -> bool:
        """Whether a row's table holds data: one around headings or other tables is there for the layout."""
        table = row.parent
        while table is not None and table.tag != "table":
            table = table.parent
        if table is None:
            return False
        return self._holds_data(table)

    def _holds_data(self, table: LexborNode) -> bool:
        if table.mem_id not in self.tables:
            inside = table.css("table, h1, h2, h3, h4, form")
            self.tables[table.mem_id] = not any(node.mem_id != table.mem_id for node in inside)
        return self.tables[table.mem_id]


def _first_number(ordered: LexborNode) -> int:
    """The number of a list's first entry: lists go on where a picture or a note parts them."""
    given = (ordered.attributes.get("start") or "1").strip()
    return int(given) if given.isdecimal() and len(given) < 6 else 1
