"""`dalil plan`: from a recipe, a preset or a workspace to plans; no model, no network, no weights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dalil.config import CONFIG_NAME, parse_config
from dalil.config_models import ModelSettings, QuantizationSettings
from dalil.errors import ConfigError, WorkError
from dalil.initialise import recipe_config, recipes
from dalil.records import Example, Language
from dalil.training.lengths import Data, assumed, measured
from dalil.training.memory import frozen_weights
from dalil.training.plan import Plan, Request, make_plan
from dalil.training.presets import Preset, load_presets
from dalil.training.shapes import Shape, find_shape, load_shapes

if TYPE_CHECKING:
    from dalil.workspace import Workspace

HINT = "dalil plan --recipe NAME"
Texts = list[tuple[str, str]]


@dataclass(frozen=True)
class Plannable:
    """Where models and figures come from. `rows`: the texts of the training rows that a workspace has built, or None."""

    name: str
    models: dict[str, ModelSettings]
    language: Language
    preset: Preset | None = None
    claims: bool = False
    rows: Texts | None = None


def plannable() -> list[str]:
    """What `--recipe` takes: the presets, and the recipes that name a model."""
    named = [name for name in recipes() if recipe_config(name).get("models")]
    return list(dict.fromkeys([*load_presets(), *named]))


def plan(root: Path, *, recipe: str | None, model: str | None, device: str | None) -> Plan:
    """The plan of one model. Raises ConfigError that lists what can be planned where nothing was named."""
    if recipe is not None:
        found = _of_recipe(recipe)
    elif (root / CONFIG_NAME).is_file():
        found = _of_workspace(root)
    else:
        raise ConfigError(f"There is no workspace in {root.resolve()}; these can be planned: {', '.join(plannable())}.",
                          hint=HINT)  # fmt: skip
    name = model or next(iter(found.models))
    if name not in found.models:
        raise ConfigError(f"{found.name} has no model {name!r}; there are: {', '.join(found.models)}.",
                          hint=f"dalil plan --model {next(iter(found.models))}")  # fmt: skip
    return make_plan(_request(found, name, device))


def _of_recipe(name: str) -> Plannable:
    if name not in plannable():
        raise ConfigError(f"There is no recipe {name!r} to plan; there are: {', '.join(plannable())}.", hint=HINT)
    preset = load_presets().get(name)
    models: dict[str, ModelSettings] = {}
    language: Language = preset.language if preset else "fr"
    if name in recipes():
        config = parse_config(recipe_config(name), name)
        models, language = dict(config.models), config.language[0]
    return Plannable(name, {**models, **(preset.models if preset else {})}, language, preset, claims=True)


def _of_workspace(root: Path) -> Plannable:
    from dalil.workspace import Workspace

    opened = Workspace(root)
    config = opened.config
    if not config.models:
        raise ConfigError(
            f"{root / CONFIG_NAME} names no model under `models:`; these can be planned: {', '.join(plannable())}.",
            hint=HINT,
        )
    preset = load_presets().get(config.recipe or "")
    return Plannable(str(root), config.models, config.language[0], preset, rows=_training_rows(opened))


def _training_rows(opened: Workspace) -> Texts | None:
    """Question and answer of every row that may be trained on; None where the examples are not built."""
    from dalil.artefacts import read_records
    from dalil.dataset.split import fold_count, read_split, training_examples

    try:
        folders = opened.runner.folder("examples"), opened.runner.folder("split")
    except WorkError:
        return None
    examples = read_records(Example, folders[0] / "examples.jsonl")
    split = read_split(folders[1] / "split.jsonl")
    folds = fold_count(opened.config.split, len({row.group for row in split}))
    trained = training_examples(examples, split, 0, folds)
    return [(f"{example.question}\n{example.answer}", example.language) for example in trained] or None


def _request(found: Plannable, name: str, device: str | None) -> Request:
    settings = found.models[name]
    shape = find_shape(settings.model_name_or_path)
    given = Request(found.name, name, settings, shape, _data(found, settings, shape), device or settings.plan.device)
    preset = found.preset
    if preset is None or not found.claims:
        return given
    stated = replace(given, device=given.device or preset.plan.device, notes=tuple(preset.notes))
    if name != (preset.published.model or next(iter(found.models))):
        return stated
    return replace(stated, published=preset.published, published_device=preset.plan.device)


def _data(found: Plannable, settings: ModelSettings, shape: Shape) -> Data:
    """The rows that are built, else those of `models.NAME.plan`, else those that the preset states."""
    if found.rows is not None:
        return measured(found.rows, shape, settings.model_name_or_path, "the training rows built here")
    before = "" if found.claims else "not built here (dalil dataset build); "
    hints, said = settings.plan, "the count in `plan.rows`"
    if hints.rows is None and found.preset is not None:
        hints, said = found.preset.plan, "the published count"
    source = before + (said if hints.rows is not None else "no count is stated")
    return assumed(hints.rows, hints.words_per_row, shape, found.language, source)


def architectures() -> list[dict[str, Any]]:
    """The shapes that ship, one a row. Bytes of the weights in 16 bits and in 4 (NF4, double quantisation)."""
    four_bit = QuantizationSettings(load_in_4bit=True, bnb_4bit_use_double_quant=True)
    return [
        {
            "model": shape.name, "parameters": shape.total, "layers": shape.layers, "hidden": shape.hidden,
            "heads": shape.heads, "kv_heads": shape.kv_heads, "grouped_queries": shape.kv_heads < shape.heads,
            "intermediate": shape.intermediate, "vocabulary": shape.vocabulary, "context": shape.context,
            "tied": shape.tied, "bytes_16bit": 2 * shape.total, "bytes_4bit": sum(frozen_weights(shape, four_bit)),
        }
        for shape in load_shapes()
    ]  # fmt: skip
