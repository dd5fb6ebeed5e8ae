"""Talk to an OpenAI-compatible server: connect, try again where that costs nothing, and say plainly what went wrong.

Tried again: a refused connection, 429 and 5xx, with the server's Retry-After or a growing pause. Never tried again: a
request whose answer did not come in time or broke off, for it may have been paid for.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dalil.config_models import EndpointSettings
from dalil.errors import ASK_AGAIN, ConfigError, ModelError, ModelUnavailable
from dalil.language_model.keys import key_variable

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger("dalil.language_model")
MOST_PAUSE_S = 60.0
FIRST_PAUSE_S = 0.5
_CONNECT_S = 10.0
_BUSY = frozenset({429, 500, 502, 503, 504, 529})
_KEY_REFUSED = frozenset({401, 403})
Amend = Callable[[dict[str, Any], str], dict[str, Any] | None]


class Http:
    """A server at one address, with its key. Holds the connection, nothing of what is asked."""

    def __init__(self, settings: EndpointSettings, key: str = "", *, offline: bool = False,
                 sleep: Callable[[float], None] = time.sleep) -> None:  # fmt: skip
        self._settings, self._key, self._sleep = settings, key, sleep
        self._address = settings.base_url.rstrip("/")
        local = _is_loopback(settings.base_url)
        if offline and not local:
            raise ModelUnavailable(f"{self._address} is not on this machine and --offline was given.",
                                   hint=f"without --offline, {ASK_AGAIN}")  # fmt: skip
        self._client = _client(settings, key, trust_env=not local)

    @contextmanager
    def answer(self, payload: dict[str, Any], amend: Amend) -> Iterator[Iterator[dict[str, Any]]]:
        """The events of the answer to a chat request. Raises ModelError, ModelUnavailable."""
        import httpx2

        asked = payload
        tries = 0
        while True:
            try:
                with self._client.stream("POST", f"{self._address}/chat/completions", json=asked) as response:
                    if response.status_code == 200:
                        yield self._events(response)
                        return
                    response.read()
                    pause = self._pause(response, tries)
                    changed = amend(asked, response.text) if response.status_code in (400, 422) else None
                    if pause is None and changed is None:
                        raise self._refused(response)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                pause, changed = _growing(tries), None
                if tries >= self._settings.max_retries:
                    raise self._nobody() from error
            except httpx2.TimeoutException as error:
                raise ModelUnavailable(f"{self._address} did not answer within {self._settings.timeout_s:g} s.",
                                 hint=f"a longer timeout_s, or look at the server; {ASK_AGAIN}") from error  # fmt: skip
            except httpx2.HTTPError as error:
                raise ModelError(f"The connection to {self._address} broke ({type(error).__name__}).",
                                 hint=ASK_AGAIN) from error  # fmt: skip
            if changed is not None:
                asked = changed
                continue
            tries += 1
            log.info("%s: try %d after %.1f s", self._address, tries + 1, pause or 0.0)
            self._sleep(pause or 0.0)

    def first_model(self) -> str:
        """The first model that the server lists."""
        import httpx2

        try:
            found = self._client.get(f"{self._address}/models")
        except httpx2.HTTPError as error:
            raise self._nobody() from error
        if found.status_code in _KEY_REFUSED:
            raise self._refused(found)
        try:
            return str(found.json()["data"][0]["id"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelUnavailable(f"{self._address}/models lists no model.",
                                   hint="name one: `model:` under endpoint, or --model NAME") from error  # fmt: skip

    def _events(self, response: httpx2.Response) -> Iterator[dict[str, Any]]:
        """The events of a good response: streamed, or the one object of a server that does not stream, which is whole.

        An empty one whenever something else arrives, so that who reads them looks at the clock.
        """
        kind = response.headers.get("content-type", "")
        if kind.startswith("text/event-stream"):
            yield from _events_of(response.iter_lines())
            return
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            yield {}
        try:
            whole = json.loads(body)
        except ValueError as error:
            said = body[:60].decode("utf-8", "replace")
            raise ModelUnavailable(
                f"{self._address} answered with {kind or 'something'} that is not JSON: {said!r}.",
                hint="base_url is the address up to /v1",
            ) from error
        if not (isinstance(whole, dict) and (whole.get("choices") or whole.get("error"))):
            raise ModelError(f"{self._address} sent something that is no answer of a chat: {str(whole)[:80]}.",
                             hint="is it OpenAI-compatible at /chat/completions?")  # fmt: skip
        yield {**whole, "done": True}

    def _pause(self, response: httpx2.Response, tries: int) -> float | None:
        """Seconds until the next try; None where there is none."""
        if response.status_code not in _BUSY or tries >= self._settings.max_retries:
            return None
        told = _retry_after(response.headers.get("retry-after", ""))
        return None if told is not None and told > MOST_PAUSE_S else _growing(tries) if told is None else told

    def _refused(self, response: httpx2.Response) -> ModelError:
        """What the status means. What the server says is told without the key, of a refused key not at all."""
        status, variable = response.status_code, key_variable(self._settings)
        if status in _KEY_REFUSED:
            if not variable:
                return ModelUnavailable(f"{self._address} asks for a key ({status}).",
                                        hint="name its variable: `api_key_env:` under endpoint, or --api-key-env")  # fmt: skip
            state = "refused the key of" if self._key else "asks for a key, and there is none in"
            return ModelUnavailable(f"{self._address} {state} {variable} ({status}).",
                                    hint=f"export {variable}=…, or put it into the workspace's .env; {ASK_AGAIN}")  # fmt: skip
        said = _message(response.text)
        said = said.replace(self._key, "…") if self._key else said
        if status == 404:
            return ModelUnavailable(f"{self._address} knows no such address or model ({status}): {said}",
                                    hint=f"base_url is the address up to /v1, `model:` the name there; {ASK_AGAIN}")  # fmt: skip
        if status == 429:
            return ModelUnavailable(f"{self._address} has had enough of our requests ({status}): {said}",
                                    hint=f"wait, then {ASK_AGAIN}")  # fmt: skip
        if status >= 500:
            return ModelUnavailable(f"{self._address} does not work ({status}): {said}", hint=ASK_AGAIN)
        return ModelError(f"{self._address} refused the request ({status}): {said}", hint="mend what it names")

    def _nobody(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"Nobody answers at {self._address}.", hint=f"start the server, or mend base_url; {ASK_AGAIN}"
        )


def _client(settings: EndpointSettings, key: str, *, trust_env: bool) -> httpx2.Client:
    """A connection that follows no redirect; to this machine it goes through no proxy."""
    if find_spec("httpx2") is None:
        raise ConfigError("A model at an address needs httpx2, which is not installed.",
                          hint="pip install 'dalil[endpoint]'")  # fmt: skip
    import httpx2

    logging.getLogger("httpx2").setLevel(logging.WARNING)
    timeout = httpx2.Timeout(settings.timeout_s, connect=min(_CONNECT_S, settings.timeout_s))
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx2.Client(timeout=timeout, headers=headers, trust_env=trust_env)


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _growing(tries: int) -> float:
    return min(MOST_PAUSE_S, FIRST_PAUSE_S * 2.0**tries)


def _retry_after(value: str) -> float | None:
    """Seconds, or a date; None where it is neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _message(body: str) -> str:
    """What an error's body says, in one line."""
    try:
        found = json.loads(body)
        error = found.get("error", found)
        said = str(error.get("message", error)) if isinstance(error, dict) else str(error)
    except (ValueError, AttributeError):
        said = body
    return " ".join(said.split())[:300]


def _events_of(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The JSON objects of server-sent events; {"done": True} at [DONE]."""
    for line in lines:
        if not line.startswith("data:"):
            yield {}
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            yield {"done": True}
            return
        try:
            event = json.loads(data)
        except ValueError as error:
            raise ModelError(f"The server sent something that is not JSON: {data[:80]!r}.", hint=ASK_AGAIN) from error
        if isinstance(event, dict):
            yield event
