"""The plan of a training run in the terminal: a short table, the rules of thumb, the warnings last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dalil.training.advice import Advice
    from dalil.training.plan import Plan

GIB, MIB = 2**30, 2**20
UNKNOWN = "—"
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


def show_plan(plan: Plan, warnings: Sequence[str]) -> None:
    """One plan."""
    request = plan.request
    click.echo(f"{request.recipe} · {request.name}: {request.settings.model_name_or_path}")
    rows = [*_data_rows(plan), *_size_rows(plan), *_run_rows(plan)]
    for name, value in rows:
        click.echo(f"  {name:<12} {value}")
    _show_rules(plan)
    for warning in warnings:
        click.echo(f"  ! {warning}")


def _data_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    from dalil.training.plan import defaults_used

    data, training = plan.request.data, plan.request.settings.training
    rows = UNKNOWN if data.rows is None else f"{data.rows:,} rows"
    yield "data", f"{rows} of about {data.tokens_per_row:.0f} tokens ({data.source})"
    yield "tokenizer", data.tokenizer
    warmup = UNKNOWN if plan.warmup_steps is None else f"{plan.warmup_steps:,}"
    yield (
        "settings",
        (
            f"rate {training.learning_rate:g} {training.lr_scheduler_type}, warm-up {warmup}, weight decay {training.weight_decay:g}, "
            f"batch {training.per_device_train_batch_size} × {training.gradient_accumulation_steps}, length {training.max_length:,}, "
            f"{training.optim}, gradients to {training.max_grad_norm:g}, {training.train_sampling_strategy}"
        ),
    )
    defaults = defaults_used(plan.request.settings)
    if defaults:
        yield "defaults", f"not given, the library's are planned: {', '.join(defaults)}"


def _size_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    lora, adapter, parts = plan.request.settings.lora, plan.adapter_bytes, plan.memory
    yield (
        "trained",
        f"{plan.trainable_parameters:,} parameters, {100 * plan.share:.2g} % of {plan.request.shape.total:,}",
    )
    if lora and adapter:
        yield (
            "adapter",
            (
                f"{adapter['bf16'] / MIB:.0f} MiB in bf16, {adapter['fp32'] / MIB:.0f} in fp32 "
                f"(r {lora.r}, alpha {lora.lora_alpha}, dropout {lora.lora_dropout:g})"
            ),
        )
    named = {
        "weights": parts.weights + parts.weights_trained * (lora is None), "of them 16-bit": parts.weights_16bit,
        "constants": parts.quantisation_constants, "adapter": parts.weights_trained * (lora is not None),
        "gradients": parts.gradients, "optimiser": parts.optimiser, "activations": parts.activations,
        "logits": parts.logits,
    }  # fmt: skip
    detail = ", ".join(f"{name} {value / GIB:.1f}" for name, value in named.items() if value > GIB / 20)
    yield "memory", f"up to {parts.total / GIB:.1f} GiB at {plan.length:,} tokens: {detail}"


def _run_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    from dalil.training.plan import CURRENCY, TIME_RANGE

    steps = UNKNOWN if plan.steps is None else f"{plan.steps:,} steps"
    epochs = UNKNOWN if plan.epochs is None else f"{plan.epochs:.1f} epochs"
    tokens = UNKNOWN if plan.tokens is None else f"{plan.tokens:,} tokens"
    yield "run", f"{steps}, {epochs}, {tokens}"
    chosen = "" if plan.request.device else " (the smallest GPU of the table that holds it)"
    yield "device", f"{plan.device.name}: {plan.device.title}{chosen}"
    if plan.seconds is not None:
        low, high = (_duration(plan.seconds * factor) for factor in TIME_RANGE)
        yield "time", f"about {_duration(plan.seconds)} ({low} to {high})"
    money = "no price is known for it" if plan.device.price_usd_per_hour is None else plan.device.price_source
    yield "cost", UNKNOWN + f" ({money})" if plan.cost is None else f"about {plan.cost:.2f} {CURRENCY} ({money})"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _show_rules(plan: Plan) -> None:
    from dalil.training.advice import bands, rules

    click.echo("\n  Rules of thumb by data size, as published (not measured here):")
    for advice in bands():
        mark = "→" if advice == plan.advice else " "
        click.echo(f"  {mark} {_advice(advice)}")
    if plan.advice is not None:
        click.echo(f"    because {plan.advice.reason}")
    for row in rules()["situations"]:
        click.echo(f"    {row['situation']}: {row['advice']}")
    click.echo("")


def _advice(advice: Advice) -> str:
    return (
        f"{advice.band:<20} r {advice.r}, alpha {advice.lora_alpha}, dropout {advice.lora_dropout:g}, "
        f"rate {advice.learning_rate:g}, {advice.epochs[0]}–{advice.epochs[1]} epochs"
    )


def show_architectures(rows: Iterable[dict[str, Any]]) -> None:
    """The shapes side by side."""
    table = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(COLUMNS))]
    for row in table:
        click.echo(
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
        )


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    numbers = (row[key] for key in ("layers", "hidden", "heads", "kv_heads", "intermediate", "vocabulary", "context"))
    return (
        row["model"], f"{row['parameters'] / 1e6:,.0f} M", *(f"{number:,}" for number in numbers),
        f"{row['bytes_16bit'] / 1e9:.1f} GB", f"{row['bytes_4bit'] / 1e9:.1f} GB",
    )  # fmt: skip
