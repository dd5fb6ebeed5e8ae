"""The `passage` approach: the first BM25 passage around its best sentence. The baseline that everything must beat."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from dalil.answering.conversation import standalone
from dalil.answering.knowledge import Knowledge
from dalil.answering.proof import best_window
from dalil.answering.proposal import cite_span
from dalil.answering.terms import query_terms
from dalil.language import identify
from dalil.lexicon import phrases
from dalil.records import Answer, Question
from dalil.seams import Clock


class FirstPassage:
    """Always answers with the first passage of stemmed BM25, where one shares a word with the question."""

    def __init__(self, knowledge: Knowledge, *, name: str = "passage", clock: Clock = time.perf_counter) -> None:
        self.name = name
        self._searcher = knowledge.searcher
        self._languages = tuple(knowledge.languages)
        self._clock = clock

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        """One answer a question, in order."""
        for question in questions:
            yield self._answer(standalone(question))

    def stream(self, question: Question) -> Iterator[str | Answer]:
        """The whole text at once, then the Answer."""
        (answer,) = self.answer_many([question])
        yield answer.answer
        yield answer

    def _answer(self, question: Question) -> Answer:
        started = self._clock()
        passage = self._searcher.first_bm25(question)
        if passage is None:
            language = question.language or identify(question.text, self._languages)
            return Answer(question.id, question.text, self.name, "abstained", phrases(language)["unknown"],
                          seconds=self._clock() - started, reason="no passage shares a word")  # fmt: skip
        terms = query_terms(question.text, self._languages, self._searcher.idf, self._searcher.knows)
        window = best_window(passage, terms, plain=True)
        citation = cite_span(passage, window.start, window.end)
        return Answer(question.id, question.text, self.name, "answered", citation.quote, None, (citation,),
                      seconds=self._clock() - started)  # fmt: skip
