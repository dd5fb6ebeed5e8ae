"""How many tokens a prompt's template puts around a question and its answer: a chat model's can be longer than both."""

from __future__ import annotations

from importlib.util import find_spec

from dalil.config_models import ModelSettings
from dalil.training.local import local_folder, tokenizer_file

ASKED = "a"
SPECIAL_TOKENS = 2
"""Where the model's own tokenizer is not here: what stands between question and answer, and the end."""


def tokens_around(settings: ModelSettings, base: str) -> int:
    """By the template that the settings name, or the model's own. Raises ConfigError where the tokenizer has no end token."""
    folder = local_folder(base)
    if (
        folder is None
        or tokenizer_file(folder) is None
        or find_spec("transformers") is None
        or find_spec("trl") is None
    ):
        return SPECIAL_TOKENS
    from dalil.language_model.encoding import many_answer_ids, prompt_ids
    from dalil.language_model.loading import load_tokenizer
    from dalil.language_model.templates import Chat, find_template

    tokenizer = load_tokenizer(base, offline=True)
    template = find_template(settings.template, bool(getattr(tokenizer, "chat_template", None)))
    chat = Chat(ASKED, system=settings.system_prompt)
    prompt = prompt_ids(tokenizer, template, chat)
    answer = many_answer_ids(tokenizer, template, [chat], [ASKED], [prompt])[0]
    return len(prompt) + len(answer) - 2 * len(tokenizer(ASKED, add_special_tokens=False)["input_ids"])
