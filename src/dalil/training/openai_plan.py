"""The plan of a hosted fine-tuning job: rows, tokens, steps and money; its memory and its minutes are the provider's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from dalil.records import to_row
from dalil.tables import read_table
from dalil.training.advice import Advice, advise, least_rows
from dalil.training.lengths import Data
from dalil.training.pace import CURRENCY


@dataclass(frozen=True, slots=True)
class HostedModel:
    """A model that can be tuned there. `usd`: the published total for the table's rows and epochs."""

    name: str
    base: str
    usd: float
    tokenizer: str


@dataclass(frozen=True, slots=True)
class OpenAIPlan:
    """What a job takes. None where the number of rows is unknown."""

    recipe: str
    model: HostedModel
    data: Data
    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    steps: int | None
    tokens: int | None
    cost: float | None
    advice: Advice | None


@cache
def openai_table() -> dict[str, Any]:
    """The published settings and totals."""
    data: dict[str, Any] = read_table(resources.files(__package__).joinpath("openai.yaml").read_text("utf-8"))
    return data


def hosted_models() -> dict[str, HostedModel]:
    """What `--model` takes for a hosted job."""
    return {name: HostedModel(name, **row) for name, row in openai_table()["models"].items()}


def make_openai_plan(recipe: str, model: HostedModel, data: Data) -> OpenAIPlan:
    """The job with the published settings on this data."""
    settings, published, rows = openai_table()["settings"], openai_table()["published"], data.rows
    epochs, batch = settings["n_epochs"], settings["batch_size"]
    paid = published["rows"] * published["n_epochs"]
    return OpenAIPlan(
        recipe, model, data, epochs, batch, settings["learning_rate_multiplier"],
        None if rows is None else math.ceil(rows / batch) * epochs,
        None if rows is None else round(rows * epochs * data.tokens_per_row),
        None if rows is None else round(model.usd * rows * epochs / paid, 2), advise(rows),
    )  # fmt: skip


def openai_cautions(plan: OpenAIPlan) -> list[str]:
    """What must be noticed before a job is started."""
    return [
        *_rows(plan),
        *_settings(plan),
        *_prices(plan),
        "the rows are uploaded to the provider: nothing private may be in them",
    ]


def _rows(plan: OpenAIPlan) -> Iterator[str]:
    rows, stated = plan.data.rows, openai_table()["published"]["rows"]
    if rows is None:
        yield "the number of rows is unknown: no steps, tokens and cost"
        return
    if rows < least_rows():
        yield f"{rows:,} rows are under the {least_rows()} that the rules of thumb ask for at least"
    if rows != stated:
        yield f"the published totals are for {stated} rows, planned are {rows:,}: the cost is scaled by the rows"


def _settings(plan: OpenAIPlan) -> Iterator[str]:
    if plan.advice is None:
        return
    suggested, where = plan.advice.openai, plan.advice.band
    for name, value, allowed in (
        ("n_epochs", plan.n_epochs, suggested.n_epochs),
        ("batch_size", plan.batch_size, suggested.batch_size),
        ("learning_rate_multiplier", plan.learning_rate_multiplier, (suggested.learning_rate_multiplier,) * 2),
    ):
        low, high = allowed
        if not low <= value <= high:
            wanted = f"{low:g}" if low == high else f"{low:g}–{high:g}"
            yield f"the published {name} {value:g} is not the {wanted} that the rules of thumb suggest for {where}"


def _prices(plan: OpenAIPlan) -> Iterator[str]:
    """What the published totals would be a million tokens: they name neither tokens nor such a price."""
    published = openai_table()["published"]
    passes = published["rows"] * published["n_epochs"]
    tokens = passes * plan.data.tokens_per_row / 1e6
    models = hosted_models().values()
    each = " and ".join(f"${model.usd / tokens:.0f} a million ({model.base})" for model in models)
    dearer = max(models, key=lambda model: model.usd)
    cheaper = min(models, key=lambda model: model.usd)
    yield (
        f"the published totals cannot be checked, they name no tokens: at the {plan.data.tokens_per_row:.0f} a row planned here, "
        f"{passes:,} passes are {tokens:.2f} million tokens, so they say {each}. The same rows cost "
        f"{dearer.usd / cheaper.usd:.1f} times as much on {dearer.base} as on {cheaper.base}: ask for today's price a token"
    )


def openai_row(plan: OpenAIPlan, warnings: list[str]) -> dict[str, Any]:
    """The contract's form; null where it is the provider's and not known."""
    published = openai_table()["published"]
    return {
        "recipe": plan.recipe,
        "model": plan.model.name,
        "base": plan.model.base,
        "device": "hosted",
        "trainable_parameters": None,
        "adapter_bytes": None,
        "memory_bytes": None,
        "steps": plan.steps,
        "epochs": plan.n_epochs,
        "hyperparameters": {
            "n_epochs": plan.n_epochs,
            "batch_size": plan.batch_size,
            "learning_rate_multiplier": plan.learning_rate_multiplier,
        },
        "rows": plan.data.rows,
        "rows_per_step": plan.batch_size,
        "tokens": plan.tokens,
        "tokens_per_row": round(plan.data.tokens_per_row, 1),
        "data": plan.data.source,
        "tokenizer": plan.data.tokenizer,
        "seconds": None,
        "cost": plan.cost,
        "currency": CURRENCY,
        "price_source": published["source"],
        "price_as_of": published["as_of"],
        "suggested": to_row(plan.advice) if plan.advice else None,
        "warnings": warnings,
    }
