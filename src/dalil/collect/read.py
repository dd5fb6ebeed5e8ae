"""One file → its documents, and what of it was dropped."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import assert_never

from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.records import Document, Dropped, Language, content_id

READER_VERSION = 1
"""Raised whenever a reader makes something else of the same bytes: kept results are then made anew."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads any file that `list_sources` gives. A broken file gives one Dropped and never an exception."""

    language: tuple[Language, ...]
    reading: ReadingSettings

    def __call__(self, file: SourceFile) -> list[Document | Dropped]:
        """The documents of a file and what was dropped of it."""
        try:
            return _read(file, self.language, self.reading)
        except SourceError as error:
            return [Dropped(file.path, error.message)]
        except OSError as error:
            return [Dropped(file.path, f"cannot be read: {(error.strerror or str(error)).lower()}")]
        except RecursionError:
            return [Dropped(file.path, "nested too deeply")]
        except Exception as error:  # one file must never cost the others, whatever a parser does with it
            _log.debug("%s", file.path, exc_info=True)
            return [Dropped(file.path, f"cannot be read ({type(error).__name__}: {str(error)[:200]})")]

    def row_key(self, file: SourceFile) -> str:
        """What a kept result depends on: the bytes, the path, the settings and the readers' version."""
        settings = (file.name_field, file.records, file.encoding, self.language, self.reading.model_dump_json())
        return content_id(str(READER_VERSION), file.digest, file.path, file.kind, repr(settings))


def _read(file: SourceFile, language: tuple[Language, ...], reading: ReadingSettings) -> list[Document | Dropped]:
    match file.kind:
        case "csv" | "tsv" | "xlsx" | "json" | "jsonl":
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

            return read_pdf(file, language, reading)
        case _:
            assert_never(file.kind)
