"""A report with a memory of two folds and a real model that did nothing, written by hand: what training left."""

from __future__ import annotations

import math
from typing import Any

import report_sample as sample

ARABIC = "شنو خاصني باش نجدد جواز السفر؟"


def curve(steps: int, first: float, last: float, *, evaluated: bool = False) -> list[dict[str, float]]:
    points: list[dict[str, float]] = []
    for step in range(20, steps + 1, 20):
        done = step / steps
        loss = last + (first - last) * math.exp(-5 * done)
        points.append({"step": step, "loss": loss, "learning_rate": 2e-4 * (1 - done), "grad_norm": 1 + 3 * math.exp(-4 * done),
                       "num_tokens": 900.0 * step, "seconds": 0.2 * step, "memory_bytes": 1_400_000_000 + 1e8 * done})  # fmt: skip
        if evaluated and step % 100 == 0:
            points.append({"step": step, "eval_loss": loss + 0.4, "seconds": 0.2 * step, "memory_bytes": 1_500_000_000})
    return points


def gate(**changes: Any) -> dict[str, Any]:
    return {"rows": 1890, "kept": 1888, "cut": 3, "without_eos": 1, "without_answer": 2, "duplicates": 12, "leaked": 0, "tokens": 36880,
            "tokens_learnt": 22171, "longest": 188, "lengths": {"32": 1680, "64": 27, "96": 132, "128": 40, "192": 11},
            "tokens_per_word": {"fr": 1.54, "ary": 2.4}, "examples": {"cut": ["Quels sont les sites de 6Tzen ?"], "without_answer": [ARABIC]}, **changes}  # fmt: skip


def fold(number: int, heldout: dict[str, tuple[float, float]], **changes: Any) -> dict[str, Any]:
    return {"fold": number, "steps": 1120, "seconds": 158.2, "tokens": 1_009_679, "loss": 0.021, "trainable_parameters": 3_049_920,
            "total_parameters": 3_049_920, "peak_memory_bytes": 1_500_000_000, "stopped_early": False, "resumed": 0,
            "heldout": {name: {"before": before, "after": after} for name, (before, after) in heldout.items()},
            "curve": curve(1120, 7.4, 0.02), "gate": gate(), **changes}  # fmt: skip


def said(text: str, language: str | None, asked: str = "fr", **changes: Any) -> dict[str, Any]:
    return {"text": text, "language": language, "same_language": language == asked, "truncated": False,
            "asks_back": text.endswith(("?", "؟")), "words": len(text.split()), "outcome": "wrong", "friendly": False,
            "sentence_words": float(len(text.split())) or None, "asks_rightly": True if text else None, **changes}  # fmt: skip


def samples() -> list[dict[str, Any]]:
    long = "The application is an application that is used by the application " * 3
    return [
        {"stratum": "seen", "question": "Où 6Tzen est-il utilisé ?", "expected": "Lyon, Marseille", "language": "fr",
         "before": said(long, "en", truncated=True), "after": said("Lyon, Marseille", "fr", outcome="right")},
        {"stratum": "seen", "question": ARABIC, "expected": "واش انتهت المدة ديالو ولا ضاع ليك؟", "language": "ary",
         "before": said("您需要准备护照照片和旧护照。", None, "ary", asks_rightly=False), "after": said("واش انتهت المدة ديالو ولا ضاع ليك؟", "ary", "ary")},
        {"stratum": "unseen", "question": "Qui est responsable de Vandris ?", "expected": "La direction des finances", "language": "fr",
         "before": said("", None), "after": said("La direction des transports", "fr")},
    ]  # fmt: skip


def memory(**changes: Any) -> dict[str, Any]:
    folds = [fold(0, {"seen": (7.43, 0.31), "unseen": (7.53, 9.4)}),
             fold(1, {"seen": (7.41, 0.28), "unseen": (7.5, 9.1)}, curve=curve(1120, 7.2, 0.05), resumed=400)]  # fmt: skip
    return {"model": "assistant", "kind": "memory", "base": "unsloth/llama-3.2-3b", "approaches": ["fine-tuned", "gated"],
            "folds": folds, "samples": samples(), "plan": None, **changes}  # fmt: skip


def real(**changes: Any) -> dict[str, Any]:
    run = fold(0, {"seen": (2.914, 2.91)}, loss=2.7, trainable_parameters=24_313_856, total_parameters=3_237_063_680, stopped_early=True,
               steps=500, seconds=1830.0, peak_memory_bytes=9_300_000_000, curve=curve(500, 3.2, 2.7, evaluated=True))  # fmt: skip
    plan = {"device": "l4",
            "planned": {"trainable_parameters": 24_313_856, "steps": 500, "seconds": 1500.0, "memory_bytes": 8_900_000_000},
            "measured": {"trainable_parameters": 24_313_856, "steps": 500, "seconds": 1830.0, "memory_bytes": 9_300_000_000}}  # fmt: skip
    return {"model": "llama", "kind": "trained", "base": "meta-llama/Llama-3.2-1B", "approaches": ["fine-tuned"], "folds": [run],
            "samples": [{**row, "before": None} for row in samples()[:1]], "plan": plan, **changes}  # fmt: skip


def missing(**changes: Any) -> dict[str, Any]:
    return {"model": "assistant", "base": "unsloth/llama-3.2-3b", "reason": "memory", "minutes": 31.4, "cost": 1.5, "currency": "USD",
            "device": "l4", "command": "dalil train --model assistant", "unplanned": "", **changes}  # fmt: skip


def staleness(**changes: Any) -> dict[str, Any]:
    return {"changed": 3, "questions": 12, "approaches": {
                "extractive": {"stale": 0, "fresh": 11, "other": 0, "silent": 1, "n": 12, "update_seconds": 0.84},
                "fine-tuned": {"stale": 9, "fresh": 0, "other": 3, "silent": 0, "n": 12, "update_seconds": 162.0}},
            "examples": [{"document": "applications.json#6Tzen", "field": "statut si", "before": "En production", "after": "مغلق"}], **changes}  # fmt: skip


def report(language: str = "fr", **changes: Any) -> dict[str, Any]:
    """The sample's report with both memories' approaches, the real model's run beside, and an update that was tried."""
    found = sample.report(language)
    found["approaches"] += [
        sample.approach("fine-tuned", (0.6, 0.02, 0.38, 0, 0, 0), 312, 0.05),
        sample.approach("gated", (0.8, 0.05, 0.05, 0.08, 0.02, 0), 312, 0.06),
    ]
    found |= {"training": [memory(), real(approaches=[])], "not_measured": [missing()], "staleness": staleness()}
    return {**found, **changes}
