"""The presets: settings, counts and claims of published systems, as data."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from pydantic import Field

from dalil.config_base import Settings
from dalil.config_models import ModelSettings, PlanSettings
from dalil.records import Language
from dalil.tables import read_table


class Published(Settings):
    """Figures that a system's document states, to be held against what the shapes give."""

    model: str | None = Field(None, description="The model that the figures are about; the first when not given.")
    adapter_mib: float | None = Field(None, description="Size of the adapter (MiB).")
    trainable_share: float | None = Field(None, description="Trained parameters / all parameters.")
    weights_gb: float | None = Field(None, description="The quantised model (GB).")
    memory_gb: float | None = Field(None, description="Device memory while training (GB).")
    minutes: tuple[float, float] | None = Field(None, description="Duration, from and to (minutes).")
    usd: float | None = Field(None, description="Cost (US dollars).")


class Preset(Settings):
    """One published system's training."""

    summary: str = Field(description="What it was, in a line.")
    language: Language = Field(description="The main language of its rows.")
    plan: PlanSettings = Field(PlanSettings(), description="Rows, words a row (assumed) and device.")
    models: dict[str, ModelSettings] = Field(
        {}, description="Its models; those of a recipe of the same name come first."
    )
    recipe: str | None = Field(None, description="The recipe that carries it under another name.")
    recipe_models: list[str] = Field([], description="Its models there; the claims are about the first.")
    published: Published = Field(Published(), description="Its claims.")
    notes: list[str] = Field([], description="What must be noticed in its document and does not follow from settings.")


@cache
def load_presets() -> dict[str, Preset]:
    """The presets that ship, by name."""
    rows: dict[str, Any] = read_table(resources.files(__package__).joinpath("presets.yaml").read_text("utf-8"))
    return {name: Preset.model_validate(row) for name, row in rows.items()}


def preset_of(recipe: str, model: str) -> Preset | None:
    """The preset of a recipe's model: of the recipe's own name, or the one that names the model."""
    presets = load_presets()
    named = (preset for preset in presets.values() if preset.recipe == recipe and model in preset.recipe_models)
    return presets.get(recipe) or next(named, None)
