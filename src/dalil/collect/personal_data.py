"""Personal data in documents, counted or masked before anything else sees them: what follows then agrees by itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from dalil.config import ReadingSettings
from dalil.language import Personal, apart, find_personal, kind_of_field, masked
from dalil.records import Document, Dropped, Field, PersonalKind, Section, make_document

_WHAT = " personal data"
_COUNTED = re.compile(r"(\w+) (\d+)")


def personal_totals(dropped: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """How often each kind was found, over all files: what `without_personal_data` counted, added up; the most first."""
    total = Counter[str]()
    for drop in dropped:
        if drop["what"].endswith(_WHAT):
            total.update({kind: int(count) for kind, count in _COUNTED.findall(drop["reason"].partition(": ")[2])})
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def without_personal_data(
    path: str, made: Sequence[Document | Dropped], reading: ReadingSettings
) -> list[Document | Dropped]:
    """What a file gave, masked where the settings say so, and one Dropped that counts what was found by kind."""
    if reading.personal_data == "keep":
        return list(made)
    kinds, keys = frozenset(reading.personal_kinds), set[str]()
    counts = Counter[str]()
    documents: list[Document | Dropped] = []
    for item in made:
        if isinstance(item, Document):
            found = _found(item, kinds)
            counts.update(one.kind for one in found)
            item = _masked(item, found, kinds, keys) if reading.personal_data == "mask" else item
        documents.append(item)
    if not counts:
        return documents
    done = "masked" if reading.personal_data == "mask" else "found and kept"
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    return [*documents, Dropped(f"{path}{_WHAT}", f"{done}: {listed}")]


def _found(document: Document, kinds: Collection[PersonalKind]) -> list[Personal]:
    """What stands in the text, and the whole value of each field that says it is a person's."""
    fields = [(kind, f) for f in document.fields if (kind := kind_of_field(f.name)) in kinds and kind is not None]
    return apart([*(Personal(kind, f.start, f.end) for kind, f in fields), *find_personal(document.text, kinds)])


def _masked(document: Document, found: Sequence[Personal], kinds: Collection[PersonalKind], keys: set[str]) -> Document:
    """The document with masks in its text, fields, headings and name; every place moved with them."""
    text = masked(document.text, found)
    moved = _mover(found)
    whole = {document.text[one.start : one.end]: one.mask for one in found}

    def hidden(piece: str) -> str:
        return whole.get(piece) or masked(piece, find_personal(piece, kinds))

    fields = [_field(f, moved(f.start), moved(f.end), text, hidden) for f in document.fields]
    sections = [Section(hidden(s.heading), s.level, moved(s.start), moved(s.end)) for s in document.sections]
    source, mark, key = document.path.partition("#")
    path = f"{source}#{_free(hidden(document.name) + key[len(document.name) :], keys)}" if mark else source
    made = make_document(
        path, hidden(document.name), text, document.language, document.origin,
        sections=tuple(sections), fields=tuple(fields), page_starts=tuple(map(moved, document.page_starts)),
    )  # fmt: skip
    return replace(made, licence=document.licence, access=document.access)


def _field(field: Field, start: int, end: int, text: str, hidden: Callable[[str], str]) -> Field:
    value = text[start:end]
    items = field.items if value == field.value else tuple(hidden(item) for item in field.items)
    return Field(field.name, value, start, end, items)


def _free(key: str, keys: set[str]) -> str:
    """The key, numbered where masking has made it that of another record."""
    name, count = key, 1
    while name in keys:
        count += 1
        name = f"{key}~{count}"
    keys.add(name)
    return name


def _mover(found: Sequence[Personal]) -> Callable[[int], int]:
    """Offsets of the text before → offsets of the masked text; inside of what is masked, the mask's end."""
    starts = [one.start for one in found]
    grown = [0]
    for one in found:
        grown.append(grown[-1] + len(one.mask) - (one.end - one.start))

    def moved(offset: int) -> int:
        count = bisect_right(starts, offset)
        if not count or offset == starts[count - 1]:
            return offset + grown[max(0, count - 1)]
        return max(offset, found[count - 1].end) + grown[count]

    return moved
