"""Bad files: each class costs that file only, and says why, within its memory and time."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from collecting import READING, read_file, read_given, reason_of
from office_writing import parquet, unzipped, xlsx, zipped

from dalil.collect.read import Reader, read_guarded
from dalil.collect.sheet_formats import shown
from dalil.collect.sources import list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.records import Dropped
from small_workspace import dalil, lines, obeying_modes, write_workspace

ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_formula_cells_without_a_value_are_empty_and_never_run(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [("Nom", "Total"), ("Siège", '=HYPERLINK("http://x","y")'), ("Dépôt", 3)])
    documents, dropped = read_file(path)
    assert [d.text for d in documents] == ["Nom : Siège", "Nom : Dépôt\nTotal : 3"]
    assert [d.reason.partition(":")[0] for d in dropped] == ["1 formulas without a stored value"]


def test_a_csv_formula_stays_text(tmp_path: Path) -> None:
    documents, _ = read_given(tmp_path / "a.csv", "nom,x\nA,=cmd|' /C calc'!A0\n")
    assert documents[0].fields[1].value == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.yaml", ALIASES.encode(), "a YAML bomb?"),
        ("a.yaml", b"a: &a [*a]\n", "a loop"),
        ("a.yaml", b"a: [1, 2", "not valid YAML (line"),
        ("a.yaml", b"a: !!python/object/apply:os.system [id]\nb: [\n", "not valid YAML"),
        ("a.yaml", b"[" * 20_000, ""),
        ("a.json", b"[" * 200_000, "nested too deeply"),
        ("a.json", b'{"a":' * 100_000, "nested too deeply"),
        ("a.json", b'[{"nom": "A"}', "not valid JSON"),
        ("a.csv", b"nom,x\nA,\0\n", "NUL bytes"),
        ("a.md", b"# Titre\n" + b"x" * 9000 + b"\0", "NUL bytes"),
        ("a.html", b"<p>\0</p>", "NUL bytes"),
        ("a.csv", b"\xff\xfen\0o\0m\0,\0", "no row below"),
        ("a.txt", b"\xff\xfea", "not a text in utf-16"),
        ("a.parquet", b"no parquet", "not Parquet"),
        ("a.pdf", b"PK\x03\x04", "not a PDF"),
        ("a.txt", b"\xef\xbb\xbf", "no text"),
        ("a.csv", b'nom,x\n"A,1\n', "never closed"),
        ("a.exe", b"MZ", "not read (known:"),
        ("a.csv", b"", "empty"),
    ],
)  # fmt: skip
def test_a_bad_file_says_why(name: str, content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert reason in reason_of(tmp_path / name)


def test_a_truncated_parquet_file(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = parquet(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:-20])
    assert "not readable Parquet" in reason_of(path)


def test_parquet_without_pyarrow_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    path = parquet(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (file,), _ = list_sources([SourceSettings(path=str(path))], tmp_path, READING)
    (dropped,) = read_guarded(file, ("fr",), READING)
    assert isinstance(dropped, Dropped)
    assert "pip install 'dalil[data]'" in dropped.reason


def test_mixed_encodings_lose_the_damaged_bytes_only(tmp_path: Path) -> None:
    text = "Référence à côté, déjà créée, été après été.\n".encode() * 3 + "caf\xe9\n".encode("latin-1")
    (document,), dropped = read_given(tmp_path / "a.txt", text)
    assert "déjà créée" in document.text
    assert "caf\ufffd" in document.text
    assert [(d.what, d.reason) for d in dropped] == [
        ("a.txt damaged characters", "characters that are not of the file's encoding, shown as \ufffd: 1")
    ]


def test_a_row_in_another_encoding_is_told(tmp_path: Path) -> None:
    content = "nom,ville\nA,Rabat à côté\n".encode() + "B,Fès\n".encode("latin-1") + "ج,مراكش\n".encode()
    documents, dropped = read_given(tmp_path / "a.csv", content)
    assert [d.fields[1].value for d in documents] == ["Rabat à côté", "F\ufffds", "مراكش"]
    assert [d.what for d in dropped] == ["a.csv damaged characters"]


@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.json", "a.md", "a.yaml"])
def test_a_page_under_another_name_is_read_as_a_page(name: str, tmp_path: Path) -> None:
    page = "\ufeff<!-- saved -->\n<!DOCTYPE html><html lang='ar'><nav>menu</nav><h1>الإذن</h1><p>عقد الزواج</p></html>"
    (document,), dropped = read_given(tmp_path / name, page)
    assert (document.name, document.text) == ("الإذن", "الإذن\nعقد الزواج")
    assert dropped == []


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_json_under_another_name_is_read_as_json(name: str, tmp_path: Path) -> None:
    documents, dropped = read_given(
        tmp_path / name, '{\n "fiches": [\n  {"nom": "بطاقة", "prix": 75},\n  {"nom": "B"}\n ]\n}'
    )
    assert [d.name for d in documents] == ["بطاقة", "B"]
    assert dropped == []


def test_json_lines_under_a_tables_name_are_read_as_such(tmp_path: Path) -> None:
    documents, _ = read_given(tmp_path / "a.csv", '{"nom": "A", "prix": 1}\n{"nom": "B", "prix": 2}\n')
    assert [d.name for d in documents] == ["A", "B"]


def test_one_very_long_line(tmp_path: Path) -> None:
    (document,), dropped = read_given(tmp_path / "a.txt", "mot " * 3_000_000)
    assert len(document.text) > 11_900_000
    assert dropped == []


def test_a_long_line_beyond_the_memory_costs_that_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"nom": "A"}' + b',{"n":1}' * 2_500_000 + b"]")
    assert "reading.memory_mb (256 MB)" in reason_of(tmp_path / "a.json", ReadingSettings(memory_mb=256))


def test_a_line_of_100_mb_stays_within_its_memory(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"mot " * 25_000_000)
    assert "reading.memory_mb (256 MB)" in reason_of(tmp_path / "a.txt", ReadingSettings(memory_mb=256))


def test_a_line_of_a_page_takes_little_more_than_its_letters(tmp_path: Path) -> None:
    """One piece of text for each space of such a line would take twenty times its size."""
    page = f"<html lang='fr'><body><p>{'le carnet est tenu ' * 1_000_000}</p></body></html>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (document,), dropped = read_file(tmp_path / "a.html", ReadingSettings(memory_mb=448))
    assert len(document.text) == len("le carnet est tenu ") * 1_000_000 - 1
    assert dropped == []


def test_a_page_of_tags_that_never_close_costs_no_more_than_its_time(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 200_000 + "نص", encoding="utf-8")
    assert "reading.seconds_per_file (1 s)" in reason_of(tmp_path / "a.html", ReadingSettings(seconds_per_file=1))


def test_repeated_keys_and_columns_are_kept_apart(tmp_path: Path) -> None:
    for name, content in (
        ("a.json", '[{"n": "A", "n": "B"}]'),
        ("a.csv", "n,n\nA,B\n"),
        ("a.yaml", "- n: A\n  n: B\n"),
    ):
        (document,), _ = read_given(tmp_path / name, content)
        assert [(f.name, f.value) for f in document.fields] == [("n", "A"), ("n (2)", "B")]


def test_mismatched_columns_cost_their_rows(tmp_path: Path) -> None:
    documents, dropped = read_given(tmp_path / "a.csv", "nom,x\nA,1\nB,2,3\nC\n")
    assert [d.name for d in documents] == ["A", "C"]
    assert "3 cells for 2 columns" in dropped[0].reason


def test_loops_of_links_and_special_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("texte")
    (tmp_path / "docs" / "b.txt").symlink_to("c.txt")
    (tmp_path / "docs" / "c.txt").symlink_to("b.txt")
    (tmp_path / "docs" / "up").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "docs" / "pipe.txt")
    files, dropped = list_sources([SourceSettings(path="docs")], tmp_path, READING)
    assert [f.path for f in files] == ["a.txt"]
    assert {d.what for d in dropped} == {"b.txt", "c.txt", "up", "pipe.txt"}
    assert all(d.reason for d in dropped)


def test_unreadable_folders_are_named(tmp_path: Path) -> None:
    write_workspace(tmp_path)
    closed = tmp_path / "sources" / "closed"
    closed.mkdir(mode=0o000)
    done = dalil("collect", "--json", "-w", tmp_path, before=obeying_modes())
    closed.chmod(0o755)
    assert done.returncode == 0, done.stderr
    (documents,) = lines(done)
    assert documents["counts"]["files"] == 2
    assert documents["dropped"] == [{"what": "closed", "reason": "folder cannot be read: permission denied"}]


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as stream:
        stream.truncate(3_000_000)
    assert "3 MB is more than reading.max_file_mb (2 MB)" in reason_of(
        tmp_path / "a.txt", ReadingSettings(max_file_mb=2)
    )


def test_a_file_that_vanished_after_listing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("texte")
    (file,), _ = list_sources([SourceSettings(path="a.txt")], tmp_path, READING)
    (tmp_path / "a.txt").unlink()
    (dropped,) = Reader(("fr",), READING)(file)
    assert isinstance(dropped, Dropped)
    assert "no such file" in dropped.reason


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(("before", "after", "reason"), [
    ('<c r="B2"', '<c s="999" r="B2"', "a damaged Excel workbook (IndexError)"),
    ("<sheetData>", '<cols><col min="x" max="2" hidden="1"/></cols><sheetData>', "a damaged Excel workbook (ValueError)"),
    ('<row r="2"', '<row ht="tall" r="2"', "a damaged Excel workbook (ValueError)"),
    ("<row ", '<row hidden="1" ', "no sheet has a row below its header that can be seen"),
    ("<sheetData>", '<cols><col min="1" max="99999999999" hidden="1"/></cols><sheetData>', "no sheet has a row below its header that can be seen"),
])  # fmt: skip
def test_marks_that_no_sheet_has_cost_the_workbook(tmp_path: Path, before: str, after: str, reason: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", [("Nom", "Total"), ("Siège", 4), ("Dépôt", 3)])
    parts = unzipped(path)
    assert before.encode() in parts[SHEET]
    zipped(path, {**parts, SHEET: parts[SHEET].replace(before.encode(), after.encode())})
    assert reason_of(path) == reason


def test_a_row_numbered_beyond_every_sheet_costs_that_row_and_no_minute(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [("Nom", "Total"), ("Siège", 4), ("Dépôt", 3)])
    parts = unzipped(path)
    zipped(path, {**parts, SHEET: parts[SHEET].replace(b'<row r="3"', b'<row r="99999999"')})
    documents, dropped = read_file(path)
    assert [d.name for d in documents] == ["Siège"]
    assert [d.reason for d in dropped] == ["rows numbered beyond the 1048576 of a sheet: 1"]


def test_a_number_format_longer_than_any_is_not_followed() -> None:
    assert shown(0.25, ";".join(['"%"'] * 20_000)) == "0.25"
