"""Pages without text, read by Tesseract where `reading.ocr` allows it. Tesseract is a program of the system, not a package.

Several processes read pages of one file at once. A page that has been read is kept: a run that is stopped goes on after it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalil.artefacts import write_text
from dalil.collect.pdf_lines import PageContent, page_content
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.records import Language, content_id

NEEDS_OCR = "needs OCR"
OCR_VERSION = 1
"""Raised whenever OCR makes something else of the same page: kept pages are then read anew."""
NOT_REACHED = "not reached by OCR within reading.seconds_per_file"
_PACKAGES: dict[Language, str] = {"fr": "fra", "ar": "ara", "en": "eng", "ary": "ara", "ary-Latn": "fra"}


@dataclass(frozen=True, slots=True)
class Scans:
    """Where pages that were read are kept (nowhere: they are not), and who hears how far it is."""

    folder: Path | None = None
    say: Callable[[str], None] | None = None

    def path(self, file: SourceFile, languages: str, page: int) -> Path | None:
        """The file of one page."""
        key = content_id(str(OCR_VERSION), file.digest, languages, str(page))
        return self.folder / key[:2] / f"{key}.json" if self.folder else None


NOT_KEPT = Scans()


def read_scans(
    file: SourceFile,
    contents: Sequence[PageContent],
    reasons: Sequence[str],
    scans: Sequence[int],
    languages: Sequence[Language],
    reading: ReadingSettings,
    kept: Scans,
) -> tuple[list[PageContent], list[str], dict[int, str]]:
    """Contents and reasons with the scanned pages read, and for each of these a note with its confidence."""
    pages, why = list(contents), list(reasons)
    notes: dict[int, str] = {}
    if not scans:
        return pages, why, notes
    wanted = list(dict.fromkeys(_PACKAGES[language] for language in languages))
    lacking = missing(wanted)
    if lacking:
        return pages, [lacking if i in set(scans) else reason for i, reason in enumerate(why)], notes
    read = _work(file, "+".join(wanted), scans, reading, kept)
    for page in scans:
        found = read.get(page)
        if found is None:
            why[page] = f"{NOT_REACHED} ({reading.seconds_per_file} s): the next `dalil run` goes on with it"
        elif "error" in found:
            why[page] = str(found["error"])
        elif not found["words"]:
            why[page] = "no words on the page, by OCR too"
        else:
            pages[page], why[page] = page_content({**found, "tables": []}), ""
            notes[page] = (
                f"read by OCR, {found['words']} words, confidence {100 * found['confidence']:.0f} %: check names and figures"
            )
    return pages, why, notes


def missing(languages: Sequence[str]) -> str:
    """What is to be installed before Tesseract can read these languages ("" when it is there)."""
    packages = " ".join(["tesseract-ocr", *(f"tesseract-ocr-{language}" for language in languages)])
    install = f"apt-get install -y {packages}"
    if shutil.which("tesseract") is None:
        return f"reading.ocr is on, and Tesseract is not installed: {install}"
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False)
    lacking = [language for language in languages if language not in listed.stdout.split()]
    return f"Tesseract has no data for {', '.join(lacking)}: {install}" if lacking else ""


def _work(
    file: SourceFile, languages: str, scans: Sequence[int], reading: ReadingSettings, kept: Scans
) -> dict[int, dict[str, Any]]:
    """What is kept of earlier runs, and what the OCR processes wrote until they ended or their time was over, by page."""
    paths = {page: kept.path(file, languages, page) for page in scans}
    read = {page: found for page, path in paths.items() if (found := _kept(path)) is not None}
    waiting = [page for page in scans if page not in read]
    shares = [waiting[i :: reading.ocr_processes] for i in range(min(reading.ocr_processes, len(waiting)))]
    started, lock, already = time.monotonic(), threading.Lock(), len(read)
    running = set[int]()

    def follow(share: Sequence[int]) -> None:
        for found in _read_pages(file, languages, share, reading, running):
            with lock:
                read[found["page"]] = found
                if (path := paths[found["page"]]) and "error" not in found:
                    write_text(path, json.dumps(found, ensure_ascii=False))
                if kept.say:
                    rate = (len(read) - already) / max(time.monotonic() - started, 1e-9)
                    kept.say(f"OCR of {file.path}: {len(read)} of {len(scans)} pages · {rate:.2f}/s")

    with ThreadPoolExecutor(max(1, len(shares))) as threads:
        try:
            for _ in threads.map(follow, shares):
                pass
        finally:  # after Ctrl-C the threads would wait for their processes
            for group in list(running):
                _stop(group)
    return read


def _kept(path: Path | None) -> dict[str, Any] | None:
    """A page that an earlier run has read; None where there is none, or a damaged one: it is read again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path else None
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "lines" in found else None


def _read_pages(
    file: SourceFile, languages: str, pages: Sequence[int], reading: ReadingSettings, running: set[int]
) -> Iterator[dict[str, Any]]:
    """Pages as one OCR process reads them, until it ends or its time is over."""
    limits = [str(reading.memory_mb), str(reading.seconds_per_file)]
    module = [sys.executable, "-P", "-m", "dalil.collect.ocr_worker"]
    command = [*module, file.absolute, languages, *limits, *map(str, pages)]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **pipes) as process:
        clock = threading.Timer(reading.seconds_per_file, _stop, [process.pid])
        clock.start()
        running.add(process.pid)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.endswith(b"\n"):  # else it was cut off in the middle
                    yield json.loads(line)
        finally:
            clock.cancel()
            _stop(process.pid)
            running.discard(process.pid)


def _stop(group: int) -> None:
    """End an OCR process with the Tesseract that it has started."""
    with contextlib.suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(group, signal.SIGKILL)
