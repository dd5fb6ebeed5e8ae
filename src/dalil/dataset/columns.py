"""The columns of a file of questions, by whatever name and case they go, and their cells as typed values."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from dalil.language import fold, words
from dalil.records import Language

QUESTION = "question"
_ALIASES = {
    QUESTION: ("question", "questions", "query", "instruction", "demande", "requête", "سؤال", "السؤال"),
    "id": ("id", "identifiant", "numéro", "n°", "no", "ref", "référence", "qid"),
    "answer": ("answer", "réponse", "réponses", "answers", "expected answer", "réponse attendue", "output", "completion",
               "gold", "جواب", "الجواب", "إجابة", "الإجابة"),
    "document": ("document", "documents", "doc", "fichier", "file", "source", "fiche", "record", "وثيقة", "الوثيقة"),
    "page": ("page", "pages", "صفحة", "الصفحة"),
    "kind": ("kind", "type", "catégorie", "category", "genre", "type de question", "نوع"),
    "language": ("language", "langue", "lang", "locale", "لغة", "اللغة"),
    "answerable": ("answerable", "répondable", "a une réponse", "réponse possible"),
    "scope": ("scope", "portée", "périmètre"),
}  # fmt: skip
COLUMNS = tuple(_ALIASES)
_TRUE = frozenset({"true", "oui", "yes", "1", "vrai", "x", "نعم"})
_FALSE = frozenset({"false", "non", "no", "0", "faux", "لا"})
_LANGUAGES: dict[str, Language] = {
    "français": "fr", "french": "fr", "arabe": "ar", "arabic": "ar", "العربية": "ar", "anglais": "en", "english": "en",
    "darija": "ary",
}  # fmt: skip


def _key(header: str) -> str:
    return " ".join(words(str(header).replace("_", " "))) or fold(str(header)).strip()


def named_columns(headers: Iterable[str]) -> dict[str, str]:
    """Contract column → the file's own name for it; the exact name wins over an alias, an earlier alias over a later."""
    given: dict[str, str] = {}
    for header in headers:
        given.setdefault(_key(header), header)
    found: dict[str, str] = {}
    for column, aliases in _ALIASES.items():
        named = next((given[_key(alias)] for alias in aliases if _key(alias) in given), None)
        if named is not None and named not in found.values():
            found[column] = named
    return found


def has_question(headers: Sequence[str]) -> bool:
    """Whether one of the headers is a question's."""
    return QUESTION in named_columns(headers)


def as_text(cell: Any) -> str:
    """A cell as clean text: "" for nothing, 3 for 3.0, items of a list joined by " ; "."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dict):
        return as_text(cell.get("text"))
    if isinstance(cell, list | tuple):
        return " ; ".join(filter(None, map(as_text, cell)))
    return unicodedata.normalize("NFC", str(cell)).strip()


def as_page(cell: Any) -> int | None:
    """A page from 1, or None."""
    text = as_text(cell)
    return int(text) if text.isdecimal() and int(text) > 0 else None


def as_flag(cell: Any) -> bool | None:
    """true/oui/1 or false/non/0; None where neither."""
    text = fold(as_text(cell))
    if text in _TRUE:
        return True
    return False if text in _FALSE else None


def as_language(cell: Any) -> Language | None:
    """A known language by its code or name; None where neither ("fr-FR" is fr)."""
    text = fold(as_text(cell))
    by_name = {fold(name): code for name, code in _LANGUAGES.items()}
    by_code = {fold(code): code for code in get_args(Language)}
    return by_code.get(text) or by_name.get(text) or by_code.get(text.replace("_", "-").split("-")[0])
