"""The workspace's examples as pairs with their side: what a trainer gets, and what it must not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dalil.dataset.heldout import askable, strata, training_examples
from dalil.dataset.pair import Located, Pair
from dalil.dataset.sides import SplitRow
from dalil.records import Document, Example


def located_examples(examples: Sequence[Example], documents: Sequence[Document],
                     split: Sequence[SplitRow]) -> list[Located]:  # fmt: skip
    """Each example with its side: train what may be trained, test what is held out, "" what belongs to neither
    (a record of the test in a wording that is trained elsewhere)."""
    held = {item.example_id: item.stratum for item in strata(askable(examples), split, 1)}
    trained = {example.id for example in training_examples(examples, split, 0, 1)}
    side_of = {row.group: row.side for row in split}
    texts = {document.path: document.text for document in documents}
    made = []
    for number, example in enumerate(examples, start=1):
        if example.id in trained:
            side = "train"
        elif example.id in held:
            side = "test"
        else:
            side = "validation" if side_of.get(example.group) == "validation" else ""
        pair = pair_of_example(example, texts, side, held.get(example.id, ""))
        made.append(Located("", number, pair, side))
    return made


def pair_of_example(example: Example, texts: dict[str, str], side: str, stratum: str) -> Pair:
    """An example with all that it says of itself, and its evidence quoted."""
    evidence = [
        {
            "document": e.document,
            "start": str(e.start),
            "end": str(e.end),
            "quote": texts.get(e.document, "")[e.start : e.end],
        }
        for e in example.evidence
    ]
    beside: dict[str, Any] = {
        "kind": example.kind, "language": example.language, "origin": example.origin, "split": side,
        "group": example.group, "stratum": stratum, "wording": example.wording, "field": example.field,
        "page": "" if example.page is None else str(example.page), "expects": example.expects, "scope": example.scope,
        "values": [value for value in example.values if value], "documents": list(example.documents), "evidence": evidence,
    }  # fmt: skip
    answer = example.answer or " ; ".join(example.values)
    return Pair(example.question, answer, example.id, answerable=example.answerable,
                extra={name: value for name, value in beside.items() if value})  # fmt: skip
