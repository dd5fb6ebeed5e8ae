"""Rows of a text's ruled tables as typed records: tasks with their interval and quantity, filling points, torques.

A part is a view of its document: `text` is the row as it stands there, `offset` where, so that what is computed from it
is cited in the document itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from dalil.dataset.text_lines import bodies
from dalil.dataset.text_tables import Cell, Table, tables
from dalil.records import PART_MARK, Document, Field, content_id, make_document


def parts_of(document: Document) -> list[Document]:
    """The rows of a text as records, named `manual.pdf#Change engine oil`; a repeated name gets ~2. None of a record."""
    if document.fields:
        return []
    made: list[Document] = []
    seen: Counter[str] = Counter()
    for body in bodies(document):
        for table in tables(body.lines):
            for row in table.rows:
                name = row[table.key].value
                seen[name] += 1
                key = name if seen[name] == 1 else f"{name}~{seen[name]}"
                made.append(_part(document, table, row, key))
    return made


def _part(document: Document, table: Table, row: dict[str, Cell], key: str) -> Document:
    start = document.text.rfind("\n", 0, min(cell.start for cell in row.values())) + 1
    end = max(cell.span[1] for cell in row.values())
    named = row[table.key]
    cells = [named, *(cell for cell in row.values() if cell is not named)]
    fields = tuple(
        Field(cell.column, cell.value, cell.start - start, cell.span[1] - start) for cell in cells if cell.says
    )
    starts = tuple(begin - start for begin in document.page_starts)
    made = make_document(
        f"{document.path}#{key}", f"{document.name}{PART_MARK}{named.value}", document.text[start:end],
        document.language, document.origin, fields=fields, licence=document.licence, access=document.access,
        page_starts=starts, part_of=document.path, offset=start,
    )  # fmt: skip
    return replace(
        made, id=content_id(made.id, str(start), *map(str, starts))
    )  # where it stands is a part of what it is
