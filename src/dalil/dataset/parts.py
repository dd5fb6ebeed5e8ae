"""Rows of a text's ruled tables as typed records (tasks with their interval and quantity, filling points, torques), and its
lists: steps, papers to bring.

A part is a view of its document: `text` is the row as it stands there, `offset` where, so that what is computed from it
is cited in the document itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dalil.dataset.text_lines import Body, bodies
from dalil.dataset.text_lists import TextList, list_of
from dalil.dataset.text_tables import Cell, Table, tables
from dalil.lexicon import load_lexicon
from dalil.records import PART_MARK, Document, Field, content_id, make_document


def parts_of(document: Document) -> list[Document]:
    """The rows and lists of a text as records, named `manual.pdf#Change engine oil`; a repeated name gets ~2. None of a record.

    A list is a record of one field, named as its heading, with the items."""
    if document.fields:
        return []
    made: list[Document] = []
    seen: Counter[str] = Counter()
    lexicon = load_lexicon(document.language)

    def key_of(name: str) -> str:
        seen[name] += 1
        return name if seen[name] == 1 else f"{name}~{seen[name]}"

    for body in bodies(document):
        for table in tables(body.lines):
            made += [_row(document, table, row, key_of(row[table.key].value)) for row in table.rows]
        if body.heading and (found := list_of(body, lexicon)):
            made.append(_list(document, body, found, key_of(body.heading)))
    return made


def _row(document: Document, table: Table, row: dict[str, Cell], key: str) -> Document:
    start = document.text.rfind("\n", 0, min(cell.start for cell in row.values())) + 1
    end = max(cell.span[1] for cell in row.values())
    named = row[table.key]
    cells = [named, *(cell for cell in row.values() if cell is not named)]
    fields = tuple(
        Field(cell.column, cell.value, cell.start - start, cell.span[1] - start) for cell in cells if cell.says
    )
    return _part(document, (start, end), key, (named.value,), fields)


def _list(document: Document, body: Body, found: TextList, key: str) -> Document:
    value = document.text[found.start : found.end]
    field = Field(body.heading, value, 0, len(value), found.items)
    return _part(document, (found.start, found.end), key, (*body.above, body.heading), (field,))


def _part(
    document: Document, span: tuple[int, int], key: str, names: Sequence[str], fields: tuple[Field, ...]
) -> Document:
    start, end = span
    starts = tuple(begin - start for begin in document.page_starts)
    made = make_document(
        f"{document.path}#{key}", PART_MARK.join((document.name, *names)), document.text[start:end],
        document.language, document.origin, fields=fields, licence=document.licence, access=document.access,
        page_starts=starts, part_of=document.path, offset=start,
    )  # fmt: skip
    return replace(
        made, id=content_id(made.id, str(start), *map(str, starts))
    )  # where it stands is a part of what it is
