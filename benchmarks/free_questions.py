"""Questions on the recipes' samples by somebody who saw only the sources: what `extractive` makes of them.

    python benchmarks/free_questions.py [RECIPE …]

212 questions in `tests/data/free_*.jsonl`; of the two recipes that do worst 110 more, half of them near what the sources say but not
answered there (`free2_*.jsonl`); and of all five 220 that were written when both had been mended on (`free3_*.jsonl`): of each set one
half was looked at while the answering was mended, the other (`_aside`) never.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dalil import Workspace
from dalil.language import words
from dalil.records import Passage
from dalil.retrieval.excerpt import excerpt
from dalil.retrieval.lexical import named
from main_job import ROOT, objects, run

RECIPES = ("idarati", "machine-manuals", "code-qa", "domain-embeddings", "app-catalogue")
OUTCOMES = ("right", "partly", "wrong", "rightly_silent", "wrongly_silent")
APPROACH = "extractive"
HALVES = {
    "looked at": "free_{recipe}.jsonl",
    "aside": "free_{recipe}_aside.jsonl",
    "second set, looked at": "free2_{recipe}.jsonl",
    "second set, aside": "free2_{recipe}_aside.jsonl",
    "third set, looked at": "free3_{recipe}.jsonl",
    "third set, aside": "free3_{recipe}_aside.jsonl",
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("recipes", nargs="*", metavar="RECIPE", default=RECIPES)
    print(f"| recipe, half | n | {' | '.join(OUTCOMES)} | silent, and shown |\n|{'---|' * (len(OUTCOMES) + 3)}")
    with tempfile.TemporaryDirectory() as folder:
        for recipe in asked.parse_args().recipes:
            measure(recipe, Path(folder))


def measure(recipe: str, folder: Path) -> None:
    """The outcomes of each half, as numbers of questions."""
    run("init", recipe, "--recipe", recipe, folder=folder)
    run("run", "--upto", "calibration", folder=folder / recipe)
    for half, name in HALVES.items():
        file = ROOT / "tests" / "data" / name.format(recipe=recipe.replace("-", "_"))
        if not file.exists():
            continue
        made = objects(
            run("evaluate", "--json", "--approach", APPROACH, "--questions", str(file), folder=folder / recipe)[0]
        )[0]
        counts = [round(made["metrics"][outcome]["value"] * made["n"]) for outcome in OUTCOMES]
        shown = shown_with_silence(Workspace(folder / recipe), objects(file.read_text(encoding="utf-8")))
        print(f"| {recipe}, {half} | {made['n']} | {' | '.join(map(str, counts))} | {shown} |", flush=True)


def shown_with_silence(asked: Workspace, rows: Iterable[dict[str, Any]]) -> int:
    """How many answerable questions get silence in which the terminal shows the answer (its very words)."""
    answers = [(asked.ask(row["question"], APPROACH), _words(row["answer"])) for row in rows if row["answerable"]]
    return sum(
        answer.status == "abstained" and any(wanted in _shown(answer.question, hit.passage) for hit in answer.nearest)
        for answer, wanted in answers
    )


def _shown(question: str, passage: Passage) -> str:
    """What the terminal shows of a nearest passage."""
    return _words(f"{named(passage)}\n{excerpt(question, passage)}")


def _words(text: str) -> str:
    """Folded, so that spaces and marks around words do not count."""
    return f" {' '.join(words(text))} "


if __name__ == "__main__":
    main()
