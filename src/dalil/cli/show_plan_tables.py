"""The tables that `dalil plan` prints without a plan: architectures side by side, the published rules of thumb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

COLUMNS = (
    "model",
    "parameters",
    "layers",
    "hidden",
    "heads",
    "kv",
    "intermediate",
    "vocabulary",
    "context",
    "16-bit",
    "4-bit",
)


def show_architectures(rows: Iterable[dict[str, Any]]) -> None:
    """The shapes side by side."""
    _show_table([COLUMNS, *(_cells(row) for row in rows)], numbers=True)


def show_rules(rules: dict[str, Any]) -> None:
    """The published rules: settings by size, when to do what, the two ways side by side, costs."""
    click.echo(f"Rules of thumb, {rules['note']}.\n")
    _show_sizes(rules["by_rows"])
    _show_table([("situation", "advice"), *((r["situation"], r["advice"]) for r in rules["situations"])])
    click.echo("")
    sides = [(r["criterion"], r["retrieval"], r["fine_tuning"]) for r in rules["criteria"]]
    _show_table([("criterion", "retrieval", "fine-tuning"), *sides])
    requests, sizes = rules["requests"], rules["sizes"]
    click.echo(f"\nCost of a request as of {requests['as_of']} there (USD):")
    _show_table([(r["model"], f"{r['usd']:g}") for r in requests["usd"]])
    good, best = (f"{low:,}–{high:,}" for low, high in (sizes["good"], sizes["best"]))
    click.echo(
        f"\nRows: at least {sizes['least']:,}, good {good}, best {best}, enterprise {sizes['enterprise']:,} and more"
    )


def _show_sizes(bands: Iterable[dict[str, Any]]) -> None:
    heads = ("rows", "r / alpha / dropout / rate", "hosted: n_epochs / batch_size / learning_rate_multiplier")
    _show_table([heads, *(_size(band) for band in bands)])
    click.echo("")


def _size(band: dict[str, Any]) -> tuple[str, ...]:
    hosted = band["openai"]
    ranges = (f"{low}–{high}" for low, high in (hosted["n_epochs"], hosted["batch_size"]))
    local = (band["r"], band["lora_alpha"], f"{band['lora_dropout']:g}", f"{band['learning_rate']:g}")
    rows = f"up to {band['up_to']:,}" if "up_to" in band else "more"
    return rows, " / ".join(map(str, local)), " / ".join([*ranges, f"{hosted['learning_rate_multiplier']:g}"])


def _show_table(table: Sequence[Sequence[str]], *, numbers: bool = False) -> None:
    """Columns in line; with `numbers` all but the first stand right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [c.rjust(w) if numbers and i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        click.echo("  ".join(cells) if numbers else "  ".join(cells).rstrip())


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    numbers = (row[key] for key in ("layers", "hidden", "heads", "kv_heads", "intermediate", "vocabulary", "context"))
    return (
        row["model"], f"{row['parameters'] / 1e6:,.0f} M", *(f"{number:,}" for number in numbers),
        f"{row['bytes_16bit'] / 1e9:.1f} GB", f"{row['bytes_4bit'] / 1e9:.1f} GB",
    )  # fmt: skip
