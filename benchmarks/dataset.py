"""A random split of rows against dalil's split of groups: how much of the test was trained in other words.

DALIL_CORPORA=… python benchmarks/dataset.py

SILL (225 records) with five wordings a fact, and each recipe as it ships. Nothing is trained.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dalil import Workspace
from dalil.dataset.check_split import split_check
from dalil.dataset.files import write_pairs
from dalil.dataset.formats import FORMATS
from dalil.dataset.pair import Located
from dalil.initialise import initialise
from dalil.language import fold
from dalil.pipeline.material import Material, read_material
from dalil.pipeline.shown_dataset import SHOWN_STAGES, dataset_material, split_of
from dalil.records import Example
from public_sets import corpora

RECIPES = ("app-catalogue", "idarati", "machine-manuals", "code-qa", "domain-embeddings")
TEST, VALIDATION = 0.1, 0.1
SEEDS = range(20)


@dataclass(frozen=True)
class Built:
    """A dataset as dalil built and split it."""

    name: str
    workspace: Workspace
    material: Material


def built(name: str, folder: Path) -> Built:
    _initialise(folder, name)
    workspace = Workspace(folder)
    for stage in ("passages", "split"):
        workspace.prepare(stage)
    folders = {stage: workspace.runner.folder(stage) for stage in SHOWN_STAGES}
    return Built(name, workspace, read_material(workspace.config, folders))


def _initialise(folder: Path, name: str) -> None:
    if name in RECIPES:
        initialise(folder, recipe=name, sources=(), pairs=None)
    else:
        initialise(folder, recipe=None, sources=(str(corpora() / "catalogues" / "sill-2020.csv"),), pairs=None)


def facts(example: Example) -> list[tuple[object, ...]]:
    """What a question is about: the same field, records and answer, or the same span of the sources."""
    found: list[tuple[object, ...]] = []
    if example.documents and example.answerable:
        found.append(("answer", example.documents, example.field, fold(example.answer)))
    if example.evidence:
        found.append(("span", tuple(sorted((e.document, e.start, e.end) for e in example.evidence))))
    return found


def share_known(test: Sequence[Example], train: Iterable[Example]) -> float:
    """The share of the test's rows about a fact that was trained in another question."""
    known = defaultdict(set)
    for example in train:
        for fact in facts(example):
            known[fact].add(example.question)
    hits = sum(any(known[fact] - {example.question} for fact in facts(example)) for example in test)
    return hits / len(test) if test else 0.0


def share_of_records(test: Sequence[Example], train: Iterable[Example]) -> float:
    """The share of the test's rows about a document of which something was trained."""
    known = {path for example in train for path in example.documents}
    return sum(not known.isdisjoint(example.documents) for example in test) / len(test) if test else 0.0


def by_row(examples: Sequence[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """Train and test of a random split of rows, as most tools do it."""
    order = np.random.default_rng(seed).permutation(len(examples))
    held = round(TEST * len(examples))
    kept = [examples[i] for i in order[held + round(VALIDATION * len(examples)) :]]
    return kept, [examples[i] for i in order[:held]]


def ours(made: Material) -> Mapping[str, tuple[float, float, int]]:
    """Stratum → share with the fact trained, share with the record trained, rows; each row asked of its own fold."""
    by_id = {example.id: example for example in made.examples}
    found: dict[str, list[tuple[float, float, int]]] = defaultdict(list)
    for fold_number in range(made.folds):
        train = made.trained(fold_number)
        for stratum in sorted({item.stratum for item in made.held}):
            test = [by_id[i.example_id] for i in made.held if (i.fold, i.stratum) == (fold_number, stratum)]
            if test:
                found[stratum].append((share_known(test, train), share_of_records(test, train), len(test)))
    return {stratum: _pooled(rows) for stratum, rows in found.items()}


def _pooled(rows: Sequence[tuple[float, float, int]]) -> tuple[float, float, int]:
    total = sum(n for _, _, n in rows)
    return sum(a * n for a, _, n in rows) / total, sum(b * n for _, b, n in rows) / total, total


def against(one: Built) -> None:
    examples = [e for e in one.material.examples if e.answerable and e.documents]
    random = [by_row(examples, seed) for seed in SEEDS]
    known = [share_known(test, train) for train, test in random]
    records = [share_of_records(test, train) for train, test in random]
    rows = len(random[0][1])
    print(f"| {one.name} | random rows | {rows} | {_range(known)} | {_range(records)} |")
    for stratum, (fact, record, n) in ours(one.material).items():
        print(f"| {one.name} | ours, {stratum} | {n} | {100 * fact:.1f} % | {100 * record:.1f} % |")


def _range(shares: Sequence[float]) -> str:
    low, middle, high = np.percentile([100 * share for share in shares], (0, 50, 100))
    return f"{middle:.1f} % ({low:.1f}–{high:.1f})"


def groups(one: Built) -> None:
    split = split_of(one.material, one.workspace.config.seed)
    largest = split["largest"]
    counts = Counter(e.origin for e in one.material.examples)
    origins = ", ".join(f"{n} {origin}" for origin, n in sorted(counts.items()))
    reason = largest["bridge"]["reason"] if largest["bridge"] else ""
    share = 100 * largest["rows"] / largest["of"]
    print(f"| {one.name} | {len(one.material.examples)} ({origins}) | {split['groups']} ({split['several']} of several documents) | {split['folds']} | "
          f"{largest['count']} document(s), {share:.1f} % of the rows | {reason or 'one document'} |")  # fmt: skip


def noticed(one: Built) -> None:
    """What `dalil dataset check` says of the same rows split at random."""
    folder = one.workspace.root
    folders = {stage: one.workspace.runner.folder(stage) for stage in SHOWN_STAGES}
    rows = dataset_material(one.workspace.config, folder / "state", folders).rows
    sides = np.random.default_rng(0).choice(["train", "validation", "test"], len(rows), p=[0.8, 0.1, 0.1])
    dealt = [_dealt(row, side) for row, side in zip(rows, sides, strict=True)]
    held = [row for row in dealt if row.side != "train" and row.pair.answerable]
    leaks = {id(leak.row) for leak in split_check(dealt).leaks}
    passed = Counter(str(row.pair.extra["kind"]) for row in held if id(row) not in leaks)
    others = ", ".join(f"{kind} {count}" for kind, count in passed.most_common())
    found = len(held) - passed.total()
    print(
        f"\n`dalil dataset check` on {one.name} split at random: {found} of {len(held)} held-out answerable rows named as leaks; the others: {others}."
    )


def _dealt(row: Located, side: str) -> Located:
    """The row as a file made elsewhere would have it: a side, and nothing of dalil's strata and wordings."""
    extra = {name: value for name, value in row.pair.extra.items() if name not in ("split", "stratum", "wording")}
    return replace(row, side=side, pair=replace(row.pair, extra=extra))


def read_back(one: Built, folder: Path) -> None:
    """The dataset as dalil writes it, read by `datasets.load_dataset`."""
    import datasets

    folders = {stage: one.workspace.runner.folder(stage) for stage in SHOWN_STAGES}
    rows = dataset_material(one.workspace.config, one.workspace.root / "state", folders).rows
    written = write_pairs(folder, FORMATS["dalil"], [(row.pair, row.side) for row in rows])
    loaded = datasets.load_dataset(str(folder), cache_dir=str(folder.parent / "cache"))
    wrote = {Path(path).stem: count for path, count in written.files.items()}
    read = {name: len(part) for name, part in loaded.items()}
    if wrote != read:
        raise SystemExit(f"written {wrote}, read {read}")
    print(f"\n`datasets.load_dataset` reads {one.name}: {read}, {len(loaded['train'].column_names)} columns.")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        every = [built(name, Path(scratch) / name) for name in ("SILL", *RECIPES)]
        print(
            "| dataset | split | test rows | fact trained in other words | something of the record trained |\n|---|---|---|---|---|"
        )
        for one in every:
            against(one)
        print("\n| dataset | examples | groups | folds | largest group | joined because |\n|---|---|---|---|---|---|")
        for one in every:
            groups(one)
        noticed(every[0])
        read_back(every[0], Path(scratch) / "hub")


if __name__ == "__main__":
    main()
