"""Folders that are caches: written beside, sealed with the size of each file, renamed; whole or made again."""

from __future__ import annotations

import math
import mmap
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dalil.artefacts import disk_errors, read_json, write_json
from dalil.errors import WorkError

SIZES = "sizes.json"


def make_cache(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside, then rename it; where another process has just made the same, theirs stays."""
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    with disk_errors(folder):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        write(partial)
        seal(partial)
        try:
            partial.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
            shutil.rmtree(partial, ignore_errors=True)


def seal(folder: Path) -> None:
    """Write down the size of each file."""
    write_json(folder / SIZES, _sizes(folder))


def array_file(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array that lies in a file, to be filled. Its room is taken at once: else a disk that is full kills who fills it."""
    if not math.prod(shape):
        np.save(path, np.zeros(shape, dtype=dtype))
        return np.zeros(shape, dtype=dtype)
    made = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as opened:
            os.posix_fallocate(opened.fileno(), 0, path.stat().st_size)
    return made


def in_blocks(lying: NDArray[Any], rows: int) -> Iterator[NDArray[Any]]:
    """An array that lies in a file, so many rows at a time; what was read of it does not stay in the process's memory."""
    for start in range(0, len(lying), rows):
        yield lying[start : start + rows]
        let_go(lying)


def let_go(lying: NDArray[Any]) -> None:
    """Give the memory in which a file's array was read or filled back to the system: all of it stays in the file."""
    if isinstance(lying.base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        lying.base.madvise(mmap.MADV_DONTNEED)


def is_whole(folder: Path) -> bool:
    """Whether every file has the size it was written with: some libraries do not raise on a shorter one."""
    try:
        return bool(read_json(folder / SIZES) == _sizes(folder))
    except (WorkError, OSError):
        return False


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of each file, by its place in the folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != SIZES)
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}
