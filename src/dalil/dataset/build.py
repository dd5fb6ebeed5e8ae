"""Documents and people's own pairs → every example, in its group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from dalil.config import DatasetSettings
from dalil.dataset.aggregates import aggregate_examples
from dalil.dataset.extremes import extreme_examples
from dalil.dataset.fields import Catalogue, catalogues
from dalil.dataset.harvest import harvest_examples
from dalil.dataset.negatives import Room, negative_examples
from dalil.dataset.one_answer import with_one_answer
from dalil.dataset.sections import AskedText, asked_texts, section_examples
from dalil.dataset.templates import record_examples
from dalil.dataset.text_spool import texts_on_disk
from dalil.dataset.wordings import load_wordings
from dalil.dataset.yes_no import checked_examples, yes_no_checks
from dalil.lexicon import Lexicon
from dalil.records import Document, Dropped, Example
from dalil.store.nameless import Nameless


def written_examples(documents: Iterable[Document], settings: DatasetSettings, pairs: Iterable[Example],
                     lexicons: Sequence[Lexicon], seed: int, folder: Path | None = None) -> Iterator[Example | Dropped]:  # fmt: skip
    """Every example as it is written, without its group; and what is not asked about, with the reason.

    `documents`: in the order of their paths; they are passed several times, and of them only records are kept.
    `lexicons`: the workspace's own, then those of its other languages, whose catalogues are asked about in them;
    `folder`: where texts may lie meanwhile.
    """
    with closing(texts_on_disk(folder)) as texts:
        yield from _every(documents, settings, pairs, lexicons, seed, _Beside(texts))


def _every(documents: Iterable[Document], settings: DatasetSettings, pairs: Iterable[Example],
           lexicons: Sequence[Lexicon], seed: int, beside: _Beside) -> Iterator[Example | Dropped]:  # fmt: skip
    if "harvest" in settings.origins:
        for document in documents:
            found, empty = harvest_examples(document)
            yield from beside.counted(found)
            yield from empty
    if "pairs" in settings.origins:
        yield from beside.counted(pairs)
    if "sections" in settings.origins:
        for text in asked_texts(documents, settings.facts_per_kind):
            if isinstance(text, Dropped):
                yield text
            else:
                yield from beside.counted(_wanted(section_examples(text, settings.wordings), settings))
                if text.facts:
                    beside.texts.add(text)
    if "templates" in settings.origins:
        yield from _written(documents, settings, lexicons, beside, seed)


@dataclass
class _Beside:
    """What stands beside the questions about records: the texts that have facts, and how many examples there are."""

    texts: Nameless[AskedText]
    examples: Counter[bool] = field(default_factory=Counter)

    def counted(self, examples: Iterable[Example]) -> Iterator[Example]:
        """The examples, counted as they pass: those that can be answered, and the others."""
        for example in examples:
            self.examples[example.answerable] += 1
            yield example


def _written(documents: Iterable[Document], settings: DatasetSettings, lexicons: Sequence[Lexicon],
             beside: _Beside, seed: int) -> Iterator[Example | Dropped]:  # fmt: skip
    """Questions that dalil writes about records, and those without an answer, so many that their share is as asked."""
    lexicon, *others = lexicons
    wordings = load_wordings(lexicon.language)
    if wordings is None:
        yield Dropped("templates", f"dalil has no wordings in `{lexicon.language}` yet: no questions were written")
        return
    spoken = [(other, said) for other in others if (said := load_wordings(other.language))]
    known, dropped = catalogues(documents, lexicon, wordings, spoken)
    yield from dropped
    for item in with_one_answer(_of_records(known, settings)):
        if isinstance(item, Example):
            beside.examples[item.answerable] += 1
        yield item
    share = settings.negatives / (1 - settings.negatives)
    total = max(0, _least(share * beside.examples[True]) - beside.examples[False])
    written = 0
    for example in negative_examples(Room(documents, known, wordings, settings.wordings, beside.texts), total, seed):
        written += 1
        yield example
    if total - written > max(settings.wordings, total // 10):
        yield Dropped("negatives", f"{written} of {total} unanswerable questions: no more are provably so here")


def _of_records(known: Sequence[Catalogue], settings: DatasetSettings) -> Callable[[], Iterator[Example]]:
    """What writes the questions about records, as often as it is called."""
    checks = [yes_no_checks(catalogue) for catalogue in known]

    def written() -> Iterator[Example]:
        for catalogue, checked in zip(known, checks, strict=True):
            said = catalogue.wordings
            for record in catalogue.records:
                yield from record_examples(record, catalogue.fields, said.language, settings.wordings)
            yield from checked_examples(checked, said, settings.wordings)
            yield from aggregate_examples(catalogue, said, settings.wordings)
            yield from extreme_examples(catalogue, said, settings.wordings)

    return lambda: _wanted(written(), settings)


def _least(wanted: float) -> int:
    """The first whole number that is not below: with one question fewer the share would not be reached."""
    return ceil(round(wanted, 6))


def _wanted(written: Iterable[Example], settings: DatasetSettings) -> Iterator[Example]:
    """Of what dalil wrote, the kinds that the settings ask for."""
    return (example for example in written if not settings.kinds or example.kind in settings.kinds)
