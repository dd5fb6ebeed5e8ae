"""Every reader on damaged files: documents, or a reason; never an exception."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from collecting import READING
from hypothesis import given, settings
from hypothesis import strategies as st
from office_writing import all_kinds

from dalil.collect.read import Reader, read_guarded
from dalil.collect.sources import list_sources
from dalil.config import SourceSettings
from dalil.records import Document, Dropped, Language

LANGUAGES: tuple[Language, ...] = ("fr", "ar", "en")
IN_A_PROCESS = ("a.pdf", "a.parquet")
"""Native parsers, which may crash: fuzzed as they are run, in a process of their own, with fewer examples."""
HERE = ("a.csv", "a.tsv", "a.json", "a.jsonl", "a.yaml", "a.md", "a.txt", "a.html", "a.docx", "a.pptx", "a.xlsx")
FAST = settings(max_examples=25, deadline=None, derandomize=True, database=None)
FEW = settings(max_examples=12, deadline=None, derandomize=True, database=None)


@cache
def good() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return all_kinds(Path(folder))


@st.composite
def damage(draw: st.DrawFn) -> list[tuple[str, float, int]]:
    """What is done to a file: up to four of flip, cut, repeat, insert, each at a share of its length."""
    step = st.tuples(st.sampled_from(("flip", "cut", "repeat", "insert")), st.floats(0, 1), st.integers(0, 255))
    return draw(st.lists(step, min_size=1, max_size=4))


def damaged(data: bytes, steps: list[tuple[str, float, int]]) -> bytes:
    for what, share, value in steps:
        at = int(share * len(data))
        if what == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (value or 1)]) + data[at + 1 :]
        elif what == "cut":
            data = data[:at]
        elif what == "repeat":
            data += data[at:]
        elif what == "insert":
            data = data[:at] + bytes([value]) * (1 + value % 7) + data[at:]
    return data


def assert_read_or_refused(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        files, dropped = list_sources([SourceSettings(path=name)], Path(folder), READING)
        made: list[Document | Dropped] = [*dropped]
        for file in files:
            limited = file.kind in ("pdf", "parquet")
            made += Reader(LANGUAGES, READING)(file) if limited else read_guarded(file, LANGUAGES, READING)
    assert made
    for item in made:
        if isinstance(item, Dropped):
            assert item.reason.strip()
        else:
            assert item.text.strip()
            assert all(item.text[f.start : f.end] == f.value for f in item.fields)
            assert all(0 <= s.start < s.end <= len(item.text) for s in item.sections)


@pytest.mark.parametrize("name", [*HERE, *IN_A_PROCESS])
def test_the_good_file_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(good()[name])
    files, dropped = list_sources([SourceSettings(path=name)], tmp_path, READING)
    assert dropped == []
    assert any(isinstance(item, Document) for item in Reader(LANGUAGES, READING)(files[0]))


@pytest.mark.parametrize("name", HERE)
@FAST
@given(steps=damage())
def test_damaged_files_give_documents_or_reasons(name: str, steps: list[tuple[str, float, int]]) -> None:
    assert_read_or_refused(name, damaged(good()[name], steps))


@pytest.mark.parametrize("name", IN_A_PROCESS)
@FEW
@given(steps=damage())
def test_damaged_files_of_native_parsers(name: str, steps: list[tuple[str, float, int]]) -> None:
    assert_read_or_refused(name, damaged(good()[name], steps))


@FEW
@given(
    content=st.binary(max_size=300), name=st.sampled_from([n for n in HERE if n not in ("a.docx", "a.pptx", "a.xlsx")])
)
def test_any_bytes_under_any_name(content: bytes, name: str) -> None:
    assert_read_or_refused(name, content)
