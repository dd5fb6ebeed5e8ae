"""The adapter of the settings on a model: PEFT's configuration, with its target names checked first."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json
from dalil.config_training import LoraSettings
from dalil.errors import ConfigError

log = logging.getLogger("dalil.training")
ADAPTER = "adapter_config.json"
LORA = "LORA"
TASK = {"task_type": "CAUSAL_LM"}
KEPT = ("r", "lora_alpha", "lora_dropout", "target_modules", "bias", "use_dora", "use_rslora", "modules_to_save")
"""What an adapter that is gone on with says of itself."""


def lora_config(settings: LoraSettings, model: Any) -> Any:
    """PEFT's LoraConfig, or that of `peft_type`. Raises ConfigError where a target is not a module of the model, or PEFT
    refuses a key."""
    from peft import LoraConfig

    if settings.target_modules != "all-linear":
        _check_targets(settings.target_modules, model)
    _check_saved(settings.modules_to_save or (), model)
    method = str(settings.peft.get("peft_type") or LORA).upper()
    if method != LORA:
        return _other_method(method, settings)
    given = settings.model_dump(exclude={"peft"}) | settings.peft
    fan = {"fan_in_fan_out": True} if _has_conv1d(model) else {}
    return _made(LoraConfig, {**TASK, **fan, **given})


def _other_method(method: str, settings: LoraSettings) -> Any:
    """The configuration of another of PEFT's methods: it takes the targets, and of `lora` what was given."""
    from peft import PEFT_TYPE_TO_CONFIG_MAPPING

    kinds = {str(getattr(name, "value", name)): kind for name, kind in PEFT_TYPE_TO_CONFIG_MAPPING.items()}
    on_modules = {name: kind for name, kind in kinds.items() if "target_modules" in kind.__dataclass_fields__}
    if method not in on_modules:
        what = "stands on no modules of the model" if method in kinds else "is none of PEFT's methods"
        raise ConfigError(f"lora.peft.peft_type: {method} {what}; there are: {', '.join(sorted(on_modules))}.",
                          hint="leave peft_type out for LoRA")  # fmt: skip
    given = settings.model_dump(exclude={"peft"}, exclude_unset=True) | settings.peft
    return _made(on_modules[method], {**TASK, "target_modules": settings.target_modules, **given})


def _made(kind: Any, given: Mapping[str, Any]) -> Any:
    try:
        return kind(**{key: value for key, value in given.items() if key != "peft_type"})
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"PEFT refuses the settings under `lora`: {error}.", hint="mend `lora` in dalil.yaml"
        ) from error


def _check_saved(names: Sequence[str], model: Any) -> None:
    """PEFT takes every module whose path ends so, and passes over a name that is none."""
    paths = [path for path, _ in model.named_modules() if path]
    missing = [name for name in names if not any(path.endswith(name) for path in paths)]
    if missing:
        close = difflib.get_close_matches(missing[0], {path.rpartition(".")[2] for path in paths}, n=1)
        nearest = f" (nearest: {close[0]})" if close else ""
        raise ConfigError(
            f"modules_to_save: this model has no module {missing[0]!r}{nearest}.", hint="mend lora.modules_to_save"
        )


def _check_targets(targets: list[str], model: Any) -> None:
    known = linear_names(model)
    missing = [target for target in targets if target.rpartition(".")[2] not in known]
    if missing:
        close = difflib.get_close_matches(missing[0], known, n=1)
        nearest = f" (nearest: {close[0]})" if close else ""
        raise ConfigError(f"This model has no module {missing[0]!r}{nearest}; it has: {', '.join(sorted(known))}.",
                          hint="target_modules: all-linear")  # fmt: skip


def linear_names(model: Any) -> set[str]:
    """The last parts of the names of the layers that an adapter can stand on."""
    kinds = ("Linear", "Conv1D", "Linear4bit", "Linear8bitLt")
    return {name.rpartition(".")[2] for name, module in model.named_modules() if type(module).__name__ in kinds}


def _has_conv1d(model: Any) -> bool:
    return any(type(module).__name__ == "Conv1D" for module in model.modules())


def continued(model: Any, folder: str, base: str, lora: LoraSettings | None) -> Any:
    """The model with an adapter that was trained before, to train on. Raises ConfigError where it does not fit `base`.

    The adapter keeps its rank, scale and targets; where `lora` asks for others, that is said.
    """
    from dalil.language_model.loading import with_adapter

    kept = _kept_config(folder)
    before = str(kept.get("base_model_name_or_path") or "")
    if before and _last_part(before) != _last_part(base):
        raise ConfigError(f"The adapter in {folder} was trained on {before}, and model_name_or_path is {base}.",
                          hint="give the base that it was trained on; if it is the same model under another name, write that name into adapter_config.json")  # fmt: skip
    _say_what_stays(kept, lora)
    return with_adapter(model, folder, trainable=True)


def kept_lora(folder: str) -> LoraSettings:
    """What the adapter in a folder trains, whatever `lora` asks for. Raises ConfigError where there is none."""
    kept = _kept_config(folder)
    given = {key: kept[key] for key in KEPT if kept.get(key) is not None}
    if isinstance(given.get("target_modules"), str):
        given.pop("target_modules")  # a pattern of PEFT's, which the plan does not read
    method = kept.get("peft_type") or LORA
    return LoraSettings.model_validate({**given, "peft": {} if method == LORA else {"peft_type": method}})


def _kept_config(folder: str) -> dict[str, Any]:
    config = Path(folder) / ADAPTER
    if not config.is_file():
        raise ConfigError(f"{folder} holds no adapter ({ADAPTER} is missing).",
                          hint="training.resume_from_adapter: the folder `model` of a run in state/models")  # fmt: skip
    found: dict[str, Any] = read_json(config)
    return found


def _last_part(name: str) -> str:
    """The model's name without its owner or its folder: copies have the same."""
    return name.rstrip("/").rpartition("/")[2].lower()


def _say_what_stays(kept: Mapping[str, Any], lora: LoraSettings | None) -> None:
    asked = lora.model_dump(include={"r", "lora_alpha", "lora_dropout"}, exclude_unset=True) if lora else {}
    other = [
        f"{key} stays {kept[key]}, not {value}" for key, value in asked.items() if key in kept and kept[key] != value
    ]
    if other:
        log.warning("the adapter that is gone on with keeps its own settings: %s", ", ".join(other))
