"""What approaches share that ask a language model: a failure is an answer, and a model that is not there is left alone."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from dalil.errors import ASK_AGAIN, DalilError, ModelError, ModelUnavailable
from dalil.language import identify
from dalil.lexicon import phrases
from dalil.records import Answer, Language, Question
from dalil.seams import Clock, LanguageModel

OpenModel = Callable[[], LanguageModel]
MOST_REFUSALS = 3
"""After so many in a row a model that cannot be asked is asked no more: thousands of questions would wait for it."""


class AsksModel(ABC):
    """An approach with a model that is opened at the first question."""

    def __init__(self, languages: Sequence[Language], open_model: OpenModel, *, name: str,
                 clock: Clock = time.perf_counter) -> None:  # fmt: skip
        self.name = name
        self._languages, self._open, self._clock = tuple(languages), open_model, clock

    @abstractmethod
    def said(self, question: Question, started: float) -> Iterator[str | Answer]:
        """Pieces of text, then the Answer. Raises DalilError where there is none."""

    @cached_property
    def model(self) -> LanguageModel:
        return self._open()

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order."""
        refused: list[DalilError] = []
        for question in questions:
            started = self._clock()
            if len(refused) >= MOST_REFUSALS:
                yield self._failed(question, refused[-1], started)
                continue
            try:
                answer = self._last(question, started)
                refused = []
            except DalilError as error:
                lasting = isinstance(error, ModelUnavailable) or not isinstance(error, ModelError)
                refused = [*refused, error] if lasting else []
                answer = self._failed(question, error, started)
            yield answer

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """Pieces of text as the model writes them, then the Answer. Closing the generator stops the model."""
        started = self._clock()
        try:
            yield from self.said(question, started)
        except DalilError as error:
            yield self._failed(question, error, started)

    def language_of(self, question: Question) -> Language:
        return question.language or identify(question.text, self._languages)

    def elapsed(self, started: float) -> float:
        return self._clock() - started

    def _last(self, question: Question, started: float) -> Answer:
        return next(part for part in self.said(question, started) if isinstance(part, Answer))

    def _failed(self, question: Question, error: DalilError, started: float) -> Answer:
        """What the reader sees is a sentence in his language, what went wrong is the reason.

        What is not the model's own doing (weights or a package that are missing) can be mended.
        """
        reason = str(error) if isinstance(error, ModelError) else f"{error}; {ASK_AGAIN}"
        text = phrases(self.language_of(question))["failed"]
        return Answer(question.id, question.text, self.name, "failed", text, seconds=self.elapsed(started),
                      reason=reason)  # fmt: skip
