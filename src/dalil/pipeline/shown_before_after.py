"""The answers before and after training, judged as every other answer is, with how they are said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.answering.model_alone import says_unknown
from dalil.evaluation.conduct import conduct
from dalil.evaluation.judge import Judge, can_be_judged
from dalil.records import Answer, Document, Example

WHEN = ("before", "after")
Row = dict[str, Any]


def judged_samples(samples: Sequence[Row], documents: Sequence[Document], examples: Sequence[Example]) -> list[Row]:
    """Each sample with `outcome` (None where its example is gone since) and conduct for both of its answers."""
    known = {(e.question, e.answer or " ; ".join(e.values)): e for e in examples if can_be_judged(e)}
    judge = Judge(documents)
    return [
        {
            **row,
            **{when: _judged(row[when], row, known.get((row["question"], row["expected"])), judge) for when in WHEN},
        }
        for row in samples
    ]


def _judged(said: Row | None, row: Row, example: Example | None, judge: Judge) -> Row | None:
    if said is None:
        return None
    scored = said | conduct(said["text"], row["language"], row["expected"])
    if example is None:
        return scored | {"outcome": None}
    silent = not said["text"].strip() or says_unknown(said["text"], example.language)
    answer = Answer(example.id, example.question, "", "abstained" if silent else "answered", said["text"])
    return scored | {"outcome": judge.judge(example, answer).outcome}
