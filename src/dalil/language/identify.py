"""Language identification among fr, ar, en and Darija by script and function words: no model, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dalil.language.analysis import function_words, words
from dalil.records import Language

_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile("[A-Za-zÀ-ÿœŒ]")
_FRENCH_LETTERS = re.compile("[éèêëàâçùûôîïœ]", re.IGNORECASE)


def identify(text: str, expected: Sequence[Language] = ()) -> Language:
    """The language of a text; where words do not decide, the first of `expected` in the text's script."""
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    candidates: tuple[Language, ...] = ("ar", "ary") if arabic > latin else ("fr", "en", "ary-Latn")
    found = words(text)
    scores = {language: sum(word in function_words(language) for word in found) for language in candidates}
    if "fr" in scores:
        scores["fr"] += min(2, len(_FRENCH_LETTERS.findall(text)))
    favoured = [language for language in expected if language in candidates] or list(candidates)
    best = max(scores.values())
    if best == 0 or scores[favoured[0]] == best:
        return favoured[0]
    return max(candidates, key=lambda language: (scores[language], language in expected))


def is_right_to_left(text: str) -> bool:
    """Whether most letters of the text are Arabic: what decides `dir="rtl"` on a page."""
    return len(_ARABIC.findall(text)) > len(_LATIN.findall(text))
