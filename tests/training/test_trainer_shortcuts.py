"""What the trainer does faster gives what the slow way gives: encoding together, logits of learnt tokens only, whole attention."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

from tiny_models import GEMMA_CHAT, LLAMA_CHAT, rows, save, tokenizer

from dalil.config_models import TrainingSettings
from dalil.language_model.encoding import many_answer_ids, many_prompt_ids, prompt_ids
from dalil.language_model.templates import Chat, Template, find_template
from dalil.training.arrow import write_rows
from dalil.training.gate import encode_rows


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


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_loss_of_the_learnt_part_is_the_loss_of_the_whole_batch(tmp_path: Path, kind: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Spent, Watching

    folder = save(tmp_path / kind, kind)
    tokens = AutoTokenizer.from_pretrained(str(folder))
    encoded = encode_rows(
        tokens, Template("text", "{question} {answer}"), rows(), system="", max_length=64, answers_only=True
    )
    data = write_rows(tmp_path / "rows.arrow", encoded)
    settings = TrainingSettings(bf16=False, max_steps=1, eval_strategy="no")
    watching = Watching(tmp_path, "key", lambda step, total, point: None, Spent())
    trainer = make_trainer(
        Setup(
            AutoModelForCausalLM.from_pretrained(str(folder)),
            tokens,
            None,
            data,
            None,
            settings,
            1,
            1,
            tmp_path,
            watching,
        )
    )
    batch = trainer.data_collator([data[i] for i in range(len(data))])
    plain = AutoModelForCausalLM.from_pretrained(str(folder), attn_implementation="sdpa").eval()
    trainer.model.eval()
    with torch.no_grad():
        whole = plain(**batch).loss
        part = trainer.compute_loss(trainer.model, dict(batch))
    assert torch.isclose(part, whole, atol=1e-5)
