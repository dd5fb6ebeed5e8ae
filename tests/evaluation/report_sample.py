"""A small, complete ReportData written by hand: two approaches over a catalogue, with figures that add up."""

from __future__ import annotations

from typing import Any

OUTCOMES = ("right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed")


def figure(value: float | None, n: int, spread: float = 0.03) -> dict[str, Any]:
    if value is None:
        return {"value": None, "low": None, "high": None, "n": n}
    return {"value": value, "low": max(0.0, value - spread), "high": min(1.0, value + spread), "n": n}


def metrics(shares: tuple[float, ...], n: int, seconds: float, cost: float = 0.0) -> dict[str, Any]:
    found = {name: figure(share, n) for name, share in zip(OUTCOMES, shares, strict=True)}
    right, partly, wrong, silent, _, _ = shares
    answered = right + partly + wrong
    found["correct"] = figure(right + silent, n)
    found["wrong_of_answered"] = figure(wrong / answered if answered else None, round(n * answered), 0.015)
    found["cites_proof"] = figure(0.94, round(n * answered))
    found["seconds"] = {"value": seconds, "low": seconds * 0.9, "high": seconds * 1.1, "n": n}
    found["cost_per_1000"] = {"value": cost, "low": None, "high": None, "n": n}
    return found


def approach(kind: str, shares: tuple[float, ...], n: int, seconds: float) -> dict[str, Any]:
    part = n // 4
    by = {
        "stratum": {"unseen": metrics(shares, n - part, seconds), "out_of_scope": metrics((0, 0, 0, 1, 0, 0), part, seconds)},
        "kind": {"definition": metrics(shares, part, seconds), "sites": metrics((0.5, 0.2, 0.2, 0, 0.1, 0), part, seconds)},
        "language": {"fr": metrics(shares, n - part, seconds), "ary": metrics((0.4, 0.2, 0.1, 0.2, 0.1, 0), part, seconds)},
    }  # fmt: skip
    return {"name": kind, "kind": kind, "description": f"kind {kind}", "metrics": metrics(shares, n, seconds), "by": by}


def answer(approach: str, outcome: str, **changes: Any) -> dict[str, Any]:
    silent = outcome.endswith("silent")
    text = "Le système 6Tzen est utilisé à Lyon." if not silent else "Je ne trouve pas la réponse."
    quote = "6Tzen — sites : Lyon, Marseille. Application de suivi des démarches."
    citation = {
        "document": "applications.json#6Tzen",
        "quote": quote,
        "page": None,
        "start": 10,
        "end": 10 + len(quote),
    }
    return {
        "id": f"{outcome}-1", "question": "Où trouver 6Tzen ?", "gold": "" if outcome == "rightly_silent" else "Lyon, Marseille",
        "answer": text, "approach": approach, "status": "abstained" if silent else "answered", "outcome": outcome,
        "stratum": "unseen", "kind": "sites", "language": "fr", "origin": "templates", "confidence": 0.62,
        "proof": {"document": "applications.json#6Tzen", "quote": quote, "page": 3}, "citations": [] if silent else [citation],
        "reason": "", **changes,
    }  # fmt: skip


def report(language: str = "fr", **changes: Any) -> dict[str, Any]:
    n = 312
    approaches = [
        approach("passage", (0.45, 0.15, 0.3, 0.02, 0.08, 0), n, 0.004),
        approach("extractive", (0.85, 0.02, 0.026, 0.06, 0.044, 0), n, 0.021),
    ]
    coverage = [
        ("nom", 45, 0, 45, "6Tzen"),
        ("statut si", 45, 0, 4, "En production"),
        ("contacts", 30, 15, 28, "cellule@exemple.fr"),
    ]
    return {
        "title": "Inventaire des applications", "recipe": "app-catalogue", "generated_at": "2026-11-21T06:31:00Z", "language": language,
        "counts": {"documents": 46, "records": 45, "pages": 0, "passages": 420, "examples": 945, "own_questions": 90,
                   "written_questions": 222, "groups": 45, "questions": n},
        "verdict": {"winner": "extractive", "decision": "winner", "target_wrong": 0.05, "more_questions": None,
                    "reasons": ["within_target", "significant"], "upper_wrong": {"extractive": 0.044, "passage": 0.38}},
        "pairs": [{"a": "extractive", "b": "passage", "difference": 0.44, "low": 0.38, "high": 0.5, "p": 0.0001, "p_holm": 0.0001, "n": n, "groups": 45}],
        "approaches": approaches,
        "answers": [answer("extractive", outcome) for outcome in OUTCOMES] + [answer("passage", "wrong")],
        "answers_total": {"extractive": {"wrong": 8, "right": 265}, "passage": {"wrong": 94}},
        "lengths": {"passages_words": [20 + (i * 37) % 100 for i in range(420)], "answers_words": [1 + (i * i) % 23 for i in range(944)] + [180]},
        "coverage": [{"source": "applications.json", "field": f, "present": p, "absent": a, "distinct": d, "example": e} for f, p, a, d, e in coverage],
        "documents": [{"source": "applications.json", "documents": 45, "passages": 400, "examples": 945}, {"source": "guide.pdf", "documents": 1, "passages": 20, "examples": 0}],
        "reliability": [{"low": i / 5, "high": (i + 1) / 5, "confidence": i / 5 + 0.11, "accuracy": [0.08, 0.35, 0.44, 0.75, 0.93][i], "n": [12, 9, 30, 60, 201][i]} for i in range(5)],
        "abstention": {"threshold": 0.43, "guarantee": {"kind": "binomial", "level": 0.95, "holds": True, "n": 280}, "answered_share": 0.9, "note": ""},
        "certificate": {"train": 756, "test": 95, "shared_hashes": 0, "highest_similarity": 0.713, "holds": True},
        "dropped": [{"stage": "collect", "what": "scan.pdf", "reason": "no text layer"}], "dropped_counts": {"collect": {"no text layer": 1}},
        "stages": [{"stage": "collect", "counts": {"in": 47, "out": 46}, "seconds": 1.2},
                   {"stage": "examples", "counts": {"examples": 9, "groups": 4, "dropped": 0, "pairs:garantie": 2, "sections:step": 3, "sections:value": 4}, "seconds": 0.4},
                   {"stage": "judged", "counts": {"extractive:right": 7, "extractive:wrongly_silent": 2, "new:stale": 1}, "seconds": 0.02},
                   {"stage": "models", "counts": {"models": 0, "folds": 0}, "seconds": 0.001}],
        "settings": {"recipe": "app-catalogue", "language": ["fr"], "seed": 42}, "versions": {"dalil": "0.1.0", "python": "3.11.2"},
        "rules_of_thumb": [{"situation": "< 50 records, few questions", "advice": "everything in a big model's prompt", "here": True}],
        "ready": [{"line": "accuracy", "ok": True, "measured": 0.914, "unit": "correct"}, {"line": "latency", "ok": False, "measured": 3.25, "unit": "seconds"},
                  {"line": "cost", "ok": False, "measured": 0.004, "unit": "per_1000"}, {"line": "maintainable", "ok": True, "measured": "dalil run", "unit": ""},
                  {"line": "style", "ok": None, "measured": None, "unit": ""}],
        "warnings": ["12 descriptions have fewer than 50 characters."], **changes,
    }  # fmt: skip
