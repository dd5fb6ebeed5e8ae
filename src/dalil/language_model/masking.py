"""Personal data stays here: it is masked in what is asked before a model at an address hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dalil.language.personal import find_personal, masked
from dalil.records import PersonalKind, Turn
from dalil.seams import LanguageModel, Request, Said


class Masking:
    """A model that is told the masks, as the documents have them, in place of personal data of these kinds."""

    def __init__(self, model: LanguageModel, kinds: Sequence[PersonalKind]) -> None:
        self._model, self._kinds = model, tuple(kinds)

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def context_tokens(self) -> int:
        return self._model.context_tokens

    def count_tokens(self, text: str) -> int:
        return self._model.count_tokens(text)

    def generate(self, request: Request) -> Said:
        """The answer to the masked question, conversation and context."""
        turns = tuple(Turn(self._hidden(turn.question), self._hidden(turn.answer)) for turn in request.history)
        asked, context = self._hidden(request.question), self._hidden(request.context)
        yield from self._model.generate(replace(request, question=asked, context=context, history=turns))

    def _hidden(self, text: str) -> str:
        return masked(text, find_personal(text, self._kinds))
