"""Questions whose proof is known: what a search is measured and a re-ranker is fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.dataset.split import HeldOut
from dalil.records import Example, Passage, Question

OWN = "pairs"


@dataclass(frozen=True)
class Sought:
    """A question and where its proof stands."""

    question: Question
    example: Example

    def is_met_by(self, passage: Passage) -> bool:
        """Whether the passage holds a part of the proof (any passage of the document, where no span is known)."""
        if passage.document not in self.example.documents:
            return False
        spans = [e for e in self.example.evidence if e.document == passage.document]
        return not spans or any(e.start < passage.end and passage.start < e.end for e in spans)

    def place(self, order: Iterable[int], passages: Mapping[int, Passage]) -> int | None:
        """The first place, from 1, of a passage that meets it; None: nowhere."""
        return next((place for place, n in enumerate(order, start=1) if self.is_met_by(passages[n])), None)


def own_questions(examples: Iterable[Example]) -> list[Sought]:
    """People's own questions that one document answers."""
    return [_sought(e) for e in examples if e.origin == OWN and e.answerable and len(e.documents) == 1]


def held_out_questions(examples: Sequence[Example], held: Sequence[HeldOut]) -> tuple[list[tuple[Sought, int]], str]:
    """The held-out questions with their fold, and whose they are: people's own, else those that dalil wrote."""
    by_id = {example.id: example for example in examples}
    every = [
        (_sought(example), item.fold) for item in held
        if (example := by_id[item.example_id]).answerable and example.documents and item.stratum != "aggregate"
    ]  # fmt: skip
    own = [(sought, fold) for sought, fold in every if sought.example.origin == OWN]
    return (own, "own") if own else (every, "built")


def _sought(example: Example) -> Sought:
    return Sought(Question(example.id, example.question, example.language, scope=example.scope), example)
