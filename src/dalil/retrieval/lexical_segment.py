"""Writes one segment of the lexical legs: the passages of some numbers, from the postings of before where they hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dalil.records import Passage
from dalil.retrieval.lexical import LEGS
from dalil.retrieval.lexical_pieces import Pieces
from dalil.retrieval.merging import Merging
from dalil.retrieval.postings import Ints, Postings
from dalil.retrieval.segments import Segment, Segments, write_rows
from dalil.store.sqlite import SqliteStore

BATCH = 500
BLOCK = 2048
"""So many passages are counted at once: their terms fit in a processor's cache."""


@dataclass(frozen=True)
class Before:
    """A segment that is there already, with its postings."""

    segment: Segment
    postings: dict[str, Postings]

    @classmethod
    def of(cls, segment: Segment) -> Before:
        return cls(segment, {leg: Postings.read(segment.folder, leg) for leg in LEGS})


def read_before(cache: Path) -> list[Before]:
    """The segments of an earlier cache. Raises ValueError or OSError where it is not as it was written."""
    return [Before.of(one) for one in Segments(cache).all]


def write_segment(folder: Path, store: SqliteStore, placed: dict[int, str], before: Iterable[Before] = ()) -> None:
    """`placed`: the numbers of the passages, ascending, and their documents. The folder is there when it is whole."""
    numbers = np.array(list(placed), dtype=np.int64)
    made = {leg: Merging(len(numbers)) for leg in LEGS}
    new = numbers
    for one in before:
        held, places = one.segment.numbers, _places(one.segment.numbers, numbers)
        new = np.setdiff1d(new, held, assume_unique=True)
        if (places >= 0).any():
            for leg, postings in one.postings.items():
                made[leg].add_postings(postings, places)
    _count(made, store, numbers, new)
    partial = partial_of(folder)
    partial.mkdir()
    for leg, merging in made.items():
        merging.write(partial, leg)
    write_rows(partial, numbers, placed.values())
    partial.rename(folder)


def partial_of(folder: Path) -> Path:
    """Where a segment is written before it is whole."""
    return folder.with_name(f"{folder.name}.partial")


def _count(made: dict[str, Merging], store: SqliteStore, numbers: Ints, new: Ints) -> None:
    """Add the passages that no postings of before hold."""
    pieces = Pieces({leg: one.vocabulary for leg, one in made.items()})
    for start in range(0, len(new), BLOCK):
        part = new[start : start + BLOCK]
        for leg, counted in pieces.counted(_read(store, part)).items():
            made[leg].add(counted, np.searchsorted(numbers, part))


def _places(held: Ints, numbers: Ints) -> Ints:
    """Where those that were held stand among the numbers of now; -1 where they are not among them."""
    at = np.searchsorted(numbers, held)
    at[at == len(numbers)] = 0
    return np.where(numbers[at] == held, at, -1) if len(numbers) else np.full(len(held), -1)


def _read(store: SqliteStore, numbers: Ints) -> Iterator[Passage]:
    for start in range(0, len(numbers), BATCH):
        part = numbers[start : start + BATCH].tolist()
        passages = store.passages(part)
        yield from (passages[number] for number in part)
