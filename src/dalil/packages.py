"""Packages of the extras, imported where they are used: one that is broken is a sentence, not a traceback."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from dalil.errors import WorkError


def load_package(name: str, needed_by: str, *, hint: str) -> Any:
    """The imported package. Raises WorkError where it is there and cannot be loaded: a half-written installation, another
    version of what it needs than it knows, a library of the system that is missing."""
    try:
        return import_module(name)
    except Exception as error:  # what a package raises while it is loaded is its own affair
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise WorkError(f"{needed_by}: {name} is installed and cannot be loaded: {said[0].rstrip('.')}.", hint=hint) from error  # fmt: skip
