"""PDF files: read in a limited process, laid out here, with bookmarks as sections."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from dalil.collect.outline import Heading, sections_of
from dalil.collect.pdf_layout import join_pages, page_lines, unreadable, without_running_lines
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from dalil.language import clean, identify, words
from dalil.records import Document, Dropped, Language, Section, make_document

_NO_TITLE = re.compile(r"untitled|sans titre|powerpoint presentation|microsoft word|document\d*$|.*\.(docx?|indd|qxd|pptx?|pdf|rtf|odt|tmp)$", re.IGNORECASE)  # fmt: skip
_END_BYTES = 4096
_OUT_OF_MEMORY = 3


def read_pdf(file: SourceFile, languages: Sequence[Language], reading: ReadingSettings) -> list[Document | Dropped]:
    """The document, then each page without text with its reason. Raises SourceError where no page has text."""
    found = _work(file, reading)
    pages, dropped = _pages(file.path, found)
    if found["count"] > len(pages):
        reason = f"{found['count'] - len(pages)} pages beyond reading.max_pages ({reading.max_pages})"
        dropped.append(Dropped(f"{file.path} pages {len(pages) + 1}–{found['count']}", reason))
    if not any(pages):
        raise SourceError(f"no text on any of its {found['count']} pages: needs OCR")
    if not _ends_well(Path(file.absolute)):
        dropped.append(Dropped(f"{file.path} end", "the end of the file is missing; what was there has been read"))
    text, starts = join_pages(pages)
    sections = _sections(found["bookmarks"], text, starts)
    name = _title(found["title"]) or PurePosixPath(file.path).stem
    language = identify(text, languages)
    document = make_document(file.path, name, text, language, file.path, sections=sections, page_starts=starts)
    return [document, *dropped]


def _work(file: SourceFile, reading: ReadingSettings) -> dict[str, Any]:
    """What the reading process found. Raises SourceError where it failed, ran out of time or memory, or crashed."""
    limits = [str(limit) for limit in (reading.max_pages, reading.memory_mb, reading.seconds_per_file)]
    command = [sys.executable, "-P", "-m", "dalil.collect.pdf_worker", file.absolute, *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=reading.seconds_per_file, check=False)
    except subprocess.TimeoutExpired as error:
        raise SourceError(_too_long(reading)) from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SourceError(_too_long(reading))
    if done.returncode == _OUT_OF_MEMORY or b"MemoryError" in done.stderr:
        raise SourceError(f"needs more memory than reading.memory_mb ({reading.memory_mb} MB)")
    if done.returncode != 0:
        last = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1][:200]
        raise SourceError(f"the PDF reader stopped (exit {done.returncode}{': ' + last if last else ''})")
    found: dict[str, Any] = json.loads(done.stdout)
    if "error" in found:
        raise SourceError(str(found["error"]))
    return found


def _too_long(reading: ReadingSettings) -> str:
    return f"took longer than reading.seconds_per_file ({reading.seconds_per_file} s)"


def _pages(path: str, found: dict[str, Any]) -> tuple[list[list[str]], list[Dropped]]:
    """Each page's lines (none where it has no text) and the reasons of the empty ones."""
    lines = [page_lines(text) if text is not None else [] for text in found["pages"]]
    reasons = [
        "the page is damaged" if text is None else unreadable(page)
        for text, page in zip(found["pages"], lines, strict=True)
    ]
    pages = without_running_lines([[] if reason else page for page, reason in zip(lines, reasons, strict=True)])
    for i, page in enumerate(pages):
        reasons[i] = reasons[i] or ("" if page else "nothing but its header and footer: needs OCR")
    dropped = [Dropped(f"{path} page {i}", reason) for i, reason in enumerate(reasons, start=1) if reason]
    return pages, dropped


def _ends_well(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _END_BYTES))
        return b"%%EOF" in stream.read()


def _title(given: str) -> str:
    """The title that the file carries, where a person wrote it."""
    title = " ".join(clean(given or "").split())
    return title if 3 < len(title) <= 200 and words(title) and not _NO_TITLE.match(title) else ""


def _sections(bookmarks: Sequence[dict[str, Any]], text: str, starts: Sequence[int]) -> tuple[Section, ...]:
    """Bookmarks as sections: from where their title stands on their page, else from the page's beginning."""
    headings = []
    for bookmark in bookmarks:
        title = " ".join(clean(bookmark["title"]).split())
        page = bookmark["page"]
        if not title or not 0 <= page < len(starts):
            continue
        end = starts[page + 1] if page + 1 < len(starts) else len(text)
        headings.append(Heading(title, bookmark["level"], _find(title, text, starts[page], end)))
    headings.sort(key=lambda heading: heading.start)
    return sections_of(headings, len(text))


def _find(title: str, text: str, start: int, end: int) -> int:
    parts = [re.escape(part) for part in re.findall(r"\w+", title)[:12]]
    found = re.compile(r"\W{1,3}".join(parts), re.IGNORECASE).search(text, start, end) if parts else None
    return found.start() if found else start
