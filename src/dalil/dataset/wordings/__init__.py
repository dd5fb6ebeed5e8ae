"""How people ask, one data file a language: the wording families that templates and negatives are written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from dalil.language import fold, is_right_to_left
from dalil.lexicon import Concept
from dalil.records import Language
from dalil.tables import read_table

HELD_OUT = "held_out"
"""The wording family that is never trained."""

FAMILIES = ("w1", "w2", "w3", "w4", "w5", HELD_OUT)


@dataclass(frozen=True, slots=True)
class Wordings:
    """A language's wordings: `fields`, `aggregates` and `yes_no` hold one template a family, in the order of FAMILIES.

    `things`: what is said otherwise of one kind of thing; `yes_no_several`: of a field that holds several values."""

    language: Language
    field_label: str
    of_field_label: str
    fields: Mapping[str, tuple[str, ...]]
    things: Mapping[str, Mapping[str, tuple[str, ...]]]
    aggregates: Mapping[str, tuple[str, ...]]
    yes_no: tuple[str, ...]
    yes_no_several: tuple[str, ...]
    syllables: tuple[tuple[str, ...], ...]
    off_topic: Mapping[str, tuple[str, ...]]
    of_name: Mapping[str, str]
    quoted_name: str

    def said(self, name: str) -> str:
        """A name as it stands in a sentence: itself, or quoted where it is a phrase of plain words."""
        return self.quoted_name.format(name) if _is_phrase(name) else name

    def reads(self, name: str) -> bool:
        """Whether a question in this language can name it: a line of Latin letters takes no Arabic ones in its midst."""
        return is_right_to_left(self.field_label) or not is_right_to_left(name)

    def of(self, name: str) -> str:
        """What "of" is right before a name: in French "d'" before a vowel, else "de " (the name is never altered)."""
        elides = fold(name)[:1] in tuple(self.of_name["before"])
        return self.of_name["elided" if elides else "plain"]

    def templates_of(self, concept: Concept, thing: str = "") -> tuple[str, ...]:
        """The wordings that ask for a concept: its own, else those of its kind, else the generic ones; of a `thing` first."""
        of_thing = self.things.get(thing, {})
        for key in (concept.name, concept.kind):
            if found := of_thing.get(key) or self.fields.get(key):
                return found
        return self.fields["other"]

    def own_labels(self, field: str) -> tuple[str, str]:
        """How a question names a field by the field's own name, plainly and after "de"."""
        return self.field_label.format(field=field), self.of_field_label.format(field=field)


def _is_phrase(name: str) -> bool:
    """A small letter begins a word behind the first: "Casier judiciaire", and not "Chronos RH" or "iText"."""
    return any(word[0].islower() for word in name.split()[1:])


def families(count: int) -> tuple[str, ...]:
    """The first `count` trained families (1–5), then the held-out one."""
    return (*FAMILIES[:-1][:count], HELD_OUT)


def template(templates: Sequence[str], family: str) -> str:
    """The template of a family."""
    return templates[FAMILIES.index(family)]


@cache
def load_wordings(language: str) -> Wordings | None:
    """The wordings of a language, or None where it has none yet."""
    file = resources.files(__package__).joinpath(f"{language}.yaml")
    if not file.is_file():
        return None
    data = read_table(file.read_text("utf-8"))

    def tuples(part: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
        return {key: tuple(items) for key, items in part.items()}

    return Wordings(
        cast(Language, data["language"]),
        data["field_label"],
        data["of_field_label"],
        tuples(data["fields"]),
        {thing: tuples(own) for thing, own in data["things"].items()},
        tuples(data["aggregates"]),
        tuple(data["yes_no"]),
        tuple(data["yes_no_several"]),
        tuple(tuple(data["invented"][part]) for part in ("first", "middle", "last")),
        tuples(data["off_topic"]),
        data["of_name"],
        data["quoted_name"],
    )
