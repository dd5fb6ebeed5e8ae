"""Settings by data size: the published rules of thumb, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from dalil.tables import read_table


@dataclass(frozen=True, slots=True)
class HostedAdvice:
    """Suggested settings of a hosted fine-tuning job; ranges with both ends."""

    n_epochs: tuple[int, int]
    batch_size: tuple[int, int]
    learning_rate_multiplier: float


@dataclass(frozen=True, slots=True)
class Advice:
    """Suggested settings for so many rows. `epochs` is a range, both ends included."""

    band: str
    r: int
    lora_alpha: int
    lora_dropout: float
    learning_rate: float
    epochs: tuple[int, int]
    reason: str
    openai: HostedAdvice


@cache
def rules() -> dict[str, Any]:
    """The rules of thumb as published."""
    data: dict[str, Any] = read_table(resources.files(__package__).joinpath("rules.yaml").read_text("utf-8"))
    return data


def bands() -> list[Advice]:
    """The suggestions, from few rows to many."""
    made, low = [], 0
    for row in rules()["by_rows"]:
        high = row.get("up_to")
        band = f"{low:,} rows and more" if high is None else f"up to {high:,} rows"
        made.append(Advice(band, row["r"], row["lora_alpha"], row["lora_dropout"], row["learning_rate"],
                           (row["epochs"][0], row["epochs"][1]), row["reason"], _hosted(row["openai"])))  # fmt: skip
        low = (high or 0) + 1
    return made


def _hosted(row: dict[str, Any]) -> HostedAdvice:
    return HostedAdvice(tuple(row["n_epochs"]), tuple(row["batch_size"]), row["learning_rate_multiplier"])


def advise(rows: int | None) -> Advice | None:
    """The suggestion for so many rows; None where the number is unknown."""
    if rows is None:
        return None
    limits = [row.get("up_to") for row in rules()["by_rows"]]
    return next(advice for advice, limit in zip(bands(), limits, strict=True) if limit is None or rows <= limit)


def least_rows() -> int:
    """Under so many rows the rules of thumb advise against training."""
    return int(rules()["sizes"]["least"])
