"""What `dalil index --compare` shows a person."""

from __future__ import annotations

from typing import Any

import click

COLUMNS = ("ndcg@10", "recall@1", "recall@5", "recall@10", "mrr")


def show_comparison(made: dict[str, Any]) -> None:
    """The table of ways to search, best first, and what became of the re-ranker."""
    whose = "people's own" if made["questions"] == "own" else "written by dalil: there are none from people"
    click.echo(f"{made['n']} held-out questions in {made['groups']} groups ({whose})")
    click.echo(f"  {'search':<44} {'nDCG@10 (95 %)':<22} " + " ".join(f"{name:>9}" for name in COLUMNS[1:])
               + f"  gain over {made['against']}")  # fmt: skip
    for row in sorted(made["searches"], key=lambda row: -row["metrics"][COLUMNS[0]]["value"]):
        main, gain = row["metrics"][COLUMNS[0]], row["gain"]
        others = " ".join(f"{row['metrics'][name]['value']:9.3f}" for name in COLUMNS[1:])
        click.echo(f"  {row['search'][:44]:<44} {main['value']:.3f} ({main['low']:.3f}–{main['high']:.3f})    {others}"
                   f"  {gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})")  # fmt: skip
    for fold, fit in made["reranker"].items():
        click.echo(f"  re-ranker, fold {fold}: {_said(fit)}")


def _said(fit: dict[str, Any]) -> str:
    gain = fit.get("gain")
    won = (
        f"; gain where it was not fitted {gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})"
        if gain
        else ""
    )
    return f"{'kept' if fit['weights'] else 'not kept: ' + fit['reason']} ({fit['questions']} questions{won})"
