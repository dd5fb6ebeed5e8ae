"""All examples of a few documents in memory, as the stage `examples` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from dalil.config import DatasetSettings
from dalil.dataset.build import written_examples
from dalil.dataset.groups import Grouping
from dalil.dataset.spool import ExampleSpool
from dalil.lexicon import Lexicon, load_lexicon
from dalil.records import Document, Dropped, Example, Language


def build_examples(documents: Sequence[Document], settings: DatasetSettings, language: Language,
                   pairs: Sequence[Example], seed: int, lexicon: Lexicon | None = None,
                   others: Sequence[Lexicon] = ()) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """All examples in memory, sorted by (group, id), and what was not asked about, with the reason.

    Raises GroupingError where one group would swallow the test (see `Grouping`).
    """
    ordered = sorted(documents, key=lambda document: document.path)
    lexicons = [lexicon or load_lexicon(language), *others]
    dropped: list[Dropped] = []
    with closing(ExampleSpool(Grouping(ordered, seed))) as spool:
        for item in written_examples(ordered, settings, pairs, lexicons, seed):
            if isinstance(item, Dropped):
                dropped.append(item)
            else:
                spool.add(item)
        return [line.example() for line in spool.lines()], dropped
