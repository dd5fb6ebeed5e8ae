"""Helpers of the collect tests: write a file, read it as the pipeline does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dalil.collect.read import Reader
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.records import Document, Dropped

READING = ReadingSettings()


def source_of(path: Path, **settings: Any) -> SourceFile:
    """The only file of a source."""
    files, dropped = list_sources([SourceSettings(path=str(path), **settings)], path.parent, READING)
    assert not dropped
    return files[0]


def read_file(path: Path, reading: ReadingSettings = READING, **settings: Any) -> tuple[list[Document], list[Dropped]]:
    """Documents and drops of one file."""
    made = Reader(("fr", "ar", "en"), reading)(source_of(path, **settings))
    return [m for m in made if isinstance(m, Document)], [m for m in made if isinstance(m, Dropped)]


def read_given(path: Path, content: str | bytes, **settings: Any) -> tuple[list[Document], list[Dropped]]:
    """Write a file and read it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_file(path, **settings)


def reason_of(path: Path, reading: ReadingSettings = READING) -> str:
    """Why a file gives nothing, in one Dropped: from the listing of sources, else from its reader."""
    files, dropped = list_sources([SourceSettings(path=str(path))], path.parent, reading)
    made = [item for file in files for item in Reader(("fr", "ar", "en"), reading)(file)]
    assert not [item for item in made if isinstance(item, Document)]
    found = [*dropped, *(item for item in made if isinstance(item, Dropped))]
    assert len(found) == 1
    assert found[0].what == path.name
    return found[0].reason
