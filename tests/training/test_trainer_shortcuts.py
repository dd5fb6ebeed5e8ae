"""What the trainer does faster gives what the slow way gives: encoding together, logits of learnt tokens only, whole attention,
batches of few widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from tiny_models import GEMMA_CHAT, LLAMA_CHAT, rows, save, tokenizer

from dalil.config_models import TrainingSettings
from dalil.language_model.encoding import many_answer_ids, many_prompt_ids, prompt_ids
from dalil.language_model.templates import Chat, Template, find_template
from dalil.training.arrow import write_rows
from dalil.training.gate import encode_rows
from dalil.training.widths import SAME_WIDTH, down, up


@pytest.mark.parametrize("chat", [None, LLAMA_CHAT, GEMMA_CHAT])
def test_rows_encoded_together_are_as_encoded_one_by_one(chat: str | None) -> None:
    tokens, template = tokenizer(chat), find_template(None, chat is not None)
    chats = [Chat(row.question, system="Soyez bref." if i % 2 else "") for i, row in enumerate(rows())]
    answers = [row.answer for row in rows()]
    prompts = many_prompt_ids(tokens, template, chats)
    assert prompts == [prompt_ids(tokens, template, chat) for chat in chats]
    assert many_answer_ids(tokens, template, chats, answers, prompts) == [
        many_answer_ids(tokens, template, [chat], [answer], [before])[0]
        for chat, answer, before in zip(chats, answers, prompts, strict=True)
    ]


def trainer_and_rows(tmp_path: Path, kind: str, max_length: int) -> tuple[Any, Any]:
    """A trainer of a tiny model, and its rows."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Spent, Watching

    folder = save(tmp_path / kind, kind)
    tokens = AutoTokenizer.from_pretrained(str(folder))
    encoded = encode_rows(
        tokens, Template("text", "{question} {answer}"), rows(), system="", max_length=max_length, answers_only=True
    )
    data = write_rows(tmp_path / "rows.arrow", encoded)
    settings = TrainingSettings(bf16=False, max_steps=1, eval_strategy="no", max_length=max_length)
    watching = Watching(tmp_path, "key", lambda step, total, point: None, Spent())
    model = AutoModelForCausalLM.from_pretrained(str(folder))
    return make_trainer(Setup(model, tokens, None, data, None, settings, 1, 1, tmp_path, watching)), data


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_loss_of_the_learnt_part_is_the_loss_of_the_whole_batch(tmp_path: Path, kind: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    trainer, data = trainer_and_rows(tmp_path, kind, max_length=64)
    batch = trainer.data_collator([data[i] for i in range(len(data))])
    plain = AutoModelForCausalLM.from_pretrained(str(tmp_path / kind), attn_implementation="sdpa").eval()
    trainer.model.eval()
    with torch.no_grad():
        whole = plain(**batch).loss
        part = trainer.compute_loss(trainer.model, dict(batch))
    assert torch.isclose(part, whole, atol=1e-5)


@pytest.mark.parametrize(("max_length", "multiple"), [(64, 8), (62, 1)])
def test_batches_have_few_widths_and_none_is_wider_than_a_row_may_be(
    tmp_path: Path, max_length: int, multiple: int
) -> None:
    trainer, data = trainer_and_rows(tmp_path, "llama", max_length)
    for row in data:
        width = trainer.data_collator([row])["input_ids"].shape[1]
        assert width % multiple == 0
        assert len(row["input_ids"]) <= width <= max_length
        assert width - len(row["input_ids"]) < multiple


@pytest.mark.parametrize("tokens", range(20))
def test_widths_are_the_nearest_multiples(tokens: int) -> None:
    assert down(tokens) <= tokens <= up(tokens)
    assert down(tokens) % SAME_WIDTH == up(tokens) % SAME_WIDTH == 0
    assert up(tokens) - down(tokens) == (SAME_WIDTH if tokens % SAME_WIDTH else 0)
