"""Documents and people's own pairs → every example, in its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dalil.config import DatasetSettings
from dalil.dataset.aggregates import aggregate_examples
from dalil.dataset.extremes import extreme_examples
from dalil.dataset.fields import catalogues
from dalil.dataset.groups import group_examples
from dalil.dataset.harvest import harvest_examples
from dalil.dataset.negatives import Room, negative_examples
from dalil.dataset.sections import section_examples
from dalil.dataset.templates import record_examples
from dalil.dataset.wordings import load_wordings
from dalil.dataset.yes_no import yes_no_examples
from dalil.lexicon import Lexicon, load_lexicon
from dalil.records import Document, Dropped, Example, Language


def build_examples(documents: Sequence[Document], settings: DatasetSettings, language: Language,
                   pairs: Sequence[Example], seed: int, lexicon: Lexicon | None = None) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """All examples, sorted by (group, id), and what was not asked about, with the reason. `lexicon`: the workspace's own.

    Raises GroupingError where one group would swallow the test (see `group_examples`).
    """
    made: list[Example] = []
    dropped: list[Dropped] = []
    if "harvest" in settings.origins:
        for document in sorted(documents, key=lambda document: document.path):
            found, empty = harvest_examples(document)
            made += found
            dropped += empty
    if "pairs" in settings.origins:
        made += pairs
    if "sections" in settings.origins:
        written, passed = section_examples(documents, settings.facts_per_kind, settings.wordings)
        made += _wanted(written, settings)
        dropped += passed
    if "templates" in settings.origins:
        written, passed = _written(documents, settings, lexicon or load_lexicon(language), len(made), seed)
        made += written
        dropped += passed
    grouped = group_examples(_distinct_ids(made), documents, seed)
    return sorted(grouped, key=lambda example: (example.group, example.id)), dropped


def _written(documents: Sequence[Document], settings: DatasetSettings, lexicon: Lexicon,
             others: int, seed: int) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """Questions that dalil writes; `others`: how many examples stand beside them, for the share of negatives."""
    wordings = load_wordings(lexicon.language)
    if wordings is None:
        return [], [
            Dropped("templates", f"dalil has no wordings in `{lexicon.language}` yet: no questions were written")
        ]
    known, dropped = catalogues(documents, lexicon, wordings)
    made: list[Example] = []
    for catalogue in known:
        for record in catalogue.records:
            made += record_examples(record, catalogue.fields, wordings.language, settings.wordings)
        made += yes_no_examples(catalogue, wordings, settings.wordings)
        made += aggregate_examples(catalogue, wordings, settings.wordings)
        made += extreme_examples(catalogue, wordings, settings.wordings)
    made = _wanted(made, settings)
    share = settings.negatives / (1 - settings.negatives)
    room = Room(documents, known, wordings, settings.wordings)
    return [*made, *negative_examples(room, round(share * (others + len(made))), seed)], dropped


def _wanted(written: list[Example], settings: DatasetSettings) -> list[Example]:
    """Of what dalil wrote, the kinds that the settings ask for."""
    return [example for example in written if not settings.kinds or example.kind in settings.kinds]


def _distinct_ids(examples: Sequence[Example]) -> list[Example]:
    """Ids as given; a repeated one (two files that both count rows from 1) gets ~2, ~3 … behind it."""
    taken = set[str]()
    made: list[Example] = []
    for example in examples:
        wanted, count = example.id, 1
        while wanted in taken:
            count += 1
            wanted = f"{example.id}~{count}"
        taken.add(wanted)
        made.append(example if wanted == example.id else replace(example, id=wanted))
    return made
