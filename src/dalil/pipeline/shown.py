"""The parts of the report's data (shapes: evaluation/report.py)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import Manifest, read_json
from dalil.config import Config
from dalil.evaluation.run import Scored, independent_groups
from dalil.evaluation.verdict import rule_of_thumb
from dalil.language import words
from dalil.records import Answer, Document, Example, Passage, content_id

SHOWN_PER_OUTCOME = 40
DROPS_SHOWN = 200
WORST_FIRST = ("wrong", "failed", "wrongly_silent", "partly", "rightly_silent", "right")
BINS = 10


def counts_of(documents: Sequence[Document], passages: Sequence[Passage], examples: Mapping[str, Example],
            asked: set[str], scored: Mapping[str, Sequence[Scored]]) -> dict[str, int]:  # fmt: skip
    own = sum(examples[i].origin == "pairs" for i in asked if i in examples)
    groups = max((independent_groups(rows) for rows in scored.values()), default=0)
    return {
        "documents": sum(not d.fields for d in documents),
        "records": sum(bool(d.fields) for d in documents),
        "pages": sum(len(d.page_starts) for d in documents),
        "passages": len(passages),
        "examples": len(examples),
        "own_questions": own,
        "written_questions": len(asked) - own,
        "groups": groups,
        "questions": len(asked),
    }


def approach_data(kind: str, made: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": made["approach"], "kind": kind, "description": "", "metrics": made["metrics"], "by": made["by"]}


def shown_answers(scored: Mapping[str, Sequence[Scored]], answers: Mapping[str, Sequence[Answer]],
             examples: Mapping[str, Example], documents: Mapping[str, Document]) -> list[dict[str, Any]]:  # fmt: skip
    """The answers shown, worst first and of those the surest, at most SHOWN_PER_OUTCOME an approach and outcome."""
    shown: list[dict[str, Any]] = []
    for label, rows in scored.items():
        given = {answer.id: answer for answer in answers[label]}
        for outcome in WORST_FIRST:
            found = [(given[row.id], row) for row in rows if row.outcome == outcome and row.id in given]
            found.sort(key=lambda item: (-(item[0].confidence or 0.0), content_id("shown", item[1].id)))
            chosen = found[:SHOWN_PER_OUTCOME]
            shown += [_shown(row, answer, examples[row.id], documents) for answer, row in chosen]
    return shown


def _shown(row: Scored, answer: Answer, example: Example, documents: Mapping[str, Document]) -> dict[str, Any]:
    return {
        "id": row.id, "question": example.question, "gold": example.answer, "answer": answer.answer,
        "approach": row.approach, "status": answer.status, "outcome": row.outcome, "stratum": row.stratum,
        "kind": row.kind, "language": row.language, "origin": row.origin, "confidence": answer.confidence,
        "proof": _proof(example, documents), "reason": row.reason or answer.reason,
        "citations": [{"document": c.document, "quote": c.quote, "page": c.page, "start": c.start, "end": c.end,
                       "exact": list(c.exact) if c.exact else None}
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


def lengths_of(passages: Sequence[Passage], answers: Mapping[str, Sequence[Answer]]) -> dict[str, list[int]]:
    said = [a.answer for rows in answers.values() for a in rows if a.status == "answered"]
    return {"passages_words": [len(words(p.text)) for p in passages], "answers_words": [len(words(t)) for t in said]}


def by_source(documents: Sequence[Document], passages: Sequence[Passage],
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


def stages_data(manifests: Sequence[Manifest]) -> dict[str, Any]:
    """What each stage took in, made and dropped, with the reasons."""
    return {
        "dropped": [{"stage": m.stage, **drop} for m in manifests for drop in m.dropped][:DROPS_SHOWN],
        "dropped_counts": {m.stage: dict(Counter(d["reason"] for d in m.dropped)) for m in manifests if m.dropped},
        "stages": [{"stage": m.stage, "counts": m.counts, "seconds": m.seconds} for m in manifests],
    }


def reliability(
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


def abstention(folder: Path, scored: Mapping[str, Sequence[Scored]], config: Config) -> dict[str, Any] | None:
    """The threshold of the path with most trials of the workspace, with its guarantee; None where nothing is its own."""
    learnt = read_json(folder / "calibration.json")["final"]
    thresholds = learnt["thresholds"]
    label = next((a.label for a in config.approaches if a.kind == "extractive"), None)
    own = [path for path, model in learnt["models"].items() if model["own"] and path in thresholds]
    if not own or label is None:
        return None
    path = max(own, key=lambda name: thresholds[name]["rows"])
    chosen, rows = thresholds[path], scored[label]
    return {
        "threshold": chosen["value"],
        "guarantee": {
            "kind": "binomial",
            "level": 0.95,
            **{key: chosen[key] for key in ("holds", "bound", "needed")},
            "n": chosen["answered"],
        },
        "answered_share": sum(row.answered for row in rows) / len(rows) if rows else 0.0,
        "note": "",
    }


def rules(records: int) -> list[dict[str, Any]]:
    here = rule_of_thumb(records)
    return [
        {"situation": name, "advice": name, "here": name == here}
        for name in ("in_context", "rag", "both", "fine_tuning")
    ]


def ready(objects: Mapping[str, Any], verdict: Mapping[str, Any]) -> list[dict[str, Any]]:
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
        _line("accuracy", accuracy and accuracy["value"], accuracy and (accuracy["value"] or 0) > 0.85, "correct"),
        _line("latency", metrics["seconds"]["value"], (metrics["seconds"]["value"] or 0) < 2, "seconds"),
        _line("hallucination", wrong, upper is not None and upper <= verdict["target_wrong"], "wrong_of_answered"),
        _line("cost", metrics["cost_per_1000"]["value"], metrics["cost_per_1000"]["value"] == 0, "per_1000"),
        _line("maintainable", "dalil run", True),
    ]


def _line(name: str, measured: float | str | None, ok: Any, unit: str = "") -> dict[str, Any]:
    return {"line": name, "ok": None if measured is None else bool(ok), "measured": measured, "unit": unit}
