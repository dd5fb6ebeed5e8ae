"""Which field of a catalogue names its records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dalil.collect.rows import Row
from dalil.errors import SourceError
from dalil.language import fold, words

_NAMES = (
    "nom", "name", "titre", "title", "intitulé", "libellé", "label", "désignation", "dénomination", "appellation",
    "الاسم", "اسم", "التسمية", "تسمية", "العنوان", "عنوان",
)  # fmt: skip
_NOT_THE_NAME = frozenset(
    {
        "long",
        "complet",
        "court",
        "full",
        "short",
        "file",
        "fichier",
        "prenom",
        "auteur",
        "author",
        "parent",
        "contact",
        "الكامل",
        "الكامله",
        "المختصر",
        "الملف",
        "المولف",
    }
)
_KEYS = frozenset({"id", "identifiant", "code", "ref", "reference", "url", "uri", "uuid", "date", "key", "cle",
                   "المعرف", "الرمز", "الرقم", "المرجع", "الرابط", "التاريخ"})  # fmt: skip
_SHORT_CHARACTERS = 80
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d")
_CAMEL = re.compile(r"(?<=[a-zé])(?=[A-Z])")


def find_name_field(rows: Sequence[Row], given: str | None) -> str | None:
    """The field that names the records, or None. Raises SourceError where the `given` one is not there."""
    fields = list(dict.fromkeys(name for row in rows for name in row.cells))
    if given is not None:
        return _named(fields, given)
    called = [(rank, i, name) for i, name in enumerate(fields) if (rank := _rank(name)) is not None]
    for rank, _, name in sorted(called):
        if _names_records(rows, name, distinct=0.5 if rank[0] == 0 else 0.7):
            return name
    plain = [name for name in fields if not _KEYS & set(words(name))]
    return next((name for name in [*plain, *fields] if _names_records(rows, name, distinct=0.9)), None)


def _named(fields: list[str], given: str) -> str:
    for name in fields:
        if name == given or fold(name) == fold(given):
            return name
    raise SourceError(f"has no field `{given}` (name_field); its fields: {', '.join(fields[:20]) or 'none'}")


def names_by_usage(field: str) -> bool:
    """Whether a field is called as fields that name their record usually are."""
    return (_rank(field) or (1, 0))[0] == 0


def _rank(name: str) -> tuple[int, int] | None:
    """(0, place) where the name is one of the usual, (1, place) where it holds one, None otherwise."""
    parts = words(_CAMEL.sub(" ", name).replace("_", " "))
    usual = [fold(known) for known in _NAMES]
    if " ".join(parts) in usual:
        return 0, usual.index(" ".join(parts))
    if _NOT_THE_NAME & set(parts):
        return None
    return next(((1, i) for i, known in enumerate(usual) if known in parts), None)


def _names_records(rows: Sequence[Row], name: str, distinct: float) -> bool:
    """Whether the values are there, short, nearly unique and not numbers, dates or addresses."""
    values = [row.cells[name].value for row in rows if name in row.cells]
    if len(values) * 2 < len(rows):
        return False
    short = sum(len(value) <= _SHORT_CHARACTERS for value in values)
    worded = sum(
        any(c.isalpha() for c in value) and not _MOMENT.match(value) and "://" not in value and "@" not in value
        for value in values
    )
    enough = 0.8 * len(values)
    return len(set(values)) >= distinct * len(values) and short >= enough and worded >= enough
