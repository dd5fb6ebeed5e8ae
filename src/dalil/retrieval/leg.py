"""One lexical leg over all segments: BM25, whose rarities and mean length are counted over every passage that is there.

So the scores are those of one segment of these passages, to the last bit, however they came to be where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.postings import Damped, Floats, Ints, Postings, Span, hashed

K1, B = 1.2, 0.75
_KNOWN_TERMS = 100_000
"""About so many terms' places are remembered: questions share most of their 4-grams."""
_COMMON, _COMMON_KEPT = 4, 8_000_000
"""A term of more than one passage in so many is common: what it counts is kept of every row, of about so many rows in all."""
_GROUP = 64
_FEW = 32
"""Rows are few where so many times as many are not all."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where a term's passages stand in each segment, how many there are, and how rare it is (BM25's idf, ≥ 0)."""

    spans: tuple[Span, ...]
    count: int
    idf: float


class Leg:
    """The postings of the segments, one after the other; rows are counted over all of them."""

    def __init__(self, segments: Sequence[Postings]) -> None:
        self.segments = tuple(segments)
        self.count = sum(one.count for one in self.segments)
        sizes = [len(one.lengths) for one in self.segments]
        self._starts = [sum(sizes[:i]) for i in range(len(sizes))]
        self._size = sum(sizes)
        self.gone: Ints = self._joined([one.gone for one in self.segments])
        self._known: dict[str, Held] = {}
        self._common: dict[tuple[int, int], Floats] = {}

    def held(self, terms: Iterable[str]) -> dict[str, Held]:
        """Where each of the terms stands; one that no passage holds is the rarest."""
        found = {term: self._known.get(term) for term in terms}
        new = [term for term, one in found.items() if one is None]
        looked = dict(zip(new, self._look_up(new), strict=True)) if new else {}
        if len(self._known) > _KNOWN_TERMS:
            self._known.clear()
        self._known.update(looked)
        return {term: one or looked[term] for term, one in found.items()}

    def _look_up(self, terms: Sequence[str]) -> list[Held]:
        wanted = hashed(terms)
        spans = list(zip(*(one.spans(wanted) for one in self.segments), strict=True)) or [()] * len(terms)
        counts = [sum(span.count for span in found) for found in spans]
        return [Held(found, n, idf(n, self.count)) for found, n in zip(spans, counts, strict=True)]

    def scores(self, weighed: Iterable[tuple[Held, float]]) -> Floats:
        """BM25 of every row, each term counting its weight; 0 of what is gone."""
        given = [(held, weight * (K1 + 1)) for held, weight in weighed if held.count]
        made = np.zeros(self._size, dtype=np.float32)
        few = [(held.spans, weight) for held, weight in given if _COMMON * held.count <= self.count]
        common = [(held.spans, weight) for held, weight in given if _COMMON * held.count > self.count]
        for i, one in enumerate(self.segments):
            part = made[self._starts[i] : self._starts[i] + len(one.lengths)]
            if few:
                one.add_scores(part, [(spans[i], weight) for spans, weight in few], self._damped[i])
            for spans, weight in common:
                if spans[i].stop > spans[i].start:
                    part += np.float32(weight) * self._shares(i, spans[i])
        made[self.gone] = 0
        return made

    def _shares(self, segment: int, span: Span) -> Floats:
        """What a common term counts in every row of a segment."""
        found = self._common.get((segment, span.start))
        if found is None:
            found = self.segments[segment].shares(span, self._damped[segment])
            if len(self._common) * self._size > _COMMON_KEPT * len(self.segments):
                self._common.clear()
            self._common[segment, span.start] = found
        return found

    def rows(self, held: Held) -> Ints:
        """The rows of the passages that hold the term."""
        found = self._joined([one.rows_of([span])[0] for one, span in zip(self.segments, held.spans, strict=True)])
        return found[~np.isin(found, self.gone)] if len(self.gone) else found

    def rows_of(self, held: Iterable[Held]) -> Ints | None:
        """The rows that hold one of the terms, ascending, some that are gone among them; None where they are not few."""
        terms = [one for one in held if one.count]
        if _FEW * sum(one.count for one in terms) > self._size:
            return None
        rows: Ints = self._joined([np.concatenate(one.rows_of(term.spans[i] for term in terms) or [one.rows[:0]])
                             for i, one in enumerate(self.segments)])  # fmt: skip
        rows.sort()
        first: Ints = rows[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]
        return first

    @cached_property
    def _damped(self) -> list[Damped]:
        mean = sum(one.said for one in self.segments) / self.count if self.count else 0.0
        added = [np.asarray(K1 * (1 - B + B / (mean or 1.0) * one.lengths), dtype=np.float32) for one in self.segments]
        return [Damped(one, np.reciprocal(1 + one)) for one in added]

    def _joined(self, parts: Sequence[NDArray[np.integer]]) -> Ints:
        """Rows of each segment as rows of all."""
        every = [part + np.int64(start) for part, start in zip(parts, self._starts, strict=True) if len(part)]
        return np.concatenate(every).astype(np.int64, copy=False) if every else np.zeros(0, dtype=np.int64)


def idf(frequency: int, size: int) -> float:
    """Inverse document frequency as BM25 has it (≥ 0) of a term in so many of `size` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def best(scores: Floats, k: int, among: NDArray[np.integer] | None = None) -> Ints:
    """The k rows with the highest scores above 0, best first; of equal ones the first. `among`: no other rows, ascending."""
    if among is None:
        near = np.flatnonzero(scores >= least if (least := _least(scores, k)) > 0 else scores)
    else:
        near = among[scores[among] > 0].astype(np.int64)
    return near[np.argsort(-scores[near], kind="stable")[:k]]


def _least(scores: Floats, k: int) -> float:
    """No more than the k-th highest score: the k-th highest of the maxima of groups, of which there are few."""
    groups = len(scores) // _GROUP
    maxima = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    return float(np.partition(maxima, groups - k)[groups - k]) if groups > k else 0.0
