"""A language model on this machine, asked with the template that it was made or trained with."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any

from dalil.errors import DalilError, ModelError
from dalil.language_model.generation import Generator
from dalil.language_model.templates import Chat
from dalil.seams import Completion, Piece, Request, Said


class LocalModel:
    """A Hugging Face model, loaded at the first question."""

    def __init__(self, load: Callable[[], Generator], *, name: str) -> None:
        self.name = name
        self._load = load

    @cached_property
    def generator(self) -> Generator:
        """The model, loaded once."""
        return self._load()

    @property
    def context_tokens(self) -> int:
        return self.generator.context_tokens

    def count_tokens(self, text: str) -> int:
        return len(self.generator.tokenizer(text, add_special_tokens=False)["input_ids"])

    def generate(self, request: Request) -> Said:
        """Pieces as they come, then the Completion. Closing the generator stops the model at its next token."""
        if request.history:
            raise ModelError(
                f"{self.name} answers one question at a time.", hint="fold the conversation into the question"
            )
        generator = self.generator
        ids = generator.ids(Chat(request.question, request.system, request.context))
        if len(ids) + request.max_tokens > self.context_tokens:
            raise ModelError(
                f"{self.name} reads {self.context_tokens:,} tokens; the prompt has {len(ids):,}, the answer may have {request.max_tokens:,}.",
                hint="fewer `passages`, a smaller max_new_tokens, or a model with a longer context",
            )
        decoding = {"num_beams": 1} | generator.card.decoding | {
            "max_new_tokens": request.max_tokens, "temperature": request.temperature, "top_p": request.top_p}  # fmt: skip
        yield from _streamed(generator, ids, decoding)


def _streamed(generator: Generator, ids: list[int], decoding: dict[str, Any]) -> Said:
    """Generate in a thread of its own and hand on its pieces; with beams there is nothing to hand on before the end."""
    parts: queue.Queue[str | Completion | BaseException] = queue.Queue()
    stopped = threading.Event()
    watching: dict[str, Any] = {"stopping_criteria": _stopping(stopped)}
    if decoding["num_beams"] == 1:
        watching["streamer"] = _streamer(generator.tokenizer, parts)

    def work() -> None:
        try:
            parts.put(generator.run(ids, decoding, **watching))
        except BaseException as error:
            parts.put(error)

    thread = threading.Thread(target=work, name="dalil-generate", daemon=True)
    thread.start()
    try:
        while not isinstance(part := parts.get(), (Completion, BaseException)):
            yield Piece(part)
        if isinstance(part, BaseException):
            raise (
                part if isinstance(part, DalilError) else ModelError(f"The model failed: {part}.", hint="dalil doctor")
            ) from part
        yield part
    finally:
        stopped.set()
        thread.join()


def _streamer(tokenizer: Any, parts: queue.Queue[Any]) -> Any:
    from transformers import TextStreamer

    class Streamer(TextStreamer):  # type: ignore[misc]
        def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
            if text:
                parts.put(text)

    return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)


def _stopping(stopped: threading.Event) -> Any:
    from transformers import StoppingCriteria, StoppingCriteriaList

    class Stopping(StoppingCriteria):  # type: ignore[misc]
        def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
            import torch

            return torch.full((input_ids.shape[0],), stopped.is_set(), device=input_ids.device, dtype=torch.bool)

    return StoppingCriteriaList([Stopping()])
