"""Bytes → text, line by line where the lines do not agree on an encoding; and what reading a file gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dalil.language.encodings import code_page, wide_encoding

_CALLED = {"cp1252": "Windows-1252", "cp1256": "Windows-1256", "iso8859_6": "ISO 8859-6", "mac_roman": "Mac Roman",
           "cp850": "DOS 850"}  # fmt: skip
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line (0: with the file as a whole), and why."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class RawFile:
    """The rows of a file with their lines (`unit`: "line" or "row"), what is wrong, and notes on how it was read."""

    rows: list[tuple[int, Any]]
    problems: list[Problem]
    notes: list[str]
    unit: str = "line"


def header(file: str, cells: Sequence[Any]) -> tuple[list[str], list[str]]:
    """The names of a table's columns, and a note for each that stands twice: its second is NAME~2, and is kept beside."""
    names: list[str] = []
    notes: list[str] = []
    for i, cell in enumerate(cells, start=1):
        name = str(cell) if cell not in (None, "") else f"column {i}"
        count = 1
        while (shown := name if count == 1 else f"{name}~{count}") in names:
            count += 1
        if count > 1:
            notes.append(f"{file} has the column {name!r} more than once: number {count} is read as {shown!r}")
        names.append(shown)
    return names, notes


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with "\\n" between its lines as they were; lines that are not in the file's encoding, with the reason."""

    text: str
    problems: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def decode(name: str, data: bytes) -> Decoded:
    """The text by its byte order mark, else UTF-8, else the code page in which it makes words.

    Where some lines are UTF-8 and others are not, the others are problems: guessing would spoil one or the other.
    """
    unmarked = (b"\0" in data and wide_encoding(data)) or "utf-8"
    for mark, encoding in (*_MARKS, (b"", unmarked)):
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding).removeprefix("\ufeff"))
            except UnicodeDecodeError:
                break
    lines = data.split(b"\n")
    bad = [number for number, line in enumerate(lines, start=1) if not _is_utf8(line)]
    good = [line for line in lines if _is_utf8(line) and not line.isascii()]
    if good:
        reason = "not UTF-8, as other lines of the file are: two encodings in one file"
        return Decoded(data.decode("utf-8", "replace"), [(number, reason) for number in bad])
    page = code_page(data)
    return Decoded(
        data.decode(page, "replace"), [], [f"{name} is not UTF-8: read as {_CALLED[page]}; save it as UTF-8"]
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
