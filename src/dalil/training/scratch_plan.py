"""The plan of the model that is trained here from nothing: its minutes are given, its size follows from the facts."""

from __future__ import annotations

from dataclasses import replace

from dalil.config_models import OfflineSettings
from dalil.training.architecture import Shape
from dalil.training.devices import PROCESSOR, find_device, priced
from dalil.training.memory import memory
from dalil.training.plan import Plan, Request
from dalil.training.scratch import shape_for

WORDINGS = 5
"""Rows a fact (docs/training.md): what turns a count of rows into one of facts."""


def scratch_shape(rows: int | None) -> Shape:
    """About the shape that so many rows will get: 1–3 M parameters."""
    size = shape_for((rows or 0) // WORDINGS)
    return Shape(
        "scratch", "llama", size.hidden, size.layers, size.heads, size.kv_heads, size.hidden // size.heads,
        size.intermediate, size.vocabulary, True, size.context, "llama-3",
    )  # fmt: skip


def make_scratch_plan(request: Request) -> Plan:
    """The plan: as long as `max_minutes` says over all folds, at most; free on a processor. Steps are set by its speed."""
    from dalil.training.scratch_memory import memory_settings

    own = memory_settings()
    device = priced(find_device(request.device or PROCESSOR), request.settings.plan)
    given = request.settings.offline or OfflineSettings()
    seconds = 60 * given.max_minutes
    price = (
        device.price_usd_per_hour
        if device.price_usd_per_hour is not None
        else 0.0
        if device.name == PROCESSOR
        else None
    )
    return Plan(
        replace(request, devices=1), device, own.training.max_length, request.shape.total,
        memory(request.shape, own, own.training.max_length, processor=device.name == PROCESSOR), None, None, None, seconds,
        None if price is None else round(price * seconds / 3600, 2), None, (1.0, 1.0),
    )  # fmt: skip
