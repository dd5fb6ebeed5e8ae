"""Any other assistant in the same table: asked at its address, or its answers read from a file; judged and tested as ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from dalil.answering.assistant import Assistant
from dalil.config_models import DecodingSettings, EndpointSettings, ModelSettings
from dalil.errors import ConfigError
from dalil.evaluation.compare import against, pair_row
from dalil.evaluation.run import Scored, evaluation_object
from dalil.given_answers import read_answers
from dalil.language_model.opening import open_endpoint
from dalil.measure import Note, QuestionSet, ask_all, question_set, score_ours
from dalil.pipeline.runs import scored_with_times
from dalil.workspace import Workspace

LONGEST_ANSWER_TOKENS = 512


@dataclass(frozen=True)
class Other:
    """Another assistant: a file of its answers, or its address. `anew`: what it answered before is asked again."""

    answers: Path | None = None
    endpoint: EndpointSettings | None = None
    mark: str = ""
    anew: bool = False

    @property
    def label(self) -> str:
        """What it is called in the table, and its file of answers; `mark` behind it where one of ours is called so."""
        if self.endpoint is None:
            return self.answers.stem if self.answers else ""
        name = self.endpoint.model or urlsplit(self.endpoint.base_url).netloc
        return re.sub(r"[^\w.+-]+", "-", name) + self.mark


def the_other(answers: str | None, endpoint: str | None, model: str | None, api_key_env: str | None,
              anew: bool = False) -> Other:  # fmt: skip
    """The assistant that the options name. Raises ConfigError where they do not name just one."""
    if (answers is None) == (endpoint is None):
        raise ConfigError("Give one of --answers FILE and --endpoint BASE_URL.", hint="dalil evaluate --help")
    if answers is not None and (model or api_key_env or anew):
        raise ConfigError(
            "--model, --api-key-env and --anew belong to --endpoint BASE_URL.", hint="dalil evaluate --help"
        )
    if answers is not None:
        return Other(answers=Path(answers))
    try:
        settings = EndpointSettings(base_url=str(endpoint), model=model, api_key_env=api_key_env)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ConfigError(
            f"--endpoint {endpoint}: {said}.", hint="dalil evaluate --endpoint http://localhost:8000/v1"
        ) from error
    return Other(endpoint=settings, anew=anew)


def evaluate_other(workspace: Workspace, other: Other, *, questions: str | None, approach: str | None,
                   note: Note) -> dict[str, Any]:  # fmt: skip
    """The evaluation object of the other assistant, with `pairs`: it against each of ours on the same questions."""
    asked = question_set(workspace, questions, note)
    other = _named_apart(other, workspace)
    theirs, priced = _scored(workspace, other, asked, note)
    ours = _ours(workspace, asked, approach, note)
    answered = any(row.outcome != "failed" for row in theirs)
    pairs = [pair_row(p) for p in against(other.label, theirs, ours, workspace.config.seed)] if answered else []
    made = {**evaluation_object(other.label, asked.name, theirs, workspace.config.seed), "pairs": pairs}
    return made if priced else _without_cost(made)


def _without_cost(made: dict[str, Any]) -> dict[str, Any]:
    """The same where nobody told what an answer costs: unknown is not free."""
    tables = [made["metrics"], *(table for labels in made["by"].values() for table in labels.values())]
    for table in tables:
        table["cost_per_1000"] = {"value": None, "low": None, "high": None, "n": 0}
    return made


def _named_apart(other: Other, workspace: Workspace) -> Other:
    """An address's assistant under a name that none of ours has: its answers are written beside ours."""
    ours = {approach.label for approach in workspace.config.approaches}
    return replace(other, mark="-theirs") if other.endpoint is not None and other.label in ours else other


def _scored(workspace: Workspace, other: Other, asked: QuestionSet, note: Note) -> tuple[list[Scored], bool]:
    """Its judged answers, and whether it is told what they cost."""
    if other.endpoint is not None:
        settings = ModelSettings(
            endpoint=other.endpoint, decoding=DecodingSettings(max_new_tokens=LONGEST_ANSWER_TOKENS)
        )
        endpoint, masked = other.endpoint, workspace.config.reading.masked_kinds
        assistant = Assistant(workspace.config.language, lambda: open_endpoint(other.label, endpoint, workspace.root, masked, anew=other.anew),
                              settings, name=other.label)  # fmt: skip
        kept = "" if other.anew else "; what it answered before is kept (--anew asks it again)"
        note(f"asking {endpoint.base_url}, up to {endpoint.timeout_s:g} s an answer{kept}")
        answers, cites, priced = ask_all(workspace, assistant, other.label, asked), False, False
        failed = [answer.reason for answer in answers if answer.status == "failed"]
        if failed:
            note(f"note: {len(failed)} of {len(answers)} answers failed: {failed[0]}")
    else:
        given = read_answers(other.answers or Path(), asked.examples, asked.documents, note)
        answers, cites, priced = list(given.answers), given.cites, given.priced
    scored = asked.score(answers)
    scored = scored if cites else [replace(row, cites_proof=None) for row in scored]  # nothing cited: nothing to judge
    return scored, priced


def _ours(workspace: Workspace, asked: QuestionSet, approach: str | None, note: Note) -> dict[str, Sequence[Scored]]:
    """Our approaches on the same questions: of the held-out test as the last run judged them; of own questions the one that
    was named, else those that ask no model."""
    configured = [workspace.approach_settings(approach)] if approach else workspace.config.approaches
    if asked.name != "test":
        chosen = [a.label for a in configured if approach or not (a.needs_model or a.opens_model)]
        return {label: score_ours(workspace, label, asked) for label in chosen}
    if not workspace.runner.states("judged", verify=False)[-1].up_to_date:
        note("note: our own approaches are not judged yet, so there is nothing to compare with: dalil run")
        return {}
    labels = [a.label for a in configured]
    runner = workspace.runner
    return dict(scored_with_times(runner.folder("judged"), runner.folder("answers"), labels))
