"""What the trainer does faster gives what the slow way gives: encoding together, logits of learnt tokens only, whole attention,
batches of few widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

from tiny_models import GEMMA_CHAT, LLAMA_CHAT, rows, tokenizer
from tiny_trainers import trainer_and_rows

from dalil.language_model.encoding import many_answer_ids, many_prompt_ids, prompt_ids
from dalil.language_model.templates import Chat, find_template
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


@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_loss_of_the_learnt_part_is_the_loss_of_the_whole_batch(tmp_path: Path, kind: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    trainer, data = trainer_and_rows(tmp_path, kind, max_length=64, padding_free=False)
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
    trainer, data = trainer_and_rows(tmp_path, "llama", max_length, padding_free=False)
    for row in data:
        width = trainer.data_collator([row])["input_ids"].shape[1]
        assert width % multiple == 0
        assert len(row["input_ids"]) <= width <= max_length
        assert width - len(row["input_ids"]) < multiple


def parts_of(trainer: Any, epoch: int = 0) -> list[list[tuple[int, ...]]]:
    """The rows of each part of a batch in the order in which an epoch computes them."""
    loader = trainer.get_train_dataloader()
    loader.set_epoch(epoch)
    return [
        [tuple(ids[mask.bool()].tolist()) for ids, mask in zip(part["input_ids"], part["attention_mask"], strict=True)]
        for part in loader
    ]


def test_the_parts_of_a_random_batch_have_like_lengths_and_hold_every_row_once(tmp_path: Path) -> None:
    shape: dict[str, Any] = {
        "train_sampling_strategy": "batch_rebalance",
        "per_device_train_batch_size": 4,
        "gradient_accumulation_steps": 2,
        "padding_free": False,
    }
    trainer, data = trainer_and_rows(tmp_path, "llama", 128, **shape)
    parts = parts_of(trainer)
    assert sorted(row for part in parts for row in part) == sorted(tuple(row["input_ids"]) for row in data)
    for one, other in zip(parts[::2], parts[1::2], strict=True):
        shorter, longer = sorted((one, other), key=lambda part: max(map(len, part)))
        assert max(map(len, shorter)) <= min(map(len, longer))
    assert parts == parts_of(trainer)
    assert parts != parts_of(trainer, epoch=1)
    assert parts != parts_of(trainer_and_rows(tmp_path / "other", "llama", 128, seed=2, **shape)[0])


def test_a_batch_computed_in_parts_trains_the_same_weights(tmp_path: Path) -> None:
    import torch

    whole, data = trainer_and_rows(tmp_path / "whole", "llama", 128, first=8, per_device_train_batch_size=8)
    parts, _ = trainer_and_rows(
        tmp_path / "parts", "llama", 128, first=8, per_device_train_batch_size=2, gradient_accumulation_steps=4,
        train_sampling_strategy="batch_rebalance",
    )  # fmt: skip
    assert len({len(row["input_ids"]) for row in data}) > 1, "rows of one length would show nothing"
    gradients = []
    for trainer in (whole, parts):
        trainer.args.max_grad_norm = 0
        trainer.create_optimizer()
        kept: dict[str, Any] = {}
        trainer.optimizer.register_step_pre_hook(lambda *_, of=trainer.model, to=kept: to.update(_gradients(of)))
        trainer.train()
        gradients.append(kept)
    assert gradients[0]
    for name, gradient in gradients[0].items():
        assert torch.allclose(gradient, gradients[1][name], atol=1e-6), name


def _gradients(model: Any) -> dict[str, Any]:
    return {name: one.grad.clone() for name, one in model.named_parameters() if one.grad is not None}


@pytest.mark.parametrize("tokens", range(20))
def test_widths_are_the_nearest_multiples(tokens: int) -> None:
    assert down(tokens) <= tokens <= up(tokens)
    assert down(tokens) % SAME_WIDTH == up(tokens) % SAME_WIDTH == 0
    assert up(tokens) - down(tokens) == (SAME_WIDTH if tokens % SAME_WIDTH else 0)
