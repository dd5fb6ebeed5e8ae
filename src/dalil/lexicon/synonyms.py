"""Words that a question asks with and a text answers with ("changer l'huile", "vidanger"; "prix", "dirhams"), by language."""

from __future__ import annotations

from functools import cache
from importlib import resources

from dalil.language import fold, stem
from dalil.tables import read_table


def said_alike(word: str, language: str) -> tuple[str, ...]:
    """The stems of the other words that say about the same as a folded word of a language."""
    return _by_stem(language).get(stem(word, language), ())


@cache
def _by_stem(language: str) -> dict[str, tuple[str, ...]]:
    rows: dict[str, list[list[str]]] = read_table(
        resources.files(__package__).joinpath("synonyms.yaml").read_text("utf-8")
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows.get(language, []):
        forms = dict.fromkeys(stem(fold(word), language) for word in row)
        found |= {form: tuple(other for other in forms if other != form) for form in forms}
    return found
