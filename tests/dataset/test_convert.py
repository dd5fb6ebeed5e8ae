"""Formats there and back: what goes into a file comes out of it, and what a format cannot carry is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dalil.dataset.files import PairFile, read_pairs, write_pairs
from dalil.dataset.formats import FORMATS
from dalil.dataset.pair import Pair, unknown_phrases
from dalil.dataset.schema import COLUMNS
from dalil.errors import ConfigError
from dalil.records import Turn

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20).filter(
    lambda text: text.strip() != "" and text not in unknown_phrases()
)
NAME = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_.]{0,9}(:json)?", fullmatch=True).filter(lambda name: name.lower() != "id")
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(TEXT, st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(TEXT, inner, min_size=1, max_size=2),
    max_leaves=3,
)
OWN_NAMES = st.sampled_from(["messages", "input", "question", "answer", "prompt", "system", "history", "context", "kind",
                             "documents", "evidence", "split", "dalil.input", "dalil.dalil.x", "Question", "réponse"])  # fmt: skip
PLAIN = Pair("Qui gère Alpha ?", "La direction des finances.", id="a1", extra={"kind": "actors"})
FULL = Pair(
    "Et pour Boussole ?", "Oui ; depuis 2019.", "b2", "Réponds simplement.", (Turn("Alpha est libre ?", "Non."),),
    "Boussole : libre, 2019", True, {"kind": "status", "documents": ["apps.json#Boussole"], "weight": 2, "note": {"by": "Léa"}},
)  # fmt: skip
SILENT = Pair("Quel est le prix ?", "", "c3", answerable=False, extra={"language": "fr"})


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    answerable = draw(st.booleans())
    extra = draw(st.dictionaries(NAME | OWN_NAMES, VALUE, max_size=4))
    return Pair(
        draw(TEXT), draw(TEXT) if answerable else draw(st.just("") | TEXT), draw(st.just("") | TEXT),
        draw(st.just("") | TEXT), tuple(Turn(*turn) for turn in draw(st.lists(st.tuples(TEXT, TEXT), max_size=2))),
        draw(st.just("") | TEXT), answerable, extra,
    )  # fmt: skip


def there_and_back(path: Path, name: str, given_pairs: list[Pair]) -> PairFile:
    write_pairs(path, FORMATS[name], [(pair, "") for pair in given_pairs])
    return read_pairs(path)


WAYS = [(name, suffix) for name, form in FORMATS.items() for suffix in form.suffixes]


@pytest.mark.parametrize(("name", "suffix"), WAYS)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(pairs(), min_size=1, max_size=3, unique_by=lambda pair: pair.id))
def test_what_goes_in_comes_out(name: str, suffix: str, made: list[Pair]) -> None:
    with TemporaryDirectory() as folder:
        read = there_and_back(Path(folder) / f"x{suffix}", name, made)
    assert (read.format, read.problems) == (name, [])
    assert [row.pair for row in read.rows] == made


@pytest.mark.parametrize("first", FORMATS)
@pytest.mark.parametrize("second", FORMATS)
def test_a_pair_goes_through_any_two_formats(first: str, second: str, tmp_path: Path) -> None:
    made = [PLAIN, FULL, SILENT]
    once = there_and_back(tmp_path / f"a{FORMATS[first].suffixes[0]}", first, made)
    write_pairs(tmp_path / f"b{FORMATS[second].suffixes[0]}", FORMATS[second], [(row.pair, "") for row in once.rows])
    twice = read_pairs(tmp_path / f"b{FORMATS[second].suffixes[0]}")
    assert [row.pair for row in twice.rows] == made


def first_row(path: Path, name: str, pair: Pair, *, bare: bool = False) -> dict[str, Any]:
    write_pairs(path, FORMATS[name], [(pair, "")], bare=bare)
    row: dict[str, Any] = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    return row


def test_the_system_prompt_keeps_its_role_in_alpaca(tmp_path: Path) -> None:
    row = first_row(tmp_path / "a.jsonl", "alpaca", FULL, bare=True)
    assert row == {
        "instruction": FULL.question, "input": FULL.context, "output": FULL.answer, "system": FULL.system,
        "history": [["Alpha est libre ?", "Non."]],
    }  # fmt: skip


def test_bare_messages_are_what_openai_writes_and_the_rest_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    written = write_pairs(path, FORMATS["messages"], [(FULL, ""), (SILENT, "")], bare=True)
    full, silent = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert full.keys() == silent.keys() == {"messages"}
    assert [turn["role"] for turn in full["messages"]] == ["system", "user", "assistant", "user", "assistant"]
    assert full["messages"][3]["content"] == f"{FULL.question}\n\n{FULL.context}"
    assert silent["messages"][1]["content"] == "Je ne trouve pas la réponse dans les documents."
    assert written.left_out == {
        "answerable": 1, "context": 1, "id": 2, "documents": 1, "kind": 1, "language": 1, "note": 1, "weight": 1,
    }  # fmt: skip
    assert written.beside == {}


def test_rows_of_other_tools_are_read(tmp_path: Path) -> None:
    turns = [{"from": "system", "value": "S"}, {"from": "human", "value": "Q ?"}, {"from": "gpt", "value": "A."}]
    parts = [{"role": "developer", "content": "S"}, {"role": "user", "content": [{"type": "text", "text": "Q ?"}]}]
    files = {
        "s.json": json.dumps([{"id": 7, "conversations": turns}], indent=2),
        "m.jsonl": json.dumps({"messages": [*parts, {"role": "assistant", "content": "A.", "weight": 1}], "id": "7"}),
        "p.jsonl": json.dumps({"prompt": parts, "completion": [{"role": "assistant", "content": "A."}], "id": 7}),
        "a.json": json.dumps(
            [{"instruction": "Q ?", "input": "", "output": "A.", "system": "S", "history": [], "id": "7"}]
        ),
        "t.csv": "No;Question;RÉPONSE;system\n7;Q ?;A.;S\n",
        "r.json": json.dumps([{"conversations": [*parts, {"role": "assistant", "content": "A."}], "id": 7}]),
        "f.json": json.dumps([{"messages": turns, "id": 7}]),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        read = read_pairs(tmp_path / name)
        assert (read.problems, [row.pair for row in read.rows]) == ([], [Pair("Q ?", "A.", "7", "S")]), name


def test_datasets_reads_the_rows_whatever_each_file_lacks(tmp_path: Path) -> None:
    """The first file has no list that is filled, the second fills them: the schema is one all the same."""
    datasets = pytest.importorskip("datasets")
    rows = [(SILENT, "train"), (PLAIN, "train"), (FULL, "test")]
    write_pairs(tmp_path / "set", FORMATS["dalil"], rows)
    write_pairs(tmp_path / "set.parquet", FORMATS["dalil"], rows)
    loaded = datasets.load_dataset(str(tmp_path / "set"), cache_dir=str(tmp_path / "cache"))
    whole = datasets.load_dataset(
        "parquet", data_files=str(tmp_path / "set.parquet"), cache_dir=str(tmp_path / "cache")
    )
    assert {side: part.num_rows for side, part in loaded.items()} == {"train": 2, "test": 1}
    assert loaded["train"].features == loaded["test"].features == whole["train"].features
    assert tuple(loaded["train"].column_names) == COLUMNS
    assert loaded["test"][0]["documents"] == [{"path": "apps.json#Boussole"}]
    assert loaded["test"][0]["history"] == [{"question": "Alpha est libre ?", "answer": "Non."}]
    read = read_pairs(tmp_path / "set" / "train.jsonl")
    assert [row.pair for row in read.rows] == [SILENT, PLAIN]


@pytest.mark.parametrize("name", ["messages", "alpaca", "sharegpt", "prompt"])
@pytest.mark.parametrize("sides", [("train", "test"), ("test", "train")])
def test_datasets_reads_a_folder_of_each_trainers_format(name: str, sides: tuple[str, str], tmp_path: Path) -> None:
    """What rides beside differs from row to row and from file to file; the files have one schema all the same (of a number that only one file has, nothing can be told)."""
    datasets = pytest.importorskip("datasets")
    full = replace(FULL, extra={n: v for n, v in FULL.extra.items() if not isinstance(v, int)})
    write_pairs(tmp_path / "set", FORMATS[name], [(SILENT, sides[0]), (PLAIN, sides[0]), (full, sides[1])])
    loaded = datasets.load_dataset(str(tmp_path / "set"), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"].features == loaded["test"].features
    assert {side: part.num_rows for side, part in loaded.items()} == {sides[0]: 2, sides[1]: 1}
    read = [
        row.pair for side in sides for row in read_pairs(tmp_path / "set" / f"{side}{FORMATS[name].suffixes[0]}").rows
    ]
    assert read == [SILENT, PLAIN, full]


def test_tables_of_other_tools_hold_dates_and_nothings(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from datetime import date

    from openpyxl import Workbook
    from pyarrow import parquet

    rows = [{"question": "Q ?", "answer": "A.", "id": 7.0, "le": date(2019, 3, 4), "n": float("nan")}]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    book = Workbook()
    book.active.append(["Question", "Réponse", "id", "le", "n"])
    book.active.append(["Q ?", "A.", 7, "2019-03-04", None])
    book.save(tmp_path / "t.xlsx")
    for name, unit_line in (("t.parquet", 1), ("t.xlsx", 2)):
        read = read_pairs(tmp_path / name)
        (row,) = read.rows
        assert (read.unit, row.line, row.pair) == ("row", unit_line, Pair("Q ?", "A.", "7", extra={"le": "2019-03-04"}))


def test_a_suffix_that_is_none_of_the_formats_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"messages is written as \.jsonl or \.json"):
        write_pairs(tmp_path / "x.csv", FORMATS["messages"], [(PLAIN, "")])
