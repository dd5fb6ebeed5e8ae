"""What a planner must notice: settings that cannot work, claims that the shapes contradict."""

from __future__ import annotations

from collections.abc import Iterator

from dalil.training.adapters import uncounted
from dalil.training.advice import least_rows
from dalil.training.devices import GIB, PROCESSOR, RUNTIME_BYTES, load_devices
from dalil.training.openai_plan import OpenAIPlan, openai_cautions
from dalil.training.pace import TIME_RANGE
from dalil.training.plan import Plan

MANY_EPOCHS = 10
OFF = 1.15
"""A claim further away than this factor is named."""
MIB = 2**20


def cautions(plan: Plan | OpenAIPlan) -> list[str]:
    """All warnings of a plan: first what stops it, then what harms it, then what was claimed and is not so."""
    if isinstance(plan, OpenAIPlan):
        return openai_cautions(plan)
    if plan.request.scratch:
        return list(_scratch(plan))
    return [*_stoppers(plan), *_harms(plan), *_claims(plan), *_pace(plan), *plan.request.notes]


def _scratch(plan: Plan) -> Iterator[str]:
    settings = plan.request.settings
    yield "a memory of the trained questions, never an assistant: it answers what it was trained on, in other words too"
    if settings.lora is not None or settings.training.model_fields_set:
        yield "`lora` and `training` do not apply to scratch, which keeps its own settings"


def _stoppers(plan: Plan) -> Iterator[str]:
    shape, training = plan.request.shape, plan.request.settings.training
    if training.max_length > shape.context:
        yield (
            f"max_length {training.max_length:,} is more than the {shape.context:,} tokens that {shape.name} can read: "
            f"planned with {shape.context:,}"
        )
    if not plan.device.holds(plan.memory.total):
        fitting = [d.name for d in load_devices() if d.holds(plan.memory.total)]
        yield (
            f"{plan.memory.total / GIB:.1f} GiB (and {RUNTIME_BYTES // GIB} for the runtime) do not fit on {plan.device.name} "
            f"({plan.device.memory_gib:g} GiB); it fits on: {', '.join(fitting) or 'none of the table'}"
        )
    if training.in_bf16 and not plan.device.bf16:
        yield f"{plan.device.name} does not compute in bfloat16: set fp16"
    if plan.device.name == PROCESSOR and training.half_precision:
        full = plan.memory_without_bf16.total
        room = "" if plan.device.holds(full) else f", which does not fit in {plan.device.memory_gib:g} GiB"
        yield (
            "a processor without bfloat16 (AVX-512 BF16, AMX, Arm's BF16) holds weights and activations in float32: "
            f"up to {full / GIB:.1f} GiB{room}"
        )


def _harms(plan: Plan) -> Iterator[str]:
    request, training = plan.request, plan.request.settings.training
    rows, lora, devices = request.data.rows, request.settings.lora, request.devices
    if plan.epochs is not None and plan.epochs > MANY_EPOCHS and training.max_steps is not None:
        yield (
            f"{training.max_steps:,} steps × {plan.rows_per_step} rows are {plan.epochs:.0f} epochs of {rows:,} examples: "
            "they are learnt by heart"
        )
    elif plan.epochs is not None and plan.epochs > MANY_EPOCHS:
        yield f"{plan.epochs:.0f} epochs: the rows are learnt by heart"
    if rows is None:
        yield "the number of rows is unknown: no epochs, and without max_steps no steps, tokens, time and cost"
    elif rows < least_rows():
        yield f"{rows:,} rows are under the {least_rows()} that the rules of thumb ask for at least"
    if lora is not None and plan.advice is not None and lora.r > 2 * plan.advice.r:
        yield f"r {lora.r} is large for {rows:,} rows: {plan.advice.r} is suggested ({plan.advice.reason})"
    if plan.steps is not None and plan.warmup_steps is not None and 2 * plan.warmup_steps > plan.steps:
        yield f"{plan.warmup_steps:,} of {plan.steps:,} steps are warm-up"
    if lora is not None and (left_out := uncounted(request.shape, lora)):
        yield f"{', '.join(left_out)}: what this trains is not counted here"
    if devices > 1:
        yield f"{devices} devices need a launcher: accelerate launch --num_processes {devices}; their talk is not counted"
    if training.pad_to_max_length and plan.length > 2 * request.data.tokens_per_row:
        yield (
            f"rows of about {request.data.tokens_per_row:.0f} tokens are padded to {plan.length:,}: "
            f"{plan.length / request.data.tokens_per_row:.0f} times the work"
        )
    if request.data.longest > training.max_length:
        yield f"the longest row has about {request.data.longest:,} tokens: rows are cut at {training.max_length:,}"
    if request.shape.note:
        yield request.shape.note


def _claims(plan: Plan) -> Iterator[str]:
    """The published figures of a size that differ from what the shapes give."""
    published, lora, adapter = plan.request.published, plan.request.settings.lora, plan.adapter_bytes
    if published.adapter_mib and lora and adapter and _differ(published.adapter_mib, adapter["bf16"] / MIB):
        half, full = adapter["bf16"] / MIB, adapter["fp32"] / MIB
        ratio = published.adapter_mib
        yield (
            f"the published adapter of {ratio:g} MB is not r {lora.r}, which is {half:.0f} MiB in bf16 and {full:.0f} in fp32: "
            f"{ratio:g} MiB is r {lora.r * ratio / half:.0f} in bf16 or r {lora.r * ratio / full:.0f} in fp32"
        )
    if published.trainable_share and _differ(published.trainable_share, plan.share):
        yield (
            f"the published share of trained parameters, {100 * published.trainable_share:.1f} %, is {100 * plan.share:.1f} % "
            f"({plan.trainable_parameters:,} of {plan.request.shape.total:,})"
        )
    weights = plan.memory.weights / 1e9
    if published.weights_gb and _differ(published.weights_gb, weights):
        yield (
            f"the published model of {published.weights_gb:g} GB takes about {weights:.1f} GB: embeddings and head stay 16-bit "
            f"({plan.memory.weights_16bit / 1e9:.1f} GB)"
        )
    total = plan.memory.total / 1e9
    if published.memory_gb and _differ(published.memory_gb, total):
        fixed = (plan.memory.total - plan.memory.logits - plan.memory.activations) / 1e9
        yield (
            f"the published {published.memory_gb:g} GB of device memory: planned are up to {total:.1f} GB, {fixed:.1f} GB of them "
            "before any row is read"
        )


def _pace(plan: Plan) -> Iterator[str]:
    """The published duration and cost where the plan is for the same device."""
    published, seconds = plan.request.published, plan.seconds
    if seconds is None or plan.request.published_device != plan.device.name:
        return
    low, high = (seconds * factor / 60 for factor in TIME_RANGE)
    if published.minutes and (published.minutes[1] < low or published.minutes[0] > high):
        yield f"the published run took {published.minutes[0]:g}–{published.minutes[1]:g} min, planned are {low:.0f}–{high:.0f}"


def _differ(claimed: float, planned: float) -> bool:
    return max(claimed / planned, planned / claimed) > OFF
