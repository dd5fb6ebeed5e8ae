"""What is wrong with settings, in words that lead to the right key."""

from __future__ import annotations

import difflib
from typing import Any, get_origin

from pydantic import ValidationError

from dalil.config_base import Settings
from dalil.config_models import DecodingSettings
from dalil.config_spelling import RENAMED
from dalil.config_training import LoraSettings, TrainingSettings


def explained(error: ValidationError, where: str, settings: type[Settings]) -> str:
    """What is wrong with `settings` as they stand in `where`, each key with what was given or the key that is meant."""
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            lines.append(f"unknown key `{key}`{_nearest(problem['loc'], settings)}")
        else:
            lines.append(f"`{key}`: {problem['msg'].removeprefix('Value error, ')} (given: {problem['input']!r:.80})")
    return f"{where}: " + "; ".join(lines) + "."


def _nearest(loc: tuple[int | str, ...], settings: type[Settings]) -> str:
    model: Any = settings
    free = False
    for part in loc[:-1]:
        if isinstance(part, int) or free:
            free = False
            continue
        annotation = model.model_fields[part].annotation if part in getattr(model, "model_fields", {}) else None
        free = get_origin(annotation) is dict
        inner = next(
            (arg for arg in getattr(annotation, "__args__", ()) if isinstance(arg, type) and issubclass(arg, Settings)),
            None,
        )
        model = inner or annotation
    if model in (LoraSettings, TrainingSettings, DecodingSettings) and str(loc[-1]) in RENAMED:
        return f" ({RENAMED[str(loc[-1])]})"
    known = list(getattr(model, "model_fields", {}))
    close = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    if close:
        return f" (nearest: `{close[0]}`)"
    more = "; PEFT's other keys stand under `peft`" if model is LoraSettings else ""
    return f" (known: {', '.join(known)}{more})"
