"""Write docs/settings.md and docs/commands.md from the code that declares them: python docs/make_reference.py"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import click
from pydantic import BaseModel

from dalil.cli import cli
from dalil.config import Config

HERE = Path(__file__).parent


def settings_page() -> str:
    """Every key of dalil.yaml with its default and meaning."""
    lines = ["# Settings: `dalil.yaml`", "", "Written by `python docs/make_reference.py` from `dalil.config`.", "",
             "| key | default | meaning |", "|---|---|---|"]  # fmt: skip
    lines += [f"| `{key}` | `{default}` | {meaning} |" for key, default, meaning in _rows(Config, "")]
    return "\n".join(lines) + "\n"


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        inner = _settings_of(field.annotation)
        listed = {list: "[]", dict: ".NAME"}.get(get_origin(field.annotation) or object, "")
        if inner is None:
            yield (
                f"{prefix}{name}",
                "required" if field.is_required() else _shown(field.default),
                str(field.description),
            )
            continue
        yield f"{prefix}{name}", "", str(field.description)
        yield from _rows(inner, f"{prefix}{name}{listed}.")


def _settings_of(annotation: Any) -> type[BaseModel] | None:
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
    return None


def _shown(default: Any) -> str:
    return "none" if default is None else str(default)


def commands_page() -> str:
    """Every verb with its help."""
    lines = ["# Commands", "", "Written by `python docs/make_reference.py` from `dalil --help`.", ""]
    for name, command in _verbs(cli, "dalil"):
        context = click.Context(
            command, info_name=name, max_content_width=110, terminal_width=110,
            help_option_names=cli.context_settings["help_option_names"],
        )  # fmt: skip
        lines += [f"## `{name}`", "", "```", command.get_help(context), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _verbs(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def main() -> None:
    (HERE / "settings.md").write_text(settings_page(), encoding="utf-8")
    (HERE / "commands.md").write_text(commands_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
