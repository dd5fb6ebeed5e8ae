"""Rows one behind the other train what padded rows train, on every architecture whose attention lets them; the others are padded."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl")

import torch
from tiny_models import save
from tiny_trainers import trainer_and_rows

from dalil.config_training import TrainingSettings
from dalil.errors import ConfigError
from dalil.training.gate import IGNORED
from dalil.training.padding_free import TOKENS
from dalil.training.widths import IN_LINE_WIDTH

ROWS = 8


def loss_and_gradients(trainer: Any, data: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Of one batch of all rows."""
    trainer.model.eval()
    batch = trainer.data_collator([data[i] for i in range(len(data))])
    learnt = (batch["labels"][:, 1:] != IGNORED).sum()
    loss = trainer.compute_loss(trainer.model, dict(batch), num_items_in_batch=learnt)
    loss.backward()
    return loss.detach(), {name: one.grad for name, one in trainer.model.named_parameters() if one.grad is not None}


@pytest.mark.parametrize(
    ("kind", "others"),
    [("llama", {}), ("gpt2", {}), ("gemma", {}), ("qwen2", {}), ("mistral", {}), ("mistral", {"sliding_window": 4})],
)
def test_loss_and_gradients_are_those_of_the_padded_batch(tmp_path: Path, kind: str, others: dict[str, Any]) -> None:
    save(tmp_path / kind, kind, **others)
    padded, in_line = (
        loss_and_gradients(*trainer_and_rows(tmp_path, kind, 128, ROWS, padding_free=asked)) for asked in (False, None)
    )
    assert torch.isclose(padded[0], in_line[0], atol=1e-5)
    assert padded[1].keys() == in_line[1].keys()
    for name, gradient in padded[1].items():
        assert torch.allclose(gradient, in_line[1][name], atol=1e-5), name


def test_packed_rows_are_kept_apart_without_a_mask(tmp_path: Path) -> None:
    save(tmp_path / "llama", "llama")
    packed, data = trainer_and_rows(tmp_path, "llama", 64, packing=True, per_device_train_batch_size=1)
    assert len(packed.train_dataset) < len(data)
    for line in packed.get_train_dataloader():
        starts = line["cu_seq_lens_q"].tolist()
        alone = [line["input_ids"][:, a:b] for a, b in pairwise(starts)]
        with torch.no_grad():
            together = packed.model(**{k: v for k, v in line.items() if k != "labels"}).logits
            one_by_one = torch.cat([packed.model(row).logits for row in alone], dim=1)
        assert torch.allclose(together, one_by_one, atol=1e-5)


def test_a_line_holds_every_row_once_and_is_filled_to_one_of_few_widths(tmp_path: Path) -> None:
    save(tmp_path / "llama", "llama")
    trainer, data = trainer_and_rows(tmp_path, "llama", 128, per_device_train_batch_size=ROWS)
    seen = []
    for line in trainer.get_train_dataloader():
        starts = line["cu_seq_lens_q"].tolist()
        rows = [line["input_ids"][0, a:b].tolist() for a, b in pairwise(starts)]
        seen += rows[:ROWS]
        assert line["input_ids"].shape[1] % IN_LINE_WIDTH == 0
        assert line[TOKENS] == sum(map(len, rows[:ROWS]))
        assert line["input_ids"].shape[1] - line[TOKENS] < IN_LINE_WIDTH
    assert sorted(seen) == sorted(row["input_ids"] for row in data)


def test_tokens_are_counted_without_the_filling(tmp_path: Path) -> None:
    save(tmp_path / "llama", "llama")
    counted = []
    for asked in (False, None):
        trainer, data = trainer_and_rows(tmp_path, "llama", 128, ROWS, padding_free=asked)
        trainer.train()
        counted.append(trainer.state.log_history[0]["num_tokens"])
    assert counted[0] == counted[1] == sum(len(row["input_ids"]) for row in data)


def test_a_model_that_caps_its_scores_is_padded_and_says_so_where_it_is_asked_for(tmp_path: Path) -> None:
    save(tmp_path / "gemma2", "gemma2")
    trainer, data = trainer_and_rows(tmp_path, "gemma2", 128)
    assert "attention_mask" in trainer.data_collator([data[0]])
    with pytest.raises(ConfigError, match="padding_free: rows of Gemma2ForCausalLM cannot be kept apart"):
        trainer_and_rows(tmp_path, "gemma2", 128, padding_free=True)


@pytest.mark.parametrize(
    ("given", "in_line"),
    [({}, True), ({"per_device_train_batch_size": 1}, False), ({"train_sampling_strategy": "group_by_length"}, False),
     ({"train_sampling_strategy": "group_by_length", "padding_free": True}, True), ({"pad_to_max_length": True}, False),
     ({"padding_free": False}, False), ({"packing": True}, True)],
)  # fmt: skip
def test_padding_goes_where_there_is_some(given: dict[str, Any], in_line: bool) -> None:
    assert TrainingSettings(**given).in_line_on_a_processor is in_line


def test_padded_and_padding_free_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="padding_free and pad_to_max_length exclude each other"):
        TrainingSettings(padding_free=True, pad_to_max_length=True)
