"""Hugging Face data sets: rows of a data set's folder become a source and own pairs; what is not there is said."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from dalil.config import parse_config
from dalil.dataset.pairs import read_questions
from dalil.dataset_fetch import Wanted, fetch_dataset
from dalil.errors import ConfigError

ROWS = [
    {"question": "Où déposer la demande ?", "answer": "À la commune.", "level": 1},
    {"question": "أين أقدم الطلب؟", "answer": "في الجماعة.", "level": 2},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set's folder, as one would lie in a cache: a Parquet file a split, with a column of bytes."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pytest.importorskip("datasets")
    place = tmp_path / "org" / "faq"
    (place / "data").mkdir(parents=True)
    for split, rows in (("train", ROWS), ("test", ROWS[:1])):
        table = arrow.Table.from_pylist([{**row, "raw": b"\x00\x01"} for row in rows])
        parquet.write_table(table, place / "data" / f"{split}-00000-of-00001.parquet")
    return place


def test_rows_become_a_source_and_own_pairs(folder: Path, tmp_path: Path) -> None:
    made = fetch_dataset(Wanted(str(folder)), tmp_path, "sources")
    assert (made.rows, made.columns, made.left_out) == (2, ["question", "answer", "level"], ["raw"])
    lines = (tmp_path / made.path).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == ROWS
    given = read_questions(tmp_path / made.path, None, expected=("fr", "ar"))
    assert [(e.question, e.answer, e.language) for e in given.examples] == [
        (ROWS[0]["question"], ROWS[0]["answer"], "fr"), (ROWS[1]["question"], ROWS[1]["answer"], "ar"),
    ]  # fmt: skip
    parse_config({"sources": [{"path": made.path}], "dataset": {"pairs": [made.path]}}, "here")


def test_a_split_and_so_many_rows(folder: Path, tmp_path: Path) -> None:
    assert fetch_dataset(Wanted(str(folder), split="test"), tmp_path, "sources").rows == 1
    assert fetch_dataset(Wanted(str(folder), most_rows=1), tmp_path, "sources").rows == 1
    with pytest.raises(ConfigError, match="split nowhere"):
        fetch_dataset(Wanted(str(folder), split="nowhere"), tmp_path, "sources")


def test_offline_reaches_no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_OFFLINE", "1")
    with pytest.raises(ConfigError, match="reaches no network"):
        fetch_dataset(Wanted("org/name"), tmp_path, "sources")


def test_a_hub_that_cannot_be_reached_and_a_library_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*given: Any, **more: Any) -> Any:
        raise ConnectionError("Couldn't reach 'org/name' on the Hub (ConnectionError)\nmore")

    monkeypatch.setitem(sys.modules, "datasets", types.SimpleNamespace(load_dataset=unreachable))
    with pytest.raises(ConfigError) as raised:
        fetch_dataset(Wanted("org/name"), tmp_path, "sources")
    assert "org/name (split train) cannot be read: Couldn't reach" in raised.value.message
    assert "HF_TOKEN" in raised.value.hint
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ConfigError) as raised:
        fetch_dataset(Wanted("org/name"), tmp_path, "sources")
    assert "pip install 'dalil[hub]'" in raised.value.hint
