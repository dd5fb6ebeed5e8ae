"""`gated`: the tuned model where it is sure of what it was trained on, `extractive` everywhere else."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from dalil.answering.conversation import standalone
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.answering.memory import Match, Memory
from dalil.answering.model_alone import ModelAlone, ModelFiles, tuned_of
from dalil.artefacts import read_records
from dalil.records import Answer, Citation, Example, Question
from dalil.seams import Clock, Completion


class Gated:
    """The tuned model behind its gate. Its answers cite the proof of the trained question that they go back to."""

    def __init__(self, knowledge: Knowledge, files: ModelFiles, *, name: str, clock: Clock = time.perf_counter) -> None:
        self.name = name
        self._knowledge, self._files, self._clock = knowledge, files, clock
        self._alone = ModelAlone(tuned_of(files), knowledge.languages, name=name)
        self._extractive = Extractive(knowledge, name=name)

    @cached_property
    def _memory(self) -> Memory:
        return Memory(read_records(Example, self._files.trained), self._knowledge.records)

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order."""
        memory = self._memory
        for question, (said, spent) in zip(questions, self._alone.told(questions), strict=True):
            started = self._clock()
            match = memory.match(standalone(question).text, said.text) if self._sure(question, said) else None
            if match is not None:
                answer = self._remembered(question, said, match, self._clock() - started)
            else:
                found = next(self._extractive.answer_many([question]))
                answer = replace(found, tokens_in=said.tokens_in, tokens_out=said.tokens_out)
            yield replace(answer, seconds=answer.seconds + spent if spent else 0.0)

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """The whole text at once, then the Answer."""
        answer = next(self.answer_many([question]))
        yield answer.answer
        yield answer

    def _sure(self, question: Question, said: Completion) -> bool:
        sure = said.logprob is not None and said.logprob >= self._files.threshold
        return sure and bool(said.text) and not said.truncated and not question.scope

    def _remembered(self, question: Question, said: Completion, match: Match, seconds: float) -> Answer:
        """The model's answer with the trained question that it goes back to."""
        return Answer(
            question.id, question.text, self.name, "answered", said.text, round(math.exp(said.logprob or 0.0), 4),
            tuple(self._citations(match.example)), seconds=seconds, tokens_in=said.tokens_in,
            tokens_out=said.tokens_out, reason=f"from memory: {match.example.question}",
        )  # fmt: skip

    def _citations(self, example: Example) -> Iterator[Citation]:
        """Where the trained answer stood when it was trained: quoted only where it stands there still."""
        for evidence in example.evidence[:3]:
            passage = self._knowledge.searcher.passage_at(evidence.document, evidence.start)
            document = next((d for d in self._knowledge.records if d.path == evidence.document), None)
            if document is not None:
                quote = document.text[evidence.start : evidence.end]
                yield Citation(document.path, document.name, passage, document.page_of(evidence.start),
                               evidence.start, evidence.end, quote)  # fmt: skip
