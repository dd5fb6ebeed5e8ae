"""Everything measured → the report's data → verdict.json, report.json, report.html, and the dataset page beside it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

from dalil.artefacts import Made, read_json, read_records, versions, write_json, write_text
from dalil.dataset.review import review_share
from dalil.evaluation.compare import compare, pair_row
from dalil.evaluation.dataset_page import render_dataset
from dalil.evaluation.report import render
from dalil.evaluation.run import evaluation_object
from dalil.evaluation.sentences import opening
from dalil.evaluation.verdict import decide, verdict_object
from dalil.pipeline.runs import keep_run, scored_with_times
from dalil.pipeline.shown import (
    abstention,
    approach_data,
    by_source,
    counts_of,
    lengths_of,
    ready,
    reliability,
    rules,
    shown_answers,
    stages_data,
)
from dalil.pipeline.shown_dataset import dataset_data
from dalil.pipeline.shown_human import human_data
from dalil.pipeline.shown_training import training_data
from dalil.pipeline.shown_unit import unit_of
from dalil.pipeline.staleness import staleness_of
from dalil.published import DATASET_PAGE, PAGES
from dalil.records import Answer, Document, Example, Passage
from dalil.stages import Job


def write_report(job: Job) -> Made:
    """Everything → verdict.json, report.json, report.html, dataset.html, and copies in the workspace."""
    config = job.context.config
    data = gather(job)
    write_json(job.folder / "verdict.json", {k: data["verdict"][k] for k in ("winner", "decision")})
    publish(job.context.root, job.folder, data, dataset_data(job.context, job.inputs))
    keep_run(job.context, data["verdict_object"], data.pop("scored"))
    return Made({"questions": data["counts"]["questions"], "approaches": len(config.approaches)})


def publish(root: Path, folder: Path, data: dict[str, Any], dataset: dict[str, Any]) -> None:
    """report.json and the two pages into the artefact and beside dalil.yaml; dataset.json into the artefact alone."""
    shown = {key: value for key, value in data.items() if key != "scored"}
    pages = dict(zip(PAGES, (render(data), render_dataset(dataset)), strict=True))
    write_json(folder / "dataset.json", dataset)
    for place in (folder, root):
        write_json(place / "report.json", shown)
        for name, page in pages.items():
            write_text(place / name, page)


def gather(job: Job) -> dict[str, Any]:
    """ReportData (evaluation/report.py), with the verdict's object and the scored rows beside."""
    config, inputs = job.context.config, job.inputs
    documents = read_records(Document, inputs["documents"] / "documents.jsonl")
    passages = read_records(Passage, inputs["passages"] / "passages.jsonl")
    examples = {e.id: e for e in read_records(Example, inputs["examples"] / "examples.jsonl")}
    by_path = {d.path: d for d in documents}
    labels = [approach.label for approach in config.approaches]
    scored = scored_with_times(inputs["judged"], inputs["answers"], labels)
    answers = {label: read_records(Answer, inputs["answers"] / f"{label}.jsonl") for label in labels}
    objects = {label: evaluation_object(label, "test", rows, config.seed) for label, rows in scored.items()}
    comparison = compare(scored, config.targets.wrong, seed=config.seed)
    verdict = verdict_object(comparison, decide(comparison))
    manifests = [m for name in inputs if (m := job.context.build.manifest(name, inputs[name].name))]
    asked = {row.id for rows in scored.values() for row in rows}
    data: dict[str, Any] = {
        **_of_workspace(job),
        "unit": unit_of((examples[i] for i in asked if i in examples), by_path),
        "counts": counts_of(documents, passages, examples, asked, scored),
        "verdict": verdict,
        "verdict_object": verdict,
        "pairs": [pair_row(pair) for pair in comparison.pairs],
        "approaches": [approach_data(a.kind, objects[a.label]) for a in config.approaches],
        "answers": shown_answers(scored, answers, examples, by_path),
        "answers_total": {label: dict(Counter(row.outcome for row in rows)) for label, rows in scored.items()},
        "lengths": lengths_of(passages, answers),
        "coverage": read_json(inputs["documents"] / "profile.json"),
        "documents": by_source(documents, passages, list(examples.values())),
        "reliability": reliability(scored, answers),
        "abstention": abstention(inputs["calibration"], scored, config),
        "certificate": read_json(inputs["split"] / "certificate.json"),
        "staleness": staleness_of(inputs["staleness"]),
        "human": human_data(job.context.state, answers, config.seed),
        "reviewed": _reviewed(job, list(examples.values())),
        **training_data(job),
        **stages_data(manifests),
        "rules_of_thumb": rules(sum(bool(d.fields) for d in documents)),
        "ready": ready(objects, verdict),
        "warnings": [],
        "scored": scored,
    }
    data["sentences"] = [f"{sentence.lead} {sentence.text}".strip() for sentence in opening(data)]
    return data


def _of_workspace(job: Job) -> dict[str, Any]:
    """What holds whatever was measured: whose report it is, when it was made, with which settings and versions."""
    config = job.context.config
    return {
        "title": job.context.root.name,
        "recipe": config.recipe,
        "generated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "language": config.language[0],
        "currency": config.currency,
        "dataset_page": DATASET_PAGE,
        "settings": config.model_dump(mode="json"),
        "versions": versions(),
    }


def _reviewed(job: Job, examples: list[Example]) -> dict[str, int]:
    """How many of the built examples people have reviewed, of how many."""
    share = review_share(job.context.state, examples)
    return {"reviewed": share.reviewed, "of": share.of}
