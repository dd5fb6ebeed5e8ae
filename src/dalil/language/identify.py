"""Language identification among fr, ar, en and Darija in both scripts: script, words and shapes of words; no model.

The script leaves two or three languages, and each word gives them points (`cues.json` and `function_words.json`):

| cue | points |
|---|---|
| a word of Darija that no other language has (people borrow into it, not from it) | 3 |
| a function word of this language alone, or a shape marked `*` | 2 |
| a function word of several, a likely word, a shape (an ending, a 3 inside a word) | 1 |

The most points win; where two are level, the first of `expected` does, then the order of the candidates. Darija needs two
points where it is not expected.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from dalil.language.analysis import fold, function_words
from dalil.records import Language

_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]+")
_LATIN = re.compile("[A-Za-zÀ-ÿœŒ]+")
_MARKS = "\u064b-\u065f\u0670\u0640"
_TOKEN = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*(?:['’][^\W_]+)*")
_ADDRESS = re.compile(r"(?<!\S)\S*(?:@|://|\bwww\.)\S+")
_IN_ADDRESSES = "@", "://", "www."
_SCRIPTS: tuple[tuple[Language, ...], ...] = (("fr", "en", "ary-Latn"), ("ar", "ary"))
_SURE, _ALONE, _LIKELY = 4, 2, 1
_ODD = 2
_ODD_SHARE = 0.1
_LONGEST = 60
"""Letters of the longest word that is looked at: a longer one is no word, and shapes would take their time on it."""
_STRONG = "*"
_SAMPLED = 100_000  # characters of each of three parts
_QUOTED = 2  # Arabic sentences quote Latin names and code: up to twice their own letters


@dataclass(frozen=True, slots=True)
class _Cues:
    """What speaks for a language: folded words by their points, and the shapes that a word may have, those worth most first."""

    sure: frozenset[str]
    functions: frozenset[str]
    likely: frozenset[str]
    shapes: tuple[tuple[re.Pattern[str], int], ...]

    def know(self, word: str) -> bool:
        return word in self.functions or word in self.likely or word in self.sure


def identify(text: str, expected: Sequence[Language] = ()) -> Language:
    """The language of a text; where its words do not decide, the first of `expected` in the text's script.

    A very long text is judged by its beginning, its middle and its end: a file of 100 MB is in no other language for the rest.
    """
    text = _sample(text)
    arabic, latin = _count(_ARABIC, text), _count(_LATIN, text)
    candidates = _SCRIPTS[_QUOTED * arabic > latin]
    totals = points(text, candidates)
    order = list(dict.fromkeys([*(language for language in expected if language in candidates), *candidates]))
    best = max(order, key=totals.__getitem__)
    if best in expected or best not in ("ary", "ary-Latn"):
        return best
    # where nobody expects Darija, a few odd words (cnss, a foreign name) are none
    if totals[best] >= max(_ODD, _ODD_SHARE * len(_TOKEN.findall(text))):
        return best
    return max((language for language in order if language != best), key=totals.__getitem__)


def _sample(text: str) -> str:
    if len(text) <= 3 * _SAMPLED:
        return text
    middle = (len(text) - _SAMPLED) // 2
    return "\n".join((text[:_SAMPLED], text[middle : middle + _SAMPLED], text[-_SAMPLED:]))


def points(text: str, candidates: Sequence[Language]) -> dict[Language, int]:
    """How many points the words of a text give to each candidate; e-mail and web addresses give none."""
    tokens = Counter(_TOKEN.findall("\n".join(map(_without_addresses, text.split("\n")))))
    of_words = [(count, _points(token, tuple(candidates))) for token, count in tokens.items() if len(token) <= _LONGEST]
    return {language: sum(count * given[i] for count, given in of_words) for i, language in enumerate(candidates)}


def _without_addresses(line: str) -> str:
    return _ADDRESS.sub(" ", line) if any(mark in line for mark in _IN_ADDRESSES) else line


def is_right_to_left(text: str) -> bool:
    """Whether most letters of the text are Arabic: what decides `dir="rtl"` on a page. A very long one is judged by its parts."""
    text = _sample(text)
    return _count(_ARABIC, text) > _count(_LATIN, text)


def _count(letters: re.Pattern[str], text: str) -> int:
    """How many letters: what goes with their runs, five times as fast as one by one."""
    return len(text) - len(letters.sub("", text))


@lru_cache(maxsize=200_000)
def _points(token: str, candidates: tuple[Language, ...]) -> tuple[int, ...]:
    """The points of one word for each candidate; a word of several parts (l'avis, don't) gives those of each part."""
    parts = [fold(part) for part in re.split("['’]", token)]
    if len(parts) > 1:  # the l of l'avis and the s of its are clitics, which the shapes know
        parts = [part for part in parts if len(part) > 1]
    return tuple(
        sum(_word_points(part, language, candidates) for part in parts)
        + next((worth for shape, worth in _cues()[language].shapes if shape.search(token)), 0)
        for language in candidates
    )


def _word_points(word: str, language: Language, candidates: tuple[Language, ...]) -> int:
    cues = _cues()[language]
    if word in cues.sure:
        return _SURE
    if word in cues.functions:
        return _LIKELY if any(_cues()[other].know(word) for other in candidates if other != language) else _ALONE
    return _LIKELY if word in cues.likely else 0


@cache
def _cues() -> Mapping[Language, _Cues]:
    data: dict[Language, dict[str, Any]] = json.loads(
        resources.files(__package__).joinpath("cues.json").read_text("utf-8")
    )
    return {language: _read(language, cues) for language, cues in data.items()}


def _read(language: Language, cues: dict[str, Any]) -> _Cues:
    sure, likely = (frozenset(fold(word) for word in cues.get(name, "").split()) for name in ("sure", "likely"))
    shapes = tuple(
        (re.compile(shape), _ALONE if name.endswith(_STRONG) else _LIKELY) for name, shape in cues["shapes"].items()
    )
    functions = frozenset() if sure else function_words(language)
    return _Cues(sure, functions - likely, likely, tuple(sorted(shapes, key=lambda shape: -shape[1])))
