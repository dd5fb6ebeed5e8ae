"""Normalise, tokenise and stem French, Arabic (and Darija) and English.

A word is folded first (case, accents, Arabic letter variants) and stemmed after, so that people who type without accents
find the same passages. Words with a digit (names, versions, licences) are never stemmed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\u06d6-\u06ed"
_WORD = re.compile(rf"\w++(?:(?<=\d)(?:[.,٫٬]\d+)+|[{_MARKS}][\w{_MARKS}]*)?|[{_MARKS}][\w{_MARKS}]*")
"""Read after "_" became a space: one set of characters, each looked at once, is three times as fast as a choice for each."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
"""What is not one plain space already: of a line of 100 MB the pieces between all of its spaces would take 1.4 GB."""
_ARABIC_VARIANTS = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ی": "ي", "ک": "ك", "گ": "ك",
    "٫": ".", "٬": ",",
})  # fmt: skip
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_LIGHT10_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل", "و")
_LIGHT10_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_KNOWN_WORDS = 100_000
"""So many words are remembered: nearly all words of a text are among the most frequent, and the others cost microseconds."""
_SNOWBALL = {"fr": "french", "en": "english", "ary-Latn": "french"}


class _Plain(dict[int, str | None]):
    """What stands for a character: nothing for marks and tatweel, a Latin digit for any other; each is looked at once."""

    def __missing__(self, code: int) -> str | None:
        c = chr(code)
        self[code] = made = None if unicodedata.category(c) == "Mn" or c == "\u0640" else (
            str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c
        )  # fmt: skip
        return made


_PLAIN = _Plain()


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: its folded form and its span in the original."""

    form: str
    start: int
    end: int


def clean(text: str) -> str:
    """The form that documents are stored in: NFC, one kind of newline, no control characters, no runs of spaces."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return _SPACES.sub(" ", _CONTROLS.sub("", text))


@lru_cache(maxsize=_KNOWN_WORDS)
def fold(text: str) -> str:
    """Comparable form: NFKC, case-folded, no accents, diacritics or tatweel; Arabic variants and digits unified."""
    return folded(text)


def folded(text: str) -> str:
    """`fold` of a text that is not to be remembered, as words are: a whole one that comes once."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC_VARIANTS)
    text = unicodedata.normalize("NFD", text).translate(_PLAIN)
    return unicodedata.normalize("NFC", text).translate(_ARABIC_VARIANTS).translate(_LIGATURES)


def tokenise(text: str) -> list[Token]:
    """The words of a text with their spans. Elisions split (l'application → l, application); 3.7.8 stays one word."""
    return [Token(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text.replace("_", " "))]


def spelled_words(text: str) -> list[str]:
    """The words of a text as they are written."""
    return _WORD.findall(text.replace("_", " "))


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return list(map(fold, spelled_words(text)))


@lru_cache(maxsize=_KNOWN_WORDS)
def stem(word: str, language: str) -> str:
    """The stem of a folded word: Snowball for French and English, light10 (Larkey et al., 2002) for Arabic script."""
    if not word.isalpha() and any(c.isdigit() for c in word):
        return word
    if "\u0600" <= word[:1] <= "\u06ff":
        functions = function_words("ar")
        return word if word in functions else _light10(word, functions)
    algorithm = _SNOWBALL.get(language)
    return _stemmer(algorithm).stemWord(word) if algorithm else word


def stems(text: str, language: str) -> list[str]:
    """The stems of a text's words."""
    return [stem(word, language) for word in words(text)]


def content_words(text: str, language: str) -> list[str]:
    """The folded words of a text without the function words of its language."""
    ignored = function_words(language)
    return [word for word in words(text) if word not in ignored]


def numbers_in(text: str) -> list[str]:
    """The numbers of a text in a comparable form: Latin digits, decimal point, no space between thousands."""
    joined = re.sub(r"(?<=\d)[\u00a0\u202f ](?=\d{3}\b)", "", fold(text))
    return [number.replace(",", ".") for number in _NUMBER.findall(joined)]


@cache
def function_words(language: str) -> frozenset[str]:
    """Folded function words of a language (a small list: articles, pronouns, prepositions, question words)."""
    lists: dict[str, str] = json.loads(resources.files(__package__).joinpath("function_words.json").read_text("utf-8"))
    return frozenset(fold(word) for word in lists.get(language, "").split())


@cache
def _stemmer(algorithm: str) -> Any:
    from Stemmer import Stemmer

    return Stemmer(algorithm, 0)  # keeps no words: `stem` does


def _light10(word: str, functions: frozenset[str]) -> str:
    """light10, but no suffix is taken off where a function word would be left (فئة, a category, is not في, in)."""
    for prefix in _LIGHT10_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= (3 if prefix == "و" else 2):
            word = word[len(prefix) :]
            break
    for suffix in _LIGHT10_SUFFIXES:
        rest = word.removesuffix(suffix)
        if len(rest) >= 2 and rest not in functions:
            word = rest
    return word
