"""Checkpoints that are whole: each carries the hashes of its files, written last; the newest whole one is resumed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dalil.artefacts import file_hash, read_json, write_json
from dalil.errors import WorkError
from dalil.testing.crash import crash_point

SEAL = "dalil-checkpoint.json"
_NUMBER = re.compile(r"checkpoint-(\d+)")


@dataclass(frozen=True, slots=True)
class Found:
    """The newest whole checkpoint (None: begin anew) and what was passed over, with the reason."""

    path: Path | None
    step: int
    passed_over: tuple[str, ...]


def seal(folder: Path, key: str) -> None:
    """Write the hashes of a finished checkpoint; `key` names the run that it belongs to."""
    crash_point("checkpoint:written")
    write_json(folder / SEAL, {"run": key, "files": hashes(folder, without=SEAL)})
    crash_point("checkpoint:sealed")


def hashes(folder: Path, *, without: str) -> dict[str, str]:
    """File → hash of everything in a folder but one file."""
    found = {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    found.pop(without, None)
    return found


def newest_whole(folder: Path, key: str) -> Found:
    """The newest checkpoint of this run whose files are as they were written."""
    passed: list[str] = []
    for step, path in sorted(_numbered(folder), reverse=True):
        reason = _damage(path, key)
        if not reason:
            return Found(path, step, tuple(passed))
        passed.append(f"{path.name}: {reason}")
    return Found(None, 0, tuple(passed))


def _numbered(folder: Path) -> list[tuple[int, Path]]:
    matches = ((_NUMBER.fullmatch(path.name), path) for path in folder.glob("checkpoint-*"))
    return [(int(match.group(1)), path) for match, path in matches if match]


def _damage(path: Path, key: str) -> str:
    if not (path / SEAL).is_file():
        return "it was not finished"
    try:
        sealed = read_json(path / SEAL)
    except WorkError:
        return "its seal cannot be read"
    if sealed.get("run") != key:
        return "it belongs to another configuration"
    return changed(path, sealed["files"])


def changed(folder: Path, files: Mapping[str, str]) -> str:
    """The first of these files that is missing or has another hash, in words; "" where all are as they were written."""
    for name, digest in files.items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if file_hash(folder / name) != digest:
            return f"{name} is not what was written"
    return ""


def drop_checkpoints(folder: Path, keep: Sequence[Path] = ()) -> None:
    """Remove the checkpoints of a finished run."""
    for _, path in _numbered(folder):
        if path not in keep:
            shutil.rmtree(path, ignore_errors=True)
