"""Questions on the recipes' samples by somebody who saw only the sources: what `extractive` makes of them.

    python benchmarks/free_questions.py [RECIPE …]

212 questions in `tests/data/free_*.jsonl`: of each recipe one half was looked at while the answering was mended, the other half
(`_aside`) never.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from main_job import ROOT, objects, run

RECIPES = ("idarati", "machine-manuals", "code-qa", "domain-embeddings", "app-catalogue")
OUTCOMES = ("right", "partly", "wrong", "rightly_silent", "wrongly_silent")
APPROACH = "extractive"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("recipes", nargs="*", metavar="RECIPE", default=RECIPES)
    print(f"| recipe, half | n | {' | '.join(OUTCOMES)} |\n|{'---|' * (len(OUTCOMES) + 2)}")
    with tempfile.TemporaryDirectory() as folder:
        for recipe in asked.parse_args().recipes:
            measure(recipe, Path(folder))


def measure(recipe: str, folder: Path) -> None:
    """The outcomes of both halves, as numbers of questions."""
    run("init", recipe, "--recipe", recipe, folder=folder)
    run("run", "--upto", "calibration", folder=folder / recipe)
    for half, ending in (("looked at", ""), ("aside", "_aside")):
        file = ROOT / "tests" / "data" / f"free_{recipe.replace('-', '_')}{ending}.jsonl"
        made = objects(
            run("evaluate", "--json", "--approach", APPROACH, "--questions", str(file), folder=folder / recipe)[0]
        )[0]
        counts = [round(made["metrics"][outcome]["value"] * made["n"]) for outcome in OUTCOMES]
        print(f"| {recipe}, {half} | {made['n']} | {' | '.join(map(str, counts))} |", flush=True)


if __name__ == "__main__":
    main()
