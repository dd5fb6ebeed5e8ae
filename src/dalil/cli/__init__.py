"""The command line: one verb, one short function. Results on stdout, progress and notes on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import dalil

if TYPE_CHECKING:
    from dalil.workspace import Workspace

Command = Callable[..., Any]


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


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dalil.__version__, prog_name="dalil")
def cli() -> None:
    """Turn an organisation's own documents into an assistant that answers with proof, and measure how good it is."""


def verb(group: click.Group = cli, name: str | None = None) -> Callable[[Command], click.Command]:
    """A verb with the options that every verb has."""

    def decorate(function: Command) -> click.Command:
        @wraps(function)
        def inner(offline: bool, **options: Any) -> Any:
            if offline:
                _go_offline()
            return function(**options)

        command = group.command(name)(inner)
        command.params.append(
            click.Option(["--workspace", "-w"], default=".", metavar="DIR", help="The workspace (default: here).")
        )
        command.params.append(
            click.Option(["--offline"], is_flag=True, help="Reach no network, whatever is configured.")
        )
        return command

    return decorate


as_json = click.option("--json", "json_", is_flag=True, help="Print JSON: one object, or one a line.")


def _go_offline() -> None:
    import os

    os.environ.update({"DALIL_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"})


def _open(folder: str) -> Workspace:
    import os

    from dalil.cli.progress import TerminalProgress
    from dalil.workspace import Workspace

    progress = TerminalProgress()
    return Workspace(folder, progress=progress, say=progress.say, workers=os.cpu_count() or 1)


def _note(text: str) -> None:
    click.echo(text, err=True)


def _print_json(rows: Iterable[Any]) -> None:
    import json

    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


@verb()
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
    _print_json([init_row(made)]) if json_ else show_init(made, folder)


@verb()
@as_json
@click.option("--upto", metavar="STAGE", help="Stop after this stage.")
def run(workspace: str, json_: bool, upto: str | None) -> None:
    """Do everything that is not up to date, from documents to the report."""
    from dalil.cli.show import show_run, stage_row

    opened = _open(workspace)
    states = []
    for state in opened.run(upto):
        states.append(state)
        if not json_:
            show_run(state)
    if json_:
        _print_json(stage_row(state) for state in states)
    elif upto is None:
        from dalil.cli.show import show_end

        show_end(opened, workspace)


@verb()
@as_json
def status(workspace: str, json_: bool) -> None:
    """What is up to date, what is not, and why."""
    from dalil.cli.show import show_status, stage_row

    states = _open(workspace).status()
    _print_json(stage_row(state) for state in states) if json_ else show_status(states)


@verb()
@as_json
def collect(workspace: str, json_: bool) -> None:
    """Read the sources into documents, and say what was left out and why."""
    _build_and_show(workspace, "documents", json_)


@cli.group(cls=Verbs)
def dataset() -> None:
    """Questions and answers built from the documents."""


@verb(dataset)
@as_json
def build(workspace: str, json_: bool) -> None:
    """Build the examples and their split."""
    _build_and_show(workspace, "split", json_)


@verb(dataset)
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
    opened = _open(workspace)
    if html:
        made = write_dataset_page(opened, Path(html), language)
        _print_json([made]) if json_ else click.echo(made["page"])
        return
    rows = opened.examples(kind, number)
    _print_json(rows) if json_ else show_examples(rows)


@verb(dataset)
@as_json
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--write", metavar="FILE", help="Save the valid rows without repeats.")
def check(workspace: str, json_: bool, files: tuple[str, ...], write: str | None) -> None:
    """Check the dataset, or files made elsewhere, against the checklist. Exits 1 on a format error or a leak."""
    from dalil.cli.show_dataset import show_check
    from dalil.dataset_work import check_dataset

    made = check_dataset(files, workspace, _open, write)
    _print_json([made.as_row()]) if json_ else show_check(made)
    sys.exit(0 if made.checked.passed else 1)


@verb(dataset)
@as_json
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--out", required=True, metavar="FILE|DIR", help="Where to; without a suffix a folder, a file a side.")
@click.option(
    "--to",
    type=click.Choice(["dalil", "messages", "alpaca", "sharegpt", "prompt", "csv"]),
    help="The format (default: dalil's rows, or csv where FILE ends so).",
)
@click.option("--side", type=click.Choice(["train", "validation", "test"]), help="Only rows of this side.")
@click.option("--system", default="", metavar="TEXT", help="A system prompt for the rows that have none.")
@click.option("--bare", is_flag=True, help="Only the format's own keys; what is left out is counted.")
def convert(workspace: str, json_: bool, files: tuple[str, ...], out: str, to: str | None, side: str | None,
            system: str, bare: bool) -> None:  # fmt: skip
    """Write the dataset, or files made elsewhere, in another format. Exits 1 where rows could not be read."""
    from dalil.cli.show_dataset import show_converted
    from dalil.dataset_work import Conversion, convert_dataset

    how = Conversion(Path(out), to, side or "", system, bare)
    made = convert_dataset(files, how, lambda: _open(workspace))
    _print_json([made.as_row()]) if json_ else show_converted(made)
    sys.exit(1 if made.problems else 0)


@verb(dataset)
@as_json
@click.argument("name")
@click.option("--split", default="train", show_default=True, metavar="SPLIT", help="Which split.")
@click.option("--config", metavar="NAME", help="Which of its configurations, where it has several.")
@click.option("--revision", metavar="REVISION", help="A branch, tag or commit (default: the newest).")
@click.option("--rows", type=click.IntRange(min=1), help="At most so many rows.")
@click.option("--into", default="sources", show_default=True, metavar="FOLDER", help="A folder of the workspace.")
def fetch(workspace: str, json_: bool, name: str, split: str, config: str | None, revision: str | None,
          rows: int | None, into: str) -> None:  # fmt: skip
    """Fetch a Hugging Face data set (org/name, or a folder) as a file: a source, or own pairs."""
    from dalil.cli.show_dataset import show_fetched
    from dalil.dataset_fetch import Wanted, fetch_dataset

    root = _open(workspace).context.root
    made = fetch_dataset(Wanted(name, split, config, revision, rows), root, into)
    _print_json([made.as_row()]) if json_ else show_fetched(made)


@verb(dataset)
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
    opened = _open(workspace)
    if sheet_out:
        made = write_review(opened, Path(sheet_out), sheet_rows, kind)
        _print_json([made]) if json_ else show_review_out(made)
    elif sheet_in:
        made = read_review(opened, [Path(path) for path in sheet_in])
        _print_json([made]) if json_ else show_review_in(made)
    else:
        found = reviewed(opened)
        _print_json([found]) if json_ else click.echo(reviewed_sentence(found))


@verb()
@as_json
@click.option("--recipe", metavar="NAME", help="A recipe or a published preset (default: the workspace).")
@click.option(
    "--model",
    metavar="NAME",
    help="Which of its models (default: the first), or scratch, openai, openai-gpt-3.5-turbo.",
)
@click.option(
    "--device", metavar="NAME", help="The device (default: the recipe's, else the smallest GPU that holds it)."
)
@click.option("--architectures", is_flag=True, help="Only the table of the known models' architectures.")
@click.option("--rules", is_flag=True, help="Only the published rules of thumb: settings by size, criteria, costs.")
def plan(
    workspace: str,
    json_: bool,
    recipe: str | None,
    model: str | None,
    device: str | None,
    architectures: bool,
    rules: bool,
) -> None:
    """What training a model will take: steps, memory, minutes, money, and what is wrong with the settings."""
    from dalil import planning
    from dalil.cli.show_plan import show_architectures, show_plan, show_rules
    from dalil.training.cautions import cautions
    from dalil.training.plan import as_row

    if architectures:
        rows = planning.architectures()
        _print_json(rows) if json_ else show_architectures(rows)
        return
    if rules:
        published = planning.rules_of_thumb()
        _print_json([published]) if json_ else show_rules(published)
        return
    made = planning.plan(Path(workspace), recipe=recipe, model=model, device=device)
    warnings = cautions(made)
    _print_json([as_row(made, warnings)]) if json_ else show_plan(made, warnings)


@verb()
@as_json
@click.option("--model", metavar="NAME", help="A model of dalil.yaml (default: the first).")
def train(workspace: str, json_: bool, model: str | None) -> None:
    """Train a model on the workspace's questions; a killed run goes on where it was."""
    import os

    from dalil.cli.show_train import show_trained
    from dalil.train import train_model

    made = train_model(_open(workspace), model, offline="DALIL_OFFLINE" in os.environ, note=_note)
    _print_json([made.as_row()]) if json_ else show_trained(made)


@verb()
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
        _open(workspace).drop_index()
    if compare:
        from dalil.cli.show_compare import show_comparison

        made = _open(workspace).compare_searches(encoders)
        _print_json([made]) if json_ else show_comparison(made)
        return
    _build_and_show(workspace, "index", json_)


def _build_and_show(workspace: str, stage: str, json_: bool) -> None:
    from dalil.cli.show import show_drops, show_run, stage_row

    for state in _open(workspace).run(stage):
        if json_ and state.name == stage:
            _print_json([stage_row(state)])
        elif not json_:
            show_run(state)
            show_drops(state)


def _one_or_file(question: str | None, questions: str | None) -> None:
    if (question is None) == (questions is None):
        raise click.UsageError('Give one of the two, a question in quotes or --questions FILE: dalil search "…"')


@verb()
@as_json
@click.argument("question", required=False)
@click.option("--questions", metavar="FILE", help="One question a line in text, or CSV, XLSX, JSON, JSONL.")
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many hits.")
@click.option("--documents", is_flag=True, help="A hit is a document, by its best passage.")
@click.option("--explain", is_flag=True, help="Show which leg of the search found each hit, with which words.")
def search(workspace: str, json_: bool, question: str | None, questions: str | None, k: int, documents: bool,
           explain: bool) -> None:  # fmt: skip
    """Find passages. Prints one JSON object a question with --json or --questions."""
    from dalil.cli.show import show_explained, show_hits

    _one_or_file(question, questions)
    opened = _open(workspace)
    asked = opened.questions(questions) if questions else opened.one_question(question or "")
    find: Callable[..., Iterable[Any]] = opened.explain if explain else opened.search
    for one, hits in zip(asked, find(asked, k, by_document=documents), strict=True):
        if json_ or questions:
            _print_json([{"id": one.id, "question": one.text, "hits": [hit.as_row() for hit in hits]}])
        else:
            show_explained(hits) if explain else show_hits(hits)


@verb()
@as_json
@click.argument("question")
@click.option(
    "--approach", metavar="NAME", help="Which approach answers (default: the verdict's winner, else extractive)."
)
@click.option("--scope", default="", metavar="DOCUMENT", help="The document or record that the question is about.")
def ask(workspace: str, json_: bool, question: str, approach: str | None, scope: str) -> None:
    """Answer a question, with the proof, or say honestly that the documents do not."""
    from dalil.cli.show import show_answer

    opened = _open(workspace)
    name = approach or opened.default_approach()
    if approach is None:
        _note(f"approach: {name}")
    answer = opened.ask(question, name, scope)
    _print_json([answer.as_row()]) if json_ else show_answer(answer)
    if answer.status == "failed":
        _note(answer.reason)
        sys.exit(1)


@verb()
@as_json
@click.option("--questions", metavar="FILE", help="Your own questions (default: the held-out test).")
@click.option("--approach", metavar="NAME", help="Only this approach (default: all).")
@click.option("--answers", metavar="FILE", help="Answers made elsewhere: `id` or `question`, and `answer`.")
@click.option(
    "--endpoint", metavar="BASE_URL", help="Any OpenAI-compatible assistant, asked and judged like our own (…/v1)."
)
@click.option("--model", metavar="NAME", help="The assistant's model there (default: the first that it lists).")
@click.option("--api-key-env", metavar="VARIABLE", help="The variable, of the environment or .env, that holds its key.")
@click.option("--sheet-out", metavar="FILE.xlsx", help="Write held-out answers as a sheet for people to score, blind.")
@click.option(
    "--sheet-rows", default=120, show_default=True, type=click.IntRange(min=1), help="At most so many answers on it."
)
@click.option("--sheet-in", multiple=True, metavar="FILE", help="Read a filled sheet (XLSX, CSV); repeat for raters.")
def evaluate(workspace: str, json_: bool, questions: str | None, approach: str | None, answers: str | None,
             endpoint: str | None, model: str | None, api_key_env: str | None, sheet_out: str | None, sheet_rows: int,
             sheet_in: tuple[str, ...]) -> None:  # fmt: skip
    """Judge answers to the held-out test or to your own questions: one object a line with --json."""
    if sheet_out is not None or sheet_in:
        if questions or answers or endpoint or (sheet_in and (sheet_out or approach)):
            raise click.UsageError("A sheet is of the held-out test: give only one of --sheet-out and --sheet-in.")
        _human_sheet(_open(workspace), json_, sheet_out, sheet_rows, sheet_in, approach)
        return
    from dalil.cli.show import show_evaluations
    from dalil.measure import evaluate as measure
    from dalil.theirs import evaluate_other, the_other

    opened = _open(workspace)
    if answers or endpoint:
        other = the_other(answers, endpoint, model, api_key_env)
        results = [evaluate_other(opened, other, questions=questions, approach=approach, note=_note)]
    elif model or api_key_env:
        raise click.UsageError("--model and --api-key-env belong to --endpoint BASE_URL.")
    else:
        results = measure(opened, questions=questions, approach=approach, note=_note)
    _print_json(results) if json_ else show_evaluations(results)


def _human_sheet(opened: Workspace, json_: bool, out: str | None, rows: int, filled: tuple[str, ...],
                 approach: str | None) -> None:  # fmt: skip
    from dalil.cli.show_sheet import show_human, show_sheet_out
    from dalil.human_sheet import read_human_sheets, write_human_sheet

    if out is not None:
        made = write_human_sheet(opened, Path(out), rows, approach)
        _print_json([made]) if json_ else show_sheet_out(made)
        return
    found = read_human_sheets(opened, [Path(path) for path in filled], _note)
    _print_json([found]) if json_ else show_human(found)


@verb()
@as_json
@click.option(
    "--against", metavar="RUN", help="An earlier run (its id, `previous`, or a file): exit 1 on a significant drop."
)
def compare(workspace: str, json_: bool, against: str | None) -> None:
    """The verdict: which approach to use, with pairs, p and intervals; or what changed since an earlier run."""
    from dalil.cli.show import show_changes, show_verdict

    opened = _open(workspace)
    if against:
        changes = opened.changes(against)
        _print_json([changes]) if json_ else show_changes(changes)
        sys.exit(1 if changes["significant_drop"] else 0)
    verdict = opened.verdict()
    _print_json([verdict]) if json_ else show_verdict(verdict)


@verb()
@as_json
@click.option(
    "--language", type=click.Choice(["fr", "en", "ar"]), help="The language of the prose (default: the workspace's)."
)
def report(workspace: str, json_: bool, language: str | None) -> None:
    """Write report.html and report.json, and say where they are."""
    opened = _open(workspace)
    path = opened.report(language)
    _print_json([{"report": str(path)}]) if json_ else click.echo(str(path))


@verb()
@as_json
def doctor(workspace: str, json_: bool) -> None:
    """Versions, extras, disk and the workspace's health, each with the command that mends it."""
    from dalil.cli.show import show_doctor
    from dalil.doctor import examine

    findings = examine(Path(workspace))
    _print_json(findings) if json_ else show_doctor(findings)
    sys.exit(0 if all(finding["ok"] is not False for finding in findings) else 1)


def main() -> None:
    """The entry point: dalil's own errors become a sentence on stderr and an exit code, never a traceback."""
    from dalil.errors import DalilError

    try:
        cli(prog_name="dalil")
    except DalilError as error:
        _note(f"dalil: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        place = error.filename or "a file"
        _note(
            f"dalil: {place}: {(error.strerror or str(error)).lower()}.\n  → mend it, then run the same command again"
        )
        sys.exit(1)
