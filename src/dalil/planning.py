"""`dalil plan`: from a recipe, a preset or a workspace to plans; no model, no network, no weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalil.config import CONFIG_NAME, parse_config
from dalil.config_models import SCRATCH, ModelSettings
from dalil.config_training import QuantizationSettings
from dalil.errors import ConfigError, DalilError, WorkError
from dalil.initialise import recipe_config, recipes
from dalil.language_model.place import place_of
from dalil.language_model.templates import find_template
from dalil.records import Language
from dalil.training.advice import rules
from dalil.training.architecture import Shape
from dalil.training.around import SPECIAL_TOKENS, tokens_around
from dalil.training.lengths import Data, assumed, measured
from dalil.training.lora import kept_lora
from dalil.training.memory import frozen_weights
from dalil.training.openai_plan import OpenAIPlan, hosted_models, make_openai_plan
from dalil.training.plan import Plan, Request, make_plan
from dalil.training.presets import Preset, load_presets, preset_of
from dalil.training.scratch_plan import make_scratch_plan, scratch_shape
from dalil.training.shapes import find_shape, load_shapes

if TYPE_CHECKING:
    from dalil.training.rows import TrainingRow
    from dalil.workspace import Workspace

HINT = "dalil plan --recipe NAME"
Texts = list[tuple[str, str]]
"""(text, language) of rows."""
RowsOf = Callable[[ModelSettings], Texts | None]


@dataclass(frozen=True)
class Plannable:
    """Where models and figures come from. `rows`: the texts of the rows that a workspace has built for a model, if it has.

    `recipe`: what a workspace began from; `claims`: a recipe itself is planned, with what its document claims; `root`: the
    workspace, whose folders may be named as models.
    """

    name: str
    models: dict[str, ModelSettings]
    language: Language
    recipe: str | None = None
    claims: bool = False
    rows: RowsOf | None = None
    root: Path | None = None

    def preset(self, model: str) -> Preset | None:
        """The published system that one of the models stands for."""
        return preset_of(self.name if self.claims else self.recipe or "", model)


def plannable() -> list[str]:
    """What `--recipe` takes: the presets, and the recipes that name a model."""
    named = [name for name in recipes() if recipe_config(name).get("models")]
    return list(dict.fromkeys([*load_presets(), *named]))


def plan(root: Path, *, recipe: str | None, model: str | None, device: str | None) -> Plan | OpenAIPlan:
    """The plan of one model; beside those that are named, `scratch` and the hosted jobs on the same rows.

    Raises ConfigError that lists what can be planned where nothing was named.
    """
    if recipe is not None:
        found = _of_recipe(recipe)
    elif (root / CONFIG_NAME).is_file():
        found = _of_workspace(root)
    else:
        raise ConfigError(f"There is no workspace in {root.resolve()}; these can be planned: {', '.join(plannable())}.",
                          hint=HINT)  # fmt: skip
    if model is None and not found.models:
        raise ConfigError(f"{root / CONFIG_NAME} names no model under `models:`; these can be planned: "
                          f"{', '.join([*_beside(), *plannable()])}.", hint=HINT)  # fmt: skip
    return _plan_of(found, model or next(iter(found.models)), device)


def _plan_of(found: Plannable, name: str, device: str | None) -> Plan | OpenAIPlan:
    first = next(iter(found.models.values()), ModelSettings(model_name_or_path=SCRATCH))
    if name in found.models or name == SCRATCH:
        own = ModelSettings(model_name_or_path=SCRATCH, offline=first.offline, plan=first.plan)
        request = _request(found, name, found.models.get(name, own), device)
        return make_scratch_plan(request) if request.scratch else make_plan(request)
    if name in hosted_models():
        if device is not None:
            raise ConfigError(f"{name} is trained by its provider, not on a device that can be chosen.",
                              hint=f"leave --device out: dalil plan --model {name}")  # fmt: skip
        hosted, preset = hosted_models()[name], found.preset(next(iter(found.models), ""))
        return make_openai_plan(found.name, hosted, _data(found, first, preset, hosted.tokenizer, ""))
    raise ConfigError(f"{found.name} has no model {name!r}; there are: {', '.join([*found.models, *_beside()])}.",
                      hint=f"dalil plan --model {next(iter(found.models), SCRATCH)}")  # fmt: skip


def _beside() -> list[str]:
    """What `--model` takes everywhere, beside the models that are named."""
    return [SCRATCH, *hosted_models()]


def _of_recipe(name: str) -> Plannable:
    if name not in plannable():
        raise ConfigError(f"There is no recipe {name!r} to plan; there are: {', '.join(plannable())}.", hint=HINT)
    preset = load_presets().get(name)
    models: dict[str, ModelSettings] = {}
    language: Language = preset.language if preset else "fr"
    if name in recipes():
        config = parse_config(recipe_config(name), name)
        models, language = dict(config.models), preset.language if preset else config.language[0]
    more = {model: given for model, given in (preset.models if preset else {}).items() if model not in models}
    return Plannable(name, {**models, **more}, language, claims=True)


def _of_workspace(root: Path) -> Plannable:
    from dalil.workspace import Workspace

    opened = Workspace(root)
    config = opened.config
    return Plannable(str(root), config.trainable, config.language[0], config.recipe,
                     rows=partial(_training_rows, opened), root=root)  # fmt: skip


def _training_rows(opened: Workspace, settings: ModelSettings) -> Texts | None:
    """The texts of the rows that a model is trained on, its passages before the question where it reads some; None where the
    examples are not built."""
    from dalil.pipeline.material import read_material
    from dalil.train import FOLD, make_rows
    from dalil.training.rows import rows_of

    needed = ("documents", "examples", "split", *(("passages",) if settings.data.context else ()))
    try:
        folders = {stage: opened.runner.folder(stage) for stage in needed}
    except WorkError:
        return None
    found = read_material(opened.config, folders)
    if settings.model_name_or_path == SCRATCH:
        rows: Sequence[TrainingRow] = rows_of(found.trained(FOLD), unknown=False)
    else:
        rows = make_rows(opened, settings, found, folders).train
    return [("\n".join(filter(None, (row.context, row.question, row.answer))), row.language) for row in rows] or None


def _request(found: Plannable, name: str, settings: ModelSettings, device: str | None) -> Request:
    scratch = settings.model_name_or_path == SCRATCH
    base = settings.model_name_or_path if found.root is None else place_of(settings.model_name_or_path, found.root)
    if settings.template is not None:
        find_template(
            settings.template, has_chat=True
        )  # a place that is missing is said now, not after the rows are built
    before = settings.training.resume_from_adapter
    if before and found.root is not None:
        settings = settings.model_copy(update={"lora": kept_lora(place_of(before, found.root))})
    known, preset = None if scratch else find_shape(base), found.preset(name)
    around = tokens_around(settings, "" if scratch else base)
    data = _data(found, settings, preset, known.tokenizer if known else SCRATCH, "" if scratch else base, around)
    given = Request(found.name, name, settings, known or scratch_shape(data.rows), data, device or settings.plan.device,
                    devices=settings.plan.devices, others=tuple(other for other in found.models if other != name))  # fmt: skip
    if preset is None or not found.claims or scratch:
        return given
    stated = replace(given, device=given.device or preset.plan.device, notes=tuple(preset.notes))
    there = preset.recipe_models if preset.recipe == found.name else list(found.models)
    if name != (preset.published.model or there[0]):
        return stated
    return replace(stated, published=preset.published, published_device=preset.plan.device)


def _data(
    found: Plannable,
    settings: ModelSettings,
    preset: Preset | None,
    tokenizer: str,
    name: str,
    around: int = SPECIAL_TOKENS,
) -> Data:
    """The rows that are built, else those of `models.NAME.plan`, else those that the preset states."""
    rows = found.rows(settings) if found.rows is not None else None
    if rows is not None:
        return measured(rows, tokenizer, name, "the training rows built here", around)
    hints, said = settings.plan, "the count in `plan.rows`"
    if hints.rows is None and preset is not None:
        hints, said = preset.plan, "the published count"
    before = "" if found.claims else "not built here (dalil dataset build); "
    source = before + (said if hints.rows is not None else "no count is stated")
    return assumed(hints.rows, hints.words_per_row, tokenizer, found.language, source)


def architectures(root: Path) -> list[dict[str, Any]]:
    """The shapes that ship, and before them those of the workspace's own models, one a row, as their configurations give them.
    Bytes of the weights in 16 bits and in 4 (NF4, double quantisation)."""
    four_bit = QuantizationSettings(load_in_4bit=True, bnb_4bit_use_double_quant=True)
    return [
        {
            "model": shape.name, "parameters": shape.total, "layers": shape.layers, "hidden": shape.hidden,
            "heads": shape.heads, "kv_heads": shape.kv_heads, "grouped_queries": shape.kv_heads < shape.heads,
            "intermediate": shape.intermediate, "vocabulary": shape.vocabulary, "context": shape.context,
            "tied": shape.tied, "bytes_16bit": 2 * shape.total, "bytes_4bit": sum(frozen_weights(shape, four_bit)),
        }
        for shape in dict.fromkeys([*_own_shapes(root), *load_shapes()])
    ]  # fmt: skip


def _own_shapes(root: Path) -> list[Shape]:
    """Of the models that a workspace names; those whose configuration is not here or not known are left out."""
    if not (root / CONFIG_NAME).is_file():
        return []
    found = []
    for settings in _of_workspace(root).models.values():
        with suppress(DalilError):
            found.append(find_shape(place_of(settings.model_name_or_path, root)))
    return found


def rules_of_thumb() -> dict[str, Any]:
    """The published rules, criteria and costs, marked as what they are."""
    return {"note": "as published, not measured here", **rules()}
