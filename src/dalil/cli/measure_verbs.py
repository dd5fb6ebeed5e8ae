"""Measuring: answers judged, approaches compared, the report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dalil.cli.verbs import as_json, note, open_workspace, print_json, verb

if TYPE_CHECKING:
    from dalil.workspace import Workspace


@verb
@as_json
@click.option("--questions", metavar="FILE", help="Your own questions (default: the held-out test).")
@click.option("--approach", metavar="NAME", help="Only this approach (default: all).")
@click.option("--answers", metavar="FILE", help="Answers made elsewhere: `id` or `question`, and `answer`.")
@click.option(
    "--endpoint", metavar="BASE_URL", help="Any OpenAI-compatible assistant, asked and judged like our own (…/v1)."
)
@click.option("--model", metavar="NAME", help="The assistant's model there (default: the first that it lists).")
@click.option("--api-key-env", metavar="VARIABLE", help="The variable, of the environment or .env, that holds its key.")
@click.option("--anew", is_flag=True, help="Ask the assistant again what it has answered before: it has changed.")
@click.option("--sheet-out", metavar="FILE.xlsx", help="Write held-out answers as a sheet for people to score, blind.")
@click.option(
    "--sheet-rows", default=120, show_default=True, type=click.IntRange(min=1), help="At most so many answers on it."
)
@click.option("--sheet-in", multiple=True, metavar="FILE", help="Read a filled sheet (XLSX, CSV); repeat for raters.")
def evaluate(workspace: str, json_: bool, questions: str | None, approach: str | None, sheet_out: str | None,
             sheet_rows: int, sheet_in: tuple[str, ...], **theirs: Any) -> None:  # fmt: skip
    """Judge answers to the held-out test or to your own questions: one object a line with --json."""
    if sheet_out is not None or sheet_in:
        if questions or any(theirs.values()) or (sheet_in and (sheet_out or approach)):
            raise click.UsageError("A sheet is of the held-out test: give only one of --sheet-out and --sheet-in.")
        _human_sheet(open_workspace(workspace), json_, sheet_out, sheet_rows, sheet_in, approach)
        return
    from dalil.cli.show import show_evaluations
    from dalil.measure import evaluate as measure
    from dalil.theirs import evaluate_other, the_other

    opened = open_workspace(workspace)
    if any(theirs.values()):
        other = the_other(**theirs)
        results = [evaluate_other(opened, other, questions=questions, approach=approach, note=note)]
    else:
        results = measure(opened, questions=questions, approach=approach, note=note)
    print_json(results) if json_ else show_evaluations(results)


def _human_sheet(opened: Workspace, json_: bool, out: str | None, rows: int, filled: tuple[str, ...],
                 approach: str | None) -> None:  # fmt: skip
    from dalil.cli.show_sheet import show_human, show_sheet_out
    from dalil.human_sheet import read_human_sheets, write_human_sheet

    if out is not None:
        made = write_human_sheet(opened, Path(out), rows, approach)
        print_json([made]) if json_ else show_sheet_out(made)
        return
    found = read_human_sheets(opened, [Path(path) for path in filled], note)
    print_json([found]) if json_ else show_human(found)


@verb
@as_json
@click.option(
    "--against", metavar="RUN", help="An earlier run (its id, `previous`, or a file): exit 1 on a significant drop."
)
def compare(workspace: str, json_: bool, against: str | None) -> None:
    """The verdict: which approach to use, with pairs, p and intervals; or what changed since an earlier run."""
    from dalil.cli.show import show_changes, show_verdict

    opened = open_workspace(workspace)
    if against:
        changes = opened.changes(against)
        print_json([changes]) if json_ else show_changes(changes)
        sys.exit(1 if changes["significant_drop"] else 0)
    verdict = opened.verdict()
    print_json([verdict]) if json_ else show_verdict(verdict)


@verb
@as_json
@click.option(
    "--language", type=click.Choice(["fr", "en", "ar"]), help="The language of the prose (default: the workspace's)."
)
def report(workspace: str, json_: bool, language: str | None) -> None:
    """Write report.html and report.json, and say where they are."""
    opened = open_workspace(workspace)
    path = opened.report(language)
    print_json([{"report": str(path)}]) if json_ else click.echo(str(path))
