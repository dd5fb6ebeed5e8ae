"""Questions over whole catalogues that two catalogues answer differently ("which is the cheapest?"): no one answer is right."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np

from dalil.dataset.check_repeats import plain, trimmed
from dalil.language import folded
from dalil.records import Dropped, Example

Fact = tuple[str, str, tuple[str, ...], str]


def with_one_answer(written: Callable[[], Iterable[Example]]) -> Iterator[Example | Dropped]:
    """The examples whose question has one answer among them, then the questions that have several.

    What is asked goes in all of its wordings: each catalogue draws its own, and another one is as open. The examples are
    written anew on each pass, so that none need be kept.
    """
    repeated = _repeated(written())
    open_facts = _open_facts(written(), repeated) if repeated else frozenset()
    gone: dict[str, None] = {}
    for example in written():
        if open_facts and _fact(example) in open_facts:
            gone.setdefault(example.question)
        else:
            yield example
    for question in gone:
        yield Dropped(question, "not asked: several catalogues answer it, each otherwise")


def _repeated(examples: Iterable[Example]) -> frozenset[int]:
    """The hashes of questions that stand twice."""
    hashes = np.sort(np.asarray(array("q", (hash(_asked(example)) for example in examples))))
    return frozenset(hashes[1:][hashes[1:] == hashes[:-1]].tolist())


def _open_facts(examples: Iterable[Example], repeated: Collection[int]) -> frozenset[Fact]:
    """The facts that a question asks for which another fact answers otherwise."""
    facts: dict[tuple[str, str], set[Fact]] = defaultdict(set)
    for example in examples:
        if hash(asked := _asked(example)) in repeated:
            facts[asked].add(_fact(example))
    several = (found for found in facts.values() if len({answer for *_, answer in found}) > 1)
    return frozenset(fact for found in several for fact in found)


def _asked(example: Example) -> tuple[str, str]:
    return trimmed(folded(example.question)), example.scope  # not `plain`: a question comes once, and is not remembered


def _fact(example: Example) -> Fact:
    return example.kind, example.field, example.documents, plain(example.answer)
