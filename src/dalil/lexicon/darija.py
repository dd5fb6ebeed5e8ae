"""Darija in the words of French and Arabic documents: hardly any document is written in it, but people ask in it.

Each spells as he hears ("ch7al", "chhal"), so words are met by their sound, and without the beginnings and endings that
Darija writes onto them ("lwra9", "kaykherj", "فالزواج").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from dalil.language import fold, identify, tokenise, words
from dalil.language.analysis import function_words
from dalil.records import Language
from dalil.tables import read_table

HEARD: Language = "ary-Latn"
"""Darija in Latin letters, which everybody spells as he hears."""
DARIJA: tuple[Language, ...] = ("ary", HEARD)
_SOUNDS = (
    ("sh", "ch"), ("q", "9"), ("5", "kh"), ("8", "h"), ("7", "h"), ("ou", "o"), ("u", "o"), ("y", "i"), ("e", ""), ("x", "ch"),
)  # fmt: skip
_TWICE = re.compile(r"([^\W\d_])\1")
_LATIN_BEGINNINGS = (
    "", "fl", "bl", "dl", "l", "f", "b", "d", "kan", "kat", "kai", "tan", "tat", "tai", "ghan", "ghat", "ghai", "ka", "n", "t", "i",
)  # fmt: skip
_LATIN_ENDINGS = ("", "at", "ti", "na", "ha", "ho", "hom", "t", "o", "a", "i", "k", "ch", "w")
_ARABIC_BEGINNINGS = (
    "", "وال", "فال", "بال", "لل", "ال", "و", "ف", "ب", "ل", "د", "كان", "كن", "كت", "كي", "تن", "تت", "تي", "غن", "غت", "غي",
    "غان", "غات", "غاي", "ن", "ت", "ي",
)  # fmt: skip
_ARABIC_ENDINGS = ("", "ات", "تي", "نا", "ها", "هم", "و", "ت", "ي", "ك", "ه", "ش")
_LEAST_LETTERS = 3
_LETTER_DIGITS = re.compile(r"(?!.*\d\d)(?!.*[0146])[a-z]*\d[a-z\d]*[a-z][a-z\d]*|[a-z]{2,}\d")
"""A digit that stands for a letter ("9der", "wra9"): one beside letters, none of those that Darija does not write so."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a word of Darija is in French and in Arabic, as folded words; none where it says nothing by itself."""

    fr: tuple[str, ...]
    ar: tuple[str, ...]

    def of(self, language: str) -> tuple[str, ...] | None:
        """The words of a language; None where there is no rendering into it."""
        return {"fr": self.fr, "ar": self.ar}.get(language)

    @property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """The words of either language, where it has any."""
        return tuple(way for way in (self.fr, self.ar) if way)


def is_darija(text: str, languages: Sequence[Language]) -> bool:
    """Whether a question is in Darija, in a workspace that expects some."""
    return not set(DARIJA).isdisjoint(languages) and identify(text, languages) in DARIJA


def is_spelled_by_sound(word: str) -> bool:
    """Whether the digits of a folded word are letters, so that it need not be a name ("n9der", not "wl180")."""
    return _LETTER_DIGITS.fullmatch(word) is not None


def said_in_documents(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The folded words of a question in Darija, each once, with the ways in which documents say it.

    Words that say nothing by themselves are left out, unless there is no other."""
    every = dict.fromkeys(words(text))
    known = {word: found.ways for word in every if (found := rendering(word))}
    telling = [word for word in every if known.get(word, ((),))] or list(every)
    return {word: known.get(word, ()) for word in telling}


def in_words_of(text: str, language: str) -> str:
    """A text with each word of Darija said in French or Arabic; what is not known stays as it is written."""
    said: list[str] = []
    for token in tokenise(text):
        found = rendering(token.form)
        known = found.of(language) if found else None
        said += [text[token.start : token.end]] if known is None else known
    return " ".join(word for word, _ in itertools.groupby(said))


@lru_cache(maxsize=10_000)
def rendering(word: str) -> Rendering | None:
    """What a folded word of Darija is in other words, or None where it is not known: as it is spelled, else as it sounds,
    else without what is written onto it, the least taken off first."""
    known = _known_spellings()
    if word in known or word in function_words("fr"):  # "de" sounds like the Darija "d"
        return known.get(word)
    arabic = word[:1] >= "\u0600"
    plain = word if arabic else by_sound(word)
    return next((known[form] for form in (plain, *_bare(plain, arabic)) if form in known), None)


def _bare(word: str, arabic: bool) -> Iterator[str]:
    beginnings, endings = (_ARABIC_BEGINNINGS, _ARABIC_ENDINGS) if arabic else (_LATIN_BEGINNINGS, _LATIN_ENDINGS)
    cut = [
        word[len(before) : len(word) - len(after)]
        for before in beginnings
        for after in endings
        if word.startswith(before) and word.endswith(after) and len(word) - len(before) - len(after) >= _LEAST_LETTERS
    ]
    yield from sorted(cut, key=lambda form: -len(form))


@lru_cache(maxsize=8192)
def by_sound(word: str) -> str:
    """A word in Latin letters as one spelling for all that sound alike."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _TWICE.sub(r"\1", word)


@cache
def darija_rows() -> dict[str, list[dict[str, str]]]:
    """The rows of the table of Darija, by group."""
    rows: dict[str, list[dict[str, str]]] = read_table(
        resources.files(__package__).joinpath("darija.yaml").read_text("utf-8")
    )
    return rows


@cache
def _known_spellings() -> dict[str, Rendering]:
    """Every known spelling, and what it sounds like, with what it is."""
    found: dict[str, Rendering] = {}
    for row in (row for rows in darija_rows().values() for row in rows):
        meant = Rendering(tuple(words(row["fr"])), tuple(words(row["ar"])))
        for spelled in map(fold, row["words"].split()):
            found.setdefault(spelled, meant)
            found.setdefault(spelled if spelled >= "\u0600" else by_sound(spelled), meant)
    return found
