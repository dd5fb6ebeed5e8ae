"""A conversation folded into one question, so that searching and answering know only single questions."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources

from dalil.language import content_words, identify, words
from dalil.records import Question
from dalil.tables import read_table

FEW_WORDS = 2
"""A question with so few content words hardly stands alone after another one."""


def standalone(question: Question) -> Question:
    """The question without its history: the one before it stands in front where it leans on that by a pronoun, or by
    having next to no words of its own. Without a model; `rewrite` lets the model do it."""
    if not question.history:
        return question
    if not _leans(question):
        return replace(question, history=())
    before = standalone(Question(question.id, question.history[-1].question, question.language, question.history[:-1]))
    return replace(question, text=f"{before.text} {question.text}", history=())


def _leans(question: Question) -> bool:
    language = question.language or identify(question.text)
    said = words(question.text)
    return len(content_words(question.text, language)) <= FEW_WORDS or bool(_leaning(language) & set(said))


@cache
def _leaning(language: str) -> frozenset[str]:
    rows: dict[str, str] = read_table(resources.files(__package__).joinpath("conversation.yaml").read_text("utf-8"))
    return frozenset(words(rows[language]))
