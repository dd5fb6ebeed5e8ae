"""Prompt templates: the model's own chat template, one by name, or a text with {question} and {answer}."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from dalil.errors import ConfigError
from dalil.records import Passage
from dalil.tables import read_table

CHAT = "chat"
PLAIN = "plain"
FALLBACK = "question-answer"
_PLACES = re.compile(r"\{(\w+)\}")
_KNOWN = ("system", "context", "question", "answer")


@dataclass(frozen=True, slots=True)
class Chat:
    """One question to a model: what it is told before, what it may read, what it is asked."""

    question: str
    system: str = ""
    context: str = ""


def numbered(passages: Iterable[Passage]) -> str:
    """Passages as a model reads them, in training and in answering: `[1] name › heading`, the text, an empty line."""
    return "\n\n".join(f"[{number}] {_title(p)}\n{p.text}" for number, p in enumerate(passages, start=1))


def _title(passage: Passage) -> str:
    return " › ".join(dict.fromkeys((passage.name, *passage.heading)))


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt template. `text` holds {question} and {answer}; of the model's own (`chat`) it is empty."""

    name: str
    text: str = ""

    def prompt(self, chat: Chat) -> str:
        """What stands before the answer."""
        before = self.text.partition("{answer}")[0]
        parts = {"question": chat.question, "system": chat.system, "context": chat.context}
        lines = [line for line in before.split("\n") if not _is_empty_place(line, parts)]
        return _PLACES.sub(lambda place: parts[place.group(1)], "\n".join(lines))

    def completion(self, answer: str) -> str:
        """The answer and what follows it."""
        return answer + self.text.partition("{answer}")[2]


def _is_empty_place(line: str, parts: dict[str, str]) -> bool:
    place = _PLACES.fullmatch(line.strip())
    return place is not None and not parts[place.group(1)]


@cache
def named_templates() -> dict[str, str]:
    """The templates that ship: name → text."""
    rows: dict[str, Any] = read_table(resources.files(__package__).joinpath("templates.yaml").read_text("utf-8"))
    return {name: str(row["text"]) for name, row in rows.items()}


def find_template(given: str | None, has_chat: bool) -> Template:
    """The template of the settings; the model's own where it has one and nothing was given, else `question-answer`.

    Raises ConfigError where a text lacks the question's or the answer's place, names an unknown place, or where the
    model has no template of its own.
    """
    if given is None:
        return Template(CHAT) if has_chat else Template(FALLBACK, named_templates()[FALLBACK])
    if given == CHAT:
        if not has_chat:
            raise ConfigError("This model has no chat template of its own.", hint=_hint())
        return Template(CHAT)
    if given in named_templates():
        return Template(given, named_templates()[given])
    return Template("custom", _checked(given))


def _checked(text: str) -> str:
    places = _PLACES.findall(text)
    if "answer" not in places or "question" not in places:
        missing = "{answer}" if "answer" not in places else "{question}"
        raise ConfigError(f"The template {text[:60]!r} has no place {missing}.", hint=_hint())
    unknown = [place for place in places if place not in _KNOWN]
    if unknown or places.count("answer") > 1 or places.index("answer") < len(places) - 1:
        wrong = f"an unknown place {{{unknown[0]}}}" if unknown else "something to fill after {answer}"
        raise ConfigError(f"The template {text[:60]!r} has {wrong}; {{answer}} comes last, once.", hint=_hint())
    return text


def _hint() -> str:
    return f"`template:` takes chat, {', '.join(named_templates())}, or a text with {{question}} and {{answer}}"
