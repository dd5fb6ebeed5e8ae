"""The human sheet in a workspace: written over the last run's held-out answers, its key and people's scores kept in state/."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import read_json, read_records, write_json
from dalil.errors import ConfigError, WorkError
from dalil.evaluation.human import human_object
from dalil.evaluation.ratings import RatedSheet, match, read_sheet
from dalil.evaluation.run import Scored
from dalil.evaluation.sheet import Key, Rateable, draw, given_text, make_key, texts_in, write_sheet
from dalil.pipeline.shown_human import RATINGS, SHEETS
from dalil.records import Answer, Example, from_row, to_row
from dalil.workspace import Workspace

Note = Callable[[str], None]
SUFFIX = ".xlsx"


def write_human_sheet(workspace: Workspace, path: Path, most: int, approach: str | None = None) -> dict[str, Any]:
    """Draw and write the sheet and its key; returns what was drawn. Never writes over a sheet that may be filled."""
    if path.suffix.lower() != SUFFIX:
        raise ConfigError(f"{path}: a sheet is an Excel workbook.", hint=f"--sheet-out {path.stem}{SUFFIX}")
    if path.exists():
        raise ConfigError(f"{path} exists, and may hold scores.", hint="give the new sheet another name")
    seed, language = workspace.config.seed, workspace.config.language[0]
    answers, left_out = rateable(workspace, texts_in(language), approach)
    if not answers:
        raise ConfigError("No held-out answer is there to be scored.", hint="dalil evaluate shows the held-out test")
    drawn = draw(answers, most, seed)
    key = make_key(drawn, answers, seed)
    kept = _keep_key(workspace, path, key)
    write_sheet(path, drawn, language)
    return {
        "sheet": str(path),
        "key": kept.relative_to(workspace.root).as_posix(),
        "rows": len(drawn),
        "of": len(answers),
        "approaches": dict(sorted(Counter(row.approach for row in key.rows).items())),
        "outcomes": dict(sorted(Counter(row.outcome for row in key.rows).items())),
        "left_out": left_out,
    }


def _keep_key(workspace: Workspace, path: Path, key: Key) -> Path:
    """The key in state/sheets/. Raises ConfigError where another sheet of that name has gone out."""
    kept = workspace.context.state / SHEETS / f"{path.stem}.json"
    if kept.exists() and _key(kept) != key:
        raise ConfigError(f"{kept} is the key of another sheet of that name.", hint="give the new sheet another name")
    write_json(kept, to_row(key))
    return kept


def rateable(workspace: Workspace, texts: dict[str, Any], approach: str | None) -> tuple[list[Rateable], int]:
    """The judged held-out answers with a text to score, and how many have none. Built first where they are not."""
    chosen = [workspace.approach_settings(approach)] if approach else workspace.config.approaches
    workspace.prepare("judged")
    runner = workspace.runner
    examples = {e.id: e for e in read_records(Example, runner.folder("examples") / "examples.jsonl")}
    found, left_out = list[Rateable](), 0
    for label in (settings.label for settings in chosen):
        answers = {a.id: a for a in read_records(Answer, runner.folder("answers") / f"{label}.jsonl")}
        for row in read_records(Scored, runner.folder("judged") / f"{label}.jsonl"):
            answer = answers.get(row.id)
            if answer is None or not answer.answer.strip():
                left_out += 1
            else:
                found.append(_rateable(row, examples[row.id], answer, label, texts))
    return found, left_out


def _rateable(row: Scored, example: Example, answer: Answer, label: str, texts: dict[str, Any]) -> Rateable:
    expected = example.answer or "; ".join(example.values)
    if not example.answerable:
        expected = texts["unanswerable"]
    elif example.expects == "which_one":
        expected = texts["ask_back"]
    proof = "\n\n".join(dict.fromkeys(citation.quote for citation in answer.citations))
    return Rateable(row.id, label, row.group, row.stratum, row.outcome, row.correct,
                    example.question, expected, given_text(answer), proof)  # fmt: skip


def read_human_sheets(workspace: Workspace, paths: Sequence[Path], note: Note) -> dict[str, Any]:
    """Read filled copies of one sheet, one a rater, keep their scores in state/ratings/, and tell what they say."""
    repeated = [stem for stem, count in Counter(path.stem for path in paths).items() if count > 1]
    if repeated:
        raise ConfigError(f"Two files are called {repeated[0]!r}: a rater is known by the file's name.",
                          hint="give each rater's file its own name")  # fmt: skip
    keys = _keys(workspace, note)
    read = {path: read_sheet(path) for path in paths}
    chosen = {path: _key_of(path, sheet, keys) for path, sheet in read.items()}
    if len(set(chosen.values())) > 1:
        raise ConfigError("These files are copies of different sheets: " + ", ".join(f"{p.name} of {k}" for p, k in chosen.items()) + ".",
                          hint="read the copies of one sheet together, then those of the other")  # fmt: skip
    name = next(iter(chosen.values()))
    sheets = {path.stem: match(sheet, keys[name]) for path, sheet in read.items()}
    for rater, sheet in sheets.items():
        if not sheet.ratings:
            raise ConfigError(
                f"{rater}: no answer has a score that can be used.", hint="fill in 1–5, then read it again"
            )
        _keep_ratings(workspace, rater, name, sheet, keys[name])
    return {"sheet": name, **human_object(keys[name], sheets, workspace.config.seed)}


def _key(path: Path) -> Key | None:
    """A kept key; None where the file is damaged."""
    try:
        return from_row(Key, read_json(path))
    except (WorkError, TypeError, AttributeError):
        return None


def _keys(workspace: Workspace, note: Note) -> dict[str, Key]:
    """Every kept key by the stem of its sheet."""
    found = {}
    for path in sorted((workspace.context.state / SHEETS).glob("*.json")):
        key = _key(path)
        if key is None:
            note(f"note: {path} is damaged: the sheets that it belongs to cannot be read")
        else:
            found[path.stem] = key
    return found


def _key_of(path: Path, sheet: RatedSheet, keys: dict[str, Key]) -> str:
    """The key that knows the file's codes: most of them, then the one of that name, then the shortest."""
    codes = {rating.code for rating in sheet.ratings}
    if not codes:
        raise ConfigError(f"{path} holds no row with a code.", hint="read the file that was filled in")

    def fit(name: str) -> tuple[int, bool, int]:
        rows = keys[name].rows
        return sum(row.code in codes for row in rows), path.stem.startswith(name), -len(rows)

    best = max(sorted(keys), key=fit, default=None)
    if best is None or not fit(best)[0]:
        raise ConfigError(f"No key in state/sheets/ knows the codes of {path}: it is a sheet of another workspace, or its key is gone.",
                          hint="dalil evaluate --sheet-in FILE -w THE_WORKSPACE_THAT_WROTE_IT")  # fmt: skip
    return best


def _keep_ratings(workspace: Workspace, rater: str, name: str, sheet: RatedSheet, key: Key) -> None:
    """A rater's scores with what the codes stand for; a file of the same name read again replaces them."""
    by_code = {row.code: row for row in key.rows}
    rows = [{**to_row(rating), **to_row(by_code[rating.code])} for rating in sheet.ratings]
    write_json(workspace.context.state / RATINGS / f"{rater}.json", {"rater": rater, "sheet": name, "ratings": rows})
