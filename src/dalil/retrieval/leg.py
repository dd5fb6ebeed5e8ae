"""One lexical leg over all segments: BM25, whose rarities and mean length are counted over every passage that is there.

So the scores are those of one segment of these passages, to the last bit, however they came to be where they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.postings import Floats, Ints, Postings, Rows, Span, hashed

K1, B = 1.2, 0.75
_KNOWN_TERMS = 100_000
"""About so many terms' places are remembered: questions share most of their 4-grams."""
_COMMON, _COMMON_KEPT = 4, 8_000_000
"""A term of more than one passage in so many is common: what it counts is kept of every row, of about so many rows in all."""
_AT_ONCE = 65_536
"""So many postings are added up at once, about: they stay in a processor's cache."""
_GROUP = 64
_FEW = 32
"""Rows are few where so many times as many are not all."""


@dataclass(frozen=True, slots=True)
class Held:
    """Where a term's passages stand in each segment, how many there are, and how rare it is (BM25's idf, ≥ 0)."""

    spans: tuple[Span, ...]
    count: int
    idf: float


@dataclass(frozen=True, slots=True)
class Damped:
    """What BM25 adds to a term's times below the line, for each row: more in a long passage; and the share that is left of
    a term said once."""

    added: Floats
    once: Floats


Batch = tuple[NDArray[np.intp], Floats, list[tuple[int, Span]]]
"""Rows, the weight of each, and the spans that they are of, each with its segment."""


class _Batch:
    """Rows of several terms in the making."""

    def __init__(self, starts: Sequence[int]) -> None:
        self.size = 0
        self._starts = starts
        self._parts: list[tuple[int, Span]] = []
        self._rows: list[Rows] = []
        self._weights: list[float] = []

    def add(self, segment: int, span: Span, rows: Rows, weight: float) -> None:
        self.size += len(rows)
        self._parts.append((segment, span))
        self._rows.append(rows)
        self._weights.append(weight)

    def joined(self) -> Batch:
        counts = list(map(len, self._rows))
        rows = np.concatenate(self._rows, dtype=np.intp)
        end = len(rows)
        for segment in sorted({segment for segment, _ in self._parts}, reverse=True):
            first = end - sum(n for n, (of, _) in zip(counts, self._parts, strict=True) if of == segment)
            rows[first:end] += self._starts[segment]
            end = first
        return rows, np.repeat(np.array(self._weights, dtype=np.float32), counts), self._parts


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
        self._common: dict[tuple[Span, ...], Floats] = {}

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
        few = [(held, weight) for held, weight in given if _COMMON * held.count <= self.count]
        made = np.zeros(self._size, dtype=np.float32)
        for rows, weights, _ in self._batches(few, Postings.once_of):
            np.add.at(made, rows, weights)
        if few:
            made *= self._damped.once
        for rows, weights, parts in self._batches(few, Postings.more_of):
            times = np.concatenate([self.segments[i].times_of(span) for i, span in parts], dtype=np.float32)
            np.add.at(made, rows, weights * (times / (times + self._damped.added[rows])))
        for held, weight in given:
            if _COMMON * held.count > self.count:
                made += np.float32(weight) * self._shares(held)
        made[self.gone] = 0
        return made

    def _batches(
        self, weighed: Sequence[tuple[Held, float]], side: Callable[[Postings, Span], Rows]
    ) -> Iterator[Batch]:
        """The terms' rows that one side of their postings holds, with their weights, many at once; the segments one by one."""
        batch = _Batch(self._starts)
        for i, one in enumerate(self.segments):
            for held, weight in weighed:
                rows = side(one, held.spans[i])
                if len(rows):
                    batch.add(i, held.spans[i], rows, weight)
                if batch.size > _AT_ONCE:
                    yield batch.joined()
                    batch = _Batch(self._starts)
        if batch.size:
            yield batch.joined()

    def _shares(self, held: Held) -> Floats:
        """For each row t / (t + damped), where it says a common term t times."""
        found = self._common.get(held.spans)
        if found is None:
            found = np.zeros(self._size, dtype=np.float32)
            for rows, _, _ in self._batches([(held, 1.0)], Postings.once_of):
                found[rows] = self._damped.once[rows]
            for rows, _, parts in self._batches([(held, 1.0)], Postings.more_of):
                times = np.concatenate([self.segments[i].times_of(span) for i, span in parts], dtype=np.float32)
                found[rows] = times / (times + self._damped.added[rows])
            if len(self._common) * self._size > _COMMON_KEPT:
                self._common.clear()
            self._common[held.spans] = found
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
    def _damped(self) -> Damped:
        mean = sum(one.said for one in self.segments) / self.count if self.count else 0.0
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(one.lengths for one in self.segments)])
        added = np.asarray(K1 * (1 - B + B / (mean or 1.0) * lengths), dtype=np.float32)
        return Damped(added, np.reciprocal(1 + added))

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
