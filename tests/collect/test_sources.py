"""Which files are read, under which paths, and what is named instead of lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import source_of

from dalil.collect.read import Reader
from dalil.collect.sources import list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.errors import ConfigError
from dalil.records import Dropped

READING = ReadingSettings()


def test_a_folder_is_walked_in_order_and_what_is_not_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "a.txt").write_text("hidden")
    (folder / "b.txt").write_text("texte")
    (folder / "sub" / "a.md").write_text("# Titre")
    (folder / "empty.txt").touch()
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "binary.txt").write_bytes(b"a\0b")
    (folder / "really.txt").write_bytes(b"%PDF-1.4\n%%EOF")
    (folder / "fake.pdf").write_text("no pdf")
    (folder / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0rest")
    (folder / "loop").symlink_to(folder)
    files, dropped = list_sources([SourceSettings(path="docs")], tmp_path, READING)
    assert [(f.path, f.kind) for f in files] == [("b.txt", "text"), ("really.txt", "pdf"), ("sub/a.md", "markdown")]
    reasons = {d.what: d.reason for d in dropped}
    assert set(reasons) == {"binary.txt", "empty.txt", "fake.pdf", "loop", "old.xlsx", "photo.png"}
    assert "binary" in reasons["binary.txt"]
    assert "empty" in reasons["empty.txt"]
    assert "password" in reasons["old.xlsx"]
    assert "link" in reasons["loop"]


def test_links_out_of_a_source_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "link.txt").symlink_to(tmp_path / "secret.txt")
    files, dropped = list_sources([SourceSettings(path="docs")], tmp_path, READING)
    assert files == []
    assert [d.what for d in dropped] == ["link.txt"]


def test_equal_paths_of_two_sources_are_told_apart_by_the_folder(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
    sources = [SourceSettings(path="one"), SourceSettings(path="two")]
    files, _ = list_sources(sources, tmp_path, READING)
    assert [f.path for f in files] == ["a.txt", "two/a.txt"]


def test_a_file_named_as_its_own_source_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.csv").write_text("nom,x\nA,1\n")
    sources = [SourceSettings(path="docs"), SourceSettings(path="docs/a.csv", name_field="x")]
    files, dropped = list_sources(sources, tmp_path, READING)
    assert [(f.path, f.name_field) for f in files] == [("a.csv", "x")]
    assert dropped == []


def test_too_large_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 1_000_001)
    _, dropped = list_sources([SourceSettings(path="a.txt")], tmp_path, ReadingSettings(max_file_mb=1))
    assert "max_file_mb" in dropped[0].reason


def test_a_missing_source_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere") as raised:
        list_sources([SourceSettings(path="nowhere")], tmp_path, READING)
    assert raised.value.hint


def test_names_hold_nothing_that_a_terminal_obeys_or_that_reads_as_another(tmp_path: Path) -> None:
    for name in ("a\nb.txt", "esc\x1b[2J.txt", "\u202egnp.txt", "تقرير\u200f.txt"):
        (tmp_path / name).write_text("Le tarif est de 12 euros.", encoding="utf-8")
    files, _ = list_sources([SourceSettings(path=str(tmp_path))], tmp_path, ReadingSettings())
    assert sorted(file.path for file in files) == [
        "a\ufffdb.txt",
        "esc\ufffd[2J.txt",
        "تقرير\u200f.txt",
        "\ufffdgnp.txt",
    ]


@pytest.mark.parametrize("suffix", ["txt", "csv", "pdf", "xlsx", "yaml"])
def test_a_file_that_goes_or_grows_after_it_was_listed_is_named_and_tried_again(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    first = {"pdf": b"%PDF-1.4", "xlsx": b"PK\x03\x04"}.get(suffix, b"nom: A\n")
    path.write_bytes(first)
    file = source_of(path)
    path.write_bytes(first + b"x" * 10)
    (grown,) = Reader(("fr",), ReadingSettings())(file)
    path.unlink()
    (gone,) = Reader(("fr",), ReadingSettings())(file)
    size = len(first)
    assert grown == Dropped(file.path, f"it changed while it was read: {size} bytes, then {size + 10}", passing=True)
    assert gone == Dropped(file.path, "cannot be read: no such file or directory", passing=True)
