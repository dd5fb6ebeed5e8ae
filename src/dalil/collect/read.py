"""One file → its documents, and what of it was dropped."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from dalil.collect.pdf_ocr import NOT_KEPT, Scans
from dalil.collect.personal_data import without_personal_data
from dalil.collect.sources import SourceFile
from dalil.collect.unseen import without_unseen
from dalil.config import ReadingSettings
from dalil.errors import PassingSourceError, SourceError
from dalil.records import Document, Dropped, Language, content_id

READER_VERSION = 11
"""Raised whenever a reader makes something else of the same bytes: kept results are then made anew."""

_LIMITED = frozenset({"docx", "pptx", "xlsx", "parquet", "yaml"})
"""Kinds in which a small file can unpack to much: read in a process with limits. A PDF has its own."""
_TEXTS = frozenset({"csv", "tsv", "json", "jsonl", "yaml", "text", "markdown", "html"})
"""Kinds that are bytes in an encoding, which some of them may not fit."""
_LARGE = 200_000
"""A text file of more bytes is read in such a process too: what takes a parser the square of its length (a page of tags that
never close) has an end there; below, it takes seconds."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads any file that `list_sources` gives. A broken file gives one Dropped and never an exception."""

    language: tuple[Language, ...]
    reading: ReadingSettings
    scans: Scans = NOT_KEPT

    def __call__(self, file: SourceFile) -> list[Document | Dropped]:
        """The documents of a file and what was dropped of it. One that went or changed meanwhile is none that was listed."""
        made = self._made(file)
        changed = _changed(file)
        return made if changed is None else [changed]

    def _made(self, file: SourceFile) -> list[Document | Dropped]:
        if file.kind in _LIMITED or (file.kind != "pdf" and file.size > _LARGE):
            from dalil.collect.read_worker import read_limited

            try:
                return read_limited(file, self.language, self.reading)
            except SourceError as error:
                return [_unread(file, error)]
        try:
            return read_guarded(file, self.language, self.reading, self.scans)
        except MemoryError:
            return [Dropped(file.path, "needs more memory than there is", passing=True)]

    def row_key(self, file: SourceFile) -> str:
        """What a kept result depends on: the bytes, the path, the settings and the readers' version."""
        settings = (file.name_field, file.records, file.encoding, self.language, self.reading.model_dump_json())
        return content_id(str(READER_VERSION), file.digest, file.path, file.kind, repr(settings))


def read_guarded(
    file: SourceFile, language: tuple[Language, ...], reading: ReadingSettings, scans: Scans = NOT_KEPT
) -> list[Document | Dropped]:
    """What a file holds, read in this process; what goes wrong with it becomes one Dropped."""
    try:
        made = without_unseen(file.path, _read(file, language, reading, scans))
        return without_personal_data(file.path, [*made, *_damaged(file, made)], reading)
    except SourceError as error:
        return [_unread(file, error)]
    except OSError as error:
        return [Dropped(file.path, f"cannot be read: {(error.strerror or str(error)).lower()}")]
    except RecursionError:
        return [Dropped(file.path, "nested too deeply")]
    except MemoryError:
        raise
    except Exception as error:  # one file must never cost the others, whatever a parser does with it
        _log.debug("%s", file.path, exc_info=True)
        return [Dropped(file.path, f"cannot be read ({type(error).__name__}: {str(error)[:200]})")]


def _damaged(file: SourceFile, made: Sequence[Document | Dropped]) -> list[Dropped]:
    """What stands in the texts for bytes that are not of the file's encoding."""
    count = sum(item.text.count("\ufffd") for item in made if isinstance(item, Document)) if file.kind in _TEXTS else 0
    reason = f"characters that are not of the file's encoding, shown as \ufffd: {count}"
    return [Dropped(f"{file.path} damaged characters", reason)] if count else []


def _changed(file: SourceFile) -> Dropped | None:
    """What became of a file since it was listed, where it is not as it was: its digest would prove a text that it is not of."""
    try:
        size = Path(file.absolute).stat().st_size
    except OSError as error:
        return Dropped(file.path, f"cannot be read: {(error.strerror or str(error)).lower()}", passing=True)
    if size == file.size:
        return None
    return Dropped(file.path, f"it changed while it was read: {file.size} bytes, then {size}", passing=True)


def _unread(file: SourceFile, error: SourceError) -> Dropped:
    return Dropped(file.path, error.message, passing=isinstance(error, PassingSourceError))


def _read(
    file: SourceFile, language: tuple[Language, ...], reading: ReadingSettings, scans: Scans
) -> list[Document | Dropped]:
    match file.kind:
        case "csv" | "tsv" | "xlsx" | "json" | "jsonl" | "yaml" | "parquet":
            from dalil.collect.catalogue import read_catalogue

            return read_catalogue(file, language, reading)
        case "markdown":
            from dalil.collect.text import read_markdown

            return read_markdown(file, language, reading)
        case "text":
            from dalil.collect.text import read_text

            return read_text(file, language, reading)
        case "html":
            from dalil.collect.html import read_html

            return read_html(file, language, reading)
        case "pdf":
            from dalil.collect.pdf import read_pdf

            return read_pdf(file, language, reading, scans)
        case "docx":
            from dalil.collect.docx import read_docx

            return read_docx(file, language, reading)
        case "pptx":
            from dalil.collect.pptx import read_pptx

            return read_pptx(file, language, reading)
        case _:
            assert_never(file.kind)
