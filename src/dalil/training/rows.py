"""Examples → the rows that a model is trained on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dalil.config_models import ContextSettings
from dalil.language_model.scoped import within_scope
from dalil.language_model.templates import numbered
from dalil.lexicon import load_lexicon, phrases
from dalil.records import Example, Language, Passage, content_id


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A question with its answer. `names`: the records it is about; `topic`: the field it asks for, else its kind.

    `cues`: other words for that field (the lexicon's), which noise may put in the place of those that stand there; `hints`:
    those of them that ask for it only where nothing asks for another field ("endroit" beside "domaine").
    `held`: a value that the question holds ("is X's site Vannes?"), which counts as a name does.
    `whole`: every word of the question counts ("which have Vannes?"): noise adds to it and takes nothing away.
    """

    id: str
    question: str
    answer: str
    language: Language
    context: str = ""
    names: tuple[str, ...] = ()
    topic: str = ""
    cues: tuple[str, ...] = ()
    whole: bool = False
    held: str = ""
    hints: tuple[str, ...] = ()


def rows_of(examples: Iterable[Example], *, unknown: bool) -> list[TrainingRow]:
    """The rows of examples, those without an answer left out unless `unknown`: then they teach to say so."""
    asked = [example for example in examples if example.answerable or unknown]
    values = _values_of_fields(asked)
    return [_row(example, values.get(example.field, ())) for example in asked]


def _row(example: Example, values: Collection[str]) -> TrainingRow:
    built = example.origin == "templates" and not _of_one_field(example)
    topic = example.kind if built else example.field or example.kind
    held = _held(example, values) if built and len(example.documents) == 1 else ""
    return TrainingRow(
        example.id, within_scope(example.question, example.scope), _answer(example), example.language,
        names=_names(example), topic=topic, cues=_cues(example), whole=built and not held, held=held, hints=_hints(example),
    )  # fmt: skip


def _values_of_fields(examples: Iterable[Example]) -> dict[str, set[str]]:
    """What the examples say that a field of some record holds."""
    values: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        values[example.field].update(example.values)
    return values


def _held(example: Example, values: Collection[str]) -> str:
    """The longest of the values that stands in the question."""
    return max((value for value in values if value and value in example.question), key=len, default="")


def _answer(example: Example) -> str:
    if not example.answerable:
        return phrases(example.language)["unknown"]
    return example.answer or " ; ".join(example.values)


def _names(example: Example) -> tuple[str, ...]:
    return tuple(path.rpartition("#")[2].split("~")[0] for path in example.documents if "#" in path)


def _cues(example: Example) -> tuple[str, ...]:
    """Of questions that dalil wrote about one field of one record: its name, and how else people ask for it."""
    if example.origin != "templates" or not _of_one_field(example):
        return ()
    name = re.sub(r"[-_\s]+", " ", example.field).strip()
    return tuple(dict.fromkeys((name, *load_lexicon(example.language).concept_of(example.field).spoken)))


def _hints(example: Example) -> tuple[str, ...]:
    return load_lexicon(example.language).concept_of(example.field).hints if _cues(example) else ()


def _of_one_field(example: Example) -> bool:
    """Whether a record's field is asked for, whatever the words: no value in the question decides what is right."""
    asked = bool(example.field) and len(example.documents) == 1
    return asked and example.kind in {concept.kind for concept in load_lexicon(example.language).concepts}


def with_context(rows: Sequence[TrainingRow], passages: Sequence[Passage], proofs: dict[str, str],
                 settings: ContextSettings, seed: int) -> list[TrainingRow]:  # fmt: skip
    """RAFT rows (Zhang et al., 2024): passages before the question, the proof among distractors or absent.

    `proofs`: row id → id of the passage that holds its answer. Rows without a proof keep no context. Where the proof is
    left out, the answer says that it is not there.
    """
    by_id = {passage.id: passage for passage in passages}
    return [_read(row, by_id[proofs[row.id]], passages, settings, seed) if row.id in proofs else row for row in rows]


def _read(row: TrainingRow, proof: Passage, passages: Sequence[Passage], settings: ContextSettings,
          seed: int) -> TrainingRow:  # fmt: skip
    rng = np.random.default_rng([seed, int(content_id("context", row.id), 16)])
    others = [p for p in passages if p.document != proof.document]
    chosen = [others[i] for i in rng.choice(len(others), min(settings.distractors, len(others)), replace=False)]
    absent = bool(chosen) and rng.random() < settings.absent
    shown = chosen if absent else [*chosen, proof]
    order = rng.permutation(len(shown))
    context = numbered(shown[i] for i in order)
    answer = phrases(row.language)["unknown"] if absent else row.answer
    return replace(row, context=context, answer=answer)
