"""`rag`, `rag+fine-tuned` and `in-context`: a model reads passages and writes; only what they bear out is said."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from dalil.answering.asking import AsksModel, OpenModel
from dalil.answering.conversation import standalone
from dalil.answering.knowledge import Knowledge
from dalil.answering.pointing import Pointing
from dalil.answering.prompting import reading_prompt, rewriting_prompt
from dalil.answering.shelves import Shelf
from dalil.answering.silence import asks_back, says_unknown
from dalil.answering.statements import Statement, statements, without_marks
from dalil.answering.support import Support
from dalil.answering.typed import TypedAnswerer
from dalil.config_models import ModelSettings
from dalil.language_model.scoped import within_scope
from dalil.language_model.templates import numbered
from dalil.lexicon import phrases
from dalil.records import Answer, Citation, Hit, Option, Passage, Question
from dalil.seams import Clock, Completion, Request

_LONGEST_REWRITTEN = 300
NEAREST = 3


@dataclass(frozen=True)
class ReadingPlan:
    """How a model reads: which passages it is given, what else it is told, whether it folds the conversation itself.

    `trained`: it was tuned on passages before questions, so it is asked in just that form.
    """

    shelf: Shelf
    settings: ModelSettings
    rewrite: bool = False
    trained: bool = False


class Rag(AsksModel):
    """Finds passages, has a model answer from them, and lets through the sentences that they bear out, each with its proof."""

    def __init__(self, knowledge: Knowledge, open_model: OpenModel, reading: ReadingPlan, *, name: str,
                 clock: Clock = time.perf_counter) -> None:  # fmt: skip
        super().__init__(knowledge.languages, open_model, name=name, clock=clock)
        self._searcher, self._reading = knowledge.searcher, reading
        self._typed = TypedAnswerer(knowledge.records, knowledge.lexicon, knowledge.searcher.knows)
        self._pointing = Pointing(knowledge.searcher, self._typed.is_record)

    def said(self, question: Question, started: float) -> Iterator[str | Answer]:
        """The sentences that hold, as they are finished, then the Answer."""
        asked, spent = self._folded(question)
        answer = Answer(question.id, question.text, self.name, "abstained", phrases(self.language_of(asked))["unknown"])
        pointed = self._pointing.resolve(asked)
        asked = pointed.question
        if options := pointed.options or self._which_one(asked):
            which = phrases(self.language_of(asked))["which_document" if pointed.options else "which_one"]
            answer = replace(answer, status="which_one", answer=which, options=options)
        elif shown := self._reading.shelf.passages(asked, self._request(asked, ()), self.model):
            answer = yield from self._read(asked, shown, answer)
        else:
            answer = replace(answer, reason="no passage shares a word")
        if answer.status != "answered":
            yield answer.answer
        yield _with(answer, spent, self.elapsed(started))

    def _folded(self, question: Question) -> tuple[Question, Completion | None]:
        """The question without its conversation, and what it took the model to write it."""
        if not (question.history and self._reading.rewrite):
            return standalone(question), None
        prompt = rewriting_prompt(self.language_of(question), question.history, question.text)
        said = next(p for p in self.model.generate(Request(prompt)) if isinstance(p, Completion))
        usable = 0 < len(said.text) <= _LONGEST_REWRITTEN and not said.truncated
        return replace(question, text=said.text, history=()) if usable else standalone(question), said

    def _which_one(self, question: Question) -> tuple[Option, ...]:
        """The records between which the question leaves open: known without asking the model."""
        _, proposal = self._typed.propose(question, ())
        return proposal.options if proposal is not None else ()

    def _request(self, question: Question, shown: Sequence[Passage]) -> Request:
        settings = self._reading.settings
        own, decoding = settings.system_prompt, settings.decoding
        system = own if self._reading.trained else reading_prompt(self.language_of(question), own)
        asked = within_scope(question.text, question.scope) if self._reading.trained else question.text
        return Request(asked, system, numbered(shown), max_tokens=decoding.max_new_tokens,
                       temperature=decoding.temperature, top_p=decoding.top_p)  # fmt: skip

    def _read(self, question: Question, shown: Sequence[Passage], silent: Answer) -> Generator[str, None, Answer]:
        support = Support(shown, question.text, self.language_of(question), self._searcher, self._typed.is_record)
        kept: list[tuple[Statement, Citation]] = []
        text, seen = "", 0
        with closing(self.model.generate(self._request(question, shown))) as parts:
            for part in parts:
                finished = isinstance(part, Completion)
                text = part.text if isinstance(part, Completion) else text + part.text
                found = statements(text)
                for statement in found[seen : len(found) if finished else len(found) - 1]:
                    seen += 1
                    if not says_unknown(statement.text) and (citation := support.proof(statement)):
                        kept.append((statement, citation))
                        yield statement.before + statement.text if len(kept) > 1 else statement.text
                if isinstance(part, Completion):
                    return self._answer(silent, part, shown, kept, len(found))
        return silent

    def _answer(self, silent: Answer, said: Completion, shown: Sequence[Passage],
                kept: Sequence[tuple[Statement, Citation]], written: int) -> Answer:  # fmt: skip
        """What holds of what was said; nothing of it: the model asked back, did not know, or the passages bear out nothing."""
        measured = replace(silent, seconds=said.seconds, tokens_in=said.tokens_in, tokens_out=said.tokens_out, cost=said.cost,
                           currency=said.currency)  # fmt: skip
        if kept:
            text = kept[0][0].text + "".join(statement.before + statement.text for statement, _ in kept[1:])
            citations = tuple(dict.fromkeys(citation for _, citation in kept))
            lost = written - len(kept)
            reasons = ["cut at max_new_tokens"] * said.truncated + [
                f"sentences withheld, not in the passages: {lost}"
            ] * bool(lost)
            return replace(measured, status="answered", answer=text, citations=citations, reason="; ".join(reasons))
        if asks_back(said.text):
            return replace(
                measured, status="which_one", answer=without_marks(said.text), options=_named(said.text, shown)
            )
        reason = (
            "the model says that it does not know"
            if says_unknown(said.text)
            else f"not in the passages: {said.text[:200]}"
        )
        nearest = tuple(Hit(rank, passage, 0.0) for rank, passage in enumerate(shown[:NEAREST], start=1))
        return replace(measured, nearest=nearest, reason=reason)


def _named(text: str, shown: Sequence[Passage]) -> tuple[Option, ...]:
    """The documents given that a question back names."""
    return tuple(
        Option(name, document) for document, name in {p.document: p.name for p in shown}.items() if name in text
    )


def _with(answer: Answer, spent: Completion | None, seconds: float) -> Answer:
    """With the time, and with what folding the conversation took."""
    timed = replace(answer, seconds=answer.seconds + seconds)
    if spent is None:
        return timed
    return replace(timed, seconds=timed.seconds + spent.seconds, tokens_in=timed.tokens_in + spent.tokens_in,
                   tokens_out=timed.tokens_out + spent.tokens_out, cost=timed.cost + spent.cost, currency=spent.currency)  # fmt: skip
