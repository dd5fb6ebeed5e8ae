"""A trainer of a toy model, as `dalil train` makes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tiny_models import rows, save

from dalil.config_training import TrainingSettings
from dalil.language_model.templates import Template
from dalil.training.arrow import write_rows
from dalil.training.gate import encode_rows


def trainer_and_rows(
    tmp_path: Path, kind: str, max_length: int, first: int = 99, seed: int = 1, **training: Any
) -> tuple[Any, Any]:
    """A trainer of a tiny model, and its first rows."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from dalil.training.trainer import Setup, make_trainer
    from dalil.training.watching import Spent, Watching

    folder = tmp_path / kind
    if not folder.exists():
        save(folder, kind)
    tokens = AutoTokenizer.from_pretrained(str(folder))
    encoded = encode_rows(
        tokens, Template("text", "{question} {answer}"), rows()[:first], system="", max_length=max_length, answers_only=True
    )  # fmt: skip
    data = write_rows(tmp_path / "rows.arrow", encoded)
    settings = TrainingSettings(bf16=False, max_steps=1, eval_strategy="no", max_length=max_length, **training)
    watching = Watching(tmp_path, "key", lambda step, total, point: None, Spent())
    model = AutoModelForCausalLM.from_pretrained(str(folder))
    return make_trainer(Setup(model, tokens, None, data, None, settings, 1, seed, tmp_path, watching)), data
