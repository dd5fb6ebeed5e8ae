"""How people ask about texts, and the verbs that texts define and measure with: one data file a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

from dalil.dataset.wordings import load_wordings, template
from dalil.language import fold, words
from dalil.lexicon import Lexicon
from dalil.records import Language
from dalil.tables import read_table

_MOST_SPOKEN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Verb:
    """What stands between a subject and what is said of it. `ask` asks for a value of {subject}; "" where it only defines.

    `ask_of_many` asks where the verb is one that `of_many` knows: that of a subject in the plural."""

    pattern: re.Pattern[str]
    ask: str
    defines: bool
    of_many: re.Pattern[str]
    ask_of_many: str

    @property
    def asks_value(self) -> bool:
        return bool(self.ask)

    def asked_with(self, verb: str) -> str:
        """The question that agrees with the verb as it was written."""
        return self.ask_of_many if self.of_many.fullmatch(verb) else self.ask


@dataclass(frozen=True, slots=True)
class TextWordings:
    """A language's wordings for texts: six templates a kind, in the order of `FAMILIES`; and how its sentences are built."""

    language: Language
    kinds: Mapping[str, tuple[str, ...]]
    verbs: tuple[Verb, ...]
    article: re.Pattern[str]
    kind_of: re.Pattern[str]
    about: re.Pattern[str]
    not_in_subject: frozenset[str]
    units: frozenset[str]
    captions: frozenset[str]
    plain_columns: frozenset[str]
    quoted: str
    spoken_label: str
    not_spoken: re.Pattern[str]

    def ask(self, kind: str, family: str, asked: Mapping[str, str], name: str) -> str:
        """The question of a family for a fact of the document called `name`, with a capital first."""
        slots = dict(asked)
        if "ask" in slots:
            slots["ask"] = slots["ask"].format(subject=slots["subject"])
        wordings = load_wordings(self.language)
        said, of = (wordings.said(name), wordings.of(name)) if wordings else (name, "")
        question = template(self.kinds[kind], family).format(name=said, title=name, de=of, **slots)
        return question[:1].upper() + question[1:]

    def label(self, label: str, lexicon: Lexicon) -> str:
        """A label as a question says it: "the operating weight", « le délai de délivrance »; quoted where that is not sure."""
        plain = len(words(label)) <= _MOST_SPOKEN_WORDS and all(c.isalpha() or c in " '’-" for c in label)
        if not plain or self.not_spoken.search(label):
            return self.quoted.format(label)
        small = label if label[1:2].isupper() else label[:1].lower() + label[1:]
        if self.spoken_label:
            return self.spoken_label.format(small)
        concept = lexicon.concept_of(label)
        article = self.article.match(concept.label)
        noun = words(concept.label[article.end() :]) if article else []
        known = article is not None and words(label)[: len(noun)] == noun != []
        return article.group() + small if article and known else self.quoted.format(label)


@cache
def load_text_wordings(language: str) -> TextWordings | None:
    """The wordings of a language, or None where it has none."""
    file = resources.files("dalil.dataset.wordings").joinpath(f"texts.{language}.yaml")
    return _parse(read_table(file.read_text("utf-8"))) if file.is_file() else None


def _parse(data: Mapping[str, Any]) -> TextWordings:
    def folded(key: str) -> frozenset[str]:
        return frozenset(fold(word) for word in data[key].split())

    return TextWordings(
        cast(Language, data["language"]),
        {kind: tuple(items) for kind, items in data["kinds"].items()},
        tuple(_verb(verb) for verb in data["verbs"]),
        re.compile(data["article"], re.IGNORECASE),
        re.compile(data["kind_of"], re.IGNORECASE),
        re.compile(data["about"], re.IGNORECASE),
        folded("not_in_subject"),
        folded("units"),
        folded("captions"),
        folded("plain_columns"),
        data["quoted"],
        data["spoken_label"],
        re.compile(data["not_spoken"]),
    )


def _verb(data: Mapping[str, Any]) -> Verb:
    of_many = data.get("of_many", "(?!)")
    pattern = re.compile(rf"(?<=\s)(?:{data['says']}|{of_many})(?=\s)")
    ask = data.get("ask", "")
    return Verb(pattern, ask, data.get("defines", False), re.compile(of_many), data.get("ask_of_many", ask))
