"""What every unanswerable question is made of: its kind, its group, a name that nothing bears."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from dalil.language import fold, words
from dalil.records import Example, Language, Origin, content_id

ABSENT, INVENTED, OFF_TOPIC = "absent_field", "invented_record", "off_topic"
ABSENT_TOPIC, ABSENT_STEP, INVENTED_TEXT = "absent_topic", "absent_step", "invented_text"
_OF_TEXTS = frozenset({ABSENT_TOPIC, ABSENT_STEP, INVENTED_TEXT})
ALONE_PREFIXES = ("invented:", "off_topic:")
"""Groups of negatives that belong to no document: they take no part in the split, their wording says where they go."""

MOST_INVENTED = 1000
_LIKENESS = 75.0
_TRIES_A_NAME = 20


def unanswerable(question: str, kind: str, language: Language, family: str, *, group: str = "",
                 documents: tuple[str, ...] = (), field: str = "") -> Example:  # fmt: skip
    """A question whose right reply is that it is not known. `group`: set where it belongs to no document."""
    origin: Origin = "sections" if kind in _OF_TEXTS else "templates"
    return Example(
        id=content_id(origin, kind, *documents, field, question, family),
        question=question,
        answer="",
        kind=kind,
        language=language,
        origin=origin,
        answerable=False,
        documents=documents,
        field=field,
        wording=family,
        group=group,
    )


def invented_names(names: Collection[str], syllables: Sequence[Sequence[str]], number: int,
                   rng: np.random.Generator, vocabulary: Collection[str]) -> Iterator[str]:  # fmt: skip
    """Names that are no word of the corpus and not like any document's name, nor any word of one (`names`, folded)."""
    from rapidfuzz import fuzz, process

    taken = sorted({*names, *(word for name in names for word in words(name))})
    used = set[str]()
    for _ in range(_TRIES_A_NAME * number):
        if len(used) == number:
            return
        name = "".join(part[int(rng.integers(len(part)))] for part in syllables)
        if name in used or fold(name) in vocabulary:
            continue
        if process.extractOne(fold(name), taken, scorer=fuzz.ratio, score_cutoff=_LIKENESS) is None:
            used.add(name)
            yield name
