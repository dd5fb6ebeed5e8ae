"""Prints questions that dalil builds of each recipe, drawn at random of every language, origin and kind, to be read by eye.

`python benchmarks/question_sample.py [--recipes idarati …] [--questions 60] [--seed 42]`
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import defaultdict
from itertools import zip_longest
from pathlib import Path

from dalil.artefacts import read_records
from dalil.initialise import initialise
from dalil.records import Example
from dalil.workspace import Workspace

RECIPES = ("app-catalogue", "idarati", "machine-manuals", "code-qa", "domain-embeddings")


def main() -> None:
    """One part a recipe; people's own questions are not dalil's and are left out."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--recipes", nargs="+", default=RECIPES)
    given.add_argument("--questions", type=int, default=60)
    given.add_argument("--seed", type=int, default=42)
    options = given.parse_args()
    for recipe in options.recipes:
        built = [example for example in examples_of(recipe) if example.origin != "pairs"]
        print(f"\n{recipe}: {len(built)} questions built")
        for example in drawn(built, options.questions, options.seed):
            print(f"{example.language}  {example.kind:16}{example.question}  → {example.answer[:60]!r}")


def examples_of(recipe: str) -> list[Example]:
    """The examples of the recipe's own sample, built anew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / recipe
        initialise(root, recipe=recipe, sources=(), pairs=None)
        workspace = Workspace(root)
        workspace.prepare("examples")
        return read_records(Example, workspace.runner.folder("examples") / "examples.jsonl")


def drawn(examples: list[Example], count: int, seed: int) -> list[Example]:
    """One of each language, origin and kind in turn."""
    rng = random.Random(seed)
    strata: dict[tuple[str, str, str], list[Example]] = defaultdict(list)
    for example in examples:
        strata[example.language, example.origin, example.kind].append(example)
    for stratum in strata.values():
        rng.shuffle(stratum)
    turns = zip_longest(*(strata[key] for key in sorted(strata)))
    return [example for turn in turns for example in turn if example is not None][:count]


if __name__ == "__main__":
    main()
