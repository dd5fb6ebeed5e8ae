"""Which of several texts about things of one kind is meant: "the loader" is asked about, not the manual of the compressor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dalil.answering.editions import alike
from dalil.answering.terms import QueryTerms
from dalil.records import Hit, Passage

Within = Callable[[str, int], Sequence[Hit]]
"""The best passages of one text for the question, at most so many."""


def of_what_is_meant(hits: Sequence[Hit], terms: QueryTerms, within: Within) -> list[Hit]:
    """The hits without those of texts in whose place another of the same kind is named: a word of the question stands in its
    name, and nowhere in theirs ("air" names no air compressor, where the loader has an air filter). Its further passages come
    behind, with scores no higher than the last."""
    names = {hit.passage.document: hit.passage for hit in hits}
    said = {path: _asked_in(passage.name, passage, terms) for path, passage in names.items()}
    told: dict[str, set[str]] = {path: set(held) for path, held in said.items()}
    for hit in hits:
        told[hit.passage.document] |= _asked_in(hit.passage.text, hit.passage, terms)
    instead = {
        path: other for path, passage in names.items() for other, named in names.items()
        if said[path] <= said[other] and said[other] - told[path] and alike(named.name, passage.name)
    }  # fmt: skip
    meant = set(instead.values()) - instead.keys()
    if len(meant) != 1:
        return list(hits)
    kept = [hit for hit in hits if hit.passage.document not in instead]
    there, lowest = {hit.passage.id for hit in kept}, min(hit.score for hit in kept)
    more = [hit for hit in within(meant.pop(), len(hits)) if hit.passage.id not in there]
    every = [*kept, *(replace(hit, score=min(lowest, hit.score)) for hit in more)][: len(hits)]
    return [replace(hit, rank=rank) for rank, hit in enumerate(every, start=1)]


def _asked_in(text: str, passage: Passage, terms: QueryTerms) -> set[str]:
    return terms.weights.keys() & set(terms.stems_of(text, passage.language))
