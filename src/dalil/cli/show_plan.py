"""The plan of a training run in the terminal: a short table, the rules of thumb, the warnings last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from dalil.cli.show_plan_tables import show_architectures, show_rules

if TYPE_CHECKING:
    from dalil.config_training import LoraSettings
    from dalil.training.advice import Advice
    from dalil.training.lengths import Data
    from dalil.training.openai_plan import OpenAIPlan
    from dalil.training.plan import Plan

__all__ = ["show_architectures", "show_plan", "show_rules"]
GIB, MIB, GB = 2**30, 2**20, 10**9
UNKNOWN = "—"
LEAST_SHOWN = 0.01  # of the currency: a run of seconds on a rented device is not free
SAMPLED = {
    "random": "at random", "sequential": "in order", "group_by_length": "grouped by length",
    "batch_rebalance": "at random, each batch in parts of nearly equal length",
}  # fmt: skip


def show_plan(plan: Plan | OpenAIPlan, warnings: Sequence[str]) -> None:
    """One plan."""
    from dalil.training.plan import Plan

    if isinstance(plan, Plan):
        request = plan.request
        title = f"{request.recipe} · {request.name}: {request.settings.model_name_or_path}"
        rows = [*_data_rows(plan), *_size_rows(plan), *_run_rows(plan)]
        advice = None if request.scratch else _advice
    else:
        title = f"{plan.recipe} · {plan.model.name}: {plan.model.base} (hosted fine-tuning)"
        rows, advice = list(_hosted_rows(plan)), _hosted_advice
    click.echo(title)
    for name, value in rows:
        click.echo(f"  {name:<12} {value}")
    if advice is None:
        click.echo("")
    else:
        _show_rules(plan.advice, advice)
    for warning in warnings:
        click.echo(f"  ! {warning}")


def _data_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    from dalil.training.plan import defaults_used

    yield from _counted(plan.request.data)
    if plan.request.scratch:
        return
    training = plan.request.settings.training
    warmup = UNKNOWN if plan.warmup_steps is None else f"{plan.warmup_steps:,}"
    yield (
        "settings",
        (
            f"rate {training.learning_rate:g} {training.lr_scheduler_type}, warm-up {warmup}, weight decay {training.weight_decay:g}, "
            f"batch {training.per_device_train_batch_size} × {training.gradient_accumulation_steps}, length {training.max_length:,}, "
            f"{training.optim}, gradients cut to {training.max_grad_norm:g}, rows {SAMPLED[training.train_sampling_strategy]}"
        ),
    )
    defaults = defaults_used(plan.request.settings)
    if defaults:
        yield "defaults", f"not given, the library's are planned: {', '.join(defaults)}"


def _counted(data: Data) -> Iterable[tuple[str, str]]:
    rows = "rows" if data.rows is None else f"{data.rows:,} rows"
    yield "data", f"{rows} of about {data.tokens_per_row:.0f} tokens ({data.source})"
    yield "tokenizer", data.tokenizer


def _size_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    lora, adapter, parts = plan.request.settings.lora, plan.adapter_bytes, plan.memory
    yield (
        "trained",
        f"{plan.trainable_parameters:,} parameters, {_percent(plan.share)} of {plan.request.shape.total:,}",
    )
    if lora and adapter:
        yield (
            "adapter",
            (
                f"{adapter['bf16'] / MIB:.0f} MiB in bf16, {adapter['fp32'] / MIB:.0f} in fp32 "
                f"(r {lora.r}, alpha {lora.lora_alpha}, dropout {lora.lora_dropout:g}{_variants(lora)})"
            ),
        )
    named = {
        "weights": parts.weights + parts.weights_trained * (lora is None), f"of them {_bits(plan)}-bit": parts.weights_16bit,
        "constants": parts.quantisation_constants, "adapter": parts.weights_trained * (lora is not None),
        "gradients": parts.gradients, "optimiser": parts.optimiser, "activations": parts.activations,
        "logits": parts.logits, "copies in 16 bits": parts.weights_cast, "kept by the allocator": parts.allocator,
    }  # fmt: skip
    detail = ", ".join(f"{name} {value / GIB:.1f}" for name, value in named.items() if value > GIB / 20)
    each = " on each device" if plan.request.devices > 1 else ""
    yield (
        "memory",
        f"up to {parts.total / GIB:.1f} GiB ({parts.total / GB:.1f} GB){each} at {plan.length:,} tokens: {detail}",
    )


def _bits(plan: Plan) -> int:
    """Of a weight that is not quantised."""
    return 16 if plan.request.settings.training.half_precision else 32


def _variants(lora: LoraSettings) -> str:
    """What is not the plain adapter, in PEFT's words."""
    named = {"DoRA": lora.use_dora, "rsLoRA": lora.use_rslora, f"bias {lora.bias}": lora.bias != "none",
             f"trained whole: {', '.join(lora.modules_to_save or ())}": bool(lora.modules_to_save)}  # fmt: skip
    return "".join(f", {name}" for name, given in named.items() if given)


def _run_rows(plan: Plan) -> Iterable[tuple[str, str]]:
    from dalil.training.pace import CURRENCY
    from dalil.training.plan import offline_line

    yield "run", _length_of_run(plan)
    chosen = "" if plan.request.device or plan.request.scratch else " (the smallest GPU of the table that holds it)"
    many = f"{plan.request.devices} × " if plan.request.devices > 1 else ""
    yield "device", f"{many}{plan.device.name}: {plan.device.title}{chosen}"
    if plan.seconds is not None:
        yield "time", _time(plan.seconds, plan.time_range)
    if plan.cost:
        amount = f"about {plan.cost:.2f}" if plan.cost >= LEAST_SHOWN else f"under {LEAST_SHOWN}"
        yield "cost", f"{amount} {CURRENCY} ({plan.device.price_source})"
    elif plan.cost == 0:
        yield "cost", f"0 {CURRENCY} (a processor of one's own)"
    else:
        missing = (
            "no price is known for it: plan.price_usd_per_hour gives it"
            if plan.device.price_usd_per_hour is None
            else "the time is not known"
        )
        yield "cost", f"{UNKNOWN} ({missing})"
    instead = offline_line(plan.request.settings)
    if instead is not None:
        yield "offline", instead
    if plan.request.others:
        yield "others", f"--model {' | '.join(plan.request.others)}"


def _length_of_run(plan: Plan) -> str:
    if plan.request.scratch:
        return "as many steps as the time holds"
    parts = {
        f"{plan.steps or 0:,} steps of {plan.rows_per_step:,} rows": plan.steps,
        f"{plan.epochs or 0:.1f} epochs": plan.epochs,
        f"{plan.tokens or 0:,} tokens": plan.tokens,
    }
    return (
        ", ".join(text for text, value in parts.items() if value is not None) or f"{UNKNOWN} (the rows are not known)"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else f"{100 * share:.0f} %"


def _time(seconds: float, factors: tuple[float, float]) -> str:
    low, high = (_duration(seconds * factor) for factor in factors)
    return f"at most {high}" if low == high else f"about {_duration(seconds)} ({low} to {high})"


def _hosted_rows(plan: OpenAIPlan) -> Iterable[tuple[str, str]]:
    from dalil.training.openai_plan import openai_table
    from dalil.training.pace import CURRENCY

    published = openai_table()["published"]
    yield from _counted(plan.data)
    yield (
        "settings",
        (
            f"n_epochs {plan.n_epochs}, batch_size {plan.batch_size}, learning_rate_multiplier "
            f"{plan.learning_rate_multiplier:g} (as published)"
        ),
    )
    steps = UNKNOWN if plan.steps is None else f"{plan.steps:,} steps"
    tokens = UNKNOWN if plan.tokens is None else f"{plan.tokens:,} tokens"
    yield "run", f"{steps}, {plan.n_epochs} epochs, {tokens}"
    yield "time", f"{UNKNOWN} (the provider's queue; asked for every {openai_table()['poll_seconds']} s)"
    cost = UNKNOWN if plan.cost is None else f"about {plan.cost:.2f} {CURRENCY}"
    yield "cost", f"{cost} ({published['source']}; {published['as_of']})"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _show_rules(chosen: Advice | None, said: Callable[[Advice], str]) -> None:
    from dalil.training.advice import bands, rules

    click.echo("\n  Rules of thumb by data size, as published (not measured here):")
    for advice in bands():
        mark = "→" if advice == chosen else " "
        click.echo(f"  {mark} {advice.band:<20} {said(advice)}")
    if chosen is not None:
        click.echo(f"    because {chosen.reason}")
    for row in rules()["situations"]:
        click.echo(f"    {row['situation']}: {row['advice']}")
    click.echo("")


def _advice(advice: Advice) -> str:
    return (
        f"r {advice.r}, alpha {advice.lora_alpha}, dropout {advice.lora_dropout:g}, rate {advice.learning_rate:g}, "
        f"{advice.epochs[0]}–{advice.epochs[1]} epochs"
    )


def _hosted_advice(advice: Advice) -> str:
    hosted = advice.openai
    epochs, batch = (f"{low}–{high}" for low, high in (hosted.n_epochs, hosted.batch_size))
    return f"n_epochs {epochs}, batch_size {batch}, learning_rate_multiplier {hosted.learning_rate_multiplier:g}"
