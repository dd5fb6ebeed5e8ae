"""The hosted fine-tuning job: the published settings and totals, on the rows that are planned."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.planning import plan, plannable
from dalil.training.cautions import cautions
from dalil.training.lengths import Data
from dalil.training.openai_plan import OpenAIPlan, hosted_models, make_openai_plan
from dalil.training.plan import as_row

CONTRACT = {"trainable_parameters", "adapter_bytes", "memory_bytes", "steps", "tokens", "seconds", "cost", "currency",
            "warnings"}  # fmt: skip


def job(rows: int | None, model: str = "openai") -> OpenAIPlan:
    return make_openai_plan("x", hosted_models()[model], Data(rows, 200.0, 0, "here", "none"))


@pytest.mark.parametrize(("model", "usd"), [("openai", 15), ("openai-gpt-3.5-turbo", 8)])
def test_the_published_run_costs_the_published_total(model: str, usd: float) -> None:
    made = job(800, model)
    assert made.cost == usd
    assert (made.steps, made.tokens) == (600, 480_000)
    assert job(1600, model).cost == 2 * usd


def test_the_catalogue_is_planned_with_the_published_settings() -> None:
    made = plan(Path("nowhere"), recipe="app-catalogue", model="openai", device=None)
    row = as_row(made, cautions(made))
    assert row["rows"] == 756
    assert row["steps"] == 567
    assert row["hyperparameters"] == {"n_epochs": 3, "batch_size": 4, "learning_rate_multiplier": 2.0}
    assert row["base"] == "gpt-4o-mini-2024-07-18"
    assert row["price_source"].startswith("published by the catalogue project")
    assert row["price_as_of"] == 2025
    assert row["suggested"]["openai"] == {"n_epochs": [3, 5], "batch_size": [4, 8], "learning_rate_multiplier": 1.5}
    assert set(row) >= CONTRACT


def test_every_recipe_can_be_planned_as_a_hosted_job() -> None:
    for name in plannable():
        for model in hosted_models():
            assert isinstance(plan(Path("nowhere"), recipe=name, model=model, device=None), OpenAIPlan)


def test_the_published_totals_are_held_against_the_tokens() -> None:
    said = "\n".join(cautions(job(800)))
    assert "0.48 million tokens" in said
    assert "$31 a million (gpt-4o-mini-2024-07-18)" in said
    assert "$17 a million (gpt-3.5-turbo)" in said
    assert "1.9 times" in said
    assert "learning_rate_multiplier 2 is not the 1.5" in said
    assert "n_epochs 3 is not" not in said
    assert "n_epochs 3 is not the 5–10" in "\n".join(cautions(job(300)))
    assert "batch_size 4 is not the 8–16" in "\n".join(cautions(job(5000)))
    assert "under the 100" in "\n".join(cautions(job(99)))


def test_without_rows_nothing_is_made_up() -> None:
    made = job(None)
    assert (made.steps, made.tokens, made.cost) == (None, None, None)
    assert any("number of rows is unknown" in line for line in cautions(made))
