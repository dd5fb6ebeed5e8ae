"""What a training run did, in the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from dalil.evaluation.effect import NO_OP, change_of

if TYPE_CHECKING:
    from dalil.train import Outcome

MIB = 2**20
SAID_OF = {
    "changed": "", "no_op": f" (no change: the loss fell by no more than {NO_OP:.0%}, training did nothing here)",
    "risen": f" (the loss rose by more than {NO_OP:.0%}: training took away from these)",
}  # fmt: skip


def show_trained(made: Outcome) -> None:
    """The run in a few lines, what it was planned to take, and what comes next."""
    if made.result["kind"] == "memory":
        _show_memory(made)
    else:
        for name, value in _rows(made.result):
            click.echo(f"  {name:<10} {value}")
    click.echo(f"Model: {made.folder}\nNext:  dalil run (measures it beside retrieval)")


def _show_memory(made: Outcome) -> None:
    click.echo(f"{made.model}: a memory of the trained questions, not an assistant ({made.stand_in.rstrip('.')}).")
    for fold in made.result["folds"]:
        click.echo(
            f"  fold {fold['fold'] + 1}: {fold['seconds']:.0f} s, speaks from log-probability {fold['threshold']:.2f}"
        )


def _rows(result: dict[str, Any]) -> Iterable[tuple[str, str]]:
    seconds = max(result["seconds"], 1e-9)
    yield (
        "run",
        f"{result['steps']:,} steps in {seconds:,.0f} s, {result['tokens']:,} tokens ({result['tokens'] / seconds:,.0f} tokens/s)",
    )
    yield "rows", _gate(result["gate"])
    share = result["trainable_parameters"] / max(1, result["total_parameters"])
    yield "trained", f"{result['trainable_parameters']:,} of {result['total_parameters']:,} parameters ({share:.1%})"
    yield "memory", f"{result['peak_memory_bytes'] / MIB:,.0f} MiB at the most"
    for stratum, loss in result["heldout"].items():
        yield stratum, _perplexity(loss["before"], loss["after"])
    if result["plan"]:
        yield "plan", _against(result["plan"])


def _gate(gate: dict[str, Any]) -> str:
    counted = {"cut": gate["cut"], "without an end token": gate["without_eos"], "without their answer, left out": gate["without_answer"],
               "repeated": gate["duplicates"], "asked in the test": gate["leaked"]}  # fmt: skip
    lost = [f"{count:,} {what}" for what, count in counted.items() if count]
    return f"{gate['kept']:,} of {gate['rows']:,} kept, longest {gate['longest']:,} tokens; " + (
        ", ".join(lost) or "none cut, repeated or leaked"
    )


def _perplexity(before: float, after: float) -> str:
    said = f"perplexity {math.exp(min(before, 50)):,.1f} → {math.exp(min(after, 50)):,.1f} on held-out questions"
    return said + SAID_OF[change_of(before, after)]


def _against(plan: dict[str, Any]) -> str:
    planned, measured = plan["planned"], plan["measured"]
    seconds = "—" if planned["seconds"] is None else f"{planned['seconds']:,.0f} s"
    return (
        f"{seconds} and {planned['memory_bytes'] / MIB:,.0f} MiB on {plan['device']}; "
        f"measured here {measured['seconds']:,.0f} s and {measured['memory_bytes'] / MIB:,.0f} MiB"
    )
