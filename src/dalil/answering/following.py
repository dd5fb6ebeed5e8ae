"""A question that follows another, folded for typed records: "Et sa version ?" is asked of the record that was spoken of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dalil.answering.conversation import standalone
from dalil.answering.reading import Reading
from dalil.records import Question


def followed(question: Question, read: Callable[[Question], Reading]) -> Question:
    """The question without its history. Where it leans on that: another record gets what the one before was asked for, a
    field is asked of the record before, and else the question before stands in front."""
    alone = standalone(question)
    if not question.history or question.scope or alone.text == question.text:
        return alone
    before = standalone(Question(question.id, question.history[-1].question, question.language, question.history[:-1]))
    spoken, asked = read(before), read(replace(question, history=()))
    if asked.mentions and spoken.mentions:
        return replace(alone, text=f"{spoken.without_names()} {question.text}")
    records = {path for mention in spoken.mentions for path in mention.paths}
    if not asked.mentions and len(records) == 1:
        return replace(alone, text=question.text, scope=records.pop())
    return alone
