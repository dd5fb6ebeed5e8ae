"""Whether a tokenizer and a model belong together: each token that it makes needs a place among the model's embeddings."""

from __future__ import annotations

import logging
from typing import Any

from dalil.errors import ConfigError

log = logging.getLogger("dalil.language_model")


def known_tokens(tokenizer: Any, model: Any, name: str) -> int:
    """How many tokens the model has a place for. Raises ConfigError where the tokenizer's end token has none.

    Some copies (Llama-2's) name a pad token that the model never had: padding is then done with the end token.
    """
    known = int(model.get_input_embeddings().num_embeddings)
    if tokenizer.eos_token_id >= known:
        raise not_its_own(name, int(tokenizer.eos_token_id), known)
    if tokenizer.pad_token_id is None or tokenizer.pad_token_id >= known:
        log.warning("%s has no place for its pad token %s: padded with the end token", name, tokenizer.pad_token)
        tokenizer.pad_token = tokenizer.eos_token
    return known


def not_its_own(name: str, token: int, known: int) -> ConfigError:
    """The error for a token beyond those that the model knows."""
    return ConfigError(
        f"The tokenizer beside {name} is not the model's own: it makes the token {token:,}, and the model knows {known:,}.",
        hint="copy the model's own tokenizer beside it, or, where tokens were added: model.resize_token_embeddings(len(tokenizer))",
    )
