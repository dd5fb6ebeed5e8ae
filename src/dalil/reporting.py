"""What was measured, gathered into the report's data, the verdict, and the run that later runs are compared with."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dalil.artefacts import Made, json_lines, read_json, read_records, versions, write_json, write_text
from dalil.config import Config
from dalil.errors import ConfigError
from dalil.evaluation.compare import compare, pair_row
from dalil.evaluation.report import render
from dalil.evaluation.run import Scored, evaluation_object
from dalil.evaluation.sentences import opening
from dalil.evaluation.verdict import decide, rule_of_thumb, verdict_object
from dalil.language import words
from dalil.published import TIMES
from dalil.records import Answer, Document, Example, Passage, content_id, to_row
from dalil.stages import Context, Job

SHOWN_PER_OUTCOME = 40
DROPS_SHOWN = 200
WORST_FIRST = ("wrong", "failed", "wrongly_silent", "partly", "rightly_silent", "right")
BINS = 10


def scored_with_times(folder: Path, times: Path, labels: Sequence[str]) -> dict[str, list[Scored]]:
    """Each approach's scored rows, with the seconds measured."""
    seconds = read_json(times / TIMES)
    return {
        label: [
            replace(row, seconds=seconds[label].get(row.id, 0.0))
            for row in read_records(Scored, folder / f"{label}.jsonl")
        ]
        for label in labels
    }


def write_report(job: Job) -> Made:
    """Everything → verdict.json, report.json, report.html, and copies of both reports in the workspace."""
    config = job.context.config
    data = gather(job)
    write_json(job.folder / "verdict.json", {k: data["verdict"][k] for k in ("winner", "decision")})
    publish(job.context.root, job.folder, data)
    keep_run(job.context, data["verdict_object"], data.pop("scored"))
    return Made({"questions": data["counts"]["questions"], "approaches": len(config.approaches)})


def publish(root: Path, folder: Path, data: dict[str, Any]) -> None:
    """report.json and report.html into the artefact and beside dalil.yaml."""
    page = render(data)
    shown = {key: value for key, value in data.items() if key != "scored"}
    for place in (folder, root):
        write_json(place / "report.json", shown)
        write_text(place / "report.html", page)


def keep_run(context: Context, verdict: Mapping[str, Any], scored: Mapping[str, Sequence[Scored]]) -> None:
    """Keep the judged rows in state/runs/, named by time and content; an equal run is kept once."""
    lines = json_lines(to_row(replace(row, seconds=0.0)) for rows in scored.values() for row in rows)
    mark = content_id(lines)
    folder = context.state / "runs"
    if not any(folder.glob(f"*-{mark}.jsonl")):
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        write_text(folder / f"{stamp}-{mark}.jsonl", lines)


def runs(state: Path) -> list[Path]:
    """The kept runs, oldest first."""
    return sorted((state / "runs").glob("*.jsonl"))


def load_run(state: Path, name: str) -> dict[str, list[Scored]]:
    """A kept run by id, `previous`, or a file. Raises ConfigError that lists the runs."""
    kept = runs(state)
    chosen = [path for path in kept if path.stem.startswith(name)]
    if name == "previous":
        chosen = kept[-2:-1]
    elif Path(name).is_file():
        chosen = [Path(name)]
    if len(chosen) != 1:
        listed = ", ".join(path.stem for path in kept[-5:]) or "none yet"
        raise ConfigError(f"There is no one run {name!r}; kept runs: {listed}.", hint="dalil compare --against RUN")
    found: dict[str, list[Scored]] = {}
    for row in read_records(Scored, chosen[0]):
        found.setdefault(row.approach, []).append(row)
    return found


def gather(job: Job) -> dict[str, Any]:
    """ReportData (evaluation/report.py), with the verdict's object and the scored rows beside."""
    config, inputs = job.context.config, job.inputs
    documents = read_records(Document, inputs["documents"] / "documents.jsonl")
    passages = read_records(Passage, inputs["passages"] / "passages.jsonl")
    examples = {e.id: e for e in read_records(Example, inputs["examples"] / "examples.jsonl")}
    labels = [approach.label for approach in config.approaches]
    scored = scored_with_times(inputs["judged"], inputs["answers"], labels)
    answers = {label: read_records(Answer, inputs["answers"] / f"{label}.jsonl") for label in labels}
    comparison = compare(scored, config.targets.wrong, seed=config.seed)
    verdict = verdict_object(comparison, decide(comparison))
    manifests = [m for name in inputs if (m := job.context.build.manifest(name, inputs[name].name))]
    asked = {row.id for rows in scored.values() for row in rows}
    objects = {label: evaluation_object(label, "test", rows, config.seed) for label, rows in scored.items()}
    data: dict[str, Any] = {
        "title": job.context.root.name,
        "recipe": config.recipe,
        "generated_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "language": config.language[0],
        "counts": _counts(documents, passages, examples, asked, scored),
        "verdict": verdict,
        "verdict_object": verdict,
        "pairs": [pair_row(pair) for pair in comparison.pairs],
        "approaches": [_approach(a.kind, objects[a.label]) for a in config.approaches],
        "answers": _answers(scored, answers, examples, {d.path: d for d in documents}),
        "answers_total": {label: dict(Counter(row.outcome for row in rows)) for label, rows in scored.items()},
        "lengths": {
            "passages_words": [len(words(p.text)) for p in passages],
            "answers_words": [
                len(words(a.answer)) for rows in answers.values() for a in rows if a.status == "answered"
            ],
        },
        "coverage": read_json(inputs["documents"] / "profile.json"),
        "documents": _by_source(documents, passages, list(examples.values())),
        "reliability": _reliability(scored, answers),
        "abstention": _abstention(inputs["calibration"], scored, config),
        "certificate": read_json(inputs["split"] / "certificate.json"),
        "dropped": [{"stage": m.stage, **drop} for m in manifests for drop in m.dropped][:DROPS_SHOWN],
        "dropped_counts": {m.stage: dict(Counter(d["reason"] for d in m.dropped)) for m in manifests if m.dropped},
        "stages": [{"stage": m.stage, "counts": m.counts, "seconds": m.seconds} for m in manifests],
        "settings": config.model_dump(mode="json"),
        "versions": versions(),
        "rules_of_thumb": _rules(sum(bool(d.fields) for d in documents)),
        "ready": _ready(objects, verdict, scored),
        "warnings": [],
        "scored": scored,
    }
    data["sentences"] = [f"{sentence.lead} {sentence.text}".strip() for sentence in opening(data)]
    return data


def _counts(documents: Sequence[Document], passages: Sequence[Passage], examples: Mapping[str, Example],
            asked: set[str], scored: Mapping[str, Sequence[Scored]]) -> dict[str, int]:  # fmt: skip
    own = sum(examples[i].origin == "pairs" for i in asked if i in examples)
    groups = {row.group for rows in scored.values() for row in rows}
    return {
        "documents": sum(not d.fields for d in documents),
        "records": sum(bool(d.fields) for d in documents),
        "pages": sum(len(d.page_starts) for d in documents),
        "passages": len(passages),
        "examples": len(examples),
        "own_questions": own,
        "written_questions": len(asked) - own,
        "groups": len(groups),
        "questions": len(asked),
    }


def _approach(kind: str, made: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": made["approach"], "kind": kind, "description": "", "metrics": made["metrics"], "by": made["by"]}


def _answers(scored: Mapping[str, Sequence[Scored]], answers: Mapping[str, Sequence[Answer]],
             examples: Mapping[str, Example], documents: Mapping[str, Document]) -> list[dict[str, Any]]:  # fmt: skip
    """The answers shown, worst first, at most SHOWN_PER_OUTCOME an approach and outcome."""
    shown: list[dict[str, Any]] = []
    for label, rows in scored.items():
        given = {answer.id: answer for answer in answers[label]}
        for outcome in WORST_FIRST:
            chosen = [row for row in rows if row.outcome == outcome][:SHOWN_PER_OUTCOME]
            shown += [_shown(row, given[row.id], examples[row.id], documents) for row in chosen if row.id in given]
    return shown


def _shown(row: Scored, answer: Answer, example: Example, documents: Mapping[str, Document]) -> dict[str, Any]:
    return {
        "id": row.id, "question": example.question, "gold": example.answer, "answer": answer.answer,
        "approach": row.approach, "status": answer.status, "outcome": row.outcome, "stratum": row.stratum,
        "kind": row.kind, "language": row.language, "origin": row.origin, "confidence": answer.confidence,
        "proof": _proof(example, documents), "reason": row.reason or answer.reason,
        "citations": [{"document": c.document, "quote": c.quote, "page": c.page, "start": c.start, "end": c.end}
                      for c in answer.citations[:5]],
    }  # fmt: skip


def _proof(example: Example, documents: Mapping[str, Document]) -> dict[str, Any] | None:
    """Where the gold answer stands: its line or sentence in the source."""
    for evidence in example.evidence:
        document = documents.get(evidence.document)
        if document is not None:
            start = document.text.rfind("\n", 0, evidence.start) + 1
            end = document.text.find("\n", evidence.end)
            quote = document.text[start : end if end >= 0 else None][:600]
            return {"document": document.path, "quote": quote, "page": document.page_of(evidence.start)}
    return None


def _by_source(documents: Sequence[Document], passages: Sequence[Passage],
               examples: Sequence[Example]) -> list[dict[str, Any]]:  # fmt: skip
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        counts[document.source]["documents"] += 1
    for passage in passages:
        counts[passage.document.split("#", 1)[0]]["passages"] += 1
    for example in examples:
        for source in {path.split("#", 1)[0] for path in example.documents}:
            counts[source]["examples"] += 1
    names = ("documents", "passages", "examples")
    return [{"source": source, **{name: count[name] for name in names}} for source, count in sorted(counts.items())]


def _reliability(
    scored: Mapping[str, Sequence[Scored]], answers: Mapping[str, Sequence[Answer]]
) -> list[dict[str, Any]]:
    """Confidence against the share right, in bins of a tenth, over every answer that carries a confidence."""
    outcome = {(label, row.id): row.outcome for label, rows in scored.items() for row in rows}
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for label, given in answers.items():
        for answer in given:
            if answer.status == "answered" and answer.confidence is not None and (label, answer.id) in outcome:
                place = min(BINS - 1, int(answer.confidence * BINS))
                bins[place].append((answer.confidence, outcome[label, answer.id] == "right"))
    return [
        {"low": place / BINS, "high": (place + 1) / BINS, "n": len(found),
         "confidence": sum(c for c, _ in found) / len(found), "accuracy": sum(r for _, r in found) / len(found)}
        for place, found in sorted(bins.items())
    ]  # fmt: skip


def _abstention(folder: Path, scored: Mapping[str, Sequence[Scored]], config: Config) -> dict[str, Any] | None:
    """The threshold of the path most used, with its guarantee."""
    thresholds = read_json(folder / "calibration.json")["final"]["thresholds"]
    label = next((a.label for a in config.approaches if a.kind == "extractive"), None)
    if not thresholds or label is None:
        return None
    path = max(thresholds, key=lambda name: thresholds[name]["rows"])
    chosen, rows = thresholds[path], scored[label]
    return {
        "threshold": chosen["value"],
        "guarantee": {"kind": "binomial", "level": 0.95, "holds": chosen["holds"], "n": chosen["answered"]},
        "answered_share": sum(row.answered for row in rows) / len(rows) if rows else 0.0,
        "note": "",
    }


def _rules(records: int) -> list[dict[str, Any]]:
    here = rule_of_thumb(records)
    return [
        {"situation": name, "advice": name, "here": name == here}
        for name in ("in_context", "rag", "both", "fine_tuning")
    ]


def _ready(
    objects: Mapping[str, Any], verdict: Mapping[str, Any], scored: Mapping[str, Sequence[Scored]]
) -> list[dict[str, Any]]:
    """The checklist of presets.md, as far as this run measured it, for the verdict's subject."""
    subject = verdict["subject"]
    if subject is None:
        return []
    metrics = objects[subject]["metrics"]
    seen = objects[subject]["by"]["stratum"].get("seen")
    accuracy = seen["correct"] if seen else None
    wrong = metrics["wrong_of_answered"]["value"]
    upper = verdict["upper_wrong"].get(subject)
    return [
        _line("accuracy", accuracy and accuracy["value"], accuracy and (accuracy["value"] or 0) > 0.85, share=True),
        _line("latency", metrics["seconds"]["value"], (metrics["seconds"]["value"] or 0) < 2, unit=" s"),
        _line("hallucination", wrong, upper is not None and upper <= verdict["target_wrong"], share=True),
        _line("cost", metrics["cost_per_1000"]["value"], metrics["cost_per_1000"]["value"] == 0, unit=" / 1,000"),
        _line("maintainable", None, True, measured="dalil run"),
    ]


def _line(
    name: str, value: float | None, ok: Any, *, share: bool = False, unit: str = "", measured: str = ""
) -> dict[str, Any]:
    text = measured or ("" if value is None else f"{100 * value:.1f} %" if share else f"{value:.3f}{unit}")
    return {"line": name, "ok": None if value is None and not measured else bool(ok), "measured": text}
