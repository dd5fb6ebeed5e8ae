"""Checks of a zipped office file before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from dalil.config import ReadingSettings
from dalil.errors import SourceError

_FOLDERS = {"word": "a Word document", "ppt": "a PowerPoint presentation", "xl": "an Excel workbook"}
_MOST_PARTS = 20_000
_MOST_TIMES = 200
_SMALL_PART = 20_000_000
_HEAD_BYTES = 65_536


def check_archive(path: str, folder: str, reading: ReadingSettings) -> None:
    """Raise SourceError for bombs, encrypted or damaged archives, XML with own entities, or another kind of file.

    `folder` is the one that its parts lie in: word, ppt or xl.
    """
    wanted = _FOLDERS[folder].split(" ", 1)[1]
    try:
        with zipfile.ZipFile(Path(path)) as archive:
            parts = archive.infolist()
            _check_sizes(parts, reading)
            _check_kind({part.filename.split("/", 1)[0] for part in parts}, folder)
            for part in parts:
                _check_entities(archive, part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"damaged or cut off: not a readable {wanted} ({type(error).__name__})") from error


def _check_sizes(parts: list[zipfile.ZipInfo], reading: ReadingSettings) -> None:
    if len(parts) > _MOST_PARTS:
        raise SourceError(f"a zip bomb? {len(parts)} parts, more than {_MOST_PARTS}")
    unpacked = sum(part.file_size for part in parts) / 1e6
    if unpacked > reading.memory_mb:
        raise SourceError(f"unpacks to {unpacked:.0f} MB, more than reading.memory_mb ({reading.memory_mb} MB)")
    for part in parts:
        if part.flag_bits & 1:
            raise SourceError("encrypted: a part of it needs a password")
        if part.file_size > max(_SMALL_PART, _MOST_TIMES * part.compress_size):
            times = part.file_size // max(1, part.compress_size)
            raise SourceError(f"a zip bomb? {part.filename[:80]} unpacks to {times} times its size")


def _check_kind(folders: set[str], folder: str) -> None:
    if folder in folders:
        return
    found = next((name for key, name in _FOLDERS.items() if key in folders), "an archive of other files")
    raise SourceError(f"its content is not {_FOLDERS[folder]} but {found}")


def _check_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Office files never declare entities of their own; XML bombs and files that read other files do."""
    if part.filename.endswith((".xml", ".rels")):
        with archive.open(part) as stream:
            if b"<!DOCTYPE" in (head := stream.read(_HEAD_BYTES)) or b"<!ENTITY" in head:
                raise SourceError(f"an XML bomb? {part.filename[:80]} declares entities of its own")
