"""The plan counts what a template puts around a row, as training will encode it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

from tiny_models import LLAMA_CHAT, rows, save

from dalil.config_models import ModelSettings
from dalil.language_model.loading import load_tokenizer
from dalil.language_model.templates import find_template
from dalil.training.around import SPECIAL_TOKENS, tokens_around
from dalil.training.gate import encode_rows
from dalil.training.lengths import measured

ALPACA = "### Instruction:\n{question}\n\n### Response:\n{answer}"


@pytest.mark.parametrize(("chat", "template"), [(LLAMA_CHAT, None), (None, "question-answer"), (None, ALPACA)])
def test_rows_are_as_long_as_training_makes_them(tmp_path: Path, chat: str | None, template: str | None) -> None:
    base = str(save(tmp_path, "llama", chat=chat))
    settings = ModelSettings(model_name_or_path=base, template=template, system_prompt="Soyez bref.")
    tokenizer, found = load_tokenizer(base, offline=True), find_template(template, chat is not None)
    encoded = list(encode_rows(tokenizer, found, rows(), system="Soyez bref.", max_length=512, answers_only=True))
    texts = [(f"{row.question}\n{row.answer}", row.language) for row in rows()]
    data = measured(texts, "llama-3", base, "here", tokens_around(settings, base))
    mean = sum(len(row.input_ids) for row in encoded) / len(encoded)
    assert data.tokens_per_row == pytest.approx(mean, abs=2)
    assert mean > 20


def test_a_model_that_is_not_here_is_taken_to_add_two() -> None:
    assert tokens_around(ModelSettings(model_name_or_path="someone/far"), "someone/far") == SPECIAL_TOKENS
