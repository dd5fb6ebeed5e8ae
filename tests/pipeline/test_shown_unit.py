"""A report names its strata after what the questions are about: nobody asks a "record" of a portal's pages."""

from __future__ import annotations

from typing import Any

from dalil.pipeline.shown_unit import unit_of
from dalil.records import Document, Example, Field, make_document


def text(path: str, **more: Any) -> Document:
    return make_document(path, path, "Texte.", "fr", "s", **more)


def record(path: str, **more: Any) -> Document:
    return text(path, fields=(Field("licence", "Texte.", 0, 6),), **more)


def unit(*asked: Document, answerable: bool = True) -> str:
    examples = [
        Example(f"e{n}", "Q ?", "R", "own", "fr", "pairs", answerable, (document.path,))
        for n, document in enumerate(asked)
    ]
    return unit_of(examples, {document.path: document for document in asked})


def test_the_unit_is_what_is_asked_about() -> None:
    manual, page, entry = text("guide.pdf"), text("demarches/cin.HTM"), record("apps.json#Wekan")
    row = record("guide.pdf#Vidange", part_of="guide.pdf")
    assert (unit(entry), unit(page), unit(manual), unit(manual, row)) == ("record", "page", "document", "document")
    assert (unit(entry, page), unit(), unit(page, answerable=False)) == ("any", "any", "any")
