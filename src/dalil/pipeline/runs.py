"""Judged runs kept in state/runs/, for later runs to be compared with."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dalil.artefacts import json_lines, read_json, read_records, write_text
from dalil.errors import ConfigError
from dalil.evaluation.run import Scored
from dalil.published import TIMES
from dalil.records import content_id, to_row
from dalil.stages import Context


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


def keep_run(context: Context, verdict: Mapping[str, Any], scored: Mapping[str, Sequence[Scored]]) -> None:
    """Keep the judged rows in state/runs/, named by time and content; an equal run is kept once."""
    lines = _lines(scored)
    mark = content_id(lines)
    folder = context.state / "runs"
    if not any(folder.glob(f"*-{mark}.jsonl")):
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        write_text(folder / f"{stamp}-{mark}.jsonl", lines)


def _lines(scored: Mapping[str, Sequence[Scored]]) -> str:
    return json_lines(to_row(replace(row, seconds=0.0)) for rows in scored.values() for row in rows)


def runs(state: Path) -> list[Path]:
    """The kept runs, oldest first."""
    return sorted((state / "runs").glob("*.jsonl"))


def load_run(state: Path, name: str, now: Mapping[str, Sequence[Scored]]) -> dict[str, list[Scored]]:
    """A kept run by id, `previous` (the newest that differs from `now`), or a file. Raises ConfigError that lists them."""
    kept = runs(state)
    chosen = [path for path in kept if path.stem.startswith(name)]
    if name == "previous":
        mark = content_id(_lines(now))
        chosen = [path for path in kept if not path.stem.endswith(mark)][-1:]
    elif Path(name).is_file():
        chosen = [Path(name)]
    if len(chosen) != 1:
        listed = ", ".join(path.stem for path in kept[-5:]) or "none yet"
        raise ConfigError(f"There is no one run {name!r}; kept runs: {listed}.", hint="dalil compare --against RUN")
    found: dict[str, list[Scored]] = {}
    for row in read_records(Scored, chosen[0]):
        found.setdefault(row.approach, []).append(row)
    return found
