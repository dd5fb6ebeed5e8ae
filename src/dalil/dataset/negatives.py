"""Questions that provably have no answer here: an absent field, a record that does not exist, another world's topic."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from dalil.dataset.fields import AskedField, Catalogue, holds
from dalil.dataset.sections import AskedText
from dalil.dataset.text_negatives import TextNegatives
from dalil.dataset.unanswerable import (
    ABSENT,
    ALONE_PREFIXES,
    INVENTED,
    MOST_INVENTED,
    OFF_TOPIC,
    invented_names,
    unanswerable,
)
from dalil.dataset.wordings import HELD_OUT, Wordings, families
from dalil.language import content_words, fold, words
from dalil.records import Document, Example, Language, content_id


@dataclass(frozen=True)
class Room:
    """What negatives must not touch: the corpus, its words, its catalogues and the texts that have facts to ask for."""

    documents: Iterable[Document]
    catalogues: Sequence[Catalogue]
    wordings: Wordings
    count: int
    texts: Sequence[AskedText] = ()

    @property
    def spoken(self) -> list[Wordings]:
        """The workspace's wordings, then those of catalogues in other languages."""
        return [
            self.wordings,
            *{id(c.wordings): c.wordings for c in self.catalogues if c.wordings is not self.wordings}.values(),
        ]

    @property
    def unit(self) -> int:
        """Questions a fact: the trained wordings and the held-out one."""
        return self.count + 1


@dataclass(frozen=True)
class _Said:
    """The words of all documents, and their names, folded."""

    vocabulary: Collection[str]
    names: Collection[str]


def negative_examples(room: Room, total: int, seed: int) -> Iterator[Example]:
    """About `total` unanswerable questions, a third of them far, the others near; what a kind lacks, the next ones take over.

    Records and texts share the near ones evenly.
    """
    said = _said(room.documents)
    far = _off_topic(room, said.vocabulary, total // 3 if room.catalogues or room.texts else total)
    yield from far
    left = total - len(far)
    of_records = 0
    for example in _of_records(room, left // 2 if room.texts else left, seed, said):
        of_records += 1
        yield example
    if room.texts:
        written = TextNegatives(room.texts, said.names, room.count, said.vocabulary)
        yield from written.examples(left - of_records, seed)


def _said(documents: Iterable[Document]) -> _Said:
    vocabulary = set[str]()
    names: list[str] = []
    for document in documents:
        vocabulary.update(words(document.text))
        names.append(fold(document.name))
    return _Said(vocabulary, names)


def _of_records(room: Room, number: int, seed: int, said: _Said) -> Iterator[Example]:
    absent = 0
    for example in _absent(room, number // 2):
        absent += 1
        yield example
    yield from _invented(room, number - absent, seed, said)


def _off_topic(room: Room, vocabulary: Collection[str], number: int) -> list[Example]:
    """Everyday questions most of whose content words stand nowhere in the corpus, in each language that is asked in."""
    spoken = [_everyday(wordings, vocabulary) for wordings in room.spoken]
    return [question for turn in zip_longest(*spoken) for question in turn if question is not None][:number]


def _everyday(wordings: Wordings, vocabulary: Collection[str]) -> list[Example]:
    """Those of one language, trained and held-out in turn."""
    language = wordings.language

    def is_far(question: str) -> bool:
        asked = content_words(question, language)
        return sum(word in vocabulary for word in asked) < len(asked) / 2

    kept = {half: [q for q in questions if is_far(q)] for half, questions in wordings.off_topic.items()}
    made: list[Example] = []
    for turn in range(max((len(questions) for questions in kept.values()), default=0)):
        for half, family in ((HELD_OUT, HELD_OUT), ("train", "w1")):
            if turn < len(kept[half]):
                question = kept[half][turn]
                group = f"{ALONE_PREFIXES[1]}{content_id(question)}"
                made.append(unanswerable(question, OFF_TOPIC, language, family, group=group))
    return made


def _absent(room: Room, number: int) -> Iterator[Example]:
    """Fields that a record lacks and at least half of its source has, where no other field of it could answer."""
    facts = [
        (content_id("absent", record.path, asked.name), record, asked, catalogue.wordings.language)
        for catalogue in room.catalogues
        for asked in catalogue.fields.values()
        if asked.alone and catalogue.common(asked.name)
        for record in catalogue.records
        if not holds(record, asked.name) and not _has_like(record, asked, catalogue)
    ]
    for _, record, asked, language in sorted(facts, key=lambda fact: fact[0])[: number // room.unit]:
        for family in families(room.count):
            question = asked.ask(record.name, family)
            yield unanswerable(question, ABSENT, language, family, documents=(record.path,), field=asked.name)


def _has_like(record: Document, asked: AskedField, catalogue: Catalogue) -> bool:
    """Whether the record has another field of the same kind ("who": a group where there are no actors)."""
    if asked.kind == "other":
        return False
    held = (catalogue.fields.get(field.name) for field in record.fields if field.value.strip())
    return any(other is not None and other.kind == asked.kind for other in held)


def _invented(room: Room, number: int, seed: int, said: _Said) -> Iterator[Example]:
    """Fields of records that do not exist, in each language as many as its catalogues have of all fields."""
    offered = [
        (wordings, [a for c in room.catalogues if c.wordings is wordings for a in c.fields.values()])
        for wordings in room.spoken
    ]
    total = sum(len(fields) for _, fields in offered)
    wanted = min(MOST_INVENTED, 2 * (number // room.unit))
    for place, (wordings, fields) in enumerate(offered):
        if fields:
            rng = np.random.default_rng([seed, place] if place else seed)
            share = 2 * round(wanted / 2 * len(fields) / total)
            names = invented_names(said.names, wordings.syllables, share, rng, said.vocabulary)
            yield from _of_no_record(names, fields, wordings.language, room.count, rng)


def _of_no_record(names: Iterable[str], fields: Sequence[AskedField], language: Language, count: int,
                  rng: np.random.Generator) -> Iterator[Example]:  # fmt: skip
    """Of two names, one is asked in the trained wordings, one in the held-out."""
    for turn, name in enumerate(names):
        asked = fields[int(rng.integers(len(fields)))]
        for family in families(count)[:-1] if turn % 2 else (HELD_OUT,):
            question = asked.ask(name, family)
            group = f"{ALONE_PREFIXES[0]}{name}"
            yield unanswerable(question, INVENTED, language, family, group=group)
