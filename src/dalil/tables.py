"""YAML tables that ship with dalil, read by libyaml where PyYAML has it: some take a tenth of a second without, and a process that
answers once reads ten of them."""

from __future__ import annotations

from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_table(text: str) -> Any:
    """What the text says in YAML, as `yaml.safe_load` reads it."""
    return yaml.load(text, Loader=_LOADER)
