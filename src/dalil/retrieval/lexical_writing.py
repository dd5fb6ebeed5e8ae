"""Writes the folder of the lexical legs: every passage, or an earlier folder's postings with what changed since.

Either way the same is written: what went is gone from all counts, and scores depend on no history.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.records import Passage
from dalil.retrieval.cache import is_whole, make_cache
from dalil.retrieval.lexical import LEGS, NUMBERS
from dalil.retrieval.lexical_pieces import Pieces
from dalil.retrieval.merging import Merging
from dalil.retrieval.owners import write_owners
from dalil.retrieval.postings import Ints, Postings
from dalil.store.sqlite import SqliteStore

LEXICAL_FORMAT = 4
"""Raised when what the cache holds changes, so that caches made before are made anew."""
BATCH = 500
BLOCK = 2048
"""So many passages are counted at once: their terms fit in a processor's cache."""


def lexical_name(generation: int) -> str:
    """The folder's name for a generation of the index."""
    return f"lexical-{generation}-{LEXICAL_FORMAT}"


def build_lexical(folder: Path, store: SqliteStore, earlier: Iterable[Path] = ()) -> None:
    """Write the passages of the store; what an earlier cache holds is taken from there."""
    placed = store.numbers()
    numbers = np.array([number for number, _ in placed], dtype=np.int64)

    def write(partial: Path) -> None:
        _write(partial, store, numbers, _before(earlier))
        np.save(partial / NUMBERS, numbers)
        write_owners(partial, [document for _, document in placed])

    make_cache(folder, write)


def _before(earlier: Iterable[Path]) -> tuple[Ints, dict[str, Postings]]:
    """The numbers of the passages that an earlier cache holds, and their postings; none where there is no sound one."""
    for cache in earlier:
        if cache.name.endswith(f"-{LEXICAL_FORMAT}") and is_whole(cache):
            with contextlib.suppress(ValueError, OSError):
                return np.load(cache / NUMBERS), {leg: Postings.read(cache, leg) for leg in LEGS}
    return np.zeros(0, dtype=np.int64), {}


def _write(partial: Path, store: SqliteStore, numbers: Ints, before: tuple[Ints, dict[str, Postings]]) -> None:
    held, postings = before
    made = {leg: Merging(len(numbers)) for leg in LEGS}
    pieces = Pieces({leg: one.vocabulary for leg, one in made.items()})
    for leg in postings:
        made[leg].add_postings(postings[leg], _places(held, numbers))
    new = np.setdiff1d(numbers, held, assume_unique=True)
    for start in range(0, len(new), BLOCK):
        part = new[start : start + BLOCK]
        for leg, counted in pieces.counted(_read(store, part)).items():
            made[leg].add(counted, np.searchsorted(numbers, part))
    for leg, one in made.items():
        one.write(partial, leg)


def _places(held: Ints, numbers: Ints) -> Ints:
    """Where those that were held stand among the numbers of now; -1 where they went."""
    at = np.searchsorted(numbers, held)
    at[at == len(numbers)] = 0
    return np.where(numbers[at] == held, at, -1) if len(numbers) else np.full(len(held), -1)


def _read(store: SqliteStore, numbers: NDArray[np.int64]) -> Iterator[Passage]:
    for start in range(0, len(numbers), BATCH):
        part = numbers[start : start + BATCH].tolist()
        passages = store.passages(part)
        yield from (passages[number] for number in part)
