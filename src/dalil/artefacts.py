"""Files that are never half written: atomic writes, immutable stage folders with manifests, one writer at a time.

A stage's result lies in build/<stage>/<key>/, written as <key>.partial and renamed; build/current.json is the only
pointer to it. Readers need no lock: what they opened stays as it was.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, Generic, TypeVar

import dalil
from dalil.errors import WorkError, WorkspaceError
from dalil.records import content_id, from_row, to_row
from dalil.testing.crash import crash_point

Record = TypeVar("Record")
REVIEWS = "reviews.jsonl"
"""What people reviewed of the dataset, in the folder `state`."""
MANIFEST = "manifest.json"
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
_decode = json.JSONDecoder().decode


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a refused write into a WorkError that names the file."""
    try:
        yield
    except OSError as error:
        reason = (
            "the disk is full"
            if error.errno in (errno.ENOSPC, errno.EDQUOT)
            else (error.strerror or str(error)).lower()
        )
        raise WorkError(f"{path} could not be written: {reason}. What was there before is untouched.",
                        hint="free some space or mend the permissions, then run the same command again") from error  # fmt: skip


def write_text(path: Path, text: str) -> None:
    """Write beside and rename: a reader sees the old file or the new one, never a part."""
    write_parts(path, [text])


def write_parts(path: Path, parts: Iterable[str]) -> None:
    """As `write_text`, of a text that need not be in memory as a whole."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            with beside.open("w", encoding="utf-8") as out:
                out.writelines(parts)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Parsed JSON. Raises WorkError where the file is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkError(f"{path} cannot be read ({error}).", hint="dalil run") from error


def json_lines(rows: Iterable[Any]) -> str:
    """Rows (dictionaries) as JSON lines."""
    return "".join(part for row in rows for part in (_json_line(row), "\n"))


def _json_line(row: Any) -> str:
    """One row without its line's end: to add that to a long one would copy it."""
    return _encode(row)


def write_records(path: Path, records: Iterable[Any]) -> int:
    """Write records as JSON lines, atomically and one at a time; returns how many."""
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for record in records:
            count += 1
            yield _json_line(to_row(record))
            yield "\n"

    write_parts(path, lines())
    return count


def read_records(kind: type[Record], path: Path) -> list[Record]:
    """The records of a JSON-lines file. Raises WorkError where a line is damaged."""
    return list(Records(kind, path))


@dataclass(frozen=True)
class Records(Generic[Record]):
    """The records of a JSON-lines file, read one at a time on each pass. Raises WorkError where a line is damaged."""

    kind: type[Record]
    path: Path

    def __iter__(self) -> Iterator[Record]:
        try:
            with self.path.open(encoding="utf-8") as lines:
                for row in map(_decode, lines):  # who holds a line while its record is used has a long one twice
                    yield from_row(self.kind, row)
        except (OSError, ValueError, TypeError) as error:
            raise self._damaged(error) from error

    def __len__(self) -> int:
        try:
            with self.path.open("rb") as lines:
                return sum(1 for _ in lines)
        except OSError as error:
            raise self._damaged(error) from error

    def at(self, start: int) -> Record:
        """The record whose line begins at that byte."""
        try:
            with self.path.open("rb") as lines:
                lines.seek(start)
                return from_row(self.kind, json.loads(lines.readline()))
        except (OSError, ValueError, TypeError) as error:
            raise self._damaged(error) from error

    def starts(self) -> Iterator[int]:
        """Where each record's line begins, in bytes; what `at` takes."""
        try:
            with self.path.open("rb") as lines:
                yield from accumulate(map(len, lines), initial=0)
        except OSError as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> WorkError:
        return WorkError(f"{self.path} is damaged ({error}).", hint="dalil run")


class Spool:
    """Records that wait in a nameless file until all are there, then are written in the order of their keys."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed with the spool)
        self._places: list[tuple[tuple[str, ...], int, int]] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, record: Any, key: tuple[str, ...]) -> None:
        line = _json_line(to_row(record)).encode()
        self._places.append((key, self._file.tell(), len(line) + 1))
        self._file.write(line)
        self._file.write(b"\n")

    def write(self, path: Path) -> None:
        """Write the records as JSON lines, atomically; those of one key as they came."""
        write_parts(path, self._lines())

    def _lines(self) -> Iterator[str]:
        for _, start, size in sorted(self._places):
            self._file.seek(start)
            yield self._file.read(size).decode()

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class Manifest:
    """What a stage read, what it made, and what it dropped. `content` hashes what was made; times lie outside it."""

    stage: str
    key: str
    settings: dict[str, Any]
    inputs: dict[str, str]
    content: str
    files: dict[str, str]
    counts: dict[str, int] = field(default_factory=dict)
    dropped: list[dict[str, str]] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    made_at: str = ""
    seconds: float = 0.0


class Build:
    """The folder build/ of a workspace: immutable artefacts and the pointer to the current ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> dict[str, str]:
        """Stage name → key of its current artefact. A damaged pointer counts as none: a run points again."""
        pointer = self.folder / "current.json"
        if not pointer.is_file():
            return {}
        try:
            value = json.loads(pointer.read_text(encoding="utf-8"))
        except ValueError:
            return {}
        return {str(stage): str(key) for stage, key in value.items()} if isinstance(value, dict) else {}

    def path(self, stage: str, key: str) -> Path:
        return self.folder / stage / key

    def manifest(self, stage: str, key: str) -> Manifest | None:
        """The manifest of a finished artefact, or None where there is none or it cannot be read."""
        path = self.path(stage, key) / MANIFEST
        if not path.exists():
            return None
        try:
            return Manifest(**read_json(path))
        except (WorkError, TypeError):
            return None

    def damage(self, manifest: Manifest) -> str:
        """What is wrong with an artefact's files ("" when they are as they were written)."""
        folder = self.path(manifest.stage, manifest.key)
        for name, digest in manifest.files.items():
            if not (folder / name).is_file():
                return f"{folder / name} is missing"
            if file_hash(folder / name) != digest:
                return f"{folder / name} is not what was written"
        return ""

    def make(self, plan: Plan, work: Callable[[Path], Made]) -> Manifest:
        """Run `work` on a fresh partial folder and publish it. A damaged artefact of that key is set aside, a whole one replaced."""
        final = self.path(plan.stage, plan.key)
        partial = final.with_name(f"{plan.key}.partial")
        started = time.monotonic()
        with disk_errors(final):
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            crash_point(f"{plan.stage}:begin")
            made = work(partial)
            crash_point(f"{plan.stage}:made")
            manifest = _manifest(plan, partial, made, time.monotonic() - started)
            write_json(partial / MANIFEST, asdict(manifest))
            crash_point(f"{plan.stage}:manifest")
            if final.exists():
                self._clear(final, plan)
            partial.rename(final)
            crash_point(f"{plan.stage}:renamed")
        self.point(plan.stage, plan.key)
        crash_point(f"{plan.stage}:pointed")
        return manifest

    def _clear(self, final: Path, plan: Plan) -> None:
        """Make room for the artefact anew: what is as it was written goes (its stage asked for that), damage is set aside."""
        before = self.manifest(plan.stage, plan.key)
        if before is not None and not self.damage(before):
            shutil.rmtree(final)
        else:
            final.rename(final.with_name(f"{plan.key}.damaged-{time.time_ns()}"))

    def point(self, stage: str, key: str) -> None:
        """Make `key` the stage's current artefact."""
        write_json(self.folder / "current.json", {**self.current(), stage: key})


@dataclass(frozen=True)
class Made:
    """What a stage's work reports: counts in and out, and each drop as {"what", "reason"}."""

    counts: dict[str, int]
    dropped: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What is to be made: the key is the hash of stage, code version, settings and inputs.

    Files named in `outside` hold times: they do not count in the content hash.
    """

    stage: str
    key: str
    settings: dict[str, Any]
    inputs: dict[str, str]
    outside: tuple[str, ...] = ()


def _manifest(plan: Plan, folder: Path, made: Made, seconds: float) -> Manifest:
    files = {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    content = content_id(
        *(part for name, digest in files.items() if name not in plan.outside for part in (name, digest))
    )
    made_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return Manifest(plan.stage, plan.key, plan.settings, plan.inputs, content, files,
                    made.counts, made.dropped, versions(), made_at, round(seconds, 3))  # fmt: skip


def file_hash(path: Path) -> str:
    """blake2b of a file's bytes, 16 hex digits."""
    digest = blake2b(digest_size=8)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """What made an artefact."""
    return {"dalil": dalil.__version__, "python": platform.python_version()}


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the workspace's one writer's place. Raises WorkspaceError when another process holds it.

    The lock is the kernel's (flock): it ends with the process, also after kill -9.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / "writer.lock").open("a+")
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.seek(0)
            raise WorkspaceError(f"Another dalil is writing in this workspace (process {handle.read().strip() or 'unknown'}).",
                                 hint="wait until it has finished, then run the same command again") from error  # fmt: skip
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
    finally:
        handle.close()
