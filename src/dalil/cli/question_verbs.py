"""Questions: the index that they search, passages found, answers given."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from dalil.cli.verbs import as_json, build_and_show, note, open_workspace, print_json, verb


@verb
@as_json
@click.option("--rebuild", is_flag=True, help="Throw the index away and build it from the documents.")
@click.option("--compare", is_flag=True, help="Measure legs, fusions and encoders on the held-out questions.")
@click.option(
    "--encoder", "encoders", multiple=True, metavar="NAME", help="With --compare: a further encoder; repeat for more."
)
def index(workspace: str, json_: bool, rebuild: bool, compare: bool, encoders: tuple[str, ...]) -> None:
    """Bring the search index up to date."""
    if encoders and not compare:
        raise click.UsageError("--encoder goes with --compare.")
    if rebuild:
        open_workspace(workspace).drop_index()
    if compare:
        from dalil.cli.show_compare import show_comparison

        made = open_workspace(workspace).compare_searches(encoders)
        print_json([made]) if json_ else show_comparison(made)
        return
    build_and_show(workspace, "index", json_)


def _one_or_file(question: str | None, questions: str | None) -> None:
    if (question is None) == (questions is None):
        raise click.UsageError('Give one of the two, a question in quotes or --questions FILE: dalil search "…"')


def _only_in_json(boxes: bool, json_: bool) -> None:
    if boxes and not json_:
        raise click.UsageError("--boxes goes with --json: they are numbers for a program that shows the page.")


@verb
@as_json
@click.argument("question", required=False)
@click.option("--questions", metavar="FILE", help="One question a line in text, or CSV, XLSX, JSON, JSONL.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many hits.")
@click.option("--documents", is_flag=True, help="A hit is a document, by its best passage.")
@click.option("--explain", is_flag=True, help="Show which leg of the search found each hit, with which words.")
@click.option("--boxes", is_flag=True, help="With --json: where each hit stands on its PDF page, to mark it.")
def search(workspace: str, json_: bool, question: str | None, questions: str | None, k: int, documents: bool,
           explain: bool, boxes: bool) -> None:  # fmt: skip
    """Find passages. Prints one JSON object a question with --json or --questions."""
    from dalil.cli.show import show_explained, show_hits

    _one_or_file(question, questions)
    _only_in_json(boxes, json_ or questions is not None)
    opened = open_workspace(workspace)
    asked = opened.questions(questions) if questions else opened.one_question(question or "")
    find: Callable[..., Iterable[Any]] = opened.explain if explain else opened.search
    for one, hits in zip(asked, find(asked, k, by_document=documents), strict=True):
        if json_ or questions:
            rows = [hit.as_row() for hit in hits]
            shown = opened.with_boxes(rows, "text") if boxes else rows
            print_json([{"id": one.id, "question": one.text, "hits": shown}])
        else:
            show_explained(hits) if explain else show_hits(hits)


@verb
@as_json
@click.argument("question")
@click.option(
    "--approach", metavar="NAME", help="Which approach answers (default: the verdict's winner, else extractive)."
)
@click.option("--scope", default="", metavar="DOCUMENT", help="The document or record that the question is about.")
@click.option("--boxes", is_flag=True, help="With --json: where each citation stands on its PDF page, to mark it.")
def ask(workspace: str, json_: bool, question: str, approach: str | None, scope: str, boxes: bool) -> None:
    """Answer a question, with the proof, or say honestly that the documents do not."""
    from dalil.cli.show import show_streamed

    _only_in_json(boxes, json_)
    opened = open_workspace(workspace)
    name = approach or opened.default_approach()
    if approach is None:
        note(f"approach: {name}")
    if json_:
        answer = opened.ask(question, name, scope)
        row = answer.as_row()
        if boxes:
            row["citations"] = opened.with_boxes(row["citations"], "quote")
        print_json([row])
    else:
        answer = show_streamed(opened.stream(question, name, scope))
    if answer.status == "failed":
        note(answer.reason)
        sys.exit(1)
