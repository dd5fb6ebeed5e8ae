"""How fast the index is built and searched, how large it is, and how soon a new process answers: one command, one table.

    DALIL_CORPORA=… python benchmarks/retrieval_speed.py --passages 50000      # on a quiet machine
    DALIL_CORPORA=… python benchmarks/retrieval_speed.py --passages 200000 --at-once  # size and memory, each part written once;
                                                                                      # 210000 for usearch's graph (extra vectors)

The passages are those of speed_passages.py, the questions those of the public sets. Beside wall seconds stand those of the
processor (all threads), which other work on the machine moves less. Memory is the highest resident set: of the process that
indexes with the passages that it was given, and of one that opens the index and answers.
"""

from __future__ import annotations

import argparse
import json
import os
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
from dalil.records import Document, Passage, Question, content_id
from dalil.retrieval.approximate import GRAPH
from dalil.retrieval.dense import VECTORS, DenseIndex, build_dense
from dalil.retrieval.encoders import open_embedder, prepare_embedder
from dalil.retrieval.features import FEATURES
from dalil.retrieval.fusion import POOL
from dalil.retrieval.index import INDEX_FILE, Index, sync_index
from dalil.retrieval.lexical_beside import writing_beside
from dalil.retrieval.lexical_writing import build_lexical
from dalil.retrieval.segments import Segments
from dalil.seams import Embedder
from dalil.store.sqlite import SqliteStore
from speed_passages import LANGUAGES, SEED, questions, varied

EACH, WARM, STARTS = 100, 30, 3
SCRATCH = EmbedderSettings()
RANKING = dict.fromkeys(FEATURES, 0.1)
PARTS = ("index.sqlite*", "lexical-*", "dense-*", "embedder-*")


def measured(work: Callable[[], Any]) -> tuple[float, float]:
    """Wall seconds and processor seconds, those of processes beside among them."""
    wall, busy = time.perf_counter(), busy_seconds()
    work()
    return time.perf_counter() - wall, busy_seconds() - busy


def busy_seconds() -> float:
    """Of the processor: this process and those that it started and that have ended."""
    return sum(os.times()[:4])


def row(what: str, wall: float, busy: float, count: int = 0) -> None:
    rate = f"{count / wall:,.0f} passages/s; " if count else ""
    print(f"| {what} | {rate}{wall:.2f} s ({busy:.2f} s of the processor) |", flush=True)


def both_legs(folder: Path, embedder: Embedder, store: SqliteStore, exact_up_to: int) -> None:
    """As a sync of many new passages makes them."""
    with writing_beside(store.path, folder / "both", []):
        build_dense(folder / "vectors of both", embedder, store, [], exact_up_to)
    assert (folder / "both").is_dir()


def found_by_graph(vectors: Path, embedder: Embedder) -> None:
    """How many of the nearest are among the pool that a search asks the graph for, beside a scan of all."""
    graph, (whole,) = DenseIndex(vectors, embedder), Segments(vectors).all
    every, numbers = np.load(whole.folder / VECTORS, mmap_mode="r"), whole.numbers
    for k in (10, POOL):
        shares = []
        for question in questions(EACH)[::10]:
            scores = every @ embedder.encode_query([question.text])[0]
            nearest = numbers[np.argsort(-scores)[:k]]
            shares.append(np.isin(nearest, list(graph.top(question.text, POOL))).mean())
        print(f"| of the {k} nearest usearch's graph finds | {np.mean(shares):.1%} |", flush=True)


def building(folder: Path, documents: list[Document], passages: list[Passage], exact_up_to: int) -> None:
    count = len(passages)
    row("sync of a new index: truth and lexical legs", *measured(lambda: sync_index(folder, documents, passages)), count)  # fmt: skip
    store = SqliteStore(folder / INDEX_FILE)
    lexical = measured(lambda: build_lexical(folder / "again", store))
    row("lexical legs alone", *lexical, count)
    prepare = prepare_embedder(folder, SCRATCH, SEED)
    row("training the scratch embedder, once", *measured(lambda: prepare(store)))
    embedder = open_embedder(folder, SCRATCH)
    assert embedder is not None
    vectors = measured(lambda: build_dense(folder / "vectors", embedder, store, [], exact_up_to))
    row("vectors alone", *vectors, count)
    row("all legs: vectors, and lexical by a process beside", *measured(lambda: both_legs(folder, embedder, store, exact_up_to)), count)  # fmt: skip
    if any((folder / "vectors").rglob(GRAPH)):
        found_by_graph(folder / "vectors", embedder)
    store.close()
    row(
        "a sync that adds the vectors", *measured(lambda: sync_index(folder, documents, passages, prepare, exact_up_to))
    )
    row(
        "a sync after one passage went",
        *measured(lambda: sync_index(folder, documents, passages[:-1], prepare, exact_up_to)),
    )


def building_at_once(folder: Path, documents: list[Document], passages: list[Passage], exact_up_to: int) -> None:
    prepare = prepare_embedder(folder, SCRATCH, SEED)
    whole = measured(lambda: sync_index(folder, documents, passages, prepare, exact_up_to))
    row("sync of a new index: truth, all legs, training the embedder", *whole, len(passages))
    embedder = open_embedder(folder, SCRATCH)
    assert embedder is not None
    (vectors,) = folder.glob("dense-*")
    if any(vectors.rglob(GRAPH)):
        found_by_graph(vectors, embedder)


def searching(folder: Path) -> None:
    asked = sorted(questions(EACH), key=lambda question: content_id(question.id))
    for name, embedded, ranking in (("lexical legs", False, None), ("all legs", True, None),
                                    ("all legs, re-ranked", True, RANKING)):  # fmt: skip
        embedder = open_embedder(folder, SCRATCH) if embedded else None
        index = Index(folder, LANGUAGES, embedder=embedder, ranking=ranking)
        for question in asked[:WARM]:
            index.search(question, 10)
        busy = time.process_time()
        spent = [1000 * measured_wall(partial(index.search, question, 10)) for question in asked[WARM:]]
        busy = 1000 * (time.process_time() - busy) / len(spent)
        index.close()
        print(f"| a question, {name} | median {statistics.median(spent):.2f} ms, 95 %: {np.quantile(spent, 0.95):.2f} ms "
              f"(mean {busy:.2f} ms of the processor) |", flush=True)  # fmt: skip


def measured_wall(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def answer_once(folder: Path) -> None:
    """What `dalil ask` imports, opens and answers, without its look at whether the workspace is up to date."""
    import dalil.cli
    import dalil.workspace  # noqa: F401  what the command itself imports
    from dalil.answering.abstention import Calibration
    from dalil.answering.extractive import Extractive
    from dalil.answering.knowledge import Knowledge
    from dalil.lexicon import load_lexicon

    index = Index(folder, LANGUAGES, embedder=open_embedder(folder, SCRATCH), ranking=RANKING)
    knowledge = Knowledge(index, index.store.records(), load_lexicon("fr"), LANGUAGES, Calibration())
    answer = next(Extractive(knowledge).answer_many([Question("1", "Quelle est la date de la bataille ?")]))
    print(json.dumps({"status": answer.status, "mib": peak_mib()}))


def starting(folder: Path) -> None:
    command = [sys.executable, __file__, "--answer-once", str(folder)]
    found: list[dict[str, Any]] = []
    walls: list[float] = []
    for _ in range(STARTS):
        started = time.perf_counter()
        found.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        walls.append(time.perf_counter() - started)
    print(f"| first answer of a new process, whole process | {', '.join(f'{wall:.2f}' for wall in walls)} s |")
    print(f"| memory of that process | {found[-1]['mib']:.0f} MiB |")


def sizes(folder: Path) -> None:
    for part in PARTS:
        files = [file for found in folder.glob(part) for file in ([found] if found.is_file() else found.rglob("*"))]
        print(f"| on disk: {part} | {sum(file.stat().st_size for file in files) / 2**20:.0f} MiB |")


def peak_mib() -> float:
    """Of this process alone: what `resource` says begins with the parent's on Linux."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 2**10
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--exact-up-to", type=int, default=200_000, help="beyond, vectors are found by usearch's graph")
    parser.add_argument("--at-once", action="store_true", help="one sync of all, instead of each part apart")
    parser.add_argument("--answer-once", type=Path, help="used by the script itself")
    given = parser.parse_args()
    if given.answer_once:
        answer_once(given.answer_once)
        return
    documents, passages = varied(given.passages)
    words = sum(len(passage.text.split()) for passage in passages)
    distinct = len({word for passage in passages for word in passage.text.split()})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        print(f"| {len(passages):,} passages, {words:,} words, {distinct:,} of them distinct | measured |\n|---|---|")
        print(f"| memory before indexing, with the passages | {peak_mib():.0f} MiB |", flush=True)
        (building_at_once if given.at_once else building)(folder, documents, passages, given.exact_up_to)
        print(f"| memory while indexing, at most | {peak_mib():.0f} MiB |")
        starting(folder)
        searching(folder)
        sizes(folder)


if __name__ == "__main__":
    main()
