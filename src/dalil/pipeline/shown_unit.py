"""What the questions of the test are about: records, pages of a site or other documents, so that a report calls them so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dalil.collect.sources import KIND_OF_SUFFIX
from dalil.evaluation.wording import Unit
from dalil.records import Document, Example


def unit_of(asked: Iterable[Example], documents: Mapping[str, Document]) -> Unit:
    """The one unit of all that is asked about, else "any". A record that is a row of a text's table counts as that text."""
    about = {path: found for e in asked if e.answerable for path in e.documents if (found := documents.get(path))}
    units = {_unit(document) for document in about.values()}
    return units.pop() if len(units) == 1 else "any"


def _unit(document: Document) -> Unit:
    if document.fields and not document.part_of:
        return "record"
    suffix = "." + document.source.rpartition(".")[2].casefold()
    return "page" if KIND_OF_SUFFIX.get(suffix) == "html" else "document"
