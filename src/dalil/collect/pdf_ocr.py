"""Pages without text, read by Tesseract where `reading.ocr` allows it. Tesseract is a program of the system, not a package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from dalil.collect.pdf_lines import PageContent, page_content
from dalil.collect.sources import SourceFile
from dalil.config import ReadingSettings
from dalil.records import Language

NEEDS_OCR = "needs OCR"
_PACKAGES: dict[Language, str] = {"fr": "fra", "ar": "ara", "en": "eng", "ary": "ara", "ary-Latn": "fra"}


def read_scans(
    file: SourceFile,
    contents: Sequence[PageContent],
    reasons: Sequence[str],
    scans: Sequence[int],
    languages: Sequence[Language],
    reading: ReadingSettings,
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
    read = _work(file, "+".join(wanted), scans, reading)
    for page in scans:
        found = read.get(page)
        if found is None:
            why[page] = f"not reached by OCR within reading.seconds_per_file ({reading.seconds_per_file} s)"
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
    file: SourceFile, languages: str, scans: Sequence[int], reading: ReadingSettings
) -> dict[int, dict[str, Any]]:
    """What the OCR process wrote until it ended or its time was over, by page."""
    limits = [str(reading.memory_mb), str(reading.seconds_per_file)]
    command = [
        sys.executable,
        "-P",
        "-m",
        "dalil.collect.ocr_worker",
        file.absolute,
        languages,
        *limits,
        *map(str, scans),
    ]
    try:
        written = subprocess.run(command, capture_output=True, timeout=reading.seconds_per_file, check=False).stdout
    except subprocess.TimeoutExpired as error:
        written = error.stdout or b""
    whole = [json.loads(line) for line in written.decode("utf-8", "replace").split("\n")[:-1]]
    return {page["page"]: page for page in whole}
