"""Which passages a model is given: the best that fit its context, or all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dalil.answering.extractive import Extractive
from dalil.errors import ModelError, ModelUnavailable
from dalil.language_model.templates import numbered
from dalil.records import Passage, Question
from dalil.seams import LanguageModel, Request, Searcher

SPARE_TOKENS = 64
"""For what a chat template puts around the messages."""


class Shelf(Protocol):
    """Where the passages of a prompt come from."""

    def passages(self, question: Question, empty: Request, model: LanguageModel) -> Sequence[Passage]:
        """Those that stand in the prompt; `empty`: the request without them. Raises ModelError where none fits."""
        ...


@dataclass(frozen=True)
class Best:
    """The first passages found, as many as fit, at most `most`; none of another thing than the question names."""

    reader: Extractive
    most: int

    def passages(self, question: Question, empty: Request, model: LanguageModel) -> Sequence[Passage]:
        found = [hit.passage for hit in self.reader.to_read(question, self.most)]
        room = _room(empty, model)
        kept: list[Passage] = []
        for passage in found:
            room -= model.count_tokens(numbered([passage]))
            if room < 0:
                break
            kept.append(passage)
        if found and not kept:
            raise ModelError(
                f"{model.name} reads {model.context_tokens:,} tokens: not one passage fits beside the question and the answer.",
                hint="a smaller max_new_tokens, shorter `passages.words`, or a model with a longer context",
            )
        return kept


@dataclass(frozen=True)
class Everything:
    """All that the question may see. What two neighbouring passages share stands there once."""

    searcher: Searcher

    def passages(self, question: Question, empty: Request, model: LanguageModel) -> Sequence[Passage]:
        every = list(_without_overlaps(self.searcher.visible(question)))
        room, needed = _room(empty, model), model.count_tokens(numbered(every))
        if needed > room:
            raise ModelUnavailable(
                f"Everything has {needed:,} tokens, and {model.name} has room for {max(0, room):,} of its {model.context_tokens:,}.",
                hint="kind: rag reads the passages found; or give a model with a longer context (context_tokens)",
            )
        return every


def _room(empty: Request, model: LanguageModel) -> int:
    """Tokens left for passages."""
    told = model.count_tokens(empty.system) + model.count_tokens(empty.question)
    return model.context_tokens - told - empty.max_tokens - SPARE_TOKENS


def _without_overlaps(passages: Iterable[Passage]) -> Iterator[Passage]:
    document, end = "", 0
    for passage in passages:
        if passage.document != document:
            document, end = passage.document, 0
        cut = max(0, end - passage.start)
        end = max(end, passage.end)
        if cut < len(passage.text):
            yield replace(passage, text=passage.text[cut:], start=passage.start + cut)
