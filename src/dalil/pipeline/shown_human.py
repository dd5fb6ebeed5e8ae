"""What people's scores say of the answers, for the report: read from state/ratings, which `dalil evaluate --sheet-in` keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import file_hash, read_json
from dalil.evaluation.human import human_object
from dalil.evaluation.ratings import RatedSheet, Rating
from dalil.evaluation.sheet import Key, blind_code, given_text
from dalil.pipeline.questions import reviews_print
from dalil.records import Answer, from_row
from dalil.stages import Context

RATINGS, SHEETS = "ratings", "sheets"
_FIELDS = Rating.__dataclass_fields__.keys()


def people_print(context: Context) -> dict[str, str]:
    """What people reviewed and scored."""
    scored = sorted((context.state / RATINGS).glob("*.json"))
    return reviews_print(context) | {f"state/{RATINGS}/{path.name}": file_hash(path) for path in scored}


def human_data(state: Path, answers: Mapping[str, Sequence[Answer]], seed: int) -> list[dict[str, Any]]:
    """A sheet each: how many people scored how many answers, how many of these are given still, the means by approach,
    and the agreement with the judge."""
    by_sheet: dict[str, dict[str, RatedSheet]] = defaultdict(dict)
    for path in sorted((state / RATINGS).glob("*.json")):
        kept = read_json(path)
        ratings = tuple(Rating(**{name: row[name] for name in _FIELDS}) for row in kept["ratings"])
        by_sheet[kept["sheet"]][kept["rater"]] = RatedSheet(ratings, (), 0)
    return [_shown(name, sheets, state, answers, seed) for name, sheets in sorted(by_sheet.items())
            if (state / SHEETS / f"{name}.json").is_file()]  # fmt: skip


def _shown(name: str, sheets: Mapping[str, RatedSheet], state: Path, answers: Mapping[str, Sequence[Answer]],
           seed: int) -> dict[str, Any]:  # fmt: skip
    key = from_row(Key, read_json(state / SHEETS / f"{name}.json"))
    said = human_object(key, sheets, seed)
    scored = {rating.code for sheet in sheets.values() for rating in sheet.ratings}
    now = {blind_code(label, a.id, key.seed, given_text(a)) for label, rows in answers.items() for a in rows}
    return {"sheet": name, "people": len(sheets), "rated": len(scored), "current": len(scored & now),
            "approaches": said["approaches"], "judge": said["judge"]}  # fmt: skip
