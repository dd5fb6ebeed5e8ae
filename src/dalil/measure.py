"""Judge answers to any set of questions: the held-out test, own questions, or answers made elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from dalil.artefacts import json_lines, read_records, write_text
from dalil.dataset.pairs import QuestionFile, read_questions
from dalil.dataset.split import HeldOut, resampled_with_records
from dalil.errors import ConfigError
from dalil.evaluation.judge import Judge, can_be_judged
from dalil.evaluation.run import evaluation_object, score
from dalil.language import fold, words
from dalil.pipeline.runs import scored_with_times
from dalil.records import Answer, Document, Example, Question, Status, Stratum
from dalil.workspace import Workspace

Note = Callable[[str], None]


def evaluate(workspace: Workspace, *, questions: str | None, approach: str | None, answers: str | None,
             note: Note) -> list[dict[str, Any]]:  # fmt: skip
    """One evaluation object an approach (or one for the answers' file). Also writes answers/<set>/<approach>.jsonl."""
    if questions is None and answers is None:
        return _held_out(workspace, approach)
    workspace.prepare("split" if questions is None else "documents")
    documents = read_records(Document, workspace.runner.folder("documents") / "documents.jsonl")
    judge = Judge(documents)
    if questions is None:
        examples, strata = _test_set(workspace)
        name = "test"
    else:
        if Path(questions).stem == "test":
            raise ConfigError(
                f"{questions}: the name `test` is that of the held-out test.", hint="give the file another name"
            )
        given = own_questions(Path(questions), documents, workspace, note)
        examples, strata, name = given.examples, {}, Path(questions).stem
    if answers is not None:
        made, label = read_answers(Path(answers), examples, note), Path(answers).stem
        scored = [
            replace(row, cites_proof=None) for row in score(examples, made, judge, strata)
        ]  # such files cite nothing
        return [evaluation_object(label, name, scored, workspace.config.seed)]
    labels = (
        [workspace.approach_settings(approach).label] if approach else [a.label for a in workspace.config.approaches]
    )
    asked = [Question(e.id, e.question, e.language, scope=e.scope) for e in examples]
    return [
        evaluation_object(
            label, name, score(examples, _answers(workspace, label, name, asked), judge, strata), workspace.config.seed
        )
        for label in labels
    ]


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
    asked = resampled_with_records([examples[item.example_id] for item in held], examples.values())
    return asked, {item.example_id: item.stratum for item in held}


def _answers(workspace: Workspace, label: str, name: str, asked: Sequence[Question]) -> list[Answer]:
    """An approach's answers, also written to answers/<set>/<approach>.jsonl."""
    answered = workspace.approach(label).answer_many(asked)
    made = list(workspace.context.progress(answered, label=f"asking {label}", total=len(asked)))
    write_text(workspace.root / "answers" / name / f"{label}.jsonl", json_lines(a.as_row() for a in made))
    return made


def own_questions(path: Path, documents: Sequence[Document], workspace: Workspace, note: Note) -> QuestionFile:
    """The questions of a file, with notes on what was left out, ignored or cannot be judged."""
    given = read_questions(path, documents, expected=workspace.config.language,
                           masked_kinds=workspace.config.reading.masked_kinds)  # fmt: skip
    for drop in given.dropped:
        note(f"left out: {drop.what}: {drop.reason}")
    for column, count in given.ignored_columns.items():
        note(f"ignored column {column!r} ({count} values)")
    for warning in given.warnings:
        note(f"note: {warning}")
    unjudged = sum(not can_be_judged(example) for example in given.examples)
    if unjudged:
        note(f"note: {unjudged} questions have no gold answer: they are answered, not judged")
    repeated = len(given.examples) - len({example.id for example in given.examples})
    if repeated:
        raise ConfigError(
            f"{path}: {repeated} ids stand more than once.", hint="give each question its own id, or none"
        )
    if not given.examples:
        raise ConfigError(f"{path} holds no question.", hint="a column `question`, one question a row")
    return replace(given, examples=[replace(example, group=_own_group(example)) for example in given.examples])


def _own_group(example: Example) -> str:
    """Own questions hang together by their document or scope, else by the same words in another order."""
    about = example.documents[0] if example.documents else example.scope
    return about or " ".join(sorted(set(words(example.question))))


def read_answers(path: Path, examples: Sequence[Example], note: Note) -> list[Answer]:
    """Answers made elsewhere: JSON lines (or CSV, XLSX, JSON) with `id` or `question`, and `answer`. "" is silence."""
    rows = _answer_rows(path)
    if rows and not any("answer" in row for row in rows):
        raise ConfigError(f"{path} has no column `answer`; found: {', '.join(rows[0])}.",
                          hint="columns `id` or `question`, and `answer`")  # fmt: skip
    by_id = {example.id: example for example in examples}
    by_text = {fold(example.question): example for example in examples}
    found: dict[str, Answer] = {}
    for number, row in enumerate(rows, start=1):
        example = by_id.get(str(row.get("id", ""))) or by_text.get(fold(str(row.get("question", ""))))
        if example is None:
            note(f"left out: {path.name} row {number}: no such question in the set")
            continue
        text = "" if row.get("answer") is None else str(row["answer"]).strip()
        given = row.get("status")
        status: Status = cast("Status", given) if given in get_args(Status) else "answered" if text else "abstained"
        seconds, cost = _number(row.get("seconds")), _number(row.get("cost"))
        found[example.id] = Answer(example.id, example.question, path.stem, status, text, seconds=seconds, cost=cost)
    missing = len(examples) - len(found)
    if found and missing:
        note(f"note: {missing} of {len(examples)} questions have no answer in {path.name}: they count as failed")
    if not found:
        raise ConfigError(
            f"No row of {path} answers a question of the set.", hint="columns `id` or `question`, and `answer`"
        )
    return list(found.values())


def _number(value: Any) -> float:
    """A number of a row; 0 where it is none (times and costs are told, not judged)."""
    try:
        return float(value or 0.0)
    except (TypeError, ValueError):
        return 0.0


def _answer_rows(path: Path) -> list[dict[str, Any]]:
    from dalil.dataset.tables import read_rows

    try:
        rows = read_rows(path)
    except (OSError, json.JSONDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read ({error}).", hint="JSON lines with `id` or `question`, and `answer`"
        ) from error
    return [{fold(str(key)): value for key, value in row.items()} for row in rows]
