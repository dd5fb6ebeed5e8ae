"""Held-out questions answered by the model before and after training: did training do anything?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dalil.language import identify
from dalil.language_model.generation import Generator
from dalil.language_model.templates import Chat
from dalil.records import Language
from dalil.seams import Completion, Progress, silent
from dalil.training.rows import TrainingRow

EXPECTED: tuple[Language, ...] = ("fr", "ar", "en", "ary", "ary-Latn")
_LETTERS = re.compile(r"[A-Za-z\u00c0-\u024f\u0600-\u06ff]")
"""Letters of a script that dalil tells apart: an answer without any is in no language of these."""
ASKS_BACK = ("?", "؟")


def samples(model: Path, asked: Sequence[tuple[str, TrainingRow]], base: Path | None = None, *,
            progress: Progress = silent) -> list[dict[str, Any]]:  # fmt: skip
    """One row a question: stratum, question, expected, and for `before` and `after` the text with what can be seen of it.

    `base`: the folder of the model before training; where None the adapter is switched off, or the untuned model loaded.
    """
    after = Generator.of(model)
    said = _answers(after, progress, "asking the trained model", asked)
    before = _before(after, model, base)
    with _adapter_off(before):
        said_before = _answers(before, progress, "asking the model before training", asked)
    return [
        {
            "stratum": stratum, "question": row.question, "expected": row.answer, "language": row.language,
            "before": seen(untuned.text, untuned.truncated, row),
            "after": seen(tuned.text, tuned.truncated, row),
        }
        for (stratum, row), tuned, untuned in zip(asked, said, said_before, strict=True)
    ]  # fmt: skip


def seen(text: str, truncated: bool, row: TrainingRow) -> dict[str, Any]:
    """What can be seen of an answer: its language beside the question's (a figure is in any), whether it asks back, was
    cut, its length."""
    figure = not _LETTERS.search(text) and any(map(str.isdigit, text))
    language = row.language if figure else identify(text, EXPECTED) if _LETTERS.search(text) else None
    return {"text": text, "language": language, "same_language": language == row.language, "truncated": truncated,
            "asks_back": text.rstrip().endswith(ASKS_BACK), "words": len(text.split())}  # fmt: skip


def _answers(
    generator: Generator, progress: Progress, label: str, asked: Sequence[tuple[str, TrainingRow]]
) -> list[Completion]:
    system = generator.card.system_prompt
    chats = [Chat(row.question, system, row.context) for _, row in asked]
    return list(progress(generator.answers(chats), label=label, total=len(chats)))


def _before(after: Generator, model: Path, base: Path | None) -> Generator:
    if base is not None:
        return Generator.of(base)
    return after if after.card.adapter else Generator.of(model, tuned=False)


@contextmanager
def _adapter_off(generator: Generator) -> Iterator[None]:
    """The adapter switched off, where there is one."""
    if generator.card.adapter:
        with generator.model.disable_adapter():
            yield
    else:
        yield
