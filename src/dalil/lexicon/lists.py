"""How people ask for the lists of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

from dalil.language import stands_in, stem, stems, words
from dalil.lexicon import Lexicon
from dalil.lexicon.darija import HEARD, by_sound
from dalil.records import Language
from dalil.tables import read_table

ListKind = Literal["papers", "steps", "points"]
KINDS: tuple[ListKind, ...] = ("papers", "steps", "points")
Cue = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListCues:
    """A language's ways of asking for lists: cues as stems (of Darija in Latin letters, sounds) by kind, what a step is called, words that name no list."""

    language: Language
    kinds: dict[ListKind, tuple[Cue, ...]]
    step: frozenset[str]
    around: frozenset[str]

    def kinds_asked(self, asked: Sequence[str]) -> frozenset[ListKind]:
        """The kinds of lists that a question's words ask for."""
        said = [_form(word, self.language) for word in asked]
        return frozenset(kind for kind, cues in self.kinds.items() if any(stands_in(cue, said) for cue in cues))

    def step_number(self, asked: Sequence[str]) -> int | None:
        """The number behind a word for a step ("step 3"), or before it."""
        said = [stem(word, self.language) for word in asked]
        places = [i for i, word in enumerate(said) if word in self.step]
        near = [said[j] for i in places for j in (i + 1, i - 1) if 0 <= j < len(said)]
        return next((int(word) for word in near if word.isdigit() and len(word) <= 2), None)


@cache
def list_cues() -> tuple[ListCues, ...]:
    """The cues of every language."""
    every = read_table(resources.files(__package__).joinpath("lists.yaml").read_text("utf-8"))
    return tuple(_parsed(cast(Language, language), row) for language, row in every.items())


def asks_for_papers(heading: str, lexicon: Lexicon) -> bool:
    """Whether a heading announces the papers that somebody has to bring."""
    found = tuple(stems(heading, lexicon.language))
    papers = next(concept for concept in lexicon.concepts if concept.name == "documents")
    return any(found[: len(known)] == known for known in papers.fields)


def _parsed(language: Language, row: dict[str, list[str]]) -> ListCues:
    kinds = {kind: tuple(tuple(_form(word, language) for word in words(cue)) for cue in row[kind]) for kind in KINDS}
    around = frozenset(word for item in (*row["around"], *row["papers"], *row["steps"]) for word in words(item))
    return ListCues(language, kinds, frozenset(stems(" ".join(row["step"]), language)), around)


def _form(word: str, language: Language) -> str:
    """What a cue's word is met by: its stem, or its sound."""
    return by_sound(word) if language == HEARD else stem(word, language)
