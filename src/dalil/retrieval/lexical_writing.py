"""Writes the folder of the lexical legs: whole, or an earlier one with what changed since.

A sync after a change copies nothing: tantivy never writes into a file twice, so the earlier folder's files are linked, passages
that went are marked and new ones are added beside. Passages that went are counted by tantivy until it merges files
(`LexicalIndex` makes up for that): beyond a share of them, and where there are few passages anyway, all is written anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.errors import WorkError
from dalil.language import stem, words
from dalil.records import Passage
from dalil.retrieval.cache import SIZES, is_whole, make_cache
from dalil.retrieval.lexical import LEGS, gram_terms, leg_terms, taken_out, whole_text
from dalil.store.sqlite import SqliteStore

LEXICAL_FORMAT = 3
"""Raised when what the cache holds changes, so that caches made before are made anew."""
NUMBERS = "numbers.npy"
HEAP_BYTES = 256_000_000
WRITTEN_WHOLE = 2_000
"""Up to so many passages all are written: it takes less than a second, and scores depend on no history."""
MOST_TAKEN_OUT = 0.05
BATCH = 500
_KNOWN_PIECES = 100_000
"""So many pieces of a language's texts are remembered while passages are analysed."""
Ints = NDArray[np.int64]


def lexical_name(generation: int) -> str:
    """The folder's name for a generation of the index."""
    return f"lexical-{generation}-{LEXICAL_FORMAT}"


def build_lexical(folder: Path, store: SqliteStore, earlier: Iterable[Path] = ()) -> None:
    """Write the passages of the store; where an earlier cache holds most of them, only the others."""
    numbers = np.array([number for number, _ in store.numbers()], dtype=np.int64)
    cache, gone, new = _base(earlier, numbers)
    if cache is None:
        make_cache(folder, lambda partial: _write(partial, store.every_passage(), [], numbers))
    else:
        make_cache(folder, lambda partial: _update(partial, cache, gone, _read(store, new), numbers))


def _base(earlier: Iterable[Path], numbers: Ints) -> tuple[Path | None, Ints, Ints]:
    """A cache to build upon with the numbers that went and those that came since, or None."""
    of_now = [cache for cache in earlier if cache.name.endswith(f"-{LEXICAL_FORMAT}")]
    for cache in of_now if len(numbers) > WRITTEN_WHOLE else ():
        if (change := _change(cache, numbers)) is not None:
            return cache, *change
    return None, numbers, numbers


def _change(cache: Path, numbers: Ints) -> tuple[Ints, Ints] | None:
    """(numbers that went, numbers that came) since the cache was made; None where it is damaged or too much went."""
    try:
        held = np.load(cache / NUMBERS) if is_whole(cache) else None
        if held is None:
            return None
        gone = np.setdiff1d(held, numbers, assume_unique=True)
        if taken_out(cache) + len(gone) > MOST_TAKEN_OUT * len(numbers):
            return None
    except (OSError, ValueError, KeyError, TypeError, WorkError):
        return None
    return gone, np.setdiff1d(numbers, held, assume_unique=True)


def _read(store: SqliteStore, numbers: Ints) -> Iterator[tuple[int, Passage]]:
    for start in range(0, len(numbers), BATCH):
        yield from sorted(store.passages(numbers[start : start + BATCH].tolist()).items())


def _update(partial: Path, cache: Path, gone: Ints, new: Iterable[tuple[int, Passage]], numbers: Ints) -> None:
    for file in cache.iterdir():
        if file.name not in (NUMBERS, SIZES) and not file.name.endswith(".lock"):
            _link(file, partial / file.name)
    _write(partial, new, gone.tolist(), numbers)


def _link(file: Path, place: Path) -> None:
    """The same file under another name; a copy where the disk has no such links."""
    try:
        os.link(file, place)
    except OSError:
        shutil.copyfile(file, place)


def _write(partial: Path, passages: Iterable[tuple[int, Passage]], gone: Iterable[int], numbers: Ints) -> None:
    import tantivy

    index = tantivy.Index(_schema(tantivy), path=str(partial))  # opens what is there
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    try:
        for number in gone:
            writer.delete_documents_by_term("number", number)
        for row in _rows(passages):
            writer.add_document(tantivy.Document(**row))
        writer.commit()
    except ValueError as error:
        raise OSError(str(error)) from error
    writer.wait_merging_threads()
    np.save(partial / NUMBERS, numbers)


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", fast=True, indexed=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic")
    for leg in LEGS:
        builder.add_text_field(leg, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class _Terms(dict[str, str]):
    """Stems of the pieces of text that were met in one language, joined by spaces; `grams`: their 4-grams."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.grams: dict[str, str] = {}

    def __missing__(self, piece: str) -> str:
        found = words(piece)
        self.grams[piece] = gram_terms(found)
        made = self[piece] = " ".join([stem(word, self._language) for word in found])
        return made

    def forget(self) -> None:
        self.clear()
        self.grams.clear()


def _rows(passages: Iterable[tuple[int, Passage]], known_pieces: int = _KNOWN_PIECES) -> Iterator[dict[str, Any]]:
    """What tantivy is given: each leg's terms between spaces (as `leg_terms`). `known_pieces`: remembered about so many a language.

    No word reaches over a space, so a text's terms are those of its pieces between spaces, and a piece is analysed once.
    """
    known: dict[str, _Terms] = {}
    for number, passage in passages:
        terms = known.setdefault(passage.language, _Terms(passage.language))
        if len(terms) > known_pieces:
            terms.forget()
        pieces = whole_text(passage).split()
        yield {
            "number": number,
            "document": [passage.document, passage.document.split("#", 1)[0]],
            "stems": " ".join(map(terms.__getitem__, pieces)),
            "grams": " ".join(map(terms.grams.__getitem__, pieces)),
            "names": " ".join(leg_terms("names", passage)),
        }
