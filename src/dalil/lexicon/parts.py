"""What the columns of a manual's tables hold, and how people ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from dalil.language import stems
from dalil.tables import read_table

_WRITTEN_IN = {"ary": "ar", "ary-Latn": "fr"}
Cue = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A meaning that columns have: words of their headings, and cues that ask for it, all as stems."""

    name: str
    headings: frozenset[Cue]
    cues: frozenset[Cue]


@cache
def columns(language: str) -> tuple[Column, ...]:
    """The known columns of a language; English where it has none."""
    every = read_table(resources.files(__package__).joinpath("parts.yaml").read_text("utf-8"))
    chosen = _WRITTEN_IN.get(language, language)
    known = chosen if chosen in every else "en"

    def stemmed(items: list[str]) -> frozenset[Cue]:
        return frozenset(tuple(stems(item, known)) for item in items)

    return tuple(Column(name, stemmed(c["columns"]), stemmed(c["cues"])) for name, c in every[known].items())
