"""`endpoint`: an assistant that exists already behind an OpenAI-compatible address, asked as its users ask it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing

from dalil.answering.asking import AsksModel, OpenModel
from dalil.answering.silence import asks_back, says_unknown
from dalil.answering.statements import shown_so_far, without_marks
from dalil.config_models import ModelSettings
from dalil.language_model.scoped import within_scope
from dalil.records import Answer, Language, Question, Status
from dalil.seams import Clock, Completion, Request


class Assistant(AsksModel):
    """Sends the question, with what its scope is called and the conversation before it; retrieval, if any, is the other side's."""

    def __init__(self, languages: Sequence[Language], open_model: OpenModel, settings: ModelSettings, *, name: str,
                 clock: Clock = time.perf_counter) -> None:  # fmt: skip
        super().__init__(languages, open_model, name=name, clock=clock)
        self._settings = settings

    def said(self, question: Question, started: float) -> Iterator[str | Answer]:
        """Pieces as they come, then the Answer, without the marks of citations that cannot be followed."""
        decoding = self._settings.decoding
        request = Request(within_scope(question.text, question.scope), self._settings.system_prompt, history=question.history,
                          max_tokens=decoding.max_new_tokens, temperature=decoding.temperature, top_p=decoding.top_p)  # fmt: skip
        text = seen = ""
        with closing(self.model.generate(request)) as parts:
            for part in parts:
                whole = isinstance(part, Completion)
                text = part.text if isinstance(part, Completion) else text + part.text
                shown = without_marks(text) if whole else shown_so_far(text)
                if len(shown) > len(seen):
                    yield shown[len(seen) :]
                    seen = shown
                if isinstance(part, Completion):
                    yield self._answer(question, part, started)

    def _answer(self, question: Question, said: Completion, started: float) -> Answer:
        status: Status = "abstained" if says_unknown(said.text) else "which_one" if asks_back(said.text) else "answered"
        reason = "cut at max_new_tokens" if said.truncated else ""
        return Answer(question.id, question.text, self.name, status, without_marks(said.text),
                      seconds=self.elapsed(started) + said.seconds, tokens_in=said.tokens_in, tokens_out=said.tokens_out,
                      cost=said.cost, currency=said.currency, reason=reason)  # fmt: skip
