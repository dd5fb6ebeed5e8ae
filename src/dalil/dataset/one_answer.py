"""Questions over whole catalogues that two catalogues answer differently ("which is the cheapest?"): no one answer is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dalil.dataset.check_repeats import plain
from dalil.records import Dropped, Example


def with_one_answer(examples: Sequence[Example]) -> tuple[list[Example], list[Dropped]]:
    """The examples whose question has one answer among them, and the questions that have several.

    What is asked goes in all of its wordings: each catalogue draws its own, and another one is as open.
    """
    answers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for example in examples:
        answers[_asked(example)].add(plain(example.answer))
    open_facts = {_fact(example) for example in examples if len(answers[_asked(example)]) > 1}
    kept = [example for example in examples if _fact(example) not in open_facts]
    gone = dict.fromkeys(example.question for example in examples if _fact(example) in open_facts)
    return kept, [Dropped(question, "not asked: several catalogues answer it, each otherwise") for question in gone]


def _asked(example: Example) -> tuple[str, str]:
    return plain(example.question), example.scope


def _fact(example: Example) -> tuple[str, str, tuple[str, ...], str]:
    return example.kind, example.field, example.documents, plain(example.answer)
