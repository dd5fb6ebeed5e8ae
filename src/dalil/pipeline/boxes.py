"""Boxes that mark, on the page of a PDF, what a citation or a hit quotes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.collect.pdf_boxes import boxes_on_page
from dalil.collect.sources import list_sources
from dalil.errors import SourceError
from dalil.stages import Context


def with_boxes(context: Context, rows: Sequence[dict[str, Any]], quoted: str) -> list[dict[str, Any]]:
    """The rows, each with `boxes`: None where its document is no PDF of this workspace or cannot be read any more.

    `quoted`: the key under which a row holds its text. What goes on over the page's end is marked on the first page.
    """
    config = context.config
    files, _ = list_sources(config.sources, context.root, config.reading)
    pdfs = {file.path: file.absolute for file in files if file.kind == "pdf"}

    def boxes(row: dict[str, Any]) -> list[list[float]] | None:
        path = pdfs.get(row["document"].partition("#")[0])
        if path is None or row["page"] is None:
            return None
        try:
            return boxes_on_page(path, row["page"], row[quoted], config.reading)
        except SourceError as error:
            context.say(f"{row['document']} page {row['page']}: {error.message}")
            return None

    return [{**row, "boxes": boxes(row)} for row in rows]
