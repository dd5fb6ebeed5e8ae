"""A catalogue's dataset, built and written by the commands, as Hugging Face's `datasets` reads the folder that they leave."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from dalil import Workspace
from dalil.artefacts import read_records
from dalil.dataset.schema import COLUMNS
from dalil.records import Example
from small_workspace import NAMES, ok, texts

FUNCTIONS = (
    "Outil de gestion des tickets de la direction",
    "Inventaire du parc, et sa supervision à distance",
    "Édition de textes avec relecture",
    "Logiciel de cartographie pour les données de l'État",
)
LICENCES = ("GPL-2.0-only", "MPL-2.0", "LGPL-2.0-only")
STATES = ("R", "O", "F")
HEADER = ("ID", "nom", "fonction", "annees", "statut", "parent", "licence", "version")


def write_catalogue(path: Path) -> Path:
    """As SILL is laid out: a number, several years in a cell, codes, empty cells, a comma inside a cell."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for i, name in enumerate(NAMES):
            parent = NAMES[i - 1] if i % 3 == 1 else ""
            version = "" if i % 4 == 3 else f"{1 + i % 5}.{i}"
            row = (FUNCTIONS[i % 4], "2019 ; 2020", STATES[i % 3], parent, LICENCES[i % 3], version)
            writer.writerow([i + 1, name, *row])
    return path


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The workspace with its dataset written to `sill`, and what the command says of it."""
    folder = tmp_path_factory.mktemp("catalogue")
    root = folder / "workspace"
    ok("init", "--json", "--sources", write_catalogue(folder / "sill.csv"), root)
    ok("dataset", "build", "--json", "-w", root)
    (said,) = ok("dataset", "convert", "--json", "--out", root / "sill", "-w", root)
    return root, said


def filled(items: list[dict[str, str]], key: str) -> list[str]:
    """The texts of a list; the first row of a file has one blank entry in each empty list, which tells the schema."""
    return [item[key] for item in items if item[key]]


def test_the_folder_reads_as_its_splits_with_every_row_and_column(
    catalogue: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    datasets = pytest.importorskip("datasets")
    root, said = catalogue
    loaded = datasets.load_dataset(str(root / "sill"), cache_dir=str(tmp_path / "cache"))
    lines = {p.stem: len(p.read_text(encoding="utf-8").splitlines()) for p in (root / "sill").glob("*.jsonl")}
    assert set(loaded) == {"train", "validation", "test"}
    assert {side: part.num_rows for side, part in loaded.items()} == lines
    assert {Path(path).stem: count for path, count in said["files"].items()} == lines
    assert all(tuple(part.column_names) == COLUMNS for part in loaded.values())
    assert loaded["train"].features == loaded["validation"].features == loaded["test"].features
    assert all(set(part["split"]) == {side} for side, part in loaded.items())


def test_what_is_read_is_what_was_built(catalogue: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    root, _ = catalogue
    built = {e.id: e for e in read_records(Example, Workspace(root).runner.folder("examples") / "examples.jsonl")}
    source = texts(root)
    loaded = datasets.load_dataset(str(root / "sill"), cache_dir=str(tmp_path / "cache"))
    read = [row for part in loaded.values() for row in part]
    assert max(Counter(row["id"] for row in read).values()) == 1, "a question lies on one side"
    for row in read:
        example = built[row["id"]]
        assert (row["question"], row["answer"], row["kind"]) == (example.question, example.answer, example.kind)
        assert filled(row["documents"], "path") == list(example.documents)
        assert row["answerable"] == ("yes" if example.answerable else "no")
        assert filled(row["evidence"], "quote") == [source[e.document][e.start : e.end] for e in example.evidence]
    licences = {row["answer"] for row in read if (row["kind"], row["field"]) == ("other", "licence")}
    assert licences == set(LICENCES)


def test_no_record_is_trained_and_tested_as_unseen(catalogue: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    root, _ = catalogue
    loaded = datasets.load_dataset(str(root / "sill"), cache_dir=str(tmp_path / "cache"))
    trained = {document["path"] for row in loaded["train"] for document in row["documents"]}
    unseen = {document["path"] for row in loaded["test"] if row["stratum"] == "unseen" for document in row["documents"]}
    assert trained
    assert unseen
    assert trained.isdisjoint(unseen)
