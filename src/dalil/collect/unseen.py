"""Characters that no reader sees: taken out of every document, whatever file it comes from, and counted.

Text hidden so reaches a model and not a person. Joiners and marks of direction stay: Arabic, Persian and emoji need them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from dalil.records import Document, Dropped, Field, Section, content_id, make_document

_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff\u180e\u206a-\u206f\U000e0000-\U000e007f\U000e0100-\U000e01ef]")
_TAGS = re.compile("[\U000e0020-\U000e007e]")
_SHOWN = 60


def without_unseen(path: str, made: Sequence[Document | Dropped]) -> list[Document | Dropped]:
    """The same without zero-width characters; one Dropped says how many there were in the file, and what they spell."""
    found: list[Document | Dropped] = []
    taken: list[str] = []
    paths = {item.path for item in made if isinstance(item, Document)}
    for item in made:
        unseen = _UNSEEN.findall(item.text) if isinstance(item, Document) else []
        taken += unseen
        document = _stripped(item) if isinstance(item, Document) and (unseen or _UNSEEN.search(item.name)) else item
        if isinstance(item, Document) and isinstance(document, Document) and document is not item:
            if document.path in paths:  # two names that only such characters tell apart
                document = replace(document, path=item.path, id=content_id(item.path, document.name, document.text))
            if not document.text.strip() or (item.fields and not document.fields):
                document = Dropped(item.path, "no text that can be seen")
        found.append(document)
    return [*found, Dropped(f"{path} hidden text", _reason(taken))] if taken else found


def _reason(taken: Sequence[str]) -> str:
    spelled = "".join(chr(ord(c) - 0xE0000) for c in taken if _TAGS.match(c))[:_SHOWN]
    return f"zero-width characters taken out: {len(taken)}" + (f", which spell: {spelled}" if spelled else "")


def _stripped(document: Document) -> Document:
    places = [match.start() for match in _UNSEEN.finditer(document.text)]

    def moved(offset: int) -> int:
        return offset - bisect_left(places, offset)

    sections = (Section(_seen(s.heading), s.level, moved(s.start), moved(s.end)) for s in document.sections)
    fields = (_field(f, moved(f.start), moved(f.end)) for f in document.fields)
    made = make_document(
        _seen(document.path), _seen(document.name).strip() or document.origin, _seen(document.text), document.language, document.origin,
        sections=tuple(s for s in sections if s.end > s.start), fields=tuple(f for f in fields if f.value),
        page_starts=tuple(map(moved, document.page_starts)),
    )  # fmt: skip
    return replace(made, licence=document.licence, access=document.access)


def _field(field: Field, start: int, end: int) -> Field:
    items = tuple(item for part in field.items if (item := _seen(part)))
    return Field(_seen(field.name), _seen(field.value), start, end, items)


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)
