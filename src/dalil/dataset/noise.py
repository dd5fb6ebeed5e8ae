"""Questions as people type them: lower case, no accents, a slip of the fingers, words around the question."""

from __future__ import annotations

import unicodedata

import numpy as np

LOWER, SLIP, AROUND = 0.5, 0.5, 0.4
_LEAST_LETTERS = 5


def as_typed(question: str, phrases: tuple[str, ...], rng: np.random.Generator) -> str:
    """The question with noise: half in lower case without accents, half with one slip, some with a phrase around it."""
    if rng.random() < SLIP:
        question = _slip(question, rng)
    if phrases and rng.random() < AROUND:
        before, _, after = str(phrases[int(rng.integers(len(phrases)))]).partition("…")
        question = f"{before}{question}{after}"
    if rng.random() < LOWER:
        plain = unicodedata.normalize("NFD", question.lower())
        question = "".join(c for c in plain if unicodedata.category(c) != "Mn").rstrip(" ?؟!.")
    return question


def _slip(question: str, rng: np.random.Generator) -> str:
    """One word of five letters or more loses, doubles or swaps a letter (never its first)."""
    parts = question.split(" ")
    long = [i for i, part in enumerate(parts) if len(part) >= _LEAST_LETTERS and part.isalpha()]
    if not long:
        return question
    chosen = int(rng.choice(long))
    word = parts[chosen]
    at = int(rng.integers(1, len(word) - 1))
    kind = int(rng.integers(3))
    slipped = (word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:],
               word[:at] + word[at + 1] + word[at] + word[at + 2 :])  # fmt: skip
    parts[chosen] = slipped[kind]
    return " ".join(parts)
