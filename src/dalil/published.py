"""What lies beside dalil.yaml for people and programs: copies of the current report and of the answers to the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dalil.artefacts import json_lines, read_json, read_records, write_text
from dalil.records import Answer

TIMES = "times.json"
DATASET_PAGE = "dataset.html"
PAGES = ("report.html", DATASET_PAGE)
REPORT = ("report.json", "dataset.json", *PAGES)


def put_back(root: Path, answers: Path, report: Path, labels: Sequence[str]) -> None:
    """Bring the copies in `root` to the artefacts `answers` and `report`, where they were deleted or are another run's.

    A page in another language (`dalil report --language`) stays as long as its figures are current.
    """
    for label in labels:
        _put(root / "answers" / "test" / f"{label}.jsonl", _answers_with_times(answers, label))
    stale = _differs(root / "report.json", (report / "report.json").read_text(encoding="utf-8"))
    for name in ("report.json", *PAGES):
        if stale or not (root / name).exists():
            write_text(root / name, (report / name).read_text(encoding="utf-8"))


def _answers_with_times(folder: Path, label: str) -> str:
    """The answers in the contract's form; the artefact keeps their seconds apart."""
    seconds = read_json(folder / TIMES)[label]
    answers = read_records(Answer, folder / f"{label}.jsonl")
    return json_lines(replace(answer, seconds=seconds.get(answer.id, 0.0)).as_row() for answer in answers)


def _put(path: Path, text: str) -> None:
    if _differs(path, text):
        write_text(path, text)


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text
    except (OSError, ValueError):
        return True
