"""The prompts of models that read passages: a file a language under prompts/."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from dalil.lexicon import phrases
from dalil.records import Language, Turn
from dalil.tables import read_table


@cache
def _prompts(language: Language) -> dict[str, str]:
    text = resources.files(__package__).joinpath("prompts", f"{language}.yaml").read_text("utf-8")
    rows: dict[str, str] = read_table(text)
    return rows


def reading_prompt(language: Language, own: str = "") -> str:
    """What a model is told before it reads; `own`: the user's system prompt, which stands first."""
    told = _prompts(language)["system"].format(unknown=phrases(language)["unknown"])
    return "\n\n".join(part.strip() for part in (own, told) if part.strip())


def rewriting_prompt(language: Language, history: Sequence[Turn], question: str) -> str:
    """What a model is asked so that it folds the conversation into one question."""
    said = [line for turn in history for line in (f"- {turn.question}", f"  {turn.answer}")]
    return _prompts(language)["rewrite"].format(conversation="\n".join([*said, f"- {question}"])).strip()
