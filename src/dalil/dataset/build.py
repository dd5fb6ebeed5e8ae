"""Documents and people's own pairs → every example, in its group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from dalil.config import DatasetSettings
from dalil.dataset.aggregates import aggregate_examples
from dalil.dataset.extremes import extreme_examples
from dalil.dataset.fields import catalogues
from dalil.dataset.groups import group_examples
from dalil.dataset.harvest import harvest_examples
from dalil.dataset.negatives import Room, negative_examples
from dalil.dataset.one_answer import with_one_answer
from dalil.dataset.sections import AskedText, asked_texts, section_examples
from dalil.dataset.templates import record_examples
from dalil.dataset.wordings import load_wordings
from dalil.dataset.yes_no import yes_no_examples
from dalil.lexicon import Lexicon, load_lexicon
from dalil.records import Document, Dropped, Example, Language


def build_examples(documents: Sequence[Document], settings: DatasetSettings, language: Language,
                   pairs: Sequence[Example], seed: int, lexicon: Lexicon | None = None,
                   others: Sequence[Lexicon] = ()) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """All examples, sorted by (group, id), and what was not asked about, with the reason.

    `lexicon`: the workspace's own; `others`: those of its other languages, whose catalogues are asked about in them.

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
    texts: list[AskedText] = []
    if "sections" in settings.origins:
        texts, passed = asked_texts(documents, settings.facts_per_kind)
        made += _wanted(section_examples(texts, settings.wordings), settings)
        dropped += passed
    if "templates" in settings.origins:
        beside = _Beside(tuple(texts), sum(e.answerable for e in made), sum(not e.answerable for e in made))
        lexicons = [lexicon or load_lexicon(language), *others]
        written, passed = _written(documents, settings, lexicons, beside, seed)
        made += written
        dropped += passed
    grouped = group_examples(_distinct_ids(made), documents, seed)
    return sorted(grouped, key=lambda example: (example.group, example.id)), dropped


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the questions about records: the texts that are asked about, and how many examples there are."""

    texts: tuple[AskedText, ...]
    answerable: int
    unanswerable: int


def _written(documents: Sequence[Document], settings: DatasetSettings, lexicons: Sequence[Lexicon],
             beside: _Beside, seed: int) -> tuple[list[Example], list[Dropped]]:  # fmt: skip
    """Questions that dalil writes about records, and those without an answer, so many that their share is as asked."""
    lexicon, *others = lexicons
    wordings = load_wordings(lexicon.language)
    if wordings is None:
        return [], [
            Dropped("templates", f"dalil has no wordings in `{lexicon.language}` yet: no questions were written")
        ]
    spoken = [(other, said) for other in others if (said := load_wordings(other.language))]
    known, dropped = catalogues(documents, lexicon, wordings, spoken)
    made: list[Example] = []
    for catalogue in known:
        said = catalogue.wordings
        for record in catalogue.records:
            made += record_examples(record, catalogue.fields, said.language, settings.wordings)
        made += yes_no_examples(catalogue, said, settings.wordings)
        made += aggregate_examples(catalogue, said, settings.wordings)
        made += extreme_examples(catalogue, said, settings.wordings)
    made, several = with_one_answer(_wanted(made, settings))
    dropped += several
    share = settings.negatives / (1 - settings.negatives)
    total = max(0, _least(share * (beside.answerable + len(made))) - beside.unanswerable)
    negatives = negative_examples(Room(documents, known, wordings, settings.wordings, beside.texts), total, seed)
    if total - len(negatives) > max(settings.wordings, total // 10):
        dropped.append(
            Dropped("negatives", f"{len(negatives)} of {total} unanswerable questions: no more are provably so here")
        )
    return [*made, *negatives], dropped


def _least(wanted: float) -> int:
    """The first whole number that is not below: with one question fewer the share would not be reached."""
    return ceil(round(wanted, 6))


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
