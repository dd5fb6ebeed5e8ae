"""Every published preset and every recipe's model is trained on its real architecture at toy width: names, templates,
quantisation, optimisers and schedules fit together, without the weights."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("trl")

from tiny_models import GEMMA_CHAT, LLAMA_CHAT, rows, save

from dalil.config import parse_config
from dalil.config_models import ModelSettings
from dalil.initialise import recipe_config, recipes
from dalil.training.base_model import prepare_model
from dalil.training.presets import load_presets
from dalil.training.run import train
from dalil.training.shapes import find_shape
from dalil.training.task import Task

CHATS = {"gemma": GEMMA_CHAT, "gpt2": None}


def models() -> dict[str, ModelSettings]:
    """Every language model of the presets and the recipes, by preset or recipe and its own name."""
    found = {
        f"{preset}/{name}": model for preset, given in load_presets().items() for name, model in given.models.items()
    }
    for recipe in recipes():
        config = parse_config(recipe_config(recipe), recipe)
        found |= {f"{recipe}/{name}": model for name, model in config.models.items()}
    return {name: model for name, model in found.items() if "e5" not in model.model_name_or_path}


def kind_of(model: ModelSettings) -> str:
    """transformers' name of the model's architecture."""
    shape = find_shape(model.model_name_or_path)
    by_name = {"gemma": "gemma", "gpt2": "gpt2", "Qwen": "qwen2", "mistral": "mistral"}
    return next((kind for part, kind in by_name.items() if part.lower() in shape.name.lower()), "llama")


@pytest.mark.parametrize("name", sorted(models()))
def test_a_preset_trains_on_its_architecture(name: str, tmp_path: Path) -> None:
    model = models()[name]
    kind = kind_of(model)
    base = save(tmp_path / "base", kind, chat=CHATS.get(kind, LLAMA_CHAT), context=model.training.max_length, width=64)
    training = model.training.model_copy(update={"max_steps": 2, "warmup_steps": min(1, model.training.warmup_steps)})
    tiny = model.model_copy(
        update={
            "model_name_or_path": str(base),
            "training": training,
            "offline": None,
            "system_prompt": model.system_prompt[:40],
        }
    )
    made = train(Task(name, tiny, rows(), tmp_path / "run", threads=1, offline=True), prepare_model)
    assert made.steps == 2
    assert made.loss > 0
    if model.lora is not None:
        assert 0 < made.trainable_parameters < made.total_parameters
        assert (made.model / "adapter_config.json").is_file()
    else:
        assert made.trainable_parameters == made.total_parameters
