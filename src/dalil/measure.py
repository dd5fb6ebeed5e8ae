"""Judge answers to any set of questions: the held-out test, own questions, or answers made elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dalil.artefacts import json_lines, read_records, write_text
from dalil.dataset.pairs import read_questions
from dalil.dataset.split import HeldOut
from dalil.errors import ConfigError
from dalil.evaluation.judge import Judge, can_be_judged
from dalil.evaluation.run import evaluation_object, score
from dalil.language import fold
from dalil.records import Answer, Document, Example, Question, Stratum
from dalil.reporting import scored_with_times
from dalil.workspace import Workspace

Note = Callable[[str], None]


def evaluate(workspace: Workspace, *, questions: str | None, approach: str | None, answers: str | None,
             note: Note) -> list[dict[str, Any]]:  # fmt: skip
    """One evaluation object an approach (or one for the answers' file). Also writes answers/<set>/<approach>.jsonl."""
    if questions is None and answers is None:
        return _held_out(workspace, approach)
    workspace.prepare("split" if questions is None else "calibration")
    documents = read_records(Document, workspace.runner.folder("documents") / "documents.jsonl")
    judge = Judge(documents)
    if questions is None:
        examples, strata = _test_set(workspace)
        name = "test"
    else:
        examples, strata, name = own_examples(Path(questions), documents, workspace, note), {}, Path(questions).stem
    if answers is not None:
        given, label = read_answers(Path(answers), examples, note), Path(answers).stem
        return [evaluation_object(label, name, score(examples, given, judge, strata), workspace.config.seed)]
    labels = (
        [workspace.approach_settings(approach).label] if approach else [a.label for a in workspace.config.approaches]
    )
    return [_ask_all(workspace, label, name, examples, judge, strata) for label in labels]


def _held_out(workspace: Workspace, approach: str | None) -> list[dict[str, Any]]:
    """The held-out test as the last run answered it; built first where it is not."""
    labels = (
        [workspace.approach_settings(approach).label] if approach else [a.label for a in workspace.config.approaches]
    )
    workspace.prepare("judged")
    runner = workspace.runner
    scored = scored_with_times(runner.folder("judged"), runner.folder("answers"), labels)
    return [evaluation_object(label, "test", rows, workspace.config.seed) for label, rows in scored.items()]


def _test_set(workspace: Workspace) -> tuple[list[Example], dict[str, Stratum]]:
    runner = workspace.runner
    held = read_records(HeldOut, runner.folder("split") / "heldout.jsonl")
    examples = {e.id: e for e in read_records(Example, runner.folder("examples") / "examples.jsonl")}
    return [examples[item.example_id] for item in held], {item.example_id: item.stratum for item in held}


def _ask_all(workspace: Workspace, label: str, name: str, examples: Sequence[Example], judge: Judge,
             strata: dict[str, Stratum]) -> dict[str, Any]:  # fmt: skip
    asked = [Question(e.id, e.question, e.language) for e in examples]
    answered = workspace.approach(label).answer_many(asked)
    made = list(workspace.context.progress(answered, label=f"asking {label}", total=len(asked)))
    write_text(workspace.root / "answers" / name / f"{label}.jsonl", json_lines(a.as_row() for a in made))
    return evaluation_object(label, name, score(examples, made, judge, strata), workspace.config.seed)


def own_examples(path: Path, documents: Sequence[Document], workspace: Workspace, note: Note) -> list[Example]:
    """The questions of a file, with notes on what was left out, ignored or cannot be judged."""
    given = read_questions(path, documents, expected=workspace.config.language)
    for drop in given.dropped:
        note(f"left out: {drop.what}: {drop.reason}")
    for column, count in given.ignored_columns.items():
        note(f"ignored column {column!r} ({count} values)")
    for warning in given.warnings:
        note(f"note: {warning}")
    unjudged = sum(not can_be_judged(example) for example in given.examples)
    if unjudged:
        note(f"note: {unjudged} questions have no gold answer: they are answered, not judged")
    if not given.examples:
        raise ConfigError(f"{path} holds no question.", hint="a column `question`, one question a row")
    return given.examples


def read_answers(path: Path, examples: Sequence[Example], note: Note) -> list[Answer]:
    """Answers made elsewhere: JSON lines (or CSV, XLSX, JSON) with `id` or `question`, and `answer`. "" is silence."""
    rows = _answer_rows(path)
    by_id = {example.id: example for example in examples}
    by_text = {fold(example.question): example for example in examples}
    found: dict[str, Answer] = {}
    for number, row in enumerate(rows, start=1):
        example = by_id.get(str(row.get("id", ""))) or by_text.get(fold(str(row.get("question", ""))))
        if example is None:
            note(f"left out: {path.name} row {number}: no such question in the set")
            continue
        text = str(row.get("answer") or "").strip()
        status = row.get("status") or ("answered" if text else "abstained")
        seconds, cost = float(row.get("seconds") or 0.0), float(row.get("cost") or 0.0)
        found[example.id] = Answer(example.id, example.question, path.stem, status, text, seconds=seconds, cost=cost)
    if not found:
        raise ConfigError(
            f"No row of {path} answers a question of the set.", hint="columns `id` or `question`, and `answer`"
        )
    return list(found.values())


def _answer_rows(path: Path) -> list[dict[str, Any]]:
    from dalil.dataset.tables import read_rows

    try:
        rows = read_rows(path)
    except (OSError, json.JSONDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read ({error}).", hint="JSON lines with `id` or `question`, and `answer`"
        ) from error
    return [{fold(str(key)): value for key, value in row.items()} for row in rows]
