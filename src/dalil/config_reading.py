"""dalil.yaml as plain data. What YAML lets pass and nobody means is refused with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dalil.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping: YAML keeps the last one and loses the first in silence, a whole model too."""

    def compose_mapping_node(self, anchor: dict[Any, Any]) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen = set[str]()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key `{key.value}` stands there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return node


def read_settings(path: Path) -> dict[str, Any]:
    """The settings in a file. Raises ConfigError where it cannot be read, with the line where one is wrong."""
    try:
        given = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint="mend its permissions") from error
    except (yaml.YAMLError, ValueError) as error:  # a date that is none is a ValueError
        raise ConfigError(f"{path} is not valid YAML{_wrong(error)}.", hint=f"mend {path}") from error
    if not isinstance(given, dict):
        raise ConfigError(f"{path} must hold settings as `key: value` lines.", hint="docs/settings.md lists them")
    return given


def _wrong(error: Exception) -> str:
    """What is wrong, with its line where it is known."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f" (line {error.problem_mark.line + 1}: {error.problem or 'damaged'})"
    return "" if isinstance(error, (yaml.YAMLError, UnicodeDecodeError)) else f" ({error})"
