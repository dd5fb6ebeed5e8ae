"""Which files are read, and which are not, with the reason."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dalil.artefacts import file_hash
from dalil.config import ReadingSettings, SourceSettings
from dalil.errors import ConfigError, SourceError
from dalil.language.encodings import wide_encoding
from dalil.records import Dropped

Kind = Literal[
    "csv", "tsv", "json", "jsonl", "xlsx", "markdown", "text", "html", "pdf", "docx", "pptx", "yaml", "parquet"
]
KIND_OF_SUFFIX: dict[str, Kind] = {
    ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".pdf": "pdf", ".docx": "docx", ".pptx": "pptx", ".yaml": "yaml", ".yml": "yaml", ".parquet": "parquet",
}  # fmt: skip
_OFFICE = {"xlsx": "an Excel workbook", "docx": "a Word document", "pptx": "a PowerPoint presentation"}
_HEAD_BYTES = 8192
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_TEXTS = frozenset({"csv", "tsv", "json", "jsonl", "yaml", "text", "markdown"})
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*>)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_JSON_OF_TABLE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"|\[\s*\{)")
_JSON_OF_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\n|\[\s*\{)")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read. `path` is what users call it: POSIX, from its source's root; `digest` is blake2b of its bytes."""

    path: str
    absolute: str
    kind: Kind
    size: int
    digest: str
    name_field: str | None = None
    records: str | None = None
    encoding: str | None = None


@dataclass
class _Listing:
    """What has been found so far. `named` holds the files that are sources of their own: a folder leaves them to these."""

    reading: ReadingSettings
    named: Collection[Path]
    files: list[SourceFile] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    seen: dict[Path, str] = field(default_factory=dict)

    def add(self, place: Path, root: Path, source: SourceSettings) -> None:
        """Check one file; it joins the files, or the dropped with its reason."""
        path = self._free_path(shown(place.relative_to(root).as_posix()), shown(root.name))
        if (before := self.seen.get(place)) is not None:
            self.dropped.append(Dropped(path, f"already read as {before}"))
            return
        self.taken[path], self.seen[place] = str(place), path
        try:
            kind, size = _recognise(place, self.reading)
            digest = file_hash(place)
        except SourceError as error:
            self.dropped.append(Dropped(path, error.message))
        except OSError as error:
            self.dropped.append(Dropped(path, f"cannot be read: {(error.strerror or str(error)).lower()}"))
        else:
            more = (source.name_field, source.records, source.encoding)
            self.files.append(SourceFile(path, str(place), kind, size, digest, *more))

    def _free_path(self, path: str, folder: str) -> str:
        """The path, prefixed by the source folder's name where another source has one like it."""
        wanted, count = path, 1
        while wanted in self.taken:
            wanted = f"{folder}/{path}" if count == 1 else f"{folder}~{count}/{path}"
            count += 1
        return wanted

    def add_folder(self, root: Path, source: SourceSettings) -> None:
        """Check every file below a folder, in the order of their paths. Hidden ones do not count."""
        for place, reason in _walk(root):
            if reason:
                self.dropped.append(Dropped(shown(place.relative_to(root).as_posix()), reason))
            elif place not in self.named:
                self.add(place, root, source)


def list_sources(
    sources: Sequence[SourceSettings], root: Path, reading: ReadingSettings
) -> tuple[list[SourceFile], list[Dropped]]:
    """The files of all sources, and what is passed over. Relative paths count from `root`.

    Raises ConfigError where a source does not exist.
    """
    places = [_existing(source, root) for source in sources]
    listing = _Listing(reading, {place for place in places if not place.is_dir()})
    for source, place in zip(sources, places, strict=True):
        if place.is_dir():
            listing.add_folder(place, source)
        else:
            listing.add(place, place.parent, source)
    return listing.files, listing.dropped


def shown(path: str) -> str:
    """A path as it can be printed and stored: NFC, without undecodable bytes, line breaks or signs that a terminal obeys.

    Marks that turn the direction go too: they make a name read as another (gnp.txt as txt.png).
    """
    readable = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _UNPRINTED.sub("\ufffd", unicodedata.normalize("NFC", readable))


def _existing(source: SourceSettings, root: Path) -> Path:
    place = (root / Path(source.path).expanduser()).resolve()
    if not place.exists():
        raise ConfigError(
            f"The source `{source.path}` does not exist (looked for at {place}).",
            hint="mend `sources` in dalil.yaml, then run the same command again",
        )
    return place


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    """(place, "") for each regular file, (place, reason) for what is not followed or not readable."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError as error:
        yield root, f"folder cannot be read: {(error.strerror or str(error)).lower()}"
        return
    for entry in entries:
        place = Path(entry.path)
        if entry.name.startswith("."):
            continue
        if entry.is_symlink():
            yield place, "a link: links inside a source are not followed (name its target as a source of its own)"
        elif entry.is_dir():
            yield from _walk(place)
        else:
            yield place, "" if entry.is_file() else "not a regular file"


def _recognise(place: Path, reading: ReadingSettings) -> tuple[Kind, int]:
    """The kind by suffix, checked by content, and the size in bytes. Raises SourceError with the reason to pass over."""
    size = place.stat().st_size
    suffix = place.suffix.lower()
    kind = KIND_OF_SUFFIX.get(suffix)
    if kind is None:
        known = " ".join(KIND_OF_SUFFIX)
        raise SourceError(f"files of this kind ({suffix or 'no suffix'}) are not read (known: {known})")
    if size == 0:
        raise SourceError("the file is empty")
    if size > reading.max_file_mb * 1_000_000:
        raise SourceError(f"{size / 1e6:.0f} MB is more than reading.max_file_mb ({reading.max_file_mb} MB)")
    with place.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return _checked_kind(kind, head, suffix), size


def _checked_kind(kind: Kind, head: bytes, suffix: str) -> Kind:
    if b"%PDF-" in head[:1024] and (kind == "pdf" or head.lstrip().startswith(b"%PDF-")):
        return "pdf"
    if kind == "pdf":
        raise SourceError("named .pdf, but its content is not a PDF")
    if kind in _OFFICE:
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise SourceError(
                f"password-protected, or an old form of {_OFFICE[kind]}; save it as {suffix} without a password"
            )
        if not head.startswith(b"PK"):
            raise SourceError(f"named {suffix}, but its content is not {_OFFICE[kind]}")
        return kind
    if kind == "parquet":
        if not head.startswith(b"PAR1"):
            raise SourceError(f"named {suffix}, but its content is not Parquet")
        return kind
    if b"\0" in head and not head.startswith(_WIDE_MARKS) and not wide_encoding(head):
        raise SourceError(f"binary: NUL bytes in a file named {suffix}")
    return _kind_of_text(kind, head)


def _kind_of_text(kind: Kind, head: bytes) -> Kind:
    """A page or JSON under another text's name is what it is: rows of tags or of brackets are nobody's records."""
    if kind in _TEXTS and _PAGE.match(head):
        return "html"
    if (kind in ("csv", "tsv") and _JSON_OF_TABLE.match(head)) or (kind == "jsonl" and _JSON_OF_LINES.match(head)):
        return "json"
    return kind
