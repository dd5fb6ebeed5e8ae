"""Whether the passages bear out what a model says of them, sentence by sentence.

A sentence is borne out by a passage that holds all its numbers and SHARE of the words that it adds to the question. Where
sentence and passage are in different languages (Darija and Arabic are two) words cannot be compared: then its numbers must stand in a passage that it
cites. It does not see a sentence whose words all stand there and that still says something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dalil.answering.proof import best_window
from dalil.answering.proposal import cite_span
from dalil.answering.statements import Statement
from dalil.answering.terms import query_terms
from dalil.language import content_words, numbers_in, stem
from dalil.records import Citation, Language, Passage
from dalil.seams import Searcher

SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Proof:
    """The passage that bears a statement out, and where in it."""

    passage: Passage
    citation: Citation


@dataclass(frozen=True)
class Support:
    """The passages that a model was given for a question, in the order of their numbers."""

    passages: Sequence[Passage]
    question: str
    language: Language
    searcher: Searcher
    is_record: Callable[[str], bool]

    def proof(self, statement: Statement) -> Proof | None:
        """Where the statement stands: in a passage that it cites, else in another that was given; None where in none."""
        cited = [self.passages[mark - 1] for mark in statement.marks if 0 < mark <= len(self.passages)]
        others = [passage for passage in self.passages if passage not in cited]
        for passage, named in [*((p, True) for p in cited), *((p, False) for p in others)]:
            if self._bears_out(passage, statement.text, named):
                return Proof(passage, self._cite(passage, statement.text))
        return None

    def _bears_out(self, passage: Passage, said: str, named: bool) -> bool:
        held = f"{passage.name} {' '.join(passage.heading)} {passage.text}"
        if not set(numbers_in(said)) <= {*numbers_in(held), *numbers_in(self.question)}:
            return False
        if self.language != passage.language:
            return named
        words = self._stems(said, passage.language)
        added = words - self._stems(self.question, passage.language) or words
        if not added:
            return named
        return len(added & self._stems(held, passage.language)) >= SHARE * len(added)

    def _stems(self, text: str, language: Language) -> set[str]:
        return {stem(word, language) for word in content_words(text, self.language)}

    def _cite(self, passage: Passage, said: str) -> Citation:
        """The sentences that say it; the whole passage where no word of it stands there."""
        terms = query_terms(f"{self.question} {said}", (passage.language,), self.searcher.idf, self.searcher.knows)
        window = best_window(passage, terms, lines=self.is_record(passage.document))
        return (
            cite_span(passage, window.start, window.end, exact=window.best)
            if window.coverage
            else cite_span(passage, 0, len(passage.text))
        )
