"""Writes the folder of the lexical legs: every passage, or an earlier folder's segments with what changed since.

Either way the same is found: what went is gone from all counts, and scores depend on no history.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dalil.retrieval.cache import make_cache
from dalil.retrieval.lexical import LEGS
from dalil.retrieval.lexical_segment import Before, read_before
from dalil.retrieval.lexical_shares import write_segments
from dalil.retrieval.postings import FEWER, place, write_fewer
from dalil.retrieval.segments import Segment, keep, planned
from dalil.store.sqlite import SqliteStore

logger = logging.getLogger(__name__)
LEXICAL_FORMAT = 6
"""Raised when what the cache holds changes, so that caches made before are made anew."""
SHARED_FROM, MOST_OF_SHARE = 10_000, 1 << 16
"""From so many new passages on a process beside writes half of them; and so many a segment has at most: two bytes tell its rows."""


def lexical_name(generation: int) -> str:
    """The folder's name for a generation of the index."""
    return f"lexical-{generation}-{LEXICAL_FORMAT}"


def build_lexical(folder: Path, store: SqliteStore, earlier: Iterable[Path] = (), shared_from: int = SHARED_FROM, *,
                  alone: bool = True) -> None:  # fmt: skip
    """Write the passages of the store; what an earlier cache holds is taken from there. Where `shared_from` or more are
    new, and nothing else is made at the same time (`alone`), a process beside writes half of them."""
    numbers = np.fromiter((number for number, _ in store.numbers()), dtype=np.int64)
    cache, before = _before(earlier)
    plan = planned([one.segment for one in before], numbers, _shares(len(numbers)))
    held = sum(len(one.segment.numbers) for one in before)

    def write(partial: Path) -> None:
        for segment in plan.kept:
            _keep(segment, next(one for one in before if one.segment.folder == segment.folder), partial)
        write_segments(partial, store, plan.written, cache, beside=alone and len(numbers) - held >= shared_from)

    make_cache(folder, write)


def _shares(count: int) -> int:
    """How many segments: an even number where there are several, for two processes."""
    return 1 if count <= MOST_OF_SHARE else 2 * -(-count // (2 * MOST_OF_SHARE))


def _before(earlier: Iterable[Path]) -> tuple[Path | None, list[Before]]:
    """The first earlier cache that is sound and of this format, and its segments."""
    found = list(earlier)
    if found and not any(cache.name.endswith(f"-{LEXICAL_FORMAT}") for cache in found):
        logger.warning("%s is not of format %d, which this dalil reads: the lexical legs are made again from the passages.",
                       found[0], LEXICAL_FORMAT)  # fmt: skip
    for cache in found:
        if cache.name.endswith(f"-{LEXICAL_FORMAT}"):
            with contextlib.suppress(ValueError, OSError):
                return cache, read_before(cache)
    return None, []


def _keep(segment: Segment, before: Before, partial: Path) -> None:
    """The segment in the new cache. Which terms its passages that went hold is counted where others went before."""
    made = keep(segment, partial)
    if len(segment.gone) and len(segment.gone) != len(before.segment.gone):
        for leg in LEGS:
            place(made, leg, FEWER).unlink(missing_ok=True)  # a link: it is written anew, not over
            write_fewer(made, leg, before.postings[leg], segment.gone)
