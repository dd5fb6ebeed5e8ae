"""The curve of a run as it lies on disk: one JSON object a line. Light: it loads no library."""

from __future__ import annotations

import json
from pathlib import Path

CURVE = "curve.jsonl"


def read_curve(folder: Path) -> list[dict[str, float]]:
    """The points of a run, the last one of each step and kind; those after a resumed step are replaced by the new ones."""
    path = folder / CURVE
    points: dict[tuple[float, bool], dict[str, float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        points[row["step"], "eval_loss" in row] = row
    return [points[key] for key in sorted(points)]
