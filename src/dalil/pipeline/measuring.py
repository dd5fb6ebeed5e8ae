"""Calibration, answers to the held-out questions, and their judgement."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
    json_lines,
    read_json,
    read_records,
    write_json,
    write_records,
    write_text,
)
from dalil.config import READING_KINDS, ApproachSettings, Config
from dalil.dataset.noise import as_typed
from dalil.dataset.split import (
    HeldOut,
    fold_count,
    read_split,
    resampled_with_records,
    training_examples,
)
from dalil.evaluation.judge import Judge, Judgement
from dalil.evaluation.run import score
from dalil.language import words
from dalil.lexicon import load_lexicon
from dalil.pipeline.asking_again import Told, given_before, unanswered
from dalil.pipeline.models import FoldModel, asked_for, files_for, fold_models, folds_of
from dalil.pipeline.off_topic import off_topic
from dalil.pipeline.ranking import Ranking, part_of, read_ranking
from dalil.pipeline.reading import open_index
from dalil.pipeline.words import lexicon_settings, workspace_lexicon
from dalil.published import TIMES
from dalil.records import Answer, Document, Example, Question, content_id
from dalil.stages import Context, Job

MAX_TRIALS, TEXT_TRIALS = 1000, 60
HIDDEN_SHARE = 0.2
OFF_TOPIC_SHARE = 0.1
PART_OF_GOLD = 0.8
FINAL = "final"


def calibrate_answers(job: Job) -> Made:
    """Trials on training questions → a calibration for each fold and a final one."""
    context = job.context
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    examples = read_records(Example, job.inputs["examples"] / "examples.jsonl")
    rows = read_split(job.inputs["split"] / "split.jsonl")
    folds = fold_count(context.config.split, len({row.group for row in rows}))
    ranking = read_ranking(job.inputs["ranking"])
    approaches = _by_part(context, ranking)
    judge = Judge(documents)
    trained = [{e.id: e for e in training_examples(examples, rows, fold, folds)} for fold in range(folds)]
    pool = {identifier: example for known in trained for identifier, example in known.items()}
    chosen = drawn_trials(list(pool.values()))
    together = documents_by_group(examples)
    trials: list[Trial] = []
    for example in context.progress(chosen, label="calibrating", total=len(chosen)):
        approach = approaches[part_of(example) % len(approaches)]
        trials += _trials(approach, judge, example, together.get(example.group, frozenset()))
    beside = _off_topic_trials(approaches[0], context.config, len(chosen))
    target, default = context.config.targets.wrong, default_calibration()
    made = {str(fold): calibrate([t for t in trials if t.example in known] + beside, target, default)
            for fold, known in enumerate(trained)}  # fmt: skip
    made[FINAL] = calibrate(trials + beside, target, default) if folds > 1 else made["0"]
    write_json(job.folder / "calibration.json", {name: value.as_row() for name, value in made.items()})
    return Made({"questions": len(chosen), "trials": len(trials) + len(beside), "right": sum(t.right for t in trials)})


def drawn_trials(pool: Sequence[Example]) -> list[Example]:
    """At most MAX_TRIALS, by their hash. Of the questions that dalil wrote about texts only what people's and harvested
    ones leave of TEXT_TRIALS: written from the headings, they are found more surely than what people ask."""
    ordered = sorted(pool, key=lambda example: content_id("trial", example.id))
    asked = sum(example.origin in ("pairs", "harvest") for example in pool)
    written = [example.id for example in ordered if example.origin == "sections"]
    left_out = set(written[max(0, TEXT_TRIALS - asked) :])
    return [example for example in ordered if example.id not in left_out][:MAX_TRIALS]


def _by_part(context: Context, ranking: Ranking) -> list[Extractive]:
    """One approach, or one for each part of the questions: its re-ranker was fitted without them."""
    return [Extractive(knowledge(context, default_calibration(), weights)) for weights in ranking.parts or [None]]


def documents_by_group(examples: Sequence[Example]) -> dict[str, frozenset[str]]:
    """Group → the documents that hang together in it: near-duplicates and translations are hidden together."""
    found: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        found[example.group].update(example.documents)
    return {group: frozenset(paths) for group, paths in found.items()}


def _trials(approach: Extractive, judge: Judge, example: Example, together: frozenset[str]) -> list[Trial]:
    """The question as it is, as people type it, and (of HIDDEN_SHARE) with its documents hidden: then nothing is right."""
    rng = np.random.default_rng(int(content_id("trial", example.id), 16))
    around = load_lexicon(example.language).around
    asked: list[tuple[str, frozenset[str]]] = [(example.question, frozenset())]
    asked.append((as_typed(example.question, around, rng), frozenset()))
    if example.answerable and example.documents and rng.random() < HIDDEN_SHARE:
        asked.append((as_typed(example.question, around, rng), together))
    found: list[Trial] = []
    for text, hidden in asked:
        question = Question(example.id, text, example.language, scope=example.scope)
        for proposal in approach.considered(question, hidden):
            if proposal.text:
                answer = Answer(example.id, text, "trial", "answered", proposal.text, citations=proposal.citations)
                right = not hidden and _counts_as_right(example, proposal.text, judge.judge(example, answer))
                there = example.answerable and not hidden
                found.append(Trial(proposal.path, proposal.features, right, example.id, example.language, there))
    return found


def _off_topic_trials(approach: Extractive, config: Config, asked: int) -> list[Trial]:
    """What would be said to questions of elsewhere, one for every few of the workspace's own: never right."""
    given = off_topic(config.language, max(1, int(OFF_TOPIC_SHARE * asked)))
    proposed = [(question, proposal) for question in given for proposal in approach.considered(question)]
    return [Trial(p.path, p.features, False, q.id, q.language or "", False) for q, p in proposed if p.text]


def _counts_as_right(example: Example, said: str, judged: Judgement) -> bool:
    """A gold longer than any answer may be (the whole text under an FAQ's question) is met by a part of it."""
    if judged.outcome in ("right", "partly"):
        return True
    gold, quoted = set(words(example.answer)), words(said)
    if len(gold) <= MAX_WORDS or not quoted:
        return False
    return bool(judged.cites_proof) or sum(word in gold for word in quoted) >= PART_OF_GOLD * len(quoted)


def knowledge(context: Context, calibration: Calibration, ranking: Mapping[str, float] | None = None) -> Knowledge:
    """What approaches are made from, over the workspace's index; `ranking`: weights of the re-ranker."""
    opened = open_index(context, ranking)
    languages = context.config.language
    every = opened.store.records()
    records, parts = [r for r in every if not r.part_of], [r for r in every if r.part_of]
    return Knowledge(opened, records, workspace_lexicon(context.config), languages, calibration, parts)


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
    learnt, ranking = calibrations(job.inputs["calibration"]), read_ranking(job.inputs["ranking"])
    counts: dict[str, int] = {}
    times: dict[str, dict[str, float]] = {}
    found = fold_models(job.inputs["models"])
    missing: list[dict[str, str]] = []
    before = given_before(job)
    for settings in context.config.approaches:
        label, asked = settings.label, asked_of(settings, held, found)
        given = _answers(context, settings, asked, examples, learnt, ranking, found)
        answers, times[label] = before.get(label) or _told(
            context.progress(given, label=f"asking {label}", total=len(asked))
        )
        missing += unanswered(label, answers)
        write_records(job.folder / f"{label}.jsonl", answers)
        counts[label] = len(answers)
        shown = (replace(a, seconds=times[label].get(a.id, 0.0)).as_row() for a in answers)
        write_text(context.root / "answers" / "test" / f"{label}.jsonl", json_lines(shown))
    write_json(job.folder / TIMES, times)
    return Made({"questions": len(held), **counts}, missing)


def _told(answers: Iterable[Answer]) -> Told:
    """The answers without their seconds, and these by question."""
    given = list(answers)
    return [replace(answer, seconds=0.0) for answer in given], {answer.id: answer.seconds for answer in given}


def asked_of(settings: ApproachSettings, held: Sequence[HeldOut], found: Sequence[FoldModel]) -> list[HeldOut]:
    """The held-out questions that an approach is asked: all, or those of the folds that its model was trained for."""
    folds = folds_of(settings, found)
    return [item for item in held if folds is None or item.fold in folds]


def _answers(context: Context, settings: ApproachSettings, held: Sequence[HeldOut], examples: Mapping[str, Example],
             learnt: Mapping[str, Calibration], ranking: Ranking, found: Sequence[FoldModel]) -> Iterator[Answer]:  # fmt: skip
    once = asked_for(context, settings, None) if settings.opens_model else None
    for fold in sorted({item.fold for item in held}):
        calibration = learnt.get(str(fold), learnt[FINAL])
        files = files_for(context, settings, found, fold)
        model = once or asked_for(context, settings, files)
        known = knowledge(context, calibration, ranking.of_fold(str(fold)))
        approach = make_approach(settings.kind, settings.label, known, files, model)
        asked = [examples[item.example_id] for item in held if item.fold == fold]
        yield from approach.answer_many([Question(e.id, e.question, e.language, scope=e.scope) for e in asked])


def judge_answers(job: Job) -> Made:
    """Answers → scored/<approach>.jsonl: every answer judged, without times."""
    documents = read_records(Document, job.inputs["documents"] / "documents.jsonl")
    examples = {e.id: e for e in read_records(Example, job.inputs["examples"] / "examples.jsonl")}
    held = read_records(HeldOut, job.inputs["split"] / "heldout.jsonl")
    asked = resampled_with_records([examples[item.example_id] for item in held], examples.values())
    found = fold_models(job.inputs["models"])
    strata_of = {item.example_id: item.stratum for item in held}
    judge = Judge(documents)
    counts: dict[str, int] = {}
    for settings in job.context.config.approaches:
        answers = read_records(Answer, job.inputs["answers"] / f"{settings.label}.jsonl")
        put = {item.example_id for item in asked_of(settings, held, found)}
        scored = score([example for example in asked if example.id in put], answers, judge, strata_of)
        write_records(job.folder / f"{settings.label}.jsonl", scored)
        counts |= {f"{settings.label}:{o}": n for o, n in sorted(Counter(row.outcome for row in scored).items())}
    return Made(counts)


def calibration_settings(config: Config) -> Any:
    return {
        "targets": config.targets.model_dump(mode="json"),
        "language": config.language,
        "retrieval": config.retrieval.model_dump(mode="json"),
    } | lexicon_settings(config)


def answer_settings(config: Config) -> Any:
    asked = {"retrieval": config.retrieval.model_dump(mode="json"), "language": config.language}
    return {"approaches": approach_settings(config)} | asked | lexicon_settings(config)


def approach_settings(config: Config) -> Any:
    """The approaches, with the settings of the models that they ask as they come (the others are in the stage `models`)."""
    given = [approach.model_dump(mode="json", exclude_defaults=True) for approach in config.approaches]
    asked = [str(a.model) for a in config.approaches if a.opens_model or a.kind in READING_KINDS]
    models = {name: config.models[name].model_dump(mode="json", exclude_defaults=True) for name in asked}
    return {"approaches": given, "models": models} if models else given
