"""Word files: headings as sections, lists, tables, notes; what is hidden is left out and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from dalil.collect.archive import check_archive
from dalil.collect.docx_runs import Runs, value_of, w
from dalil.collect.docx_styles import Styles
from dalil.collect.docx_tables import TableCell, marked_heads, spanning, table_cell
from dalil.collect.named_grid import GridCell
from dalil.collect.office import OfficeText, named_table, office_errors, plain_table
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.records import Document, Dropped, Language

_NOTE_KINDS = ("footnotes", "endnotes")
_CONTAINERS = ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:smartTag")


def read_docx(file: SourceFile, languages: Sequence[Language], reading: ReadingSettings) -> list[Document | Dropped]:
    """A Word file as one document. Raises SourceError where it is damaged or has no text."""
    check_archive(file.absolute, "word", reading)
    from docx import Document as open_docx

    with office_errors("Word document"):
        opened = open_docx(file.absolute)
        made = _Word(opened)
        made.blocks(opened.element.body)
    return made.out.finish(file, made.title, languages)


class _Word:
    """Walks the blocks of a document in their order."""

    def __init__(self, opened: Any) -> None:
        self.out = OfficeText()
        self.title = ""
        self.styles = Styles(opened)
        dark = opened.element.find(w("w:background")) is not None
        self.runs = Runs(self.out.hidden, self.styles, white_hides=not dark)
        self.notes = _notes(opened)
        self.in_list = False

    def blocks(self, parent: Any) -> None:
        """Add the paragraphs and tables of a body."""
        for block in _blocks(parent):
            if block.tag == w("w:p"):
                self._paragraph(block)
            else:
                self._table(block)

    def _paragraph(self, paragraph: Any) -> None:
        text, notes = self.runs.text(paragraph)
        style = self.styles.of(paragraph)
        listed = self.styles.mark(paragraph)
        if text.strip() and style.title and not self.title:
            self.title = " ".join(text.split())
        if text.strip() and style.level:
            self.out.heading(text, style.level)
        else:
            if not listed or not self.in_list:
                self.out.draft.line("")
            self.out.lines(text, listed)
            self.in_list = bool(listed)
        self._add_notes(notes)

    def _table(self, table: Any) -> None:
        self.out.draft.line("")
        self.in_list = False
        rows = _rows(table)
        if max(map(len, map(_cells, rows)), default=0) == 1 and any(_holds_table(row) for row in rows):
            for cell in (cell for row in rows for cell in _cells(row)):
                self.blocks(cell)  # one column around other tables is there for the page's look
            return
        grid, notes = self._grid(rows)
        self.out.table(grid, heads=marked_heads(rows))
        self._add_notes(notes)

    def _grid(self, rows: Sequence[Any]) -> tuple[list[list[GridCell]], list[str]]:
        """The cells of a table, and the notes that they refer to."""
        notes: list[str] = []
        grid: list[list[TableCell]] = []
        for row in rows:
            cells = _cells(row)
            texts = [self._cell(cell) for cell in cells]
            grid.append([table_cell(cell, text) for cell, (text, _) in zip(cells, texts, strict=True)])
            notes += [note for _, found in texts for note in found]
        return spanning(grid), notes

    def _cell(self, cell: Any) -> tuple[str, list[str]]:
        """What a cell says. A table inside it stands apart: its rows by semicolons, before and after them a dash."""
        said: list[str] = []
        notes: list[str] = []
        for is_table, blocks in groupby(_blocks(cell), key=lambda block: bool(block.tag == w("w:tbl"))):
            texts = [self._inner(block) if is_table else self.runs.text(block, in_table=True) for block in blocks]
            said.append((" ; " if is_table else "\n").join(text for text, _ in texts if text.strip()))
            notes += [note for _, found in texts for note in found]
        return " – ".join(filter(str.strip, said)), notes

    def _inner(self, table: Any) -> tuple[str, list[str]]:
        rows = _rows(table)
        grid, notes = self._grid(rows)
        named = [line.replace(" | ", ", ") for line in named_table(grid, marked_heads(rows))]
        plain = [(": " if len(row) == 2 else ", ").join(filter(None, row)) for row in plain_table(grid)]
        return " ; ".join(named or plain), notes

    def _add_notes(self, notes: Sequence[str]) -> None:
        for note in notes:
            if (element := self.notes.get(note)) is not None:
                text, _ = self.runs.text(element)
                self.out.lines(text, f"[{note.rsplit(' ', 1)[-1]}] ")


def _rows(table: Any) -> list[Any]:
    """A table's own rows, not those of tables in its cells."""
    return [row for row in table.iter(w("w:tr")) if next(row.iterancestors(w("w:tbl"))) is table]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.iter(w("w:tc")) if next(cell.iterancestors(w("w:tr"))) is row]


def _holds_table(row: Any) -> bool:
    return next(row.iter(w("w:tbl")), None) is not None


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables, those inside content controls too; deleted ones not."""
    for child in parent.iterchildren():
        if child.tag in (w("w:p"), w("w:tbl")):
            yield child
        elif child.tag in tuple(map(w, _CONTAINERS)):
            yield from _blocks(child)


def _notes(opened: Any) -> dict[str, Any]:
    """The element of each note that a person wrote, under a key such as "footnotes 1"."""
    from docx.oxml.parser import parse_xml

    found: dict[str, Any] = {}
    for relation in opened.part.rels.values():
        kind = str(relation.reltype).rsplit("/", 1)[-1]
        if kind in _NOTE_KINDS and not relation.is_external:
            for note in parse_xml(relation.target_part.blob):
                if isinstance(note.tag, str) and note.get(w("w:type")) in (None, "normal"):
                    found[f"{kind} {value_of(note, 'w:id')}"] = note
    return found
