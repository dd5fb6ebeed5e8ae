"""One lexical leg over all segments: BM25, whose rarities and mean length are counted over every passage that is there.

So the scores are those of one segment of these passages, to the last bit, however they came to be where they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.best_rows import Floats, best
from dalil.retrieval.common_terms import COMMON, Common, Shares
from dalil.retrieval.postings import Ints, Part, Postings, Rows, hashed_few

K1, B = 1.2, 0.75
_KNOWN_TERMS = 30_000
"""About so many terms' places are remembered, in some 30 MB: questions share most of their 4-grams."""
_COMMON_KEPT = 25_000_000
"""Common terms are kept by about so many rows in all, in twice as many bytes."""
_AT_ONCE = 65_536
"""So many postings are added up at once, about: they stay in a processor's cache."""
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

    def more(self, rows: NDArray[np.intp], times: NDArray[np.uint8]) -> Floats:
        """The share that is left of one said more often: t / (t + damped)."""
        return np.asarray(times / (times + self.added[rows]))


class Leg:
    """The postings of the segments, one after the other; rows are counted over all of them."""

    def __init__(self, segments: Sequence[Postings]) -> None:
        self.segments = tuple(segments)
        self.count = sum(one.count for one in self.segments)
        ends = np.cumsum([0, *(len(one.lengths) for one in self.segments)]).tolist()
        self._starts: list[int] = ends[:-1]
        self._size: int = ends[-1]
        self.gone: Ints = self._joined([[one.gone] for one in self.segments])
        self._known: dict[str, Held] = {}
        self._common: dict[int, Common] = {}

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

    def scores(self, weighed: Weighed) -> Floats:
        """BM25 of every row, each term counting its weight; 0 of what is gone."""
        made = self._added_up([(held, weight * (K1 + 1)) for held, weight in weighed if held.count])
        made[self.gone] = 0
        return made

    def best(self, held: Iterable[Held], k: int, among: Ints | None = None, without: Ints | None = None,
             beside: Floats | None = None) -> tuple[Ints, Floats]:  # fmt: skip
        """The k best rows by BM25 with their scores, as `best_rows.best` orders them. `among`: no other rows, ascending;
        `without`: none of these; `beside`: what each row scores beside."""
        every = [one for one in held if one.count]
        common = [self._by_rows(one) for one in every if COMMON * one.count > self.count]
        rare = [one for one in every if COMMON * one.count <= self.count] if common else every
        few = self.rows_of(rare) if among is None and beside is None and not common else None
        made = self._added_up([(one, one.idf * (K1 + 1)) for one in rare], few)
        if beside is not None:
            made += beside
        for never in (self.gone, without):
            if never is not None and len(never):
                made[never] = -np.inf
        rows = few if among is None else among
        if common:
            shares = Shares(common, self._damped.added)
            rows = shares.may_be_best(made, k) if among is None else among
            shares.add(made, rows)
        found = best(made, k, rows)
        return found, made[found]

    def _added_up(self, weighed: Weighed, only: Ints | None = None) -> Floats:
        """What terms count in every row; where `only` these rows hold one, the others are left as they lie in memory."""
        here = slice(None) if only is None else only
        made = np.empty(self._size, dtype=np.float32)
        made[here] = 0
        groups = [([held for held, _ in some], np.array([weight for _, weight in some], dtype=np.float32))
                  for some in _at_once(weighed)]  # fmt: skip
        for terms, weights in groups:
            once = [[held.parts[i].once for held in terms] for i in self._each]
            np.add.at(made, self._joined(once), _repeated(weights, once))
        if groups:
            made[here] *= self._damped.once[here]
        for terms, weights in groups:
            parts = [[held.parts[i] for held in terms] for i in self._each]
            more = [[part.more for part in found] for found in parts]
            times = np.concatenate([part.times for found in parts for part in found])
            rows = self._joined(more)
            np.add.at(made, rows, _repeated(weights, more) * self._damped.more(rows, times))
        return made

    @property
    def _each(self) -> range:
        """The places of the segments."""
        return range(len(self.segments))

    def _by_rows(self, held: Held) -> Common:
        """A common term by rows."""
        found = self._common.get(held.term)
        if found is None:
            times = np.zeros(self._size, dtype=np.uint8)
            for part, start in zip(held.parts, self._starts, strict=True):
                said = times[start:]
                said[part.once] = 1
                said[part.more] = part.times
            if len(self._common) * self._size > _COMMON_KEPT:
                self._common = {}
            found = self._common[held.term] = Common.of(times, held.idf * (K1 + 1), self._damped.added)
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
        parts = [[held.parts[i] for held in terms] for i in self._each]
        return self._joined([[rows for part in found for rows in (part.once, part.more)] for found in parts])

    @cached_property
    def _damped(self) -> Damped:
        mean = sum(one.said for one in self.segments) / self.count if self.count else 0.0
        lengths = np.concatenate([np.zeros(0, dtype=np.int32), *(one.lengths for one in self.segments)])
        added = np.asarray(K1 * (1 - B + B / (mean or 1.0) * lengths), dtype=np.float32)
        return Damped(added, np.reciprocal(1 + added))

    def _joined(self, parts: Sequence[Sequence[NDArray[np.integer]]]) -> Ints:
        """Rows of each segment, in parts, as rows of all."""
        every = [part for found in parts for part in found]
        rows = np.concatenate(every).astype(np.int64) if every else np.zeros(0, dtype=np.int64)
        end = 0
        for start, found in zip(self._starts, parts, strict=True):
            begin, end = end, end + sum(map(len, found))
            if start:
                rows[begin:end] += start
        return rows


def _at_once(weighed: Weighed) -> Iterator[Weighed]:
    """The terms, as many together as have about so many postings."""
    start = filled = 0
    for i, (held, _) in enumerate(weighed, start=1):
        filled += held.count
        if filled > _AT_ONCE or i == len(weighed):
            yield weighed[start:i]
            start, filled = i, 0


def _repeated(weights: Floats, rows: Sequence[Sequence[Rows]]) -> Floats:
    """The weight of each row's term, in each segment."""
    return np.tile(weights, len(rows)).repeat([len(some) for found in rows for some in found])


def idf(frequency: int, size: int) -> float:
    """Inverse document frequency as BM25 has it (≥ 0) of a term in so many of `size` passages."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
