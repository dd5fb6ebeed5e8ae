"""Questions that provably have no answer here: an absent field, a record that does not exist, another world's topic."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dalil.dataset.fields import AskedField, Catalogue, holds
from dalil.dataset.wordings import HELD_OUT, Wordings, families
from dalil.language import content_words, fold, words
from dalil.records import Document, Example, content_id

ABSENT, INVENTED, OFF_TOPIC = "absent_field", "invented_record", "off_topic"
ALONE_PREFIXES = ("invented:", "off_topic:")
"""Groups of negatives that belong to no record: they take no part in the split, their wording says where they go."""

MOST_INVENTED = 1000
_LIKENESS = 75.0
_TRIES_A_NAME = 20


@dataclass(frozen=True)
class Room:
    """What negatives must not touch: the corpus, its words and its catalogues."""

    documents: Sequence[Document]
    catalogues: Sequence[Catalogue]
    wordings: Wordings
    count: int

    @property
    def unit(self) -> int:
        """Questions a fact: the trained wordings and the held-out one."""
        return self.count + 1


def negative_examples(room: Room, total: int, seed: int) -> list[Example]:
    """About `total` unanswerable questions, a third of each kind; what a kind lacks, the next ones take over."""
    vocabulary = {word for document in room.documents for word in words(document.text)}
    far = _off_topic(room, vocabulary, total if not room.catalogues else total // 3)
    left = total - len(far)
    near = _absent(room, left // 2)
    return [*far, *near, *_invented(room, left - len(near), seed, vocabulary)]


def _off_topic(room: Room, vocabulary: Collection[str], number: int) -> list[Example]:
    """Everyday questions most of whose content words stand nowhere in the corpus, trained and held-out in turn."""
    language = room.wordings.language

    def is_far(question: str) -> bool:
        asked = content_words(question, language)
        return sum(word in vocabulary for word in asked) < len(asked) / 2

    kept = {half: [q for q in questions if is_far(q)] for half, questions in room.wordings.off_topic.items()}
    made: list[Example] = []
    for turn in range(max((len(questions) for questions in kept.values()), default=0)):
        for half, family in ((HELD_OUT, HELD_OUT), ("train", "w1")):
            if turn < len(kept[half]):
                question = kept[half][turn]
                group = f"{ALONE_PREFIXES[1]}{content_id(question)}"
                made.append(_negative(room, question, OFF_TOPIC, family, group))
    return made[:number]


def _absent(room: Room, number: int) -> list[Example]:
    """Fields that a record lacks and at least half of its source has, where no other field of it could answer."""
    facts = [
        (content_id("absent", record.path, asked.name), record, asked)
        for catalogue in room.catalogues
        for asked in catalogue.fields.values()
        if asked.alone and catalogue.common(asked.name)
        for record in catalogue.records
        if not holds(record, asked.name) and not _has_like(record, asked, catalogue)
    ]
    made: list[Example] = []
    for _, record, asked in sorted(facts, key=lambda fact: fact[0])[: number // room.unit]:
        for family in families(room.count):
            question = asked.ask(record.name, family)
            made.append(_negative(room, question, ABSENT, family, "", (record.path,), asked.name))
    return made


def _has_like(record: Document, asked: AskedField, catalogue: Catalogue) -> bool:
    """Whether the record has another field of the same kind ("who": a group where there are no actors)."""
    if asked.kind == "other":
        return False
    held = (catalogue.fields.get(field.name) for field in record.fields if field.value.strip())
    return any(other is not None and other.kind == asked.kind for other in held)


def _invented(room: Room, number: int, seed: int, vocabulary: Collection[str]) -> list[Example]:
    """Fields of records that do not exist: of two names, one is asked in the trained wordings, one in the held-out."""
    offered = [asked for catalogue in room.catalogues for asked in catalogue.fields.values()]
    if not offered:
        return []
    rng = np.random.default_rng(seed)
    wanted = min(MOST_INVENTED, 2 * (number // room.unit))
    made: list[Example] = []
    for turn, name in enumerate(_names(room, wanted, rng, vocabulary)):
        asked = offered[int(rng.integers(len(offered)))]
        for family in families(room.count)[:-1] if turn % 2 else (HELD_OUT,):
            question = asked.ask(name, family)
            made.append(_negative(room, question, INVENTED, family, f"{ALONE_PREFIXES[0]}{name}"))
    return made


def _names(room: Room, number: int, rng: np.random.Generator, vocabulary: Collection[str]) -> Iterator[str]:
    """Names that are no word of the corpus and not like any record's name, nor any word of one."""
    from rapidfuzz import fuzz, process

    names = [fold(document.name) for document in room.documents if document.fields]
    taken = sorted({*names, *(word for name in names for word in words(name))})
    used = set[str]()
    for _ in range(_TRIES_A_NAME * number):
        if len(used) == number:
            return
        name = "".join(part[int(rng.integers(len(part)))] for part in room.wordings.syllables)
        if name in used or fold(name) in vocabulary:
            continue
        if process.extractOne(fold(name), taken, scorer=fuzz.ratio, score_cutoff=_LIKENESS) is None:
            used.add(name)
            yield name


def _negative(room: Room, question: str, kind: str, family: str, group: str,
              documents: tuple[str, ...] = (), field: str = "") -> Example:  # fmt: skip
    return Example(
        id=content_id("templates", kind, *documents, field, question, family),
        question=question,
        answer="",
        kind=kind,
        language=room.wordings.language,
        origin="templates",
        answerable=False,
        documents=documents,
        field=field,
        wording=family,
        group=group,
    )
