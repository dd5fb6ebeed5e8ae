"""Conversations as messages and ShareGPT write them → one Pair: the last question, its answer, and the turns before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dalil.dataset.pair import Pair, Unfit
from dalil.records import Turn

Said = tuple[str, str]
"""A role (system, user, assistant) and what was said."""

_ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant",
    "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant",
}  # fmt: skip
_KEYS = (("role", "content"), ("from", "value"))
"""How a turn is written: many files have the turns of `messages` under ShareGPT's name."""
_TOOLS = frozenset({"tool", "function", "function_call", "observation"})


def said_of(turns: Any, role_key: str, text_key: str) -> list[Said]:
    """The turns of a list of objects, whose keys are the format's or the other's. Raises Unfit naming the turn (from 1)."""
    if not isinstance(turns, list):
        raise Unfit("the conversation is not a list of turns")
    if not turns:
        raise Unfit("the conversation has no turn")
    keys = next((keys for keys in _KEYS if isinstance(turns[0], dict) and keys[0] in turns[0]), (role_key, text_key))
    return [_said(turn, number, *keys) for number, turn in enumerate(turns, start=1)]


def _said(turn: Any, number: int, role_key: str, text_key: str) -> Said:
    if not isinstance(turn, dict):
        raise Unfit(f"turn {number} is not an object with `{role_key}` and `{text_key}`")
    given = turn.get(role_key)
    if given in _TOOLS or turn.get("tool_calls") or turn.get("function_call"):
        raise Unfit(f"turn {number} calls a tool: only questions and answers are read")
    if not isinstance(given, str) or given not in _ROLES:
        known = "system, user or assistant" if role_key == "role" else "system, human or gpt"
        raise Unfit(f"turn {number}: `{role_key}` is {given!r}, expected {known}")
    text = _text(turn.get(text_key))
    if text is None:
        raise Unfit(f"turn {number} ({given}): `{text_key}` is {'not a text' if text_key in turn else 'missing'}")
    if not text.strip():
        raise Unfit(f"turn {number} ({given}) is empty")
    return _ROLES[given], text


def _text(content: Any) -> str | None:
    """A text, or the text of content parts; None where it is neither."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and content and all(_is_text_part(part) for part in content):
        return "".join(part["text"] for part in content)
    return None


def _is_text_part(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str)


def said_to_pair(said: list[Said]) -> Pair:
    """One pair of a conversation: [system] (user assistant)+. Raises Unfit where the roles stand in another order."""
    system = said[0][1] if said[0][0] == "system" else ""
    turns = said[1:] if system else said
    first = len(said) - len(turns) + 1
    for number, (role, _) in enumerate(turns):
        wanted = "user" if number % 2 == 0 else "assistant"
        if role != wanted:
            raise Unfit(f"wrong order of roles: turn {first + number} is {role}, expected {wanted}")
    if not turns:
        raise Unfit("no user turn: there is only a system prompt")
    if len(turns) % 2:
        raise Unfit("no assistant turn after the last user turn")
    pairs = [(turns[i][1], turns[i + 1][1]) for i in range(0, len(turns), 2)]
    question, answer = pairs[-1]
    return Pair(question, answer, system=system, history=tuple(Turn(q, a) for q, a in pairs[:-1]))
