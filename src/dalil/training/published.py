"""The published ways of cleaning and splitting rows, kept so that authors find their own counts again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from dalil.language_model.templates import CHAT, Chat, Template
from dalil.records import Example

Item = TypeVar("Item")


def short_enough(examples: Sequence[Example], max_characters: int | None, template: Template) -> list[Example]:
    """Examples whose text has fewer characters: the filled template, of a chat template question and answer alone (all
    examples, where no limit is given)."""
    if max_characters is None:
        return list(examples)
    return [example for example in examples if _characters(example, template) < max_characters]


def _characters(example: Example, template: Template) -> int:
    if template.name == CHAT:
        return len(example.question) + len(example.answer)
    return len(template.prompt(Chat(example.question)) + template.completion(example.answer))


def random_split(rows: Sequence[Item], test_size: float, seed: int) -> tuple[list[Item], list[Item]]:
    """A random split of rows: (train, test), the test rounded up as scikit-learn does. It leaks siblings."""
    order = np.random.default_rng(seed).permutation(len(rows))
    test = set(order[: int(np.ceil(test_size * len(rows)))].tolist())
    return [row for i, row in enumerate(rows) if i not in test], [row for i, row in enumerate(rows) if i in test]
