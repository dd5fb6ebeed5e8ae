"""What the fields of a catalogue mean and how people ask for them, one data file a language.

Building questions and understanding them both begin here. A field that no concept knows gets one made of its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from dalil.errors import ConfigError
from dalil.language import stands_in, stems, words
from dalil.tables import read_table

if TYPE_CHECKING:
    from dalil.config import ConceptSettings

_WRITTEN_IN = {"ary": "ar", "ary-Latn": "fr"}
"""Darija is spoken of catalogues whose fields stand in Arabic or French."""


@dataclass(frozen=True, slots=True)
class Named:
    """The label of a concept where the field bears this name (as folded words: number counts): "the places" where it is not "the sites"."""

    field: tuple[str, ...]
    label: str
    of_label: str
    several: bool


@dataclass(frozen=True, slots=True)
class Concept:
    """What a field holds: `kind` of question, `label` with its article, `of_label` after "de", cues as stem tuples.

    `weak` cues ask for it only where no stronger cue of another field stands; `spoken`: both as they are written, `hints`: the
    weak ones.
    It `yields` to a concept of these names that is asked for beside it. `several`: its label stands in the plural; `named`: what
    other labels it has where a field is called so."""

    name: str
    kind: str
    label: str
    of_label: str
    fields: tuple[tuple[str, ...], ...]
    cues: tuple[tuple[str, ...], ...]
    weak: tuple[tuple[str, ...], ...] = ()
    spoken: tuple[str, ...] = ()
    yields: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    several: bool = False
    named: tuple[Named, ...] = ()

    def called(self, field: tuple[str, ...]) -> Concept:
        """The concept with the label that is right for a field of that name (its folded words)."""
        own = max((n for n in self.named if stands_in(n.field, field)), key=lambda n: len(n.field), default=None)
        return replace(self, label=own.label, of_label=own.of_label, several=own.several) if own else self


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's concepts and question words. `others`: of languages in which fields may be named too."""

    language: str
    concepts: tuple[Concept, ...]
    question_stems: frozenset[str]
    which: frozenset[str]
    count: frozenset[str]
    count_verbs: frozenset[str]
    things: frozenset[str]
    joins: frozenset[str]
    both: frozenset[str]
    excludes: frozenset[str]
    excludes_behind: frozenset[tuple[str, str]]
    either: frozenset[str]
    around: tuple[str, ...]
    yes_no: frozenset[tuple[str, ...]]
    yes_no_first: frozenset[tuple[str, ...]]
    most: frozenset[tuple[str, ...]]
    least: frozenset[tuple[str, ...]]
    more: frozenset[tuple[str, ...]]
    less: frozenset[tuple[str, ...]]
    asks_what: frozenset[str]
    compares: frozenset[str]
    since: frozenset[str]
    in_time: frozenset[str]
    when: frozenset[str]
    events: Mapping[str, tuple[tuple[str, ...], ...]]
    own_label: str
    own_of_label: str
    others: tuple[Lexicon, ...] = ()

    def concept_of(self, field_name: str) -> Concept:
        """The concept of a field by its name: the longest known field name found in it, here or in another language, else one of its own."""
        asked = tuple(stems(field_name, self.language))
        own_cue = (asked,) if asked else ()
        best: tuple[int, Concept] | None = None
        for concept in self.concepts:
            for known in concept.fields:
                score = 2 * len(known) + (known == asked)
                if stands_in(known, asked) and (best is None or score > best[0]):
                    best = (score, concept)
        if best is None and (meant := self._as_elsewhere(field_name)):
            best = 0, meant
        if best is None:
            field = field_name.replace("_", " ").replace("-", " ").strip()
            label, of_label = self.own_label.format(field=field), self.own_of_label.format(field=field)
            return Concept(f"field:{field_name}", "other", label, of_label, (asked,), own_cue)
        return replace(best[1].called(tuple(words(field_name))), cues=tuple(dict.fromkeys(own_cue + best[1].cues)))

    def _as_elsewhere(self, field_name: str) -> Concept | None:
        """What a field means in another language, as it is said in this one."""
        named = [other.concept_of(field_name).name for other in self.others]
        return next((concept for name in named for concept in self.concepts if concept.name == name), None)

    def excludes_in(self, before: tuple[str, ...]) -> frozenset[str]:
        """The words that exclude the value behind them, after these words of a question."""
        return self.excludes | {last for first, last in self.excludes_behind if first in before}

    def events_of(self, said: tuple[str, ...]) -> frozenset[str]:
        """What happened, by the stems of a question or of a field's name."""
        return frozenset(event for event, known in self.events.items() if any(stands_in(one, said) for one in known))

    def asks_yes_or_no(self, question: tuple[str, ...]) -> bool:
        """Whether a question, as its folded words, is one of yes or no, and not one for what, who or when ("when was it …?")."""
        if any(question[: len(asked)] == asked for asked in self.yes_no_first | self.yes_no):
            return True
        before = next((i for i, word in enumerate(question) if word in self.asks_what), len(question))
        return any(question[i : i + len(asked)] == asked for asked in self.yes_no for i in range(before))


@cache
def load_lexicon(language: str) -> Lexicon:
    """The lexicon of a language; where it has none yet, that of the language its catalogues are written in."""
    folder = resources.files(__package__)
    known = folder.joinpath(f"{language}.yaml")
    if not known.is_file():
        known = folder.joinpath(f"{_WRITTEN_IN.get(language, 'fr')}.yaml")
    data = read_table(known.read_text("utf-8"))
    return _parse(language, data)


def _parse(language: str, data: dict[str, Any]) -> Lexicon:
    def stemmed(items: list[str]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(stems(item, language)) for item in items)

    concepts = tuple(
        Concept(name, c["kind"], c["label"], c["de"], stemmed(c["fields"]), stemmed(c["cues"]), stemmed(c.get("weak", [])),
                (*c["cues"], *c.get("weak", [])), tuple(c.get("yields", ())), tuple(c.get("weak", ())), c.get("several", False),
                tuple(Named(tuple(words(field)), said["label"], said["de"], said.get("several", False))
                      for field, said in c.get("named", {}).items()))
        for name, c in data["concepts"].items()
    )  # fmt: skip
    return Lexicon(
        language,
        concepts,
        frozenset(
            stems(
                " ".join([data["question_words"], *data["things"], *data["which"], *data["count"], *data["joins"]]),
                language,
            )
        ),
        frozenset(word for item in data["which"] for word in words(item)),
        frozenset(word for item in data["count"] for word in words(item)),
        frozenset(word for item in data["count_verbs"] for word in words(item)),
        frozenset(word for item in data["things"] for word in words(item)),
        frozenset(word for item in data["joins"] for word in words(item)),
        frozenset(word for item in data["both"] for word in words(item)),
        frozenset(word for item in data["excludes"] for word in words(item)),
        frozenset((first, last) for first, last in map(words, data["excludes_behind"])),
        frozenset(word for item in data["either"] for word in words(item)),
        tuple(data["around"]),
        frozenset(tuple(words(item)) for item in data["yes_no"]),
        frozenset(tuple(words(item)) for item in data["yes_no_first"]),
        frozenset(tuple(words(item)) for item in data["most"]),
        frozenset(tuple(words(item)) for item in data["least"]),
        frozenset(tuple(words(item)) for item in data["more"]),
        frozenset(tuple(words(item)) for item in data["less"]),
        frozenset(word for item in data["asks_what"] for word in words(item)),
        frozenset(word for item in data["compares"] for word in words(item)),
        frozenset(word for item in data["since"] for word in words(item)),
        frozenset(word for item in data["in_time"] for word in words(item)),
        frozenset(word for item in data["when"] for word in words(item)),
        {event: stemmed(said) for event, said in data["events"].items()},
        data["own_label"],
        data["own_de"],
    )


def extended(lexicon: Lexicon, own: Mapping[str, ConceptSettings]) -> Lexicon:
    """The lexicon with a workspace's own words before its own. Raises ConfigError where a new concept lacks its label."""

    def stemmed(items: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(stems(item.replace("_", " "), lexicon.language)) for item in items)

    known = {concept.name: concept for concept in lexicon.concepts}
    made: dict[str, Concept] = {}
    for name, words_of in own.items():
        base = known.get(name)
        if base is None and (not words_of.fields or words_of.label is None or words_of.of_label is None):
            raise ConfigError(
                f"lexicon.{name}: a new concept needs fields, label and of_label.",
                hint=f"add them, or use one of: {', '.join(sorted(known))}",
            )
        base = base or Concept(name, "other", "", "", (), ())
        made[name] = replace(
            base,
            kind=words_of.kind or base.kind,
            label=words_of.label or base.label,
            of_label=words_of.of_label or base.of_label,
            fields=(*stemmed(words_of.fields), *base.fields),
            cues=(*stemmed(words_of.cues), *base.cues),
            spoken=(*words_of.cues, *base.spoken),
            named=base.named if words_of.label is None else (),
            several=base.several and words_of.label is None,
        )
    rest = tuple(concept for concept in lexicon.concepts if concept.name not in made)
    return replace(lexicon, concepts=(*made.values(), *rest))


@cache
def _marks_of_things() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("things.yaml").read_text("utf-8")
    return {thing: frozenset(marks) for thing, marks in read_table(text).items()}


def thing_of(concepts: Iterable[str]) -> str:
    """The kind of thing that a catalogue with fields of these concepts holds: that with most of its marks, "" where none has more."""
    held = frozenset(concepts)
    first, second = sorted(((len(held & marks), thing) for thing, marks in _marks_of_things().items()), reverse=True)[
        :2
    ]
    return first[1] if first[0] > second[0] else ""


@cache
def phrases(language: str) -> dict[str, str]:
    """What the assistant says of its own in a language: yes, no, absent, unknown, which_one."""
    every: dict[str, dict[str, str]] = read_table(
        resources.files(__package__).joinpath("phrases.yaml").read_text("utf-8")
    )
    return every.get(language, every["en"])


@cache
def courtesies(language: str) -> frozenset[tuple[str, ...]]:
    """The words by which one is friendly in a language, each as its folded words; none where the language is unknown."""
    every: dict[str, list[str]] = read_table(resources.files(__package__).joinpath("courtesy.yaml").read_text("utf-8"))
    return frozenset(tuple(words(item)) for item in every.get(language, ()))
