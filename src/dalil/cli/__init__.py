"""The command line: one verb, one short function. Results on stdout, progress and notes on stderr."""

from __future__ import annotations

import sys

import click

import dalil
from dalil.cli.dataset_verbs import dataset
from dalil.cli.measure_verbs import compare, evaluate, report
from dalil.cli.model_verbs import plan, train
from dalil.cli.question_verbs import ask, index, search
from dalil.cli.verbs import Verbs, note
from dalil.cli.workspace_verbs import collect, doctor, init, run, status

IN_ORDER_OF_WORK = [
    init, run, status, collect, dataset, plan, train, index, search, ask, evaluate, compare, report, doctor,
]  # fmt: skip


@click.group(cls=Verbs, commands=IN_ORDER_OF_WORK, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dalil.__version__, prog_name="dalil")
def cli() -> None:
    """Turn an organisation's own documents into an assistant that answers with proof, and measure how good it is."""


def main() -> None:
    """The entry point: dalil's own errors become a sentence on stderr and an exit code, never a traceback."""
    from dalil.errors import DalilError

    try:
        cli(prog_name="dalil")
    except DalilError as error:
        note(f"dalil: {error}")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        place = error.filename or "a file"
        note(f"dalil: {place}: {(error.strerror or str(error)).lower()}.\n  → mend it, then run the same command again")
        sys.exit(1)
