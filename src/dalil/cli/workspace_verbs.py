"""A workspace: made, run, looked at, examined."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dalil.cli.verbs import as_json, build_and_show, open_workspace, print_json, verb


@verb
@as_json
@click.argument("folder", metavar="DIR")
@click.option("--recipe", metavar="NAME", help="Begin from a recipe that ships with dalil.")
@click.option(
    "--sources", multiple=True, metavar="PATH", help="A file or folder of your own; repeat for more. Not copied."
)
@click.option("--pairs", metavar="FILE", help="Your own questions and answers (CSV, XLSX, JSON, JSONL, Parquet).")
def init(folder: str, recipe: str | None, sources: tuple[str, ...], pairs: str | None, workspace: str,
         json_: bool) -> None:  # fmt: skip
    """Make a workspace: look at the sources and write dalil.yaml."""
    from dalil.cli.show import init_row, show_init
    from dalil.initialise import initialise

    made = initialise(Path(workspace) / folder, recipe=recipe, sources=sources, pairs=pairs)
    print_json([init_row(made)]) if json_ else show_init(made, folder)


@verb
@as_json
@click.option("--upto", metavar="STAGE", help="Stop after this stage.")
def run(workspace: str, json_: bool, upto: str | None) -> None:
    """Do everything that is not up to date, from documents to the report."""
    from dalil.cli.show import show_run, stage_row

    opened = open_workspace(workspace)
    states = []
    for state in opened.run(upto):
        states.append(state)
        if not json_:
            show_run(state)
    if json_:
        print_json(stage_row(state) for state in states)
    elif upto is None:
        from dalil.cli.show import show_end

        show_end(opened, workspace)


@verb
@as_json
def status(workspace: str, json_: bool) -> None:
    """What is up to date, what is not, and why."""
    from dalil.cli.show import show_status, stage_row

    states = open_workspace(workspace).status()
    print_json(stage_row(state) for state in states) if json_ else show_status(states)


@verb
@as_json
def collect(workspace: str, json_: bool) -> None:
    """Read the sources into documents, and say what was left out and why."""
    build_and_show(workspace, "documents", json_)


@verb
@as_json
def doctor(workspace: str, json_: bool) -> None:
    """Versions, extras, disk and the workspace's health, each with the command that mends it."""
    from dalil.cli.show import show_doctor
    from dalil.doctor import examine

    findings = examine(Path(workspace))
    print_json(findings) if json_ else show_doctor(findings)
    sys.exit(0 if all(finding["ok"] is not False for finding in findings) else 1)
