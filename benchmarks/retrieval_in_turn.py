"""Two checkouts of dalil answer the same questions in turn, a few each: what else runs on the machine slows both alike.

    OMP_NUM_THREADS=1 DALIL_CORPORA=… python benchmarks/retrieval_in_turn.py --before CHECKOUT --passages 50000

Each builds its index with its own code (passages and questions of speed_passages.py). Processor time of each question, and
whether both find the same: ids of the first ten in order, and by how much their scores differ.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from dalil.config_retrieval import EmbedderSettings
from dalil.records import content_id
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.features import FEATURES
from dalil.retrieval.index import Index, sync_index
from speed_passages import LANGUAGES, SEED, questions, varied

EACH, WARM, AT_ONCE, FIRST = 100, 30, 5, 10
LEXICAL, ALL, RANKED = "lexical legs", "all legs", "all legs, re-ranked"
HERE = Path(__file__).resolve()


def build(folder: Path, count: int) -> None:
    sync_index(folder, *varied(count), prepare_embedder(folder, EmbedderSettings(), SEED))


def answer(folder: Path, mode: str) -> None:
    """Answers the questions from one place to another that a line of the input names: seconds, ids and scores of each."""
    asked = sorted(questions(EACH), key=lambda question: content_id(question.id))
    embedder = None if mode == LEXICAL else open_embedder(folder, EmbedderSettings())
    ranking = dict.fromkeys(FEATURES, 0.1) if mode == RANKED else None
    index = Index(folder, LANGUAGES, embedder=embedder, ranking=ranking)
    for line in sys.stdin:
        first, last = map(int, line.split())
        found = []
        for question in asked[first:last]:
            busy = time.process_time()
            hits = index.search(question, FIRST)
            found.append((time.process_time() - busy, [(hit.passage.id, hit.score) for hit in hits]))
        print(json.dumps(found), flush=True)


def started(checkout: Path, *arguments: str) -> subprocess.Popen[str]:
    """This script with the code of a checkout."""
    environment = {**os.environ, "PYTHONPATH": f"{checkout / 'src'}{os.pathsep}{HERE.parent}"}
    return subprocess.Popen(
        [sys.executable, str(HERE), *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(process: subprocess.Popen[str], first: int) -> list[Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{first} {first + AT_ONCE}\n")
    process.stdin.flush()
    found: list[Any] = json.loads(process.stdout.readline())
    return found


def in_turn(processes: list[subprocess.Popen[str]], turn: int) -> list[list[Any]]:
    """What each found for every question; now one, now the other goes first."""
    found: list[list[Any]] = [[], []]
    for block, first in enumerate(range(0, len(questions(EACH)), AT_ONCE)):
        for one in sorted((0, 1), reverse=bool((block + turn) % 2)):
            found[one] += ask(processes[one], first)
    for process in processes:
        process.communicate()
    return found


def compare(mode: str, checkouts: list[Path], folders: list[Path], rounds: int) -> None:
    before, now = list[Any](), list[Any]()
    for turn in range(rounds):
        pair = zip(checkouts, folders, strict=True)
        found = in_turn([started(path, "--answer", str(folder), "--mode", mode) for path, folder in pair], turn)
        before += found[0][WARM:]
        now += found[1][WARM:]
    medians = [1000 * statistics.median(seconds for seconds, _ in one) for one in (before, now)]
    ratio = statistics.median(new / old for (old, _), (new, _) in zip(before, now, strict=True))
    pairs = [(old, new) for (_, old), (_, new) in zip(before, now, strict=True)]
    same = sum([hit for hit, _ in old] == [hit for hit, _ in new] for old, new in pairs)
    apart = max((abs(a - b) for old, new in pairs for (_, a), (_, b) in zip(old, new, strict=False)), default=0.0)
    print(f"| {mode} | {medians[0]:.2f} → {medians[1]:.2f} ms | {medians[1] / medians[0]:.3f}, of each question {ratio:.3f} "
          f"| {same} of {len(pairs)}, scores apart {apart:.0e} |", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="the other checkout")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build", type=Path, help="used by the script itself, like --answer and --mode")
    parser.add_argument("--answer", type=Path)
    parser.add_argument("--mode", choices=(LEXICAL, ALL, RANKED))
    given = parser.parse_args()
    if given.build:
        build(given.build, given.passages)
    elif given.answer:
        answer(given.answer, given.mode)
    elif given.before:
        checkouts = [given.before.resolve(), HERE.parent.parent]
        with tempfile.TemporaryDirectory() as name:
            folders = [Path(name) / "before", Path(name) / "now"]
            for checkout, folder in zip(checkouts, folders, strict=True):
                started(checkout, "--build", str(folder), "--passages", str(given.passages)).communicate()
            print("| median of the processor's time | before → now | now of before | the same ten |\n|---|---|---|---|")
            for mode in (LEXICAL, ALL, RANKED):
                compare(mode, checkouts, folders, given.rounds)
    else:
        parser.error("--before is wanted")


if __name__ == "__main__":
    main()
