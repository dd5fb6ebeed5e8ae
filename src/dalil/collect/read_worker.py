"""Reads one file as the work of a limited process.

Office files, Parquet, YAML and large texts can blow up when they are unpacked: here they cost that file only.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from importlib import import_module
from typing import Any

from dalil.collect.limited import work
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.records import Document, Dropped, Language, from_row, to_row

_HEAVY = {"docx": "docx", "pptx": "pptx", "xlsx": "openpyxl", "parquet": "pyarrow.parquet", "yaml": "yaml"}


def read_limited(
    file: SourceFile, language: tuple[Language, ...], reading: ReadingSettings
) -> list[Document | Dropped]:
    """What `read_guarded` makes of a file, within the settings' memory and time. Raises SourceError."""
    asked = {"file": asdict(file), "language": language, "reading": reading.model_dump()}
    found = work("dalil.collect.read_worker", asked, reading, f"{file.kind} reader")
    return [from_row(Dropped, row) if "reason" in row else from_row(Document, row) for row in found["made"]]


def prepare(asked: dict[str, Any]) -> None:
    """Import the library that the file's kind is read with, where it is installed."""
    from dalil.collect import catalogue, docx, html, pptx, read, text  # noqa: F401

    with contextlib.suppress(ImportError):  # its reader says so, with the command that installs it
        import_module(_HEAVY.get(asked["file"]["kind"], "json"))


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The documents of a file and what was dropped of it, as rows."""
    from dalil.collect.read import read_guarded

    file = SourceFile(**asked["file"])
    made = read_guarded(file, tuple(asked["language"]), ReadingSettings(**asked["reading"]))
    return {"made": [to_row(item) for item in made]}
