"""kill -9 while the index is written, a hundred times: is what was there before, or the new, there whole afterwards?

    DALIL_CORPORA=… python benchmarks/index_kills.py --kills 100

A child process brings a whole index to more passages (texts, lexical legs, vectors), and is killed after a
time drawn from a seed, between its first moment and a little more than an undisturbed sync takes. Then the index is
opened: its content must be the old one or the new one, SQLite's own check must find nothing, a question must be answered
as by an index of that content which nobody disturbed; and the next sync must reach the new content.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from dalil.config_retrieval import EmbedderSettings
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.index import INDEX_FILE, Index, sync_index
from dalil.store.sqlite import SqliteStore
from speed_passages import LANGUAGES, SEED, questions, varied

ASKED = 5
GO = "go"
EARLY = 3
"""Times are drawn cubed: most kills fall in the first part, where the transaction is, and some in every later one."""
SCRATCH = EmbedderSettings(fewest_passages=2)


def write(folder: Path, count: int, left_out: int, *, tell: bool = False) -> str:
    """A sync of all passages but the first `left_out`. Returns the content's hash."""
    documents, passages = varied(count)
    chosen = passages[left_out:]
    prepare = prepare_embedder(folder, SCRATCH, SEED)
    if tell:
        print(GO, flush=True)
    return str(sync_index(folder, documents, chosen, prepare)["content"])


def timed_write(folder: Path, count: int, left_out: int) -> float:
    """Seconds that an undisturbed child takes from its first moment on."""
    writer = child(folder, count, left_out)
    started = time.perf_counter()
    assert writer.wait() == 0
    return time.perf_counter() - started


def found(folder: Path) -> list[list[str]]:
    """The passages that a few questions find. Opening makes the caches that are missing."""
    index = Index(folder, LANGUAGES, embedder=open_embedder(folder, SCRATCH))
    try:
        return [[hit.passage.id for hit in index.search(question, 10)] for question in questions(ASKED)]
    finally:
        index.close()


def content(folder: Path) -> str:
    """The content's hash, after SQLite's own check of the file."""
    with sqlite3.connect(folder / INDEX_FILE) as opened:
        said = opened.execute("PRAGMA integrity_check").fetchone()[0]
    opened.close()
    if said != "ok":
        return f"damaged: {said}"
    store = SqliteStore(folder / INDEX_FILE)
    try:
        return store.content()
    finally:
        store.close()


def child(folder: Path, count: int, left_out: int) -> subprocess.Popen[str]:
    """A process that is about to write."""
    command = [sys.executable, __file__, "--write", str(folder), "--passages", str(count), "--later", str(left_out)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    if writer.stdout.readline().strip() != GO:
        raise SystemExit(f"The writer did not begin: {' '.join(command)}")
    return writer


def killed_after(folder: Path, count: int, left_out: int, seconds: float) -> bool:
    """Whether the writer was killed before it had ended."""
    writer = child(folder, count, left_out)
    time.sleep(seconds)
    os.kill(writer.pid, signal.SIGKILL)
    if (ended := writer.wait()) not in (0, -signal.SIGKILL):
        raise SystemExit(f"The writer ended with {ended}.")
    return ended != 0


def verdict(left: str, old: str, same_hits: bool) -> str:
    if left.startswith("damaged"):
        return f"LOST: {left}"
    return ("the old index" if left == old else "the new index") if same_hits else "LOST: other content or other hits"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--passages", type=int, default=2600)
    parser.add_argument(
        "--later", type=int, default=100, help="so many of them are new to the index when the writer is killed"
    )
    parser.add_argument("--write", type=Path, help="used by the script itself")
    given = parser.parse_args()
    if given.write:
        write(given.write, given.passages, given.later, tell=True)
        return
    rng, outcomes = np.random.default_rng(SEED), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        before, after, tried = (Path(name) / part for part in ("before", "after", "tried"))
        old = write(before, given.passages, given.later)
        shutil.copytree(before, after)
        whole = timed_write(after, given.passages, 0)
        new = content(after)
        wanted = {old: found(before), new: found(after)}
        for number in range(1, given.kills + 1):
            shutil.rmtree(tried, ignore_errors=True)
            shutil.copytree(before, tried)
            dead = killed_after(tried, given.passages, 0, 1.2 * whole * float(rng.random()) ** EARLY)
            left = content(tried)
            outcome = verdict(left, old, wanted.get(left) == found(tried))
            if write(tried, given.passages, 0) != new or found(tried) != wanted[new]:
                outcome = "LOST: the next sync does not reach the new index"
            outcomes[f"{outcome}{'' if dead else ', ended before the kill'}"] += 1
            print(f"{number}: {outcome}", file=sys.stderr, flush=True)
    for outcome, times in sorted(outcomes.items()):
        print(f"| {outcome} | {times} of {given.kills} |")
    if any(outcome.startswith("LOST") for outcome in outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main()
