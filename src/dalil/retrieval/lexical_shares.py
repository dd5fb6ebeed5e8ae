"""Writes the segments of the lexical legs, half of them in a process beside where they are many passages, or half of the only one:
python -m dalil.retrieval.lexical_shares INDEX FOLDER EARLIER NAME:FIRST:LAST…

What is written is the same, for a segment knows nothing of the others, and the two halves of one are put together.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from dalil.retrieval.beside import process_beside
from dalil.retrieval.lexical_segment import Before, partial_of, read_before, write_segment
from dalil.retrieval.postings import Ints
from dalil.retrieval.segments import BASE, NUMBERS, Segment
from dalil.store.sqlite import SqliteStore

NO_CACHE = "-"
HALVES = "halves"


def write_segments(
    folder: Path, store: SqliteStore, shares: Mapping[str, Ints], earlier: Path | None, *, beside: bool
) -> None:
    """Write segments of these numbers, by their names, into the folder."""
    names = list(shares)
    if beside and len(names) == 1:
        _write_in_halves(folder / names[0], store, shares[names[0]], earlier)
        return
    half = -(-len(names) // 2) if beside else len(names)
    with _written_beside(folder, store.path, {name: shares[name] for name in names[half:]}, earlier):
        _write(folder, store, {name: _ends(shares[name]) for name in names[:half]}, earlier)
    # Where the process beside failed, or met another index, it is done again here.
    lacking = [name for name in names if not _holds(folder / name, shares[name])]
    for name in lacking:
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.rmtree(partial_of(folder / name), ignore_errors=True)
    _write(folder, store, {name: _ends(shares[name]) for name in lacking}, earlier)


def _write_in_halves(segment: Path, store: SqliteStore, numbers: Ints, earlier: Path | None) -> None:
    """Write two segments at the same time, then one of their postings: that takes a tenth of the time that texts take."""
    halves = segment.with_name(HALVES)
    halves.mkdir()
    parts = {BASE.format(i): part for i, part in enumerate(np.array_split(numbers, 2))}
    write_segments(halves, store, parts, earlier, beside=True)
    placed = _placed(store.numbers(), *_ends(numbers))
    write_segment(segment, store, placed, [Before.of(Segment.read(halves / name)) for name in parts])
    shutil.rmtree(halves)


def _placed(every: Iterable[tuple[int, str]], first: int, last: int) -> dict[int, str]:
    """The documents of the passages from one number to another, by their numbers."""
    return {number: document for number, document in every if first <= number <= last}


def _holds(segment: Path, numbers: Ints) -> bool:
    return segment.is_dir() and np.array_equal(np.load(segment / NUMBERS), numbers)


def _ends(numbers: Ints) -> tuple[int, int]:
    return (int(numbers[0]), int(numbers[-1])) if len(numbers) else (0, -1)


def _write(folder: Path, store: SqliteStore, spans: Mapping[str, tuple[int, int]], earlier: Path | None) -> None:
    """Write segments, each of the passages from one number to another."""
    if not spans:
        return
    before = read_before(earlier) if earlier else []
    for name, (first, last) in spans.items():
        write_segment(folder / name, store, _placed(store.numbers(), first, last), before)


@contextmanager
def _written_beside(folder: Path, index: Path, shares: Mapping[str, Ints], earlier: Path | None) -> Iterator[None]:
    """A process writes these segments while the block runs; where it fails they are not there."""
    if not shares:
        yield
        return
    spans = [":".join((name, *map(str, _ends(numbers)))) for name, numbers in shares.items()]
    with process_beside(__name__, str(index), str(folder), str(earlier or NO_CACHE), *spans):
        yield


def main() -> None:
    index, folder, earlier, *spans = sys.argv[1:]
    given = {name: (int(first), int(last)) for name, first, last in (span.split(":") for span in spans)}
    _write(Path(folder), SqliteStore(Path(index)), given, None if earlier == NO_CACHE else Path(earlier))


if __name__ == "__main__":
    main()
