"""What a server's events say, whatever shape they have: servers that call themselves compatible differ in much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dalil.errors import ASK_AGAIN, ModelError

_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>\s*|\Z)|\A.*</think>\s*", re.DOTALL)
_OPENING = "<think>"


class EventReader:
    """Puts an answer together from its events, or from the one object of a server that does not stream.

    What a model thinks aloud in front of its answer (`<think>…</think>`) is no part of it.
    """

    def __init__(self) -> None:
        self.finish = ""
        self.usage: dict[str, int] = {}
        self.written = ""
        self._shown = ""

    @property
    def text(self) -> str:
        return without_thoughts(self.written)

    def read(self, event: Mapping[str, Any]) -> str:
        """The text that an event adds to the answer. Raises ModelError where it is an error, or no event of a chat."""
        if error := event.get("error"):
            said = error.get("message", error) if isinstance(error, dict) else error
            raise ModelError(f"The server broke off: {str(said)[:200]}.", hint=ASK_AGAIN)
        self.usage = _counts(event.get("usage")) or self.usage
        for choice in _choices(event):
            self.finish = str(choice.get("finish_reason") or self.finish)
            self.written += _text_of(choice.get("delta") or choice.get("message"), event)
        if event.get("done"):
            self.finish = self.finish or "stop"
        return self._added()

    def _added(self) -> str:
        """What the answer has grown by since it was last asked for; nothing while it may still become a thought."""
        text = "" if _OPENING.startswith(self.written.lstrip()) else self.text
        if not text.startswith(self._shown):
            return ""
        added = text[len(self._shown) :]
        self._shown = text
        return added


def without_thoughts(text: str) -> str:
    """An answer without what the model thought aloud before it. Some templates open the thought themselves: then only its
    end is written."""
    return _THOUGHTS.sub("", text, count=1)


def _choices(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    choices = event.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise _no_chat(event)
    return choices


def _text_of(said: Any, event: Mapping[str, Any]) -> str:
    """Text, or a list of parts some of which are text; what a model refuses with is what it says."""
    if not said:
        return ""
    if not isinstance(said, dict):
        raise _no_chat(event)
    content = said.get("content") or said.get("refusal") or ""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    if not isinstance(content, str):
        raise _no_chat(event)
    return content


def _counts(usage: Any) -> dict[str, int]:
    """The whole numbers of a server's count of tokens."""
    return {name: n for name, n in usage.items() if isinstance(n, int)} if isinstance(usage, dict) else {}


def _no_chat(event: Mapping[str, Any]) -> ModelError:
    return ModelError(f"The server sent something that is no answer of a chat: {str(event)[:80]}.",
                      hint=f"is it OpenAI-compatible at /chat/completions? {ASK_AGAIN}")  # fmt: skip
