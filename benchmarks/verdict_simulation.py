"""How often the verdict's test calls two equal systems different, and how often it finds a real difference.

    python benchmarks/verdict_simulation.py [--simulations 2000] [--seed 42]

Runs the comparison that `dalil compare` runs (`dalil.evaluation.compare`) on drawn outcomes. Each question of a group
shares the group's luck: on a discordant question the group's side (which of the two systems it favours) decides with
probability `SHARED`, a fair coin otherwise. Equal systems: sides are drawn fairly. A difference of d: one side is
favoured so that the expected difference is d.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np

from dalil.evaluation.compare import compare
from dalil.evaluation.run import Scored
from dalil.records import Outcome

BOTH_RIGHT = 0.6
"""Of the questions on which both systems agree, the share both have right."""


@dataclass(frozen=True, slots=True)
class Setting:
    """`discordance`: expected share of questions on which the systems differ; `shared`: how far a group decides them."""

    groups: int
    questions: int
    discordance: float
    difference: float
    shared: float = 0.3


SETTINGS = (
    Setting(12, 48, 0.3, 0.0),
    Setting(30, 120, 0.3, 0.0),
    Setting(100, 400, 0.3, 0.0),
    Setting(12, 48, 0.3, 0.0, 0.9),
    Setting(30, 120, 0.3, 0.0, 0.9),
    Setting(100, 400, 0.3, 0.0, 0.9),
    Setting(100, 400, 0.2, 0.1),
    Setting(100, 400, 0.3, 0.1),
    Setting(100, 400, 0.3, 0.1, 0.9),
    Setting(30, 120, 0.3, 0.1),
    Setting(12, 48, 0.3, 0.1),
)


def outcomes(setting: Setting, rng: np.random.Generator) -> tuple[list[Scored], list[Scored]]:
    """The scored rows of two systems on one drawn set of questions."""
    group = np.sort(np.concatenate([np.arange(setting.groups), rng.integers(0, setting.groups, setting.questions - setting.groups)]))  # fmt: skip
    favour = 0.5 + setting.difference / setting.discordance / 2
    sides = rng.random(setting.groups) < favour
    own = rng.random(setting.questions) < favour
    first_ahead = np.where(rng.random(setting.questions) < setting.shared, sides[group], own)
    differ = rng.random(setting.questions) < setting.discordance
    agreed = rng.random(setting.questions) < BOTH_RIGHT
    first, second = np.where(differ, first_ahead, agreed), np.where(differ, ~first_ahead, agreed)
    return _rows("first", group, first), _rows("second", group, second)


def _rows(approach: str, group: np.ndarray, right: np.ndarray) -> list[Scored]:
    return [_row(approach, i, int(g), bool(ok)) for i, (g, ok) in enumerate(zip(group, right, strict=True))]


def _row(approach: str, number: int, group: int, right: bool) -> Scored:
    outcome: Outcome = "right" if right else "wrong"
    return Scored(
        str(number), approach, f"g{group:03}", "unseen", "definition", "fr", "templates", outcome, answerable=True,
        answered=True, recall=float(right), cites_proof=None, seconds=0.0, cost=0.0,
    )  # fmt: skip


def share_different(setting: Setting, simulations: int, seed: int) -> float:
    """The share of simulated comparisons in which the pair is called different."""
    rng = np.random.default_rng([seed, setting.groups, round(1000 * setting.difference), round(1000 * setting.shared)])
    called = 0
    for number in range(simulations):
        first, second = outcomes(setting, rng)
        found = compare({"first": first, "second": second}, 0.05, seed=seed + number, resamples=20)
        called += found.pairs[0].significant
    return called / simulations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=42)
    given = parser.parse_args()
    started = time.monotonic()
    print("| groups | questions | discordant | decided by the group | true difference | called different |")
    print("|---|---|---|---|---|---|")
    for setting in SETTINGS:
        share = share_different(setting, given.simulations, given.seed)
        print(f"| {setting.groups} | {setting.questions} | {setting.discordance:.0%} | {setting.shared:.0%} | {setting.difference:.0%} | {share:.1%} |")  # fmt: skip
    print(f"\n{given.simulations} simulations a row, seed {given.seed}, {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
