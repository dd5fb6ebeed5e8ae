"""The main job's figures: times of a process, SILL on held-out templates, questions that people wrote.

DALIL_CORPORA=… python benchmarks/main_job.py
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from public_sets import corpora

ROOT = Path(__file__).parent.parent
DALIL = [sys.executable, "-m", "dalil"]
REPEATS = 7


def run(*arguments: str, folder: Path) -> tuple[str, float]:
    """Standard output and wall seconds of one dalil process."""
    started = time.perf_counter()
    done = subprocess.run([*DALIL, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout, time.perf_counter() - started


def median(*arguments: str, folder: Path) -> float:
    """Median wall seconds of a command, after one run that is not counted."""
    run(*arguments, folder=folder)
    return statistics.median(run(*arguments, folder=folder)[1] for _ in range(REPEATS))


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def shown(figure: dict[str, Any]) -> str:
    return f"{100 * figure['value']:.1f} % ({100 * figure['low']:.0f}–{100 * figure['high']:.0f}), n {figure['n']}"


def times(folder: Path) -> None:
    run("init", "demo", "--recipe", "app-catalogue", folder=folder)
    _, whole = run("run", "--workspace", "demo", folder=folder)
    print(f"| `dalil run` on the default recipe, from nothing | {whole:.1f} s |")
    print(f"| `dalil --help`, process | {median('--help', folder=folder):.3f} s |")
    print(f"| `dalil ask`, process, default recipe | {median('ask', 'statut 6tzen', folder=folder / 'demo'):.3f} s |")
    pages = corpora() / "w3c_i18n_site"
    pdfs = corpora() / "pdf"
    _, first = run("init", "own", "--sources", str(pages), "--sources", str(pdfs), folder=folder)
    answer, second = run("ask", "--json", "When should I use character escapes?", folder=folder / "own")
    status = objects(answer)[0]["status"]
    print(f"| `init --sources` (126 HTML pages, 42 PDF pages) and first `ask` ({status}) | {first + second:.1f} s |")


def sill(folder: Path) -> None:
    run("init", "sill", "--sources", str(corpora() / "catalogues" / "sill-2020.csv"), folder=folder)
    workspace = folder / "sill"
    run("run", folder=workspace)
    for made in objects(run("evaluate", "--json", folder=workspace)[0]):
        strata = made["by"]["stratum"]
        for name in ("seen", "unseen", "aggregate"):
            print(f"| {made['approach']}, SILL templates, {name}: right | {shown(strata[name]['right'])} |")
        print(
            f"| {made['approach']}, SILL negatives: rightly silent | {shown(strata['out_of_scope']['rightly_silent'])} |"
        )
        print(f"| {made['approach']}, wrong among the answered | {shown(made['metrics']['wrong_of_answered'])} |")
        print(f"| {made['approach']}, seconds an answer | {made['metrics']['seconds']['value']:.4f} |")
    for name in ("sill_free_questions", "sill_free_questions_b"):
        file = ROOT / "tests" / "data" / f"{name}.jsonl"
        for made in objects(run("evaluate", "--json", "--questions", str(file), folder=workspace)[0]):
            metrics = made["metrics"]
            print(
                f"| {made['approach']}, `{name}`: correct · wrong | {shown(metrics['correct'])} · {shown(metrics['wrong'])} |"
            )


def main() -> None:
    print("| what | measured |\n|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        times(Path(folder))
        sill(Path(folder))


if __name__ == "__main__":
    main()
