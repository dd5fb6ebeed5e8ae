"""The whole story in one list: documents → passages → index, examples → split → calibration → answers → judged → report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from dalil.answering.abstention import Calibration, Trial, calibrate, calibration_from, default_calibration
from dalil.answering.approaches import make_approach
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.answering.proof import MAX_WORDS
from dalil.artefacts import (
    Made,
    Manifest,
    file_hash,
    json_lines,
    read_json,
    read_records,
    write_json,
    write_records,
    write_text,
)
from dalil.collect.passages import PassageSplitter
from dalil.collect.profile import FieldProfile
from dalil.collect.read import Reader
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import ApproachSettings, Config
from dalil.dataset.build import build_examples
from dalil.dataset.noise import as_typed
from dalil.dataset.pairs import read_questions
from dalil.dataset.split import (
    HeldOut,
    SplitRow,
    assign,
    certificate,
    draw,
    fold_count,
    members_by_group,
    read_split,
    strata,
    training_examples,
    write_split,
)
from dalil.engine import RowCache
from dalil.errors import ConfigError, WorkError
from dalil.evaluation.judge import Judge, Judgement
from dalil.evaluation.run import score
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Document, Dropped, Example, Passage, Question, content_id
from dalil.published import TIMES
from dalil.reporting import write_report
from dalil.retrieval.index import INDEX_FILE, Index, sync_index
from dalil.stages import Context, Job, Stage
from dalil.store.sqlite import DamagedIndex, SqliteStore

MAX_TRIALS = 600
HIDDEN_SHARE = 0.4
FINAL = "final"


def _drops(dropped: Iterable[Dropped]) -> list[dict[str, str]]:
    return [asdict(item) for item in dropped]


def _found_sources(context: Context) -> tuple[list[SourceFile], list[Dropped]]:
    return list_sources(context.config.sources, context.root, context.config.reading)


def _source_prints(context: Context) -> dict[str, str]:
    files, dropped = _found_sources(context)
    return {file.path: file.digest for file in files} | {drop.what: drop.reason for drop in dropped}


def collect(job: Job) -> Made:
    """Sources → documents.jsonl, profile.json."""
    context = job.context
    files, dropped = _found_sources(context)
    reader = Reader(tuple(context.config.language), context.config.reading)
    cache = RowCache(context.build.folder / "cache" / "documents", reader.row_key)
    documents: list[Document] = []
    results = context.engine.map_rows(reader, files, cache)
    for made in context.progress(results, label="reading", total=len(files)):
        for item in made:
            if isinstance(item, Dropped):
                dropped.append(item)
            else:
                documents.append(item)
    if not documents:
        raise _nothing_read(dropped)
    documents.sort(key=lambda document: (document.path, document.id))
    write_records(job.folder / "documents.jsonl", documents)
    profile = context.engine.summarise(FieldProfile, documents)
    write_json(job.folder / "profile.json", profile.rows())
    counts = {
        "files": len(files),
        "documents": sum(not d.fields for d in documents),
        "records": sum(bool(d.fields) for d in documents),
        "pages": sum(len(d.page_starts) for d in documents),
        "dropped": len(dropped),
    }
    return Made(counts, _drops(dropped))


def _nothing_read(dropped: Sequence[Dropped]) -> WorkError:
    """Nothing to build from: better said than an empty index in the place of a good one."""
    reasons = "; ".join(f"{item.what}: {item.reason}" for item in dropped[:3])
    return WorkError(f"No document could be read from the sources ({reasons or 'nothing is there'}).",
                     hint="mend the files or `sources` in dalil.yaml, then run the same command again")  # fmt: skip


def cut(job: Job) -> Made:
    """Documents → passages.jsonl."""
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    splitter = PassageSplitter(job.context.config.passages)
    passages: list[Passage] = []
    dropped: list[Dropped] = []
    for made in job.context.progress(map(splitter, documents), label="cutting", total=len(documents)):
        for item in made:
            if isinstance(item, Dropped):
                dropped.append(item)
            else:
                passages.append(item)
    write_records(job.folder / "passages.jsonl", passages)
    return Made({"documents": len(documents), "passages": len(passages), "dropped": len(dropped)}, _drops(dropped))


def index(job: Job) -> Made:
    """Documents and passages → build/index/index.sqlite (the truth) and its caches; index.json says what it holds."""
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    passages = read_records(Passage, job.inputs["passages"] / "passages.jsonl")
    counts = sync_index(job.context.build.folder / "index", documents, passages)
    write_json(job.folder / "index.json", {"content": counts["content"]})
    return Made({"documents": len(documents), "passages": len(passages)})


def _index_whole(context: Context, manifest: Manifest) -> str:
    """Whether the one mutable artefact is there and holds what the manifest says."""
    path = context.build.folder / "index" / INDEX_FILE
    if not path.is_file():
        return f"{path} is missing"
    wanted = read_json(context.build.path("index", manifest.key) / "index.json")["content"]
    try:
        opened = SqliteStore(path)
    except DamagedIndex as error:
        return error.message
    try:
        return "" if opened.content() == wanted else "the index holds something else"
    except DamagedIndex as error:
        return error.message
    finally:
        opened.close()


def open_index(context: Context) -> Index:
    """The workspace's index, ready to search."""
    return Index(context.build.folder / "index", context.config.language)


def _pairs_paths(context: Context) -> list[Path]:
    return [context.root / path for path in context.config.dataset.pairs]


def _pairs_prints(context: Context) -> dict[str, str]:
    missing = [path for path in _pairs_paths(context) if not path.is_file()]
    if missing:
        raise ConfigError(
            f"The file of own questions {missing[0]} is not there.", hint="mend dataset.pairs in dalil.yaml"
        )
    return {path.name: file_hash(path) for path in _pairs_paths(context)}


def build_dataset(job: Job) -> Made:
    """Documents and own pairs → examples.jsonl, in groups."""
    config = job.context.config
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    pairs: list[Example] = []
    dropped: list[Dropped] = []
    for path in _pairs_paths(job.context) if "pairs" in config.dataset.origins else ():
        given = read_questions(path, documents, expected=config.language)
        pairs += given.examples
        dropped += given.dropped
    examples, more = build_examples(documents, config.dataset, config.language[0], pairs, config.seed)
    write_records(job.folder / "examples.jsonl", examples)
    kinds = Counter(f"{example.origin}:{example.kind}" for example in examples)
    counts = {"examples": len(examples), "groups": len({e.group for e in examples}), **dict(sorted(kinds.items()))}
    return Made(counts, _drops([*dropped, *more]))


def split(job: Job) -> Made:
    """Groups → sides and folds (sticky in state/split.jsonl), the held-out questions and the leakage certificate."""
    config = job.context.config
    examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
    kept = job.context.state / "split.jsonl"
    groups = members_by_group(examples)
    rows = assign(groups, config.split, config.seed, _kept_split(job.context, kept))
    folds = fold_count(config.split, len(groups))
    held = draw(strata(examples, rows, folds), examples, config.dataset.max_questions)
    write_split(kept, rows)
    write_split(job.folder / "split.jsonl", rows)
    write_records(job.folder / "heldout.jsonl", held)
    asked = {item.example_id: item for item in held}
    unseen = [e for e in examples if e.id in asked and asked[e.id].stratum == "unseen" and asked[e.id].fold == 0]
    write_json(job.folder / "certificate.json", certificate(training_examples(examples, rows, 0, folds), unseen))
    strata_counts = Counter(item.stratum for item in held)
    return Made({"groups": len(groups), "folds": folds, "questions": len(held), **dict(sorted(strata_counts.items()))})


def _kept_split(context: Context, kept: Path) -> list[SplitRow]:
    """The split so far. Raises WorkError where it is damaged: a new one could move trained records to the test."""
    try:
        return read_split(kept) if kept.exists() else []
    except WorkError as error:
        key = context.build.current().get("split")
        copy = context.build.path("split", key) / "split.jsonl" if key else None
        hint = f"cp {copy} {kept}" if copy and copy.is_file() else f"put a copy of {kept} back, or remove it"
        raise WorkError(f"{error.message} It says which records are held out, and is never made anew unasked.",
                        hint=hint) from error  # fmt: skip


def _fold_of(rows: Sequence[SplitRow], folds: int) -> dict[str, int]:
    """Group → the fold whose model may not know it; -1 for groups that every model may know."""
    return {row.group: row.fold if folds > 1 else (-1 if row.side == "train" else 0) for row in rows}


def calibrate_answers(job: Job) -> Made:
    """Trials on training questions → a calibration for each fold and a final one."""
    context = job.context
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
    rows = read_split(job.inputs["split"] / "split.jsonl")
    folds = fold_count(context.config.split, len({row.group for row in rows}))
    approach = Extractive(knowledge(context, default_calibration()))
    judge = Judge(documents)
    around = load_lexicon(context.config.language[0]).around
    pool = {e.id: e for fold in range(folds) for e in training_examples(examples, rows, fold, folds)}
    chosen = sorted(pool.values(), key=lambda example: content_id("trial", example.id))[:MAX_TRIALS]
    trials: list[Trial] = []
    for example in context.progress(chosen, label="calibrating", total=len(chosen)):
        trials += _trials(approach, judge, example, around)
    fold_of = _fold_of(rows, folds)
    target = context.config.targets.wrong
    made = {
        str(fold): calibrate([t for t in trials if fold_of.get(t.group, -1) != fold], target, default_calibration())
        for fold in range(folds)
    }
    made[FINAL] = calibrate(trials if folds > 1 else [t for t in trials if fold_of.get(t.group, -1) != 0],
                            target, default_calibration())  # fmt: skip
    write_json(job.folder / "calibration.json", {name: value.as_row() for name, value in made.items()})
    return Made({"questions": len(chosen), "trials": len(trials), "right": sum(t.right for t in trials)})


def _trials(approach: Extractive, judge: Judge, example: Example, around: tuple[str, ...]) -> list[Trial]:
    """The question as it is, as people type it, and (every second one) with its documents hidden: then nothing is right."""
    rng = np.random.default_rng(int(content_id("trial", example.id), 16))
    asked: list[tuple[str, frozenset[str]]] = [(example.question, frozenset())]
    asked.append((as_typed(example.question, around, rng), frozenset()))
    if example.answerable and example.documents and rng.random() < HIDDEN_SHARE:
        asked.append((as_typed(example.question, around, rng), frozenset(example.documents)))
    found: list[Trial] = []
    for text, hidden in asked:
        proposal = approach.propose(Question(example.id, text, example.language), hidden)
        if proposal.text:
            answer = Answer(example.id, text, "trial", "answered", proposal.text, citations=proposal.citations)
            right = not hidden and _counts_as_right(example, judge.judge(example, answer))
            found.append(Trial(proposal.path, proposal.features, right, example.group))
    return found


def _counts_as_right(example: Example, judged: Judgement) -> bool:
    """A gold longer than any answer may be (the whole text under an FAQ's question) is met by its proof."""
    if judged.outcome in ("right", "partly"):
        return True
    return len(words(example.answer)) > MAX_WORDS and bool(judged.cites_proof)


def knowledge(context: Context, calibration: Calibration) -> Knowledge:
    """What approaches are made from, over the workspace's index."""
    opened = open_index(context)
    languages = context.config.language
    return Knowledge(opened, opened.store.records(), load_lexicon(languages[0]), languages, calibration)


def calibrations(folder: Path) -> dict[str, Calibration]:
    """The calibrations that the stage wrote: by fold, and the final one."""
    return {name: calibration_from(row) for name, row in read_json(folder / "calibration.json").items()}


def answer(job: Job) -> Made:
    """Each approach answers the held-out questions, one at a time, with the calibration that never saw their group.

    answers/<approach>.jsonl in the contract's form; what was measured in seconds lies apart, in times.json.
    """
    context = job.context
    examples = {e.id: e for e in read_records(Example, job.inputs["examples"] / "examples.jsonl")}
    held = read_records(HeldOut, job.inputs["split"] / "heldout.jsonl")
    learnt = calibrations(job.inputs["calibration"])
    counts: dict[str, int] = {}
    times: dict[str, dict[str, float]] = {}
    for settings in context.config.approaches:
        answers = list(context.progress(_answers(context, settings, held, examples, learnt),
                                        label=f"asking {settings.label}", total=len(held)))  # fmt: skip
        times[settings.label] = {a.id: a.seconds for a in answers}
        write_records(job.folder / f"{settings.label}.jsonl", (replace(a, seconds=0.0) for a in answers))
        counts[settings.label] = len(answers)
        write_text(
            context.root / "answers" / "test" / f"{settings.label}.jsonl", json_lines(a.as_row() for a in answers)
        )
    write_json(job.folder / TIMES, times)
    return Made({"questions": len(held), **counts})


def _answers(context: Context, settings: ApproachSettings, held: Sequence[HeldOut], examples: Mapping[str, Example],
             learnt: Mapping[str, Calibration]) -> Iterator[Answer]:  # fmt: skip
    for fold in sorted({item.fold for item in held}):
        calibration = learnt.get(str(fold), learnt[FINAL])
        approach = make_approach(settings.kind, settings.label, knowledge(context, calibration))
        asked = [examples[item.example_id] for item in held if item.fold == fold]
        yield from approach.answer_many([Question(e.id, e.question, e.language) for e in asked])


def judge_answers(job: Job) -> Made:
    """Answers → scored/<approach>.jsonl: every answer judged, without times."""
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    examples = {e.id: e for e in read_records(Example, job.inputs["examples"] / "examples.jsonl")}
    held = read_records(HeldOut, job.inputs["split"] / "heldout.jsonl")
    asked = [examples[item.example_id] for item in held]
    strata_of = {item.example_id: item.stratum for item in held}
    judge = Judge(documents)
    counts: dict[str, int] = {}
    for settings in job.context.config.approaches:
        answers = read_records(Answer, job.inputs["answers"] / f"{settings.label}.jsonl")
        scored = score(asked, answers, judge, strata_of)
        write_records(job.folder / f"{settings.label}.jsonl", scored)
        counts |= {f"{settings.label}:{o}": n for o, n in sorted(Counter(row.outcome for row in scored).items())}
    return Made(counts)


def _dataset_settings(config: Config) -> Any:
    return {"dataset": config.dataset.model_dump(mode="json"), "language": config.language, "seed": config.seed}


def _split_settings(config: Config) -> Any:
    return {"split": config.split.model_dump(mode="json"), "max": config.dataset.max_questions, "seed": config.seed}


def _approach_settings(config: Config) -> Any:
    return [approach.model_dump(mode="json") for approach in config.approaches]


STAGES: tuple[Stage, ...] = (
    Stage("documents", (), collect, lambda c: {"reading": c.reading.model_dump(mode="json"), "language": c.language,
          "sources": [s.model_dump(mode="json") for s in c.sources]}, _source_prints),
    Stage("passages", ("documents",), cut, lambda c: c.passages.model_dump(mode="json")),
    Stage("index", ("documents", "passages"), index, lambda c: {"language": c.language}, whole=_index_whole),
    Stage("examples", ("documents",), build_dataset, _dataset_settings, _pairs_prints),
    Stage("split", ("examples",), split, _split_settings),
    Stage("calibration", ("documents", "index", "examples", "split"), calibrate_answers,
          lambda c: {"targets": c.targets.model_dump(mode="json"), "language": c.language}),
    Stage("answers", ("index", "examples", "split", "calibration"), answer, _approach_settings, outside=(TIMES,)),
    Stage("judged", ("documents", "examples", "split", "answers"), judge_answers, _approach_settings),
    Stage("report", ("documents", "passages", "examples", "split", "calibration", "answers", "judged"), write_report,
          lambda c: c.model_dump(mode="json"), outside=("report.json", "report.html")),
)  # fmt: skip
