"""Prompts and answers as token ids. The prompt's ids are the same in training and in answering: that is the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.errors import ConfigError
from dalil.language_model.templates import CHAT, Chat, Template

Messages = list[dict[str, str]]
PROBES = (
    Chat("Quel est le délai ?"),
    Chat("ما هي الوثائق المطلوبة؟", system="أجب باختصار."),
    Chat("How often is the oil changed?", context="The oil is changed every 500 hours."),
)
"""Three chats whose token ids are stored at training; every export and server must reproduce them."""


def prompt_ids(tokenizer: Any, template: Template, chat: Chat) -> list[int]:
    """The token ids before the answer."""
    return many_prompt_ids(tokenizer, template, [chat])[0]


def many_prompt_ids(tokenizer: Any, template: Template, chats: Sequence[Chat]) -> list[list[int]]:
    """The token ids before each answer, encoded together: a tokenizer is many times faster so."""
    if not chats:
        return []
    if template.name == CHAT:
        return _chat_ids(tokenizer, _messages(tokenizer, chats), prompt=True)
    closing = _closing(tokenizer)
    found = tokenizer([template.prompt(chat) for chat in chats])["input_ids"]
    return [[int(i) for i in ids if i != closing] for ids in found]


def many_answer_ids(tokenizer: Any, template: Template, chats: Sequence[Chat], answers: Sequence[str],
                    prompts: Sequence[list[int]]) -> list[list[int]]:  # fmt: skip
    """The token ids of each answer with the end token; `prompts` are the ids before them.

    The end token stands last where a chat template closes a turn by another (Qwen2.5's base models, Gemma): a model that
    never learnt it would not stop. Raises ConfigError where the chat template writes the prompt otherwise once it is answered.
    """
    if not chats:
        return []
    end = int(tokenizer.eos_token_id)
    if template.name != CHAT:
        found = tokenizer([template.completion(answer) for answer in answers], add_special_tokens=False)["input_ids"]
        return [[*(int(i) for i in ids), end] for ids in found]
    asked = _messages(tokenizer, chats)
    told = [[*m, {"role": "assistant", "content": answer}] for m, answer in zip(asked, answers, strict=True)]
    whole = _chat_ids(tokenizer, told, prompt=False)
    if any(ids[: len(before)] != before for ids, before in zip(whole, prompts, strict=True)):
        raise ConfigError("This model's chat template writes the question differently once it is answered.",
                          hint="template: question-answer")  # fmt: skip
    after = [ids[len(before) :] for ids, before in zip(whole, prompts, strict=True)]
    return [ids if end in ids else [*ids, end] for ids in after]


def probe_ids(tokenizer: Any, template: Template) -> list[list[int]]:
    """The token ids of the three probe chats."""
    return [prompt_ids(tokenizer, template, chat) for chat in PROBES]


def _closing(tokenizer: Any) -> int | None:
    """The end token, where the tokenizer adds one to every text: a prompt must not end with it."""
    ids = tokenizer("a")["input_ids"]
    return tokenizer.eos_token_id if ids and ids[-1] == tokenizer.eos_token_id else None


def _chat_ids(tokenizer: Any, chats: Sequence[Messages], *, prompt: bool) -> list[list[int]]:
    """Raises ConfigError where the model's chat template fails."""
    try:
        return _templated(tokenizer, chats, prompt=prompt)
    except Exception as error:  # a template is somebody's program: it raises what it wants
        said = " ".join(str(error).split()).rstrip(".")[:160] or type(error).__name__
        raise ConfigError(f"This model's chat template fails: {said}.", hint="template: question-answer") from error


def _templated(tokenizer: Any, chats: Sequence[Messages], *, prompt: bool) -> list[list[int]]:
    made = tokenizer.apply_chat_template(list(chats), tokenize=True, add_generation_prompt=prompt, return_dict=True)
    return [[int(i) for i in ids] for ids in made["input_ids"]]


def _messages(tokenizer: Any, chats: Sequence[Chat]) -> list[Messages]:
    """Roles as the template takes them: one that refuses a system role gets its text before the question."""
    system = any(chat.system for chat in chats) and _takes_system(tokenizer)
    return [_roles(chat, system) for chat in chats]


def _roles(chat: Chat, system: bool) -> Messages:
    user = "\n\n".join(part for part in (chat.context, chat.question) if part)
    if chat.system and system:
        return [{"role": "system", "content": chat.system}, {"role": "user", "content": user}]
    return [{"role": "user", "content": "\n\n".join(part for part in (chat.system, user) if part)}]


def _takes_system(tokenizer: Any) -> bool:
    from jinja2.exceptions import TemplateError

    try:
        _templated(tokenizer, [[{"role": "system", "content": "a"}, {"role": "user", "content": "b"}]], prompt=True)
    except TemplateError:
        return False
    return True
