"""Answers that a server did not give are no measurement: the next run asks for them again, and keeps all others."""

from __future__ import annotations

from collections.abc import Sequence

from dalil.artefacts import Manifest, read_json, read_records
from dalil.errors import ASK_AGAIN
from dalil.published import TIMES
from dalil.records import Answer
from dalil.stages import Context, Job

Told = tuple[list[Answer], dict[str, float]]
_UNANSWERED = "unanswered"


def unanswered(label: str, answers: Sequence[Answer]) -> list[dict[str, str]]:
    """The row of the manifest for the answers of an approach that a server may give another time; [] where there is none."""
    found = [answer.reason for answer in answers if answer.status == "failed" and ASK_AGAIN in answer.reason]
    if not found:
        return []
    return [{"what": f"{_UNANSWERED} {label}", "reason": f"{len(found)} of {len(answers)} answers: {found[0]}"}]


def to_ask_again(context: Context, manifest: Manifest) -> str:
    """Which approaches have such answers; "" where none has."""
    found = [drop["what"] for drop in manifest.dropped if drop["what"].startswith(_UNANSWERED)]
    return ", ".join(found)


def given_before(job: Job) -> dict[str, Told]:
    """Approach → its answers and their seconds in the artefact that is made again: those that need no asking."""
    context, key = job.context, job.folder.name.removesuffix(".partial")
    before = context.build.manifest("answers", key)
    if before is None or context.build.damage(before):
        return {}
    folder = context.build.path("answers", key)
    again = to_ask_again(context, before)
    times = read_json(folder / TIMES)
    return {
        label: (read_records(Answer, folder / f"{label}.jsonl"), seconds)
        for label, seconds in times.items()
        if f"{_UNANSWERED} {label}" not in again.split(", ")
    }
