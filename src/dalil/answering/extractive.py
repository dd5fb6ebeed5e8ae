"""The `extractive` approach: the record's field whole, records computed, or the proving sentences; else silence."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial

from dalil.answering.entities import EXACT
from dalil.answering.following import followed
from dalil.answering.knowledge import Knowledge
from dalil.answering.lists import ListAnswerer
from dalil.answering.meant import Within, of_what_is_meant
from dalil.answering.named_section import named_section
from dalil.answering.only_value import lacks_value, only_value
from dalil.answering.opening import only_names, opening
from dalil.answering.parts import PartAnswerer
from dalil.answering.pointing import Pointing
from dalil.answering.proof import Looked, prove
from dalil.answering.proposal import Proposal
from dalil.answering.reading import Reading
from dalil.answering.terms import QueryTerms, query_terms
from dalil.answering.tongues import TypedInEachLanguage
from dalil.language import identify, words
from dalil.language.analysis import function_words
from dalil.lexicon import phrases
from dalil.records import Answer, Citation, Hit, Question
from dalil.seams import Clock

SEARCHED = 10
LIKELY = 0.5
"""From so likely on that the documents answer, silence points to the nearest passages."""


class Extractive:
    """Answers from passages and records without any model. Keeps nothing between questions."""

    def __init__(self, knowledge: Knowledge, *, name: str = "extractive", clock: Clock = time.perf_counter) -> None:
        self.name = name
        self._searcher = knowledge.searcher
        self._languages = tuple(knowledge.languages)
        self._typed = TypedInEachLanguage(
            knowledge.records, knowledge.lexicon, knowledge.searcher.knows, knowledge.languages
        )
        self._pointing = Pointing(knowledge.searcher, self._typed.is_record)
        self._parts = PartAnswerer(knowledge.parts)
        self._lists = ListAnswerer(knowledge.parts, knowledge.searcher.idf, knowledge.languages)
        self._calibration = knowledge.calibration
        self._clock = clock

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order."""
        for question in questions:
            started = self._clock()
            proposal = self.propose(followed(question, self._typed.read))
            yield self._decide(question, proposal, self._clock() - started)

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """The whole text at once, then the Answer: nothing here is generated word by word."""
        answer = next(self.answer_many([question]))
        yield answer.answer
        yield answer

    def propose(self, question: Question, hidden: Collection[str] = ()) -> Proposal:
        """What would be said, before deciding whether it is sure enough; `hidden` documents do not exist for it."""
        considered = list(self.considered(question, hidden))
        return considered[-1] if self._is_sure(question, considered[-1]) else considered[0]

    def considered(self, question: Question, hidden: Collection[str] = ()) -> Iterator[Proposal]:
        """The proposals up to the first that is sure enough: an answer computed from records, and where that is none or unsure
        ("permis" may name another permit) what the texts say. That a record lacks what is asked for stands."""
        reading, typed = self._typed.propose(question, hidden)
        question, computed = self._computed(question, reading, typed, hidden)
        if computed is not None:
            yield computed
            if not computed.text or computed.options or self._is_sure(question, computed):
                return
        yield self._of_texts(question, reading, hidden)

    def _computed(self, question: Question, reading: Reading, typed: Proposal | None,
                  hidden: Collection[str]) -> tuple[Question, Proposal | None]:  # fmt: skip
        """The question, with the text that it points to as its scope; and what records, lists and tables say, if anything."""
        proposal = typed
        if not any(mention.how == EXACT for mention in reading.mentions):
            pointed = self._pointing.resolve(question, hidden)
            if pointed.options:
                return question, Proposal("none", options=pointed.options, silence="which_document")
            question = pointed.question
            proposal = self._lists.propose(question, hidden) or proposal
        if proposal is not None and proposal.path == "list" and self._lists.asks_steps(question):
            proposal = None  # records have no steps
        return question, proposal or self._parts.propose(question, hidden)

    def _of_texts(self, question: Question, reading: Reading, hidden: Collection[str]) -> Proposal:
        """What the passages say that are found for the question."""
        if not self._asks_something(question.text):
            return Proposal("none")
        looked = self._look(question, reading, hidden)
        proposal = self._of_named(question, looked, hidden) or prove(looked, self.is_record)
        return replace(proposal, withheld=True) if lacks_value(proposal, looked, self.is_record) else proposal

    def _of_named(self, question: Question, looked: Looked, hidden: Collection[str]) -> Proposal | None:
        """What the text says that the question names and asks no more of than a value, or nothing."""

        within = self._within(question, hidden)
        if only_names(question.text, self._languages):
            return opening(looked, within, self.is_record)
        section = named_section(looked, within, self.is_record) if self._lists.asks_steps(question) else None
        return section or only_value(looked, within, self.is_record)

    def _within(self, question: Question, hidden: Collection[str]) -> Within:
        def within(path: str, k: int) -> list[Hit]:
            return self._searcher.search(replace(question, scope=path), k, hidden)

        return within

    def is_record(self, path: str) -> bool:
        """Whether the document of that path is a typed record."""
        return self._typed.is_record(path)

    def look(self, question: Question) -> Looked:
        """What is found for a question, before anything is quoted of it."""
        return self._look(question, self._typed.read(question), ())

    def to_read(self, question: Question, most: int) -> list[Hit]:
        """The passages to give to who reads them all: none of another thing than the question names."""
        hits = self._searcher.search(question, most)
        terms = self._terms(question.text, ())
        return hits if question.scope else of_what_is_meant(hits, terms, self._within(question, ()))

    def _terms(self, text: str, hidden: Collection[str]) -> QueryTerms:
        """The words of a question, weighed by the documents that are not hidden."""
        idf = partial(self._searcher.idf, hidden=hidden)
        return query_terms(text, self._languages, idf, partial(self._searcher.knows, hidden=hidden))

    def _look(self, question: Question, reading: Reading, hidden: Collection[str]) -> Looked:
        named = [m for m in reading.mentions if len(m.paths) == 1 and m.score >= 0.6]
        record = named[0].paths[0] if len(named) == 1 else ""
        hits = self._search(question, record, hidden)
        spoken = reading.without_names() if named else question.text
        knows = partial(self._searcher.knows, hidden=hidden)
        terms = self._terms(spoken, hidden)
        strangers = reading.strangers(range(len(reading.stems)), knows, self._typed.ignored)
        if not record and not question.scope:
            hits = of_what_is_meant(hits, terms, self._within(question, hidden))
        return Looked(hits, terms, strangers, self._searcher.near, within=bool(record or question.scope))

    def _asks_something(self, text: str) -> bool:
        """Whether a question has a word that is no mere function word of any language here."""
        ignored = set[str]().union(*(function_words(language) for language in self._languages))
        return any(word not in ignored for word in words(text))

    def _search(self, question: Question, record: str, hidden: Collection[str]) -> list[Hit]:
        scoped = question if question.scope or not record else Question(
            question.id, question.text, question.language, question.history, record, question.access)  # fmt: skip
        return self._searcher.search(scoped, SEARCHED, hidden)

    def _placed(self, citation: Citation) -> Citation:
        """A citation with the passage that holds it (a record's field knows only its place in the record)."""
        if citation.passage:
            return citation
        return replace(citation, passage=self._searcher.passage_at(citation.document, citation.start))

    def _silence(self, question: Question, proposal: Proposal) -> str:
        """What is said instead of an answer, in the question's language."""
        language = question.language or identify(question.text, self._languages)
        name, label = proposal.about
        return phrases(language)[proposal.silence].format(name=name, label=label)

    def _why_silent(self, question: Question, proposal: Proposal) -> tuple[str, str]:
        """The reason, and what is said: that the documents do not answer, or that they may and the quote is not sure."""
        if not proposal.text:
            return "nothing that answers", self._silence(question, proposal)
        there = self._calibration.answered_at_all(proposal.path, proposal.features)
        if there < LIKELY or proposal.withheld:
            return "hardly in the documents", self._silence(question, Proposal("none"))
        return "not sure enough", self._silence(question, Proposal("none", silence="perhaps"))

    def _is_sure(self, question: Question, proposal: Proposal) -> bool:
        """Whether it may be said, as far as its scores tell."""
        language = question.language or identify(question.text, self._languages)
        confidence = self._calibration.confidence(proposal.path, proposal.features)
        return not proposal.withheld and self._calibration.allows(proposal.path, confidence, language)

    def _decide(self, question: Question, proposal: Proposal, seconds: float) -> Answer:
        confidence = self._calibration.confidence(proposal.path, proposal.features)
        nearest = proposal.nearest
        if proposal.options and not proposal.withheld:
            return Answer(question.id, question.text, self.name, "which_one", self._silence(question, proposal), None,
                          options=proposal.options, seconds=seconds)  # fmt: skip
        if proposal.text and self._is_sure(question, proposal):
            language = question.language or identify(question.text, self._languages)
            citations = tuple(self._placed(citation) for citation in proposal.citations)
            opening = phrases(language)["conflict"] + "\n" if proposal.conflict else ""
            return Answer(question.id, question.text, self.name, "answered", opening + proposal.text, round(confidence, 4),
                          citations, seconds=seconds)  # fmt: skip
        reason, silence = self._why_silent(question, proposal)
        return Answer(question.id, question.text, self.name, "abstained", silence, round(confidence, 4),
                      nearest=nearest, seconds=seconds, reason=reason)  # fmt: skip
