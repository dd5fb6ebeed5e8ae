"""What every verb is made with: its shared options, the opened workspace, JSON on stdout, notes on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from dalil.workspace import Workspace


class Verbs(click.Group):
    """Lists the verbs in the order of the work, and names the nearest one for a wrong word."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        import difflib

        found = super().get_command(ctx, cmd_name)
        if found is None and (near := difflib.get_close_matches(cmd_name, self.commands, n=1)):
            raise click.UsageError(f"No such verb {cmd_name!r}; did you mean {near[0]!r}?", ctx)
        return found


def verb(function: Callable[..., Any]) -> click.Command:
    """A verb with the options that every verb has."""

    @wraps(function)
    def inner(offline: bool, **options: Any) -> Any:
        if offline:
            _go_offline()
        return function(**options)

    command = click.command()(inner)
    command.params.append(
        click.Option(["--workspace", "-w"], default=".", metavar="DIR", help="The workspace (default: here).")
    )
    command.params.append(click.Option(["--offline"], is_flag=True, help="Reach no network, whatever is configured."))
    return command


as_json = click.option("--json", "json_", is_flag=True, help="Print JSON: one object, or one a line.")


def _go_offline() -> None:
    import os

    os.environ.update({"DALIL_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"})


def open_workspace(folder: str) -> Workspace:
    """The workspace, telling its progress in the terminal."""
    import os

    from dalil.cli.progress import TerminalProgress
    from dalil.workspace import Workspace

    progress = TerminalProgress()
    return Workspace(folder, progress=progress, say=progress.say, workers=os.cpu_count() or 1)


def note(text: str) -> None:
    """Something to know beside the result."""
    click.echo(text, err=True)


def print_json(rows: Iterable[Any]) -> None:
    """One object a line."""
    import json

    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def build_and_show(workspace: str, stage: str, json_: bool) -> None:
    """Build what is not up to date as far as that stage, and tell of it."""
    from dalil.cli.show import show_drops, show_run, stage_row

    for state in open_workspace(workspace).run(stage):
        if json_ and state.name == stage:
            print_json([stage_row(state)])
        elif not json_:
            show_run(state)
            show_drops(state)
