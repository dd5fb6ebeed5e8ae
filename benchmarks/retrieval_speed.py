"""How fast the index is built and searched, and how large it is: made-up passages from the words of PIAF.

    DALIL_CORPORA=… python benchmarks/retrieval_speed.py --passages 50000      # on a quiet machine; 200000 for size and memory

Every passage is 120 words drawn from PIAF's passages by how often they stand there; the questions are PIAF's own. Times are
wall seconds of one process; the memory is the highest resident set of a process that opens the index and asks.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dalil.config_retrieval import EmbedderSettings
from dalil.records import Document, Passage, Question, content_id, make_document
from dalil.retrieval.dense import build_dense
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.features import FEATURES
from dalil.retrieval.index import INDEX_FILE, Index, sync_index
from dalil.retrieval.lexical import build_lexical
from dalil.store.sqlite import SqliteStore
from public_sets import load

SEED, WORDS, QUESTIONS, SCANNED = 42, 120, 300, 200_000
SCRATCH = EmbedderSettings()


def made_up(count: int) -> tuple[list[Document], list[Passage]]:
    """So many passages of 120 words, eight to a sentence."""
    words = [word for document in load("piaf_fr")[0] for word in document.text.split()]
    rng = np.random.default_rng(SEED)
    documents, passages = [], []
    for number in range(count):
        drawn = [words[i] for i in rng.integers(0, len(words), WORDS)]
        text = ". ".join(" ".join(drawn[i : i + 8]) for i in range(0, WORDS, 8)) + "."
        path = f"{number // 100}.md/{number}"
        documents.append(make_document(path, f"Page {number}", text, "fr", path))
        passages.append(Passage(content_id(path, text), path, f"Page {number}", (), text, 0, len(text), None, "fr", 0))
    return documents, passages


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def building(folder: Path, count: int) -> None:
    documents, passages = made_up(count)
    print(
        f"| truth (SQLite), lexical cache, {count} passages | {count / seconds(lambda: sync_index(folder, documents, passages)):.0f} passages/s |"
    )
    store = SqliteStore(folder / INDEX_FILE)
    spent = seconds(lambda: build_lexical(folder / "again", store.every_passage()))
    print(f"| lexical cache alone | {count / spent:.0f} passages/s |")
    prepare = prepare_embedder(folder, SCRATCH, SEED)
    print(f"| training the scratch embedder (once) | {seconds(lambda: prepare(store)):.1f} s |")
    embedder = open_embedder(folder, SCRATCH)
    assert embedder is not None
    vectors = seconds(lambda: build_dense(folder / "vectors", embedder, store, [], SCANNED))
    print(f"| vectors | {count / vectors:.0f} passages/s |")
    print(f"| lexical cache and vectors | {count / (spent + vectors):.0f} passages/s |")
    store.close()
    whole = seconds(lambda: sync_index(folder, documents, passages, prepare))
    print(f"| a sync that makes the vectors | {whole:.1f} s |")
    changed = [*passages[:-1], made_up(1)[1][0]]
    print(
        f"| a sync after one changed passage | {seconds(lambda: sync_index(folder, documents, changed, prepare)):.1f} s |"
    )


def searching(folder: Path) -> None:
    """Median and 95th percentile of a question, warm, without and with the re-ranker."""
    asked = [Question(one.id, one.question) for one in load("piaf_fr")[1][:QUESTIONS]]
    weights = dict.fromkeys(FEATURES, 0.1)
    for name, embedder, ranking in (("lexical legs", None, None), ("all legs", open_embedder(folder, SCRATCH), None),
                                    ("all legs, re-ranked", open_embedder(folder, SCRATCH), weights)):  # fmt: skip
        index = Index(folder, ["fr"], embedder=embedder, ranking=ranking)
        spent = [1000 * seconds(partial(index.search, question, 10)) for question in asked][50:]
        index.close()
        print(f"| {name}, a question | {statistics.median(spent):.2f} ms, 95 %: {np.quantile(spent, 0.95):.2f} ms |")


def one_process(folder: Path) -> None:
    """What a process that opens the index and asks once takes: printed as JSON by the process itself."""
    started = time.perf_counter()
    index = Index(folder, ["fr"], embedder=open_embedder(folder, SCRATCH))
    index.search(Question("1", "Quelle est la date de la bataille ?"), 10)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - started, "mib": used}))


def size_mib(path: Path) -> float:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--process", type=Path, help="used by the script itself")
    given = parser.parse_args()
    if given.process:
        one_process(given.process)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        print("| what | measured |\n|---|---|")
        building(folder, given.passages)
        searching(folder)
        command = [sys.executable, __file__, "--process", str(folder)]
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole = time.perf_counter() - started
        opened = json.loads(done.stdout)
        print(
            f"| first question of a process: opening and asking, whole process | {opened['seconds']:.2f} s, {whole:.2f} s |"
        )
        print(f"| memory of that process | {opened['mib']:.0f} MiB |")
        for part in ("index.sqlite*", "lexical-*", "dense-*", "embedder-*"):
            print(
                f"| size of {part} | {sum(size_mib(p) if p.is_dir() else p.stat().st_size / 2**20 for p in folder.glob(part)):.0f} MiB |"
            )


if __name__ == "__main__":
    main()
