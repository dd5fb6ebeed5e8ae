"""Questions about one field of one record, in several wordings: the answer is the field's value, verbatim."""

from __future__ import annotations

from collections.abc import Mapping

from dalil.dataset.fields import AskedField
from dalil.dataset.wordings import families
from dalil.records import Document, Evidence, Example, Language, content_id


def record_examples(
    document: Document, asked: Mapping[str, AskedField], language: Language, count: int
) -> list[Example]:
    """Every asked field that the record holds, in `count` trained wordings (1–5) and the held-out one."""
    made: list[Example] = []
    seen = set[str]()
    for field in document.fields:
        about = asked.get(field.name)
        if about is None or not field.value.strip() or field.name in seen:
            continue
        seen.add(field.name)
        evidence = (Evidence(document.path, field.start, field.end),)
        for family in families(count):
            made.append(
                Example(
                    id=content_id("templates", document.path, field.name, family),
                    question=about.ask(document.name, family),
                    answer=field.value,
                    kind=about.kind,
                    language=language,
                    origin="templates",
                    answerable=True,
                    documents=(document.path,),
                    evidence=evidence,
                    field=field.name,
                    values=field.items or (field.value,),
                    wording=family,
                )
            )
    return made
