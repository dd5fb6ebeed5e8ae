"""The stage `staleness`: a few records are changed and indexed anew; who still gives the old values, and what the update costs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dalil.answering.approaches import READERS, make_approach
from dalil.answering.knowledge import Knowledge
from dalil.artefacts import Made, read_json, read_records, write_json
from dalil.collect.catalogue import with_value
from dalil.collect.passages import PassageSplitter
from dalil.config import READING_KINDS, ApproachSettings, Config
from dalil.dataset.changes import Change, Pair, choose_changes
from dalil.evaluation.judge import Judge
from dalil.pipeline.measuring import FINAL, approach_settings, calibrations
from dalil.pipeline.models import FoldModel, asked_for, files_for, fold_models, usable
from dalil.pipeline.ranking import read_ranking
from dalil.pipeline.words import lexicon_settings, workspace_lexicon
from dalil.published import TIMES
from dalil.records import Answer, Document, Example, Passage, Question
from dalil.retrieval.encoders import open_embedder
from dalil.retrieval.index import Index, sync_index
from dalil.seams import Approach
from dalil.stages import Context, Job

STALENESS = "staleness.json"
KINDS = ("stale", "fresh", "other", "silent")


@dataclass(frozen=True)
class Updated:
    """The documents after the changes, their index, and the seconds that reading and indexing them anew took."""

    documents: Sequence[Document]
    index: Index
    seconds: float


@dataclass(frozen=True)
class Probe:
    """The changes with the judges of both times: `before` knows the documents as they were, `after` as they are now."""

    changes: Sequence[Change]
    before: Judge
    after: Judge
    records: dict[str, Document]

    def count(self, approach: Approach) -> dict[str, int]:
        """How many answers give the new value, the old one, something else, or nothing; `n` is how many were asked."""
        asked = [change.question for change in self.changes]
        given = approach.answer_many([Question(e.id, e.question, e.language, scope=e.scope) for e in asked])
        found = [self.kind(change, answer) for change, answer in zip(self.changes, given, strict=True)]
        return {kind: found.count(kind) for kind in KINDS} | {"n": len(found)}

    def kind(self, change: Change, answer: Answer) -> str:
        """fresh: right by the new value; stale: right by the old one alone; silent: abstained; else other."""
        if self.after.judge(change.question_after(self.records.get(change.document)), answer).outcome == "right":
            return "fresh"
        if self.before.judge(change.question, answer).outcome == "right":
            return "stale"
        return "silent" if answer.status == "abstained" else "other"


def staleness_settings(config: Config) -> Any:
    return {"approaches": approach_settings(config), "passages": config.passages.model_dump(mode="json"),
            "language": config.language, "retrieval": config.retrieval.model_dump(mode="json"), "seed": config.seed,
            "embedder": config.embedder.model_dump(mode="json"),
            **lexicon_settings(config)}  # fmt: skip


def staleness_of(folder: Path) -> dict[str, Any]:
    """What the stage found, with the seconds measured (`update_seconds`: None where an approach has no model yet)."""
    found: dict[str, Any] = read_json(folder / STALENESS)
    seconds = read_json(folder / TIMES)
    return found | {"approaches": {k: row | {"update_seconds": seconds[k]} for k, row in found["approaches"].items()}}


def probe_staleness(job: Job) -> Made:
    """Change records, index them anew in a folder of its own, ask every approach → staleness.json, times.json."""
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    found = fold_models(job.inputs["models"])
    changes = _changes(job, documents, found)
    counts: dict[str, dict[str, int]] = {}
    times: dict[str, float | None] = {}
    if changes:
        with updated(job, documents, changes) as now:
            probe = probe_of(documents, now.documents, changes)
            approaches = job.context.config.approaches
            for settings in job.context.progress(approaches, label="after changes", total=len(approaches)):
                approach, times[settings.label] = _approach(job, settings, found, now)
                counts[settings.label] = probe.count(approach) if approach else dict.fromkeys((*KINDS, "n"), 0)
    write_json(job.folder / STALENESS, {
        "changed": len(changes), "questions": len(changes), "approaches": counts,
        "examples": [{"document": c.document, "field": c.field, "before": c.before, "after": c.value} for c in changes],
    })  # fmt: skip
    write_json(job.folder / TIMES, times)
    shown = {f"{label}:{kind}": row[kind] for label, row in counts.items() for kind in KINDS}
    return Made({"changed": len(changes), "questions": len(changes), **shown})


def probe_of(before: Sequence[Document], after: Sequence[Document], changes: Sequence[Change]) -> Probe:
    """The probe for documents before and after the changes."""
    return Probe(changes, Judge(before), Judge(after), {document.path: document for document in after})


def _changes(job: Job, documents: Sequence[Document], found: Sequence[FoldModel]) -> list[Change]:
    examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
    judge = Judge(documents)

    def right(example: Example, said: str) -> bool:
        answer = Answer(example.id, example.question, "", "answered", said)
        return judge.judge(example, answer).outcome == "right"

    def differs(change: Change) -> bool:
        return not right(change.question, change.value) and not right(change.question_after(), change.before)

    return choose_changes(documents, examples, job.context.config.seed, differs, _trained(job.context, found))


def _trained(context: Context, found: Sequence[FoldModel]) -> set[Pair] | None:
    """The fields of records that every model's first fold was trained on (where they share none: that any was); None
    where there is no model. Only there can a model be stale."""
    first = {model.model: model for model in reversed(found)}
    known = [
        {(e.documents[0], e.field) for e in read_records(Example, context.root / model.trained)
         if e.answerable and e.field and len(e.documents) == 1}
        for model in first.values()
    ]  # fmt: skip
    return (set.intersection(*known) or set.union(*known)) if known else None


@contextmanager
def updated(job: Job, documents: Sequence[Document], changes: Iterable[Change]) -> Iterator[Updated]:
    """The world after the changes, in a folder that is removed at the end.

    The index is built whole, which costs at least what `dalil run` needs after such a change.
    """
    passages = read_records(Passage, job.inputs["passages"] / "passages.jsonl")
    folder = job.folder / "index"
    by_path = {document.path: document for document in documents}
    started = time.perf_counter()
    changed = {c.document: with_value(by_path[c.document], c.field, c.value, c.items) for c in changes}
    splitter = PassageSplitter(job.context.config.passages)
    kept = [passage for passage in passages if passage.document not in changed]
    cut = [item for document in changed.values() for item in splitter(document) if isinstance(item, Passage)]
    now = [changed.get(document.path, document) for document in documents]
    context = job.context
    embedder = open_embedder(context.build.folder / "index", context.config.embedder, context.root)
    sync_index(folder, now, [*kept, *cut], lambda _: embedder)
    seconds = time.perf_counter() - started
    ranking = read_ranking(job.inputs["ranking"]).of_fold(FINAL)
    index = Index(folder, context.config.language, context.config.retrieval, embedder, ranking,
                  context.root)  # fmt: skip
    try:
        yield Updated(now, index, seconds)
    finally:
        index.close()
        shutil.rmtree(folder)


def _approach(
    job: Job, settings: ApproachSettings, found: Sequence[FoldModel], now: Updated
) -> tuple[Approach | None, float | None]:
    """The approach over the changed records with its first fold's model, and the seconds that bring it up to date.

    Both None where it needs a model that has not been trained, or where its documents are not here (`endpoint`).
    """
    model = next(iter(usable(settings, found)), None) if settings.needs_model else None
    if settings.kind == "endpoint" or (settings.needs_model and model is None):
        return None, None
    fold = model.fold if model else found[0].fold if found else 0
    learnt = calibrations(job.inputs["calibration"])
    languages = job.context.config.language
    knowledge = Knowledge(
        now.index,
        now.index.store.records(),
        workspace_lexicon(job.context.config),
        languages,
        learnt.get(str(fold), learnt[FINAL]),
    )
    files = files_for(job.context, settings, found, fold)
    asked = asked_for(job.context, settings, files)
    made = make_approach(settings.kind, settings.label, knowledge, files, asked)
    return made, _update_seconds(settings, model, now.seconds)


def _update_seconds(settings: ApproachSettings, model: FoldModel | None, reindexed: float) -> float:
    """What reads the index needs it anew, what speaks from a model needs its training again, `gated` needs both."""
    trained = model.seconds if model else 0.0
    reads = settings.kind in READING_KINDS or settings.kind in READERS or settings.kind == "gated"
    return round(trained + (reindexed if reads else 0.0), 3)
