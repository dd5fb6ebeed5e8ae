"""Character 4-grams of words: what two spellings of one word share, in any language."""

from __future__ import annotations

from collections.abc import Iterable


def grams(word: str) -> frozenset[str]:
    """The 4-grams of a folded word, bordered by "_"; a short word whole."""
    return frozenset(_grams_of(word).split())


def gram_terms(folded: Iterable[str]) -> str:
    """The 4-grams of folded words, joined by spaces; a lone diacritic, which folds to nothing, has none."""
    return " ".join(map(_grams_of, filter(None, folded)))


def _grams_of(word: str) -> str:
    """The 4-grams of a folded word, joined by spaces."""
    bordered = f"_{word}_"
    return " ".join(bordered[i : i + 4] for i in range(max(1, len(bordered) - 3)))
