"""Prompts and answers as token ids. The prompt's ids are the same in training and in answering: that is the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.errors import ConfigError
from dalil.language_model.templates import CHAT, Chat, Template

PROBES = (
    Chat("Quel est le délai ?"),
    Chat("ما هي الوثائق المطلوبة؟", system="أجب باختصار."),
    Chat("How often is the oil changed?", context="The oil is changed every 500 hours."),
)
"""Three chats whose token ids are stored at training; every export and server must reproduce them."""


def prompt_ids(tokenizer: Any, template: Template, chat: Chat) -> list[int]:
    """The token ids before the answer."""
    if template.name == CHAT:
        return _chat_ids(tokenizer, _messages(tokenizer, chat), prompt=True)
    return [int(i) for i in tokenizer(template.prompt(chat))["input_ids"] if i != _closing(tokenizer)]


def answer_ids(tokenizer: Any, template: Template, chat: Chat, answer: str) -> list[int]:
    """The token ids of the answer with the end token. Raises ConfigError where the chat template changes the prompt."""
    if template.name != CHAT:
        ids = tokenizer(template.completion(answer), add_special_tokens=False)["input_ids"]
        return [*(int(i) for i in ids), int(tokenizer.eos_token_id)]
    messages = _messages(tokenizer, chat)
    before = _chat_ids(tokenizer, messages, prompt=True)
    whole = _chat_ids(tokenizer, [*messages, {"role": "assistant", "content": answer}], prompt=False)
    if whole[: len(before)] != before:
        raise ConfigError("This model's chat template writes the question differently once it is answered.",
                          hint="template: question-answer")  # fmt: skip
    return whole[len(before) :]


def probe_ids(tokenizer: Any, template: Template) -> list[list[int]]:
    """The token ids of the three probe chats."""
    return [prompt_ids(tokenizer, template, chat) for chat in PROBES]


def _closing(tokenizer: Any) -> int | None:
    """The end token, where the tokenizer adds one to every text: a prompt must not end with it."""
    ids = tokenizer("a")["input_ids"]
    return tokenizer.eos_token_id if ids and ids[-1] == tokenizer.eos_token_id else None


def _chat_ids(tokenizer: Any, messages: Sequence[dict[str, str]], *, prompt: bool) -> list[int]:
    made = tokenizer.apply_chat_template(list(messages), tokenize=True, add_generation_prompt=prompt, return_dict=True)
    return [int(i) for i in made["input_ids"]]


def _messages(tokenizer: Any, chat: Chat) -> list[dict[str, str]]:
    """Roles as the template takes them: one that refuses a system role gets its text before the question."""
    user = "\n\n".join(part for part in (chat.context, chat.question) if part)
    if chat.system and _takes_system(tokenizer):
        return [{"role": "system", "content": chat.system}, {"role": "user", "content": user}]
    return [{"role": "user", "content": "\n\n".join(part for part in (chat.system, user) if part)}]


def _takes_system(tokenizer: Any) -> bool:
    from jinja2.exceptions import TemplateError

    try:
        _chat_ids(tokenizer, [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}], prompt=True)
    except TemplateError:
        return False
    return True
