"""`closed-book` and `fine-tuned`: a model alone, before and after training. It reads nothing and proves nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dalil.answering.conversation import standalone
from dalil.language import fold, identify
from dalil.language_model.generation import Generator
from dalil.language_model.scoped import within_scope
from dalil.language_model.templates import Chat
from dalil.lexicon import phrases
from dalil.records import Answer, Language, Question
from dalil.seams import Clock, Completion

TIMED = 16
"""Questions of many that a model is asked one at a time, to measure what one takes."""


@dataclass(frozen=True)
class ModelFiles:
    """Where a model lies: `tuned` after training, `base` before it ("" where the adapter is to be switched off).

    `threshold`: mean log-probability from which a `gated` model speaks; `trained`: what it was trained on (JSON lines).
    """

    tuned: Path
    base: Path | None
    trained: Path
    threshold: float
    offline: bool = True


class ModelAlone:
    """Asks a model, with the template that it was trained with. Loaded at the first question."""

    def __init__(self, load: Callable[[], Generator], languages: Sequence[Language], *, name: str,
                 clock: Clock = time.perf_counter) -> None:  # fmt: skip
        self.name = name
        self._load, self._languages, self._clock = load, tuple(languages), clock
        self._generator: Generator | None = None

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order."""
        for question, (said, seconds) in zip(questions, self.told(questions), strict=True):
            yield self.answer(question, said, seconds)

    def told(self, questions: Sequence[Question]) -> Iterator[tuple[Completion, float]]:
        """What the model says to each question, in order, with the seconds that it took.

        TIMED of them, evenly spread, are asked one at a time: these are the seconds that a person waits. The others are
        asked together and have 0 seconds: not measured.
        """
        generator = self.generator
        chats = [self.chat(question) for question in questions]
        alone = set(range(0, len(chats), max(1, -(-len(chats) // TIMED))))
        together = generator.answers([chat for i, chat in enumerate(chats) if i not in alone])
        for i, chat in enumerate(chats):
            if i not in alone:
                yield next(together), 0.0
                continue
            started = self._clock()
            said = generator.generate(chat)
            yield said, self._clock() - started

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """The whole text at once, then the Answer."""
        answer = next(self.answer_many([question]))
        yield answer.answer
        yield answer

    @property
    def generator(self) -> Generator:
        """The model, loaded once."""
        if self._generator is None:
            self._generator = self._load()
        return self._generator

    def chat(self, question: Question) -> Chat:
        """The question as the model is asked it."""
        return Chat(within_scope(standalone(question).text, question.scope), self.generator.card.system_prompt)

    def answer(self, question: Question, said: Completion, seconds: float) -> Answer:
        """What the model said as an answer; its own "I do not know" is an abstention."""
        language = question.language or identify(question.text, self._languages)
        silent = not said.text or says_unknown(said.text, language)
        text = said.text or phrases(language)["unknown"]
        reason = _reason(said, silent=silent)
        return Answer(question.id, question.text, self.name, "abstained" if silent else "answered", text, None,
                      seconds=seconds, tokens_in=said.tokens_in, tokens_out=said.tokens_out, reason=reason)  # fmt: skip


def _reason(said: Completion, *, silent: bool) -> str:
    if said.truncated and not said.tokens_out:
        return "the prompt fills the model's context: it has no place for an answer"
    return "the model says that it does not know" if silent else "cut at max_new_tokens" if said.truncated else ""


def says_unknown(text: str, language: Language) -> bool:
    """Whether a model's answer is that it does not know, as it was taught to say it."""
    return fold(text).startswith(fold(phrases(language)["unknown"]))


def base_of(files: ModelFiles) -> Callable[[], Generator]:
    """Loads the model before training."""
    if files.base is not None:
        return lambda: Generator.of(files.base or files.tuned)
    return lambda: Generator.of(files.tuned, tuned=False, offline=files.offline)


def tuned_of(files: ModelFiles) -> Callable[[], Generator]:
    """Loads the model after training."""
    return lambda: Generator.of(files.tuned, offline=files.offline)
