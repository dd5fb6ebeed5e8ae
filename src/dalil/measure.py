"""Judge our approaches on any set of questions: the held-out test, or own ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dalil.artefacts import json_lines, read_records, write_text
from dalil.dataset.pairs import QuestionFile, read_questions
from dalil.dataset.split import HeldOut, resampled_with_records
from dalil.errors import ConfigError
from dalil.evaluation.judge import Judge, can_be_judged
from dalil.evaluation.run import Scored, evaluation_object, score
from dalil.language import words
from dalil.pipeline.runs import scored_with_times
from dalil.records import Answer, Document, Example, Question, Stratum
from dalil.seams import Approach
from dalil.workspace import Workspace

Note = Callable[[str], None]


@dataclass(frozen=True)
class QuestionSet:
    """Questions with what they are judged by. `strata`: of the held-out test, what the split says of each."""

    name: str
    examples: Sequence[Example]
    strata: dict[str, Stratum]
    documents: Sequence[Document]

    @property
    def questions(self) -> list[Question]:
        return [Question(e.id, e.question, e.language, scope=e.scope) for e in self.examples]

    def score(self, answers: Sequence[Answer]) -> list[Scored]:
        return score(self.examples, answers, Judge(self.documents), self.strata)


def evaluate(workspace: Workspace, *, questions: str | None, approach: str | None, note: Note) -> list[dict[str, Any]]:
    """One evaluation object an approach. Of own questions it also writes answers/<set>/<approach>.jsonl."""
    if questions is None:
        return _held_out(workspace, approach)
    asked = question_set(workspace, questions, note)
    labels = (
        [workspace.approach_settings(approach).label] if approach else [a.label for a in workspace.config.approaches]
    )
    return [
        evaluation_object(label, asked.name, score_ours(workspace, label, asked), workspace.config.seed)
        for label in labels
    ]


def question_set(workspace: Workspace, questions: str | None, note: Note) -> QuestionSet:
    """The held-out test, or the questions of a file."""
    workspace.prepare("split" if questions is None else "documents")
    documents = read_records(Document, workspace.runner.folder("documents") / "documents.jsonl")
    if questions is None:
        examples, strata = _held_out_questions(workspace)
        return QuestionSet("test", examples, strata, documents)
    if Path(questions).stem == "test":
        raise ConfigError(
            f"{questions}: the name `test` is that of the held-out test.", hint="give the file another name"
        )
    given = own_questions(Path(questions), documents, workspace, note)
    return QuestionSet(Path(questions).stem, given.examples, {}, documents)


def score_ours(workspace: Workspace, label: str, asked: QuestionSet) -> list[Scored]:
    """One of the workspace's approaches, asked and judged."""
    return asked.score(ask_all(workspace, workspace.approach(label), label, asked))


def ask_all(workspace: Workspace, approach: Approach, label: str, asked: QuestionSet) -> list[Answer]:
    """An approach's answers, also written to answers/<set>/<label>.jsonl."""
    answered = approach.answer_many(asked.questions)
    made = list(workspace.context.progress(answered, label=f"asking {label}", total=len(asked.examples)))
    write_text(workspace.root / "answers" / asked.name / f"{label}.jsonl", json_lines(a.as_row() for a in made))
    return made


def _held_out(workspace: Workspace, approach: str | None) -> list[dict[str, Any]]:
    """The held-out test as the last run answered it; built first where it is not."""
    labels = (
        [workspace.approach_settings(approach).label] if approach else [a.label for a in workspace.config.approaches]
    )
    workspace.prepare("judged")
    runner = workspace.runner
    scored = scored_with_times(runner.folder("judged"), runner.folder("answers"), labels)
    return [evaluation_object(label, "test", rows, workspace.config.seed) for label, rows in scored.items()]


def _held_out_questions(workspace: Workspace) -> tuple[list[Example], dict[str, Stratum]]:
    runner = workspace.runner
    held = read_records(HeldOut, runner.folder("split") / "heldout.jsonl")
    examples = {e.id: e for e in read_records(Example, runner.folder("examples") / "examples.jsonl")}
    asked = resampled_with_records([examples[item.example_id] for item in held], examples.values())
    return asked, {item.example_id: item.stratum for item in held}


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
