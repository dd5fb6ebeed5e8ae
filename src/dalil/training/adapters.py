"""How many parameters an adapter trains, as PEFT counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dalil.config_training import LoraSettings
from dalil.errors import ConfigError
from dalil.training.architecture import Part, Projection, Shape

ALL_LINEAR = "all-linear"
_IN_LAYER = re.compile(r"(?:.*\.)?(\d+)\.(.+)")
"""A target that names one layer: model.layers.3.self_attn.q_proj."""
SAME_COUNT = frozenset({"init_lora_weights", "alpha_pattern", "fan_in_fan_out", "loftq_config", "runtime_config",
                        "task_type", "inference_mode", "revision"})  # fmt: skip
"""Keys of PEFT's LoraConfig that leave the number of parameters as it is."""


def layer_targets(shape: Shape, lora: LoraSettings) -> tuple[Projection, ...]:
    """The projections of a layer that get an adapter. Raises ConfigError for a name that the model does not have."""
    if lora.target_modules == ALL_LINEAR:
        return shape.projections
    every = (*shape.projections, *shape.outer)
    unknown = [target for target in lora.target_modules if not any(_is_called(p, target) for p in every)]
    if unknown:
        raise ConfigError(
            f"{shape.name} has no {', '.join(unknown)}; its projections: {', '.join(p.name for p in every)}.",
            hint="mend lora.target_modules, or say all-linear",
        )
    return _called(shape.projections, lora.target_modules)


def outer_targets(shape: Shape, lora: LoraSettings) -> tuple[Projection, ...]:
    """The maps outside the layers that get one: by name; by all-linear only an encoder's pooler, never embeddings or head."""
    if lora.target_modules == ALL_LINEAR:
        return shape.outer if shape.family == "encoder" else ()
    return _called(shape.outer, lora.target_modules)


def lora_parameters(shape: Shape, lora: LoraSettings) -> int:
    """Trainable parameters: r × (inputs + outputs) a target (Hu et al., 2021), and what is trained beside.

    DoRA adds a magnitude an output (Liu et al., 2024); `bias` the biases; `modules_to_save` whole copies of modules, of
    tied ones too. rsLoRA changes the scale only.
    """
    inner, outer = layer_targets(shape, lora), outer_targets(shape, lora)
    adapters = sum(_layers_with(shape, p, lora) * _low_rank((p,), lora) for p in inner) + _low_rank(outer, lora)
    return adapters + _trained_biases(shape, lora, inner, outer) + sum(
        (part.weights + part.biases) * part.times for part in saved_parts(shape, lora)
    )  # fmt: skip


def saved_parts(shape: Shape, lora: LoraSettings) -> list[Part]:
    """The modules that `modules_to_save` trains whole; PEFT takes every module whose path ends so."""
    wanted = tuple(lora.modules_to_save or ())
    return [part for part in shape.parts if _full(part).endswith(wanted)] if wanted else []


def uncounted(shape: Shape, lora: LoraSettings) -> list[str]:
    """Settings whose parameters cannot be counted from the shape."""
    found = [f"lora.peft.{key}" for key in lora.peft if key not in SAME_COUNT]
    known = [_full(part) for part in shape.parts]
    names = [name for name in lora.modules_to_save or () if not any(path.endswith(name) for path in known)]
    return [*found, *(f"lora.modules_to_save {name}" for name in names)]


def _low_rank(targets: Iterable[Projection], lora: LoraSettings) -> int:
    magnitudes = 1 if lora.use_dora else 0
    return sum(lora.r * (p.inputs + p.outputs) + magnitudes * p.outputs for p in targets)


def _trained_biases(shape: Shape, lora: LoraSettings, inner: Iterable[Projection], outer: Iterable[Projection]) -> int:
    if lora.bias == "none":
        return 0
    if lora.bias == "all":
        return shape.biases
    layers = sum(_layers_with(shape, p, lora) * p.outputs for p in inner if p.bias)
    return layers + sum(p.outputs for p in outer if p.bias)


def _layers_with(shape: Shape, projection: Projection, lora: LoraSettings) -> int:
    """How many layers have an adapter on this projection."""
    if lora.target_modules == ALL_LINEAR:
        return shape.layers
    named = [target for target in lora.target_modules if _is_called(projection, target)]
    layers = {found.group(1) for target in named if (found := _IN_LAYER.fullmatch(target))}
    return len(layers) if layers and all(_IN_LAYER.fullmatch(target) for target in named) else shape.layers


def _full(part: Part) -> str:
    """A path that ends as the module's own does."""
    return part.name if "." in part.name else f"model.{part.name}"


def _called(projections: Iterable[Projection], targets: Sequence[str]) -> tuple[Projection, ...]:
    return tuple(p for p in projections if any(_is_called(p, target) for target in targets))


def _is_called(projection: Projection, target: str) -> bool:
    """PEFT's rule: the name is the target or ends in it after a dot; a target may name one layer's."""
    found = _IN_LAYER.fullmatch(target)
    return projection.name == found.group(2) if found else f".{projection.name}".endswith(f".{target}")
