"""`rag`, `rag+fine-tuned` and `in-context`: a model reads passages and writes; only what they bear out is said."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from dalil.answering.asking import AsksModel, OpenModel
from dalil.answering.conversation import standalone
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.answering.pointing import Pointing
from dalil.answering.prompting import reading_prompt, rewriting_prompt
from dalil.answering.proposal import Proposal
from dalil.answering.shelves import Shelf
from dalil.answering.silence import asks_back, says_unknown
from dalil.answering.statements import Statement, statements, without_marks
from dalil.answering.support import Proof, Support
from dalil.answering.sureness import Sureness
from dalil.answering.tongues import TypedInEachLanguage
from dalil.config_models import ModelSettings
from dalil.language_model.scoped import within_scope
from dalil.language_model.templates import numbered
from dalil.lexicon import phrases
from dalil.records import Answer, Hit, Option, Passage, Question
from dalil.seams import Clock, Completion, Request

_LONGEST_REWRITTEN = 300
NEAREST = 3


@dataclass(frozen=True)
class ReadingPlan:
    """How a model reads: which passages it is given, what else it is told, whether it folds the conversation itself.

    `trained`: it was tuned on passages before questions, so it is asked in just that form. `withhold_unsure`: what the
    calibration is not sure of is not said, though it is borne out.
    """

    shelf: Shelf
    settings: ModelSettings
    rewrite: bool = False
    trained: bool = False
    withhold_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence that holds, with its proof and how sure it is."""

    statement: Statement
    proof: Proof
    confidence: float


class Rag(AsksModel):
    """Finds passages, has a model answer from them, and lets through the sentences that they bear out, each with its proof."""

    def __init__(self, knowledge: Knowledge, open_model: OpenModel, reading: ReadingPlan, *, name: str,
                 clock: Clock = time.perf_counter) -> None:  # fmt: skip
        super().__init__(knowledge.languages, open_model, name=name, clock=clock)
        self._searcher, self._reading, self._calibration = knowledge.searcher, reading, knowledge.calibration
        self._typed = TypedInEachLanguage(
            knowledge.records, knowledge.lexicon, knowledge.searcher.knows, knowledge.languages
        )
        self._pointing = Pointing(knowledge.searcher, self._typed.is_record)
        self._extractive = Extractive(knowledge)

    def said(self, question: Question, started: float) -> Iterator[str | Answer]:
        """The sentences that hold, as they are finished, then the Answer."""
        asked, spent = self._folded(question)
        answer = Answer(question.id, question.text, self.name, "abstained", phrases(self.language_of(asked))["unknown"])
        pointed = self._pointing.resolve(asked)
        asked = pointed.question
        pointed_at = Proposal("none", options=pointed.options, silence="which_document")
        known = pointed_at if pointed.options else self._extractive.propose(asked)
        if known.options and not known.withheld:  # which record, document or case is meant: known without the model
            which = phrases(self.language_of(asked))[known.silence]
            answer = replace(answer, status="which_one", answer=which, options=known.options)
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

    def _request(self, question: Question, shown: Sequence[Passage]) -> Request:
        settings = self._reading.settings
        own, decoding = settings.system_prompt, settings.decoding
        system = own if self._reading.trained else reading_prompt(self.language_of(question), own)
        asked = within_scope(question.text, question.scope) if self._reading.trained else question.text
        return Request(asked, system, numbered(shown), max_tokens=decoding.max_new_tokens,
                       temperature=decoding.temperature, top_p=decoding.top_p)  # fmt: skip

    def _read(self, question: Question, shown: Sequence[Passage], silent: Answer) -> Generator[str, None, Answer]:
        language = self.language_of(question)
        support = Support(shown, question.text, language, self._searcher, self._typed.is_record)
        sureness = Sureness(question, language, self._extractive, self._calibration)
        kept: list[Kept] = []
        unsure: list[Kept] = []
        text, seen = "", 0
        with closing(self.model.generate(self._request(question, shown))) as parts:
            for part in parts:
                finished = isinstance(part, Completion)
                text = part.text if isinstance(part, Completion) else text + part.text
                found = statements(text)
                for statement in found[seen : len(found) if finished else len(found) - 1]:
                    seen += 1
                    proof = None if says_unknown(statement.text) else support.proof(statement)
                    if proof is None:
                        continue
                    confidence, sure = sureness.of(proof)
                    sure = sure or not self._reading.withhold_unsure
                    (kept if sure else unsure).append(Kept(statement, proof, confidence))
                    if sure:
                        yield statement.before + statement.text if len(kept) > 1 else statement.text
                if isinstance(part, Completion):
                    return _answer(silent, part, shown, kept, unsure, len(found))
        return silent


def _answer(silent: Answer, said: Completion, shown: Sequence[Passage], kept: Sequence[Kept], unsure: Sequence[Kept],
            written: int) -> Answer:  # fmt: skip
    """What holds of what was said; nothing of it: the model asked back, did not know, or the passages bear out nothing.

    An answer is as sure as its least sure sentence.
    """
    measured = replace(silent, seconds=said.seconds, tokens_in=said.tokens_in, tokens_out=said.tokens_out, cost=said.cost,
                       currency=said.currency)  # fmt: skip
    if kept:
        text = kept[0].statement.text + "".join(held.statement.before + held.statement.text for held in kept[1:])
        citations = tuple(dict.fromkeys(held.proof.citation for held in kept))
        lost = written - len(kept) - len(unsure)
        reasons = (
            ["cut at max_new_tokens"] * said.truncated
            + [f"sentences withheld, not in the passages: {lost}"] * bool(lost)
            + [f"sentences withheld, not sure enough: {len(unsure)}"] * bool(unsure)
        )
        confidence = round(min(held.confidence for held in kept), 4)
        return replace(measured, status="answered", answer=text, confidence=confidence, citations=citations,
                       reason="; ".join(reasons))  # fmt: skip
    nearest = tuple(Hit(rank, passage, 0.0) for rank, passage in enumerate(shown[:NEAREST], start=1))
    if unsure:
        confidence = round(max(held.confidence for held in unsure), 4)
        return replace(measured, confidence=confidence, nearest=nearest, reason="not sure enough")
    if asks_back(said.text):
        options = _named(said.text, shown)
        return replace(measured, status="which_one", answer=without_marks(said.text), options=options)
    reason = (
        "the model says that it does not know" if says_unknown(said.text) else f"not in the passages: {said.text[:200]}"
    )
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
