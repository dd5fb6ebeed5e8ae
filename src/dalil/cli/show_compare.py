"""What `dalil index --compare` shows a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
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
    for line in reranker_lines(made["reranker"]):
        click.echo(f"  {line}")


KEPT = {"own": "kept", "shipped": "the shipped weights stand", "fused": "not kept"}


def reranker_lines(fits: Mapping[str, dict[str, Any]]) -> list[str]:
    """What became of the re-ranker in each fold; folds that have the same to tell in one line."""
    same: dict[tuple[str, bool], dict[str, dict[str, Any]]] = defaultdict(dict)
    for fold, fit in fits.items():
        same[fit["reason"], "gain" in fit][fold] = fit
    lines: list[str] = []
    for (_, measured), folds in same.items():
        if measured or len(folds) == 1:
            lines += [f"re-ranker, fold {fold}: {_said(fit)}" for fold, fit in folds.items()]
        else:
            lines.append(f"re-ranker: {_outcome(folds)} ({_counts(folds)})")
    return lines


def _outcome(folds: Mapping[str, dict[str, Any]]) -> str:
    fit = next(iter(folds.values()))
    return KEPT[fit["kept"]] + (f": {fit['reason']}" if fit["reason"] else "")


def _counts(folds: Mapping[str, dict[str, Any]]) -> str:
    """How many questions there are, fewest to most."""
    counts = sorted({fit["questions"] for fit in folds.values()})
    return f"{counts[0]} to {counts[-1]} questions in each fold" if len(counts) > 1 else f"{counts[0]} questions"


def _said(fit: dict[str, Any]) -> str:
    gain = fit.get("gain")
    won = (
        f"; gain where it was not fitted {gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})"
        if gain
        else ""
    )
    return f"{_outcome({'': fit})} ({fit['questions']} questions{won})"
