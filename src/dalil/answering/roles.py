"""Who or what holds a role in a record ("qui assure le support ?", where a field says "Support — Centre de services")."""

from __future__ import annotations

from collections.abc import Sequence

from dalil.answering.catalogue import Catalogue, parts_of
from dalil.language import stands_in
from dalil.records import Citation, Document


def in_role(record: Document, catalogue: Catalogue, asked: Sequence[str]) -> Citation | None:
    """The holder of the role that the asked stems name, as the record writes it; None where no item is written so."""
    for field in record.fields:
        for item in field.items or (field.value,):
            role, holder = parts_of(item) or ("", "")
            if role and stands_in(catalogue.key(role), asked):
                start = record.text.find(holder, record.text.find(item, field.start, field.end) + len(role), field.end)
                return (
                    Citation(record.path, record.name, "", None, start, start + len(holder), holder)
                    if start >= 0
                    else None
                )
    return None
