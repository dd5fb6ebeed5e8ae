"""Near-duplicate sets among many: MinHash (Broder, 1997) in bands finds candidates, exact Jaccard decides.

A set is an array of 64-bit hashes. 64 minima in 16 bands of 4 find a pair of Jaccard 0.8 with probability 0.998.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.store.nameless import Nameless

Hashes = NDArray[np.uint64]
_MINIMA, _BANDS = 64, 16
_SIGMAS = 3.0
_BLOCK = 50_000
_KNOWN_WORDS = 100_000
_ODD = np.uint64(0x9E3779B97F4A7C15)


def hashes_on_disk(folder: Path | None = None) -> Nameless[Hashes]:
    """Sets of hashes that wait in a file until they are compared."""
    return Nameless(lambda found: found.tobytes(), lambda kept: np.frombuffer(kept, np.uint64), folder)


@lru_cache(maxsize=_KNOWN_WORDS)
def _word_hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def shingles(runs: Sequence[Sequence[str]], width: int) -> Hashes:
    """The sorted distinct hashes of every `width` words in a row; no shingle reaches over the end of a run."""
    parts = [_windows(run, width) for run in runs if len(run) >= width]
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def _windows(run: Sequence[str], width: int) -> Hashes:
    ids = np.fromiter((_word_hash(word) for word in run), np.uint64, len(run))
    total = np.zeros(len(run) - width + 1, np.uint64)
    for i in range(width):
        total = _mix(total * _ODD + ids[i : i + len(total)])
    return total


def _mix(values: Hashes) -> Hashes:
    """splitmix64's finaliser: spreads every bit over the word."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def jaccard(a: Hashes, b: Hashes) -> float:
    """Overlap of two sorted sets, 0–1 (0 where both are empty)."""
    shared = len(np.intersect1d(a, b, assume_unique=True))
    union = len(a) + len(b) - shared
    return shared / union if union else 0.0


def near_pairs(sets: Sequence[Hashes], threshold: float, seed: int) -> Iterator[tuple[int, int, float]]:
    """Pairs (i, j, Jaccard) at or above the threshold that connect every near-duplicate; empty sets have none.

    Not every such pair: equal sets chain to the first of them, and each set is compared once per cluster of its bucket.
    """
    firsts: dict[bytes, int] = {}
    rng = np.random.default_rng(seed)
    odd = rng.integers(0, 2**63, _MINIMA, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    least = bytearray()
    for i, found in enumerate(sets):
        if not len(found):
            continue
        if (first := firsts.setdefault(blake2b(found.tobytes(), digest_size=16).digest(), i)) != i:
            yield first, i, 1.0
        else:
            least += _minima(found, odd).tobytes()
    kept = list(firsts.values())
    minima = np.frombuffer(least, np.uint64).reshape(len(kept), _MINIMA)
    prints = minima.astype(np.uint8)  # the low bits: the high ones of a minimum are all zero
    leader = {i: i for i in kept}
    for bucket in _buckets(minima):
        yield from _compare([kept[i] for i in bucket], prints[bucket], sets, threshold, leader)


def _compare(
    bucket: Sequence[int], prints: NDArray[np.uint8], sets: Sequence[Hashes], threshold: float, leader: dict[int, int]
) -> Iterator[tuple[int, int, float]]:
    """Compare each set with the clusters that its bucket holds so far, where their minima say that it may be worth it.

    Pages that share much of their text meet in nearly every bucket without being near-duplicates: what is compared of
    each pair is 64 bytes, and the sets themselves only where so many agree as a pair at the threshold has (less 3 sigma).
    """

    def root(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    least = _MINIMA * threshold - _SIGMAS * (_MINIMA * threshold * (1 - threshold)) ** 0.5
    before = np.empty_like(prints)
    of_row: list[int] = []
    for row, j in enumerate(bucket):
        agreeing = (before[: len(of_row)] == prints[row]).sum(axis=1)
        joined = False
        for i in (of_row[place] for place in np.flatnonzero(agreeing >= least)):
            if root(i) == root(j):
                joined = True
            elif (alike := jaccard(sets[i], sets[j])) >= threshold:
                leader[root(j)] = root(i)
                joined = True
                yield i, j, alike
        if not joined:
            before[len(of_row)] = prints[row]
            of_row.append(j)


def _buckets(minima: Hashes) -> Iterator[list[int]]:
    """Indices of sets that agree in a whole band of minima."""
    rows = _MINIMA // _BANDS
    for band in range(_BANDS):
        found: dict[bytes, list[int]] = defaultdict(list)
        for i, values in enumerate(minima):
            found[values[band * rows : (band + 1) * rows].tobytes()].append(i)
        yield from (bucket for bucket in found.values() if len(bucket) > 1)


def _minima(found: Hashes, odd: Hashes) -> Hashes:
    least = np.full(_MINIMA, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(found), _BLOCK):
        block = found[start : start + _BLOCK]
        for i in range(_MINIMA):
            least[i] = min(least[i], _mix(block * odd[i]).min())
    return least
