"""One lexical leg over all segments: BM25, whose rarities and mean length are counted over every passage that is there.

So the scores are those of one segment of these passages, to the last bit, however they came to be where they are.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.postings import Ints, Part, Postings, Rows, hashed_few

K1, B = 1.2, 0.75
_KNOWN_TERMS = 30_000
"""About so many terms' places are remembered, in some 30 MB: questions share most of their 4-grams."""
Floats = NDArray[np.float32]
_COMMON, _COMMON_KEPT = 4, 8_000_000
"""A term of more than one passage in so many is common: what it counts is kept of every row, of about so many rows in all."""
_AT_ONCE = 65_536
"""So many postings are added up at once, about: they stay in a processor's cache."""
_GROUP = 64
_FEW = 32
"""Rows are few where so many times as many are not all."""


@dataclass(slots=True)  # not frozen: to make one would take as long as to find the term
class Held:
    """A term by its hash: its rows in each segment, how many passages hold it, and how rare it is (BM25's idf, ≥ 0)."""

    term: int
    parts: tuple[Part, ...]
    count: int
    idf: float


Weighed = Sequence[tuple[Held, float]]


@dataclass(frozen=True, slots=True)
class Damped:
    """What BM25 adds to a term's times below the line, for each row: more in a long passage; and the share that is left of
    a term said once."""

    added: Floats
    once: Floats

    def more(self, rows: Rows | NDArray[np.intp], times: Floats) -> Floats:
        """The share that is left of one said more often: t / (t + damped)."""
        return np.asarray(times / (times + self.added[rows]), dtype=np.float32)


class Leg:
    """The postings of the segments, one after the other; rows are counted over all of them."""

    def __init__(self, segments: Sequence[Postings]) -> None:
        self.segments = tuple(segments)
        self.count = sum(one.count for one in self.segments)
        ends = np.cumsum([0, *(len(one.lengths) for one in self.segments)]).tolist()
        self._spans = [slice(a, b) for a, b in itertools.pairwise(ends)]
        self._size: int = ends[-1]
        self.gone: Ints = self._joined([one.gone for one in self.segments])
        self._known: dict[str, Held] = {}
        self._common: dict[int, Floats] = {}

    def held(self, terms: Iterable[str]) -> dict[str, Held]:
        """Where each of the terms stands; one that no passage holds is the rarest."""
        wanted = list(terms)
        if len(self._known) > _KNOWN_TERMS:
            self._known = {}
        known = self._known  # another thread may begin anew
        if new := [term for term in dict.fromkeys(wanted) if term not in known]:
            known.update(zip(new, self._look_up(new), strict=True))
        return {term: known[term] for term in wanted}

    def _look_up(self, terms: Sequence[str]) -> list[Held]:
        wanted = hashed_few(terms)
        parts = list(zip(*(one.parts(wanted) for one in self.segments), strict=True)) or [()] * len(terms)
        counts = [sum([part.count for part in found]) for found in parts]
        return [Held(term, found, n, idf(n, self.count))
                for term, found, n in zip(wanted, parts, counts, strict=True)]  # fmt: skip

    def scores(self, weighed: Iterable[tuple[Held, float]]) -> Floats:
        """BM25 of every row, each term counting its weight; 0 of what is gone."""
        given = [(held, weight * (K1 + 1)) for held, weight in weighed if held.count]
        few = list(_at_once([one for one in given if _COMMON * one[0].count <= self.count]))
        made = np.zeros(self._size, dtype=np.float32)
        for i, span in enumerate(self._spans if few else ()):
            self._add_few(i, made[span], few)
        for held, weight in given:
            if _COMMON * held.count > self.count:
                made += np.float32(weight) * self._shares(held)
        made[self.gone] = 0
        return made

    def _add_few(self, segment: int, made: Floats, few: Sequence[Weighed]) -> None:
        """Add terms that are not common to a segment's rows."""
        damped = self._damped[segment]
        for some in few:
            once = [held.parts[segment].once for held, _ in some]
            np.add.at(made, np.concatenate(once, dtype=np.intp), _repeated(some, once))
        made *= damped.once
        for some in few:
            more = [held.parts[segment].more for held, _ in some]
            times = np.concatenate([held.parts[segment].times for held, _ in some], dtype=np.float32)
            rows = np.concatenate(more, dtype=np.intp)
            np.add.at(made, rows, _repeated(some, more) * damped.more(rows, times))

    def _shares(self, held: Held) -> Floats:
        """What a common term counts in every row, times its weight."""
        found = self._common.get(held.term)
        if found is None:
            found = np.zeros(self._size, dtype=np.float32)
            for part, span, damped in zip(held.parts, self._spans, self._damped, strict=True):
                made = found[span]
                made[part.once] = damped.once[part.once]
                made[part.more] = damped.more(part.more, part.times.astype(np.float32))
            if len(self._common) * self._size > _COMMON_KEPT:
                self._common.clear()
            self._common[held.term] = found
        return found

    def rows(self, held: Held) -> Ints:
        """The rows of the passages that hold the term."""
        found = self._rows([held])
        return found[~np.isin(found, self.gone)] if len(self.gone) else found

    def rows_of(self, held: Iterable[Held]) -> Ints | None:
        """The rows that hold one of the terms, ascending, some that are gone among them; None where they are not few."""
        terms = [one for one in held if one.count]
        if _FEW * sum(one.count for one in terms) > self._size:
            return None
        rows = self._rows(terms)
        rows.sort()
        first: Ints = rows[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]
        return first

    def _rows(self, terms: Sequence[Held]) -> Ints:
        """The rows of each term, one after the other in each segment, those that are gone among them."""
        return self._joined([
            np.concatenate([one.rows[:0], *(rows for held in terms for rows in (held.parts[i].once, held.parts[i].more))])
            for i, one in enumerate(self.segments)
        ])  # fmt: skip

    @cached_property
    def _damped(self) -> list[Damped]:
        """Of each segment."""
        mean = sum(one.said for one in self.segments) / self.count if self.count else 0.0
        added = [np.asarray(K1 * (1 - B + B / (mean or 1.0) * one.lengths), dtype=np.float32) for one in self.segments]
        return [Damped(one, np.reciprocal(1 + one)) for one in added]

    def _joined(self, parts: Sequence[NDArray[np.integer]]) -> Ints:
        """Rows of each segment as rows of all."""
        every = [part.astype(np.int64) + span.start for part, span in zip(parts, self._spans, strict=True)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *every])


def _at_once(weighed: Weighed) -> Iterator[Weighed]:
    """The terms, as many together as have about so many postings."""
    start = filled = 0
    for i, (held, _) in enumerate(weighed, start=1):
        filled += held.count
        if filled > _AT_ONCE or i == len(weighed):
            yield weighed[start:i]
            start, filled = i, 0


def _repeated(weighed: Weighed, rows: Sequence[Rows]) -> Floats:
    """The weight of each row's term."""
    return np.repeat(np.array([weight for _, weight in weighed], dtype=np.float32), list(map(len, rows)))


def idf(frequency: int, size: int) -> float:
    """Inverse document frequency as BM25 has it (≥ 0) of a term in so many of `size` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


def best(scores: Floats, k: int, among: NDArray[np.integer] | None = None) -> Ints:
    """The k rows with the highest scores above 0, best first; of equal ones the first. `among`: no other rows, ascending."""
    if among is None:
        near = np.flatnonzero(scores >= least if (least := _least(scores, k)) > 0 else scores > 0)
    else:
        near = among[scores[among] > 0].astype(np.int64)
    return near[np.argsort(-scores[near], kind="stable")[:k]]


def _least(scores: Floats, k: int) -> float:
    """No more than the k-th highest score: the k-th highest of the maxima of groups, of which there are few."""
    groups = len(scores) // _GROUP
    maxima = scores[: groups * _GROUP].reshape(_GROUP, groups).max(axis=0)
    return float(np.partition(maxima, groups - k)[groups - k]) if groups > k else 0.0
