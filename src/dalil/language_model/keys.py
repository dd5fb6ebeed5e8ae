"""Keys: from the environment or the workspace's .env, never from dalil.yaml, never into a log or an artefact."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from dalil.config_models import EndpointSettings

OPENAI_HOST, OPENAI_VARIABLE = "api.openai.com", "OPENAI_API_KEY"


def key_variable(settings: EndpointSettings) -> str:
    """The variable that holds the key ("" where none is sent): one provider's key never goes to another."""
    if settings.api_key_env:
        return settings.api_key_env
    return OPENAI_VARIABLE if urlsplit(settings.base_url).hostname == OPENAI_HOST else ""


def find_key(settings: EndpointSettings, root: Path) -> str:
    """The key, "" where there is none."""
    variable = key_variable(settings)
    return (os.environ.get(variable) or _dotenv(root / ".env").get(variable, "")) if variable else ""


def _dotenv(path: Path) -> dict[str, str]:
    """The lines KEY=VALUE of a .env, with `export` before or quotes around; none where there is no such file."""
    if not path.is_file():
        return {}
    pairs = (line.strip().removeprefix("export ").partition("=") for line in path.read_text("utf-8").splitlines())
    return {name.strip(): value.strip().strip("'\"") for name, mark, value in pairs if mark and name[:1] != "#"}
