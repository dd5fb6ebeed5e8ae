"""What `passage` and `extractive` make of every recipe's held-out questions: the guard that no right answer falls silent unseen.

    python benchmarks/held_out.py [RECIPE …] [--into FOLDER]

Numbers of questions as `judged` counts them, of each recipe as shipped but for its trained models (none is trained here), and of the
questions that people wrote (`pairs`) apart. `--into`: keeps the workspaces there (answers/test/extractive.jsonl holds each answer).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from main_job import run

RECIPES = ("app-catalogue", "idarati", "machine-manuals", "code-qa", "domain-embeddings")
APPROACHES = ("passage", "extractive")
OUTCOMES = ("right", "partly", "rightly_silent", "wrong", "wrongly_silent")
PEOPLE = "pairs"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("recipes", nargs="*", metavar="RECIPE", default=RECIPES)
    asked.add_argument("--into", type=Path)
    given = asked.parse_args()
    print(f"| recipe, approach | n | {' | '.join(OUTCOMES)} | wrong of answered |\n|{'---|' * (len(OUTCOMES) + 3)}")
    with tempfile.TemporaryDirectory() as folder:
        into = given.into or Path(folder)
        into.mkdir(parents=True, exist_ok=True)
        for recipe in given.recipes:
            for approach, rows in judged(recipe, into).items():
                show(f"{recipe}, {approach}", rows)
                if asked_by_people := [row for row in rows if row["origin"] == PEOPLE]:
                    show(f"{recipe}, {approach}, of people", asked_by_people)


def judged(recipe: str, folder: Path) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The judged answers of each approach, from a workspace made anew."""
    run("init", recipe, "--recipe", recipe, folder=folder)
    settings = folder / recipe / "dalil.yaml"
    without_models = re.sub(
        r"(?m)^approaches: .*$", f"approaches: [{', '.join(APPROACHES)}]", settings.read_text("utf-8")
    )
    settings.write_text(without_models, encoding="utf-8")
    run("run", "--upto", "judged", folder=folder / recipe)
    built = folder / recipe / "build"
    made = built / "judged" / json.loads((built / "current.json").read_text("utf-8"))["judged"]
    return {name: [json.loads(line) for line in (made / f"{name}.jsonl").open(encoding="utf-8")] for name in APPROACHES}


def show(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """One row of the table."""
    counts = Counter(row["outcome"] for row in rows)
    answered = counts["right"] + counts["partly"] + counts["wrong"]
    share = f"{100 * counts['wrong'] / answered:.1f} %" if answered else "–"
    print(f"| {name} | {counts.total()} | {' | '.join(str(counts[o]) for o in OUTCOMES)} | {share} |", flush=True)


if __name__ == "__main__":
    main()
