"""Writes the lexical legs in a process beside, while vectors are made: python -m dalil.retrieval.lexical_beside INDEX FOLDER [EARLIER…]."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dalil.retrieval.beside import process_beside
from dalil.retrieval.lexical_writing import build_lexical
from dalil.store.sqlite import SqliteStore


@contextmanager
def writing_beside(index: Path, folder: Path, earlier: Iterable[Path]) -> Iterator[None]:
    """A process fills the folder while the block runs. Where it fails the folder is not there: what it met is met again here."""
    with process_beside(__name__, *map(str, (index, folder, *earlier))):
        yield


def main() -> None:
    index, folder, *earlier = map(Path, sys.argv[1:])
    build_lexical(folder, SqliteStore(index), earlier, alone=False)


if __name__ == "__main__":
    main()
