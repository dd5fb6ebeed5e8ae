"""A language model behind an OpenAI-compatible address: streamed, within a time, with its price."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal

from dalil.config_models import EndpointSettings
from dalil.errors import ASK_AGAIN, ModelError, ModelUnavailable
from dalil.language_model.http import Http
from dalil.language_model.reading_events import EventReader
from dalil.seams import Clock, Completion, Piece, Request, Said

_BYTES_PER_TOKEN = 3
"""Of UTF-8, rather too few: English has about 4, French 3.5, Arabic 3 to 5 with the vocabularies of today."""
_OPTIONAL = ("stream_options", "temperature", "top_p")
"""What a server may refuse to hear of: left out then."""


class Endpoint:
    """Asks one model at one address. `name`: what it is called under `models:`."""

    def __init__(self, settings: EndpointSettings, http: Http, *, name: str, clock: Clock = time.monotonic) -> None:
        self.name = name
        self._settings, self._http, self._clock = settings, http, clock

    @property
    def context_tokens(self) -> int:
        return self._settings.context_tokens

    @cached_property
    def model(self) -> str:
        """The model's name there: the configured one, else the first that the server lists."""
        return self._settings.model or self._http.first_model()

    @property
    def identity(self) -> str:
        """The address and the model there: another one answers otherwise."""
        return f"{self._settings.base_url.rstrip('/')} {self.model}"

    def priced(self, said: Completion) -> Completion:
        """With what it costs by the prices of now."""
        prices = self._settings
        cost = (said.tokens_in * prices.price_per_million_in + said.tokens_out * prices.price_per_million_out) / 1e6
        return replace(said, cost=cost, currency=prices.currency)

    def count_tokens(self, text: str) -> int:
        """An estimate that is rather too high: the server's tokenizer is not here."""
        return math.ceil(len(text.encode("utf-8")) / _BYTES_PER_TOKEN)

    def generate(self, request: Request) -> Said:
        """Pieces as they come, then the Completion. Closing the generator closes the connection."""
        reader = EventReader()
        deadline = self._clock() + self._settings.timeout_s
        with self._http.answer(self._payload(request), _amended) as events:
            for event in events:
                if text := reader.read(event):
                    yield Piece(text)
                if self._clock() > deadline:
                    raise self._late(reader)
        yield self._completion(reader, request)

    def _late(self, reader: EventReader) -> ModelError:
        """Who began to answer is slow; who said nothing in all that time may be asked in vain for ever."""
        seconds = f"{self._settings.timeout_s:g} s"
        if not reader.written:
            return ModelUnavailable(f"{self.name} did not answer within {seconds}.",
                                    hint=f"a longer timeout_s, or look at the server; {ASK_AGAIN}")  # fmt: skip
        return ModelError(f"{self.name} was not ready within {seconds}.",
                          hint=f"a longer timeout_s, or a smaller max_new_tokens; {ASK_AGAIN}")  # fmt: skip

    def _payload(self, request: Request) -> dict[str, Any]:
        messages = [{"role": "system", "content": request.system}] if request.system else []
        for turn in request.history:
            messages += [{"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer}]
        asked = "\n\n".join(part for part in (request.context, request.question) if part)
        payload: dict[str, Any] = {
            "model": self.model, "messages": [*messages, {"role": "user", "content": asked}], "stream": True,
            "stream_options": {"include_usage": True}, "max_tokens": request.max_tokens, "temperature": request.temperature,
        }  # fmt: skip
        return payload | ({"top_p": request.top_p} if request.top_p < 1 else {})

    def _completion(self, reader: EventReader, request: Request) -> Completion:
        """The whole answer with its tokens (estimated where the server does not count them) and its price."""
        if not reader.finish:
            raise ModelError(f"The connection to {self.name} broke in the middle of the answer.",
                             hint=ASK_AGAIN)  # fmt: skip
        if not reader.text.strip():
            raise ModelError(f"{self.name} answered nothing.", hint="another model, or a larger max_new_tokens")
        prompt = "".join(
            (request.system, request.context, request.question, *(t.question + t.answer for t in request.history))
        )
        read = reader.usage.get("prompt_tokens") or self.count_tokens(prompt)
        written = reader.usage.get("completion_tokens") or self.count_tokens(reader.written)
        finish: Literal["stop", "length"] = "length" if reader.finish == "length" else "stop"
        return self.priced(Completion(reader.text.strip(), read, written, finish))


def _amended(payload: dict[str, Any], said: str) -> dict[str, Any] | None:
    """The request without what the server says that it does not know; None where it is refused for another reason."""
    if "max_completion_tokens" in said and "max_tokens" in payload:
        rest = {key: value for key, value in payload.items() if key != "max_tokens"}
        return {**rest, "max_completion_tokens": payload["max_tokens"]}
    refused = next((name for name in _OPTIONAL if name in said and name in payload), None)
    return {key: value for key, value in payload.items() if key != refused} if refused else None
