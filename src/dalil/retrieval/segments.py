"""A cache of rows in segments: what was there before stays, what came since stands beside, and what went is marked.

Each segment is a folder in the cache's. A new generation's cache holds the same files (hard links, so that neither needs the
other) and what changed; where that is much, all is written anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from dalil.retrieval.cache import is_whole
from dalil.retrieval.owners import Owners, write_owners
from dalil.retrieval.postings import GONE, Ints

NUMBERS = "numbers.npy"
BASE, LATER = "base-{:02}", "later"
SHARE = 8
"""Where what came and went since is more than one passage in so many, all is written anew: each passage a few times in all."""


@dataclass(frozen=True)
class Segment:
    """`numbers` of the passages that its rows hold, ascending; `gone`: rows whose passages went."""

    folder: Path
    numbers: Ints
    gone: Ints

    @classmethod
    def read(cls, folder: Path) -> Segment:
        gone = np.load(folder / GONE) if (folder / GONE).exists() else np.zeros(0, dtype=np.int64)
        return cls(folder, np.load(folder / NUMBERS), gone)

    def left(self, numbers: Ints) -> Segment:
        """The same where only these passages are left."""
        return replace(self, gone=np.flatnonzero(~np.isin(self.numbers, numbers, assume_unique=True)))


class Segments:
    """The segments of a cache, in the order of their passages; rows are counted over all. Raises ValueError where the
    cache is not as it was written."""

    def __init__(self, cache: Path) -> None:
        if not is_whole(cache):
            raise ValueError(f"{cache} is damaged")
        self.all = [Segment.read(folder) for folder in sorted(cache.iterdir()) if folder.is_dir()]
        self.owners = Owners([one.folder for one in self.all])

    @cached_property
    def numbers(self) -> Ints:
        return np.concatenate([np.zeros(0, dtype=np.int64), *(one.numbers for one in self.all)])


@dataclass(frozen=True)
class Plan:
    """Segments that stay, with what went from them; and the passages of each that is to be written, by its name."""

    kept: tuple[Segment, ...]
    written: dict[str, Ints]


def planned(earlier: Sequence[Segment], numbers: Ints, shares: int) -> Plan:
    """How a cache of these passages is made from an earlier one; written whole it has so many `shares`."""
    bases = tuple(one.left(numbers) for one in earlier if one.folder.name != LATER)
    came = np.setdiff1d(numbers, np.concatenate([numbers[:0], *(one.numbers for one in bases)]), assume_unique=True)
    changed = len(came) + sum(len(one.gone) for one in bases)
    if not bases or SHARE * changed > len(numbers) or (len(came) and came[0] < bases[-1].numbers[-1]):
        return Plan((), {BASE.format(i): part for i, part in enumerate(np.array_split(numbers, shares))})
    return Plan(bases, {LATER: came} if len(came) else {})


def keep(segment: Segment, partial: Path) -> Path:
    """The segment in a new cache, all but what went. Where the disk knows no links its files are copied."""
    made = partial / segment.folder.name
    made.mkdir()
    for file in segment.folder.iterdir():
        if file.name != GONE:
            _link(file, made / file.name)
    if len(segment.gone):
        np.save(made / GONE, segment.gone)
    return made


def _link(file: Path, to: Path) -> None:
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)


def write_rows(folder: Path, numbers: Ints, documents: Iterable[str]) -> None:
    """What every segment holds of its rows: their numbers and documents."""
    np.save(folder / NUMBERS, numbers)
    write_owners(folder, list(documents))
