"""`dalil dataset`: questions and answers built, shown, checked, converted, fetched, reviewed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from dalil.cli.verbs import Verbs, as_json, build_and_show, open_workspace, print_json, verb


@verb
@as_json
def build(workspace: str, json_: bool) -> None:
    """Build the examples and their split."""
    build_and_show(workspace, "split", json_)


@verb
@as_json
@click.option("--kind", metavar="KIND", help="Only this kind of question.")
@click.option("-n", "number", default=10, show_default=True, type=click.IntRange(min=1), help="How many examples.")
@click.option("--html", metavar="FILE", help="Write the dataset page instead: coverage, samples, balance, split.")
@click.option("--language", type=click.Choice(["fr", "en", "ar"]), help="The page's (default: the workspace's).")
def show(workspace: str, json_: bool, kind: str | None, number: int, html: str | None, language: str | None) -> None:
    """Show examples of each kind, or write the page that shows the whole dataset."""
    from dalil.cli.show import show_examples
    from dalil.dataset_work import write_dataset_page

    if bool(language and not html) or bool(kind and html):
        raise click.UsageError("--language is of the page that --html FILE writes, and that page shows every kind.")
    opened = open_workspace(workspace)
    if html:
        made = write_dataset_page(opened, Path(html), language)
        print_json([made]) if json_ else click.echo(made["page"])
        return
    rows = opened.examples(kind, number)
    print_json(rows) if json_ else show_examples(rows)


@verb
@as_json
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--write", metavar="FILE", help="Save the valid rows without repeats.")
def check(workspace: str, json_: bool, files: tuple[str, ...], write: str | None) -> None:
    """Check the dataset, or files made elsewhere, against the checklist. Exits 1 on a format error or a leak."""
    from dalil.cli.show_dataset import show_check
    from dalil.dataset_work import check_dataset

    made = check_dataset(files, workspace, open_workspace, write)
    print_json([made.as_row()]) if json_ else show_check(made)
    sys.exit(0 if made.checked.passed else 1)


@verb
@as_json
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="Where to; without a suffix a folder, a file a side.",
)
@click.option(
    "--to",
    type=click.Choice(["dalil", "messages", "alpaca", "sharegpt", "prompt", "csv"]),
    help="The format (default: dalil's rows, or csv where FILE ends so).",
)
@click.option("--side", type=click.Choice(["train", "validation", "test"]), help="Only rows of this side.")
@click.option("--system", default="", metavar="TEXT", help="A system prompt for the rows that have none.")
@click.option("--bare", is_flag=True, help="Only the format's own keys; what is left out is counted.")
def convert(workspace: str, json_: bool, files: tuple[str, ...], **how: Any) -> None:
    """Write the dataset, or files made elsewhere, in another format. Exits 1 where rows could not be read."""
    from dalil.cli.show_dataset import show_converted
    from dalil.dataset_work import Conversion, convert_dataset

    made = convert_dataset(files, Conversion(**how), lambda: open_workspace(workspace))
    print_json([made.as_row()]) if json_ else show_converted(made)
    sys.exit(1 if made.problems else 0)


@verb
@as_json
@click.argument("name")
@click.option("--split", default="train", show_default=True, metavar="SPLIT", help="Which split.")
@click.option("--config", metavar="NAME", help="Which of its configurations, where it has several.")
@click.option("--revision", metavar="REVISION", help="A branch, tag or commit (default: the newest).")
@click.option("--rows", "most_rows", type=click.IntRange(min=1), help="At most so many rows.")
@click.option("--into", default="sources", show_default=True, metavar="FOLDER", help="A folder of the workspace.")
def fetch(workspace: str, json_: bool, into: str, **wanted: Any) -> None:
    """Fetch a Hugging Face data set (org/name, or a folder) as a file: a source, or own pairs."""
    from dalil.cli.show_dataset import show_fetched
    from dalil.dataset_fetch import Wanted, fetch_dataset

    root = open_workspace(workspace).context.root
    made = fetch_dataset(Wanted(**wanted), root, into)
    print_json([made.as_row()]) if json_ else show_fetched(made)


@verb
@as_json
@click.option("--sheet-out", metavar="FILE", help="Write pairs that nobody has reviewed as a sheet (XLSX, CSV).")
@click.option("--sheet-rows", default=100, show_default=True, type=click.IntRange(min=1), help="At most so many pairs.")
@click.option("--kind", metavar="KIND", help="Only this kind of question on the sheet.")
@click.option("--sheet-in", multiple=True, metavar="FILE", help="Read a filled sheet; repeat for more people.")
def review(workspace: str, json_: bool, sheet_out: str | None, sheet_rows: int, kind: str | None,
           sheet_in: tuple[str, ...]) -> None:  # fmt: skip
    """Have people review pairs: a sheet out, accepted and corrected pairs back in. Alone: the share reviewed."""
    from dalil.cli.show_dataset import reviewed_sentence, show_review_in, show_review_out
    from dalil.dataset_review import read_review, reviewed, write_review

    if sheet_out and sheet_in:
        raise click.UsageError("Give only one of --sheet-out and --sheet-in.")
    opened = open_workspace(workspace)
    if sheet_out:
        made = write_review(opened, Path(sheet_out), sheet_rows, kind)
        print_json([made]) if json_ else show_review_out(made)
    elif sheet_in:
        made = read_review(opened, [Path(path) for path in sheet_in])
        print_json([made]) if json_ else show_review_in(made)
    else:
        found = reviewed(opened)
        print_json([found]) if json_ else click.echo(reviewed_sentence(found))


@click.group(cls=Verbs, commands=[build, show, check, convert, fetch, review])
def dataset() -> None:
    """Questions and answers built from the documents."""
