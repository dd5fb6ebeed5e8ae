"""What a person sees of a human sheet in the terminal."""

from __future__ import annotations

from typing import Any

import click

SHOWN = 5
SCORES = ("coherence", "relevance", "precision")


def show_sheet_out(made: dict[str, Any]) -> None:
    drawn = ", ".join(f"{count} of {name}" for name, count in made["approaches"].items())
    click.echo(f"Wrote {made['sheet']}: {made['rows']} answers out of {made['of']} ({drawn}), without their approach.")
    if made["left_out"]:
        click.echo(f"  left out: {made['left_out']} answers without any text to score")
    click.echo(f"The key stays here: {made['key']}")
    click.echo(
        "Fill in the three columns with 1–5 (the first page says how); one copy a person, each with its own name."
    )
    click.echo("Next: dalil evaluate --sheet-in COPY.xlsx [--sheet-in OTHER_COPY.xlsx]")


def show_human(found: dict[str, Any]) -> None:
    for rater in found["raters"]:
        _show_rater(rater, found["sheet_rows"])
    for row in found["approaches"]:
        whole = "" if row["covered"] == 1 else f", {100 * row['covered']:.0f} % of which have scores of their outcome"
        click.echo(f"{row['approach']}: {row['n']} answers scored, standing for {row['of']}{whole}")
        for score in SCORES:
            click.echo(f"  {score:<10} {_number(row['scores'][score], 1)}")
    _show_judge("Judge and people", found["judge"])
    for rater in found["raters"]:
        if len(found["raters"]) > 1:
            _show_judge(f"Judge and {rater['rater']}", rater["judge"])
        _show_differences(rater["judge"]["differ"])
    for pair in found["between"]:
        click.echo(f"{pair['a']} and {pair['b']} (kappa weighted by the square of the steps):")
        for score in SCORES:
            click.echo(f"  {score:<10} kappa {_number(pair[score]['kappa'], 2)} on {pair[score]['n']} answers")
    click.echo("Next: dalil run puts this into the report.")


def _show_rater(rater: dict[str, Any], rows: int) -> None:
    counts = {"unrated": "without a score", "missing": "not in the file", "blank": "blank lines"}
    rest = [f"{words}: {rater[name]}" for name, words in counts.items() if rater[name]]
    click.echo(f"{rater['rater']}: {rater['rated']} of {rows} answers scored" + "".join(f"; {part}" for part in rest))
    for refused in rater["refused"][:SHOWN]:
        click.echo(f"  not used: row {refused['row']}, {refused['column']} {refused['value']!r}: {refused['reason']}")
    if len(rater["refused"]) > SHOWN:
        click.echo(f"  … and {len(rater['refused']) - SHOWN} more not used (--json lists them)")


def _show_judge(who: str, judge: dict[str, Any]) -> None:
    if not judge["n"]:
        click.echo(f"{who}: no precision was scored, so their agreement is not known.")
        return
    observed = {
        key: 100 * value if value is not None and key != "n" else value for key, value in judge["observed"].items()
    }
    click.echo(f"{who} (precision 4 or 5 is right): the same on {_number(observed, 0)} % of {judge['n']} scores, "
               f"kappa {_number(judge['kappa'], 2)}.")  # fmt: skip
    click.echo(f"  {_trust(judge)}")


def _show_differences(differ: list[dict[str, Any]]) -> None:
    for row in differ[:SHOWN]:
        click.echo(f"  {row['id']} by {row['approach']}: judged {row['judged']}, precision {row['precision']}")
    if len(differ) > SHOWN:
        click.echo(f"  … and {len(differ) - SHOWN} more on which they differ (--json lists them)")


def _trust(judge: dict[str, Any]) -> str:
    if judge["kappa"]["value"] is None:
        return "Kappa cannot be told: one side gave one and the same to every answer."
    return {
        "yes": "The judge can be trusted here: all of kappa's interval lies at 0.4 or above.",
        "no": "The judge is not to be trusted here: kappa is under 0.4. Read the answers on which they differ.",
        "unclear": "Whether the judge can be trusted is not settled: kappa is 0.4 or more, but too few answers show it.",
    }[judge["trust"]]


def _number(figure: dict[str, Any], decimals: int) -> str:
    if figure["value"] is None:
        return "—"
    text = f"{figure['value']:.{decimals}f}"
    return text if figure["low"] is None else f"{text} ({figure['low']:.{decimals}f} to {figure['high']:.{decimals}f})"
