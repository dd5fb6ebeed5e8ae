"""A workspace as a person uses it: ask, search, run, status, evaluate, compare."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from dalil import pipeline
from dalil.answering.abstention import default_calibration
from dalil.answering.approaches import make_approach
from dalil.answering.knowledge import Knowledge
from dalil.answering.model_alone import ModelFiles
from dalil.artefacts import read_json, read_records, write_text, writer_lock
from dalil.config import CONFIG_NAME, ApproachSettings, Config, load_config
from dalil.engine import LocalEngine
from dalil.errors import ConfigError, GroupingError, WorkError, WorkspaceError
from dalil.published import PAGES, put_back
from dalil.records import Answer, Example, Hit, Question, to_row
from dalil.retrieval.explain import Explained
from dalil.retrieval.index import Index
from dalil.seams import Approach, Progress, Say, quiet, silent
from dalil.stages import Context, Runner, State

log = logging.getLogger("dalil.workspace")


class Workspace:
    """A folder with a dalil.yaml. Raises WorkspaceError where there is none, ConfigError where it is wrong."""

    def __init__(self, folder: str | Path = ".", *, progress: Progress = silent, say: Say = quiet,
                 workers: int = 1) -> None:  # fmt: skip
        self.root = Path(folder).resolve()
        try:
            found = (self.root / CONFIG_NAME).is_file()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise WorkspaceError(f"{self.root} cannot be read: {reason}.", hint="mend its permissions") from error
        if not found:
            raise WorkspaceError(f"{self.root} holds no {CONFIG_NAME}.", hint="dalil init DIR --sources PATH")
        self.config: Config = load_config(self.root / CONFIG_NAME)
        self.context = Context(self.root, self.config, LocalEngine(workers), progress, say)
        self._approaches: dict[str, Approach] = {}

    @property
    def runner(self) -> Runner:
        return Runner(pipeline.STAGES, self.context)

    def run(self, upto: str | None = None) -> Iterator[State]:
        """Build what is not up to date, stage by stage; at the end the report and the answers lie beside dalil.yaml."""
        yield from self.runner.run(upto)
        if upto is None:
            labels = [settings.label for settings in self.config.approaches]
            put_back(self.root, self.runner.folder("answers"), self.runner.folder("report"), labels)

    def status(self) -> list[State]:
        """Each stage, whether it is up to date, and if not why."""
        return self.runner.states()

    def prepare(self, upto: str) -> None:
        """Build the cheap stages that an answer needs."""
        try:
            for _ in self.runner.run(upto, verify=False):
                continue
        except WorkspaceError:
            if upto not in ("index", "ranking", "calibration") or not self._built(upto):
                raise
            log.warning("another dalil is writing here: answering from what it had built before")

    def _built(self, stage: str) -> bool:
        """Whether there is a current artefact of the stage, up to date or not."""
        return self.runner.manifest(stage) is not None

    @cached_property
    def _knowledge(self) -> Knowledge:
        """What every approach here is made from. Where questions cannot be split, confidence is not calibrated on them."""
        ranking = pipeline.unfitted_ranking(self.config)
        try:
            self.prepare("calibration")
            ranking = pipeline.read_ranking(self.runner.folder("ranking"))
            learnt = pipeline.calibrations(self.runner.folder("calibration"))[pipeline.FINAL]
        except GroupingError as error:
            log.warning("not calibrated on this workspace: %s", error.message)
            self.prepare("index")
            learnt = default_calibration()
        return pipeline.knowledge(self.context, learnt, ranking.of_fold(pipeline.FINAL))

    def approach(self, name: str | None = None) -> Approach:
        """The approach of that name, ready to answer; the verdict's winner, else `extractive`, when not given."""
        wanted = self.approach_settings(name or self.default_approach())
        if wanted.label not in self._approaches:
            files = self._model_files(wanted) if wanted.needs_model else None
            asked = pipeline.asked_for(self.context, wanted, files)
            self._approaches[wanted.label] = make_approach(wanted.kind, wanted.label, self._knowledge, files, asked)
        return self._approaches[wanted.label]

    def _model_files(self, wanted: ApproachSettings) -> ModelFiles | None:
        """The files of the approach's model: a memory is never trained for one question, only by `run` and `train`."""
        real = pipeline.real_model(self.context, str(wanted.model))
        found = [real] if real else pipeline.fold_models(self.runner.folder("models"))
        return pipeline.files_for(self.context, wanted, found, None)

    def approach_settings(self, name: str) -> ApproachSettings:
        """The configured approach of that name. Raises ConfigError that lists the others."""
        for settings in self.config.approaches:
            if settings.label == name:
                return settings
        known = ", ".join(settings.label for settings in self.config.approaches)
        raise ConfigError(f"There is no approach {name!r} here; configured: {known}.", hint=f"mend {CONFIG_NAME}")

    def default_approach(self) -> str:
        """The verdict's winner where there is one, else `extractive`, else the first configured."""
        labels = [settings.label for settings in self.config.approaches]
        winner = self._winner()
        if winner and winner in labels:
            return winner
        return "extractive" if "extractive" in labels else labels[0]

    def _winner(self) -> str | None:
        """The winner of the last verdict, where one was reached."""
        try:
            found = read_json(self.runner.folder("report") / "verdict.json")["winner"]
        except WorkError:
            return None
        return str(found) if found else None

    def ask(self, question: str, approach: str | None = None, scope: str = "") -> Answer:
        """The answer to one question, with its proof."""
        chosen = self.approach(approach)
        return next(iter(chosen.answer_many([Question("1", question, scope=self.resolve_scope(scope))])))

    def stream(self, question: str, approach: str | None = None, scope: str = "") -> Iterator[str | Answer]:
        """The same piece by piece as it is written, then the Answer."""
        yield from self.approach(approach).stream(Question("1", question, scope=self.resolve_scope(scope)))

    def search(self, questions: Sequence[Question], k: int, *, by_document: bool = False) -> Iterator[list[Hit]]:
        """The k best passages (or documents, by their best passage) for each question."""
        with self._searched() as index:
            for question in questions:
                yield index.search_documents(question, k) if by_document else index.search(question, k)

    def with_boxes(self, rows: Sequence[dict[str, Any]], quoted: str) -> list[dict[str, Any]]:
        """Rows of hits or citations, with where their text (under the key `quoted`) stands on its page of a PDF."""
        from dalil.pipeline.boxes import with_boxes

        return with_boxes(self.context, rows, quoted)

    def explain(self, questions: Sequence[Question], k: int, *, by_document: bool = False) -> Iterator[list[Explained]]:
        """What `search` finds, each hit with the legs that found it and the words that they saw."""
        with self._searched() as index:
            for question in questions:
                yield index.explain(question, k, by_document=by_document)

    @contextmanager
    def _searched(self) -> Iterator[Index]:
        """The index with its re-ranker: the shipped one, or by own questions where there are enough."""
        stage = "ranking" if self.config.dataset.pairs else "index"
        try:
            self.prepare(stage)
        except GroupingError as error:
            log.warning("no re-ranker: %s", error.message)
            stage = "index"
            self.prepare(stage)
        fitted = stage == "ranking"
        ranking = pipeline.read_ranking(self.runner.folder(stage)) if fitted else pipeline.unfitted_ranking(self.config)
        opened = pipeline.open_index(self.context, ranking.of_fold(pipeline.FINAL))
        try:
            yield opened
        finally:
            opened.close()

    def compare_searches(self, encoders: Sequence[str]) -> dict[str, Any]:
        """Legs, fusions, encoders and the re-ranker on the held-out questions."""
        from dalil.pipeline.comparing import compare_searches

        self.prepare("ranking")
        folders = {stage: self.runner.folder(stage) for stage in ("examples", "split", "ranking")}
        return compare_searches(self.context, folders, encoders)

    @contextmanager
    def index(self) -> Iterator[Index]:
        """The index, opened and closed."""
        opened = pipeline.open_index(self.context)
        try:
            yield opened
        finally:
            opened.close()

    def resolve_scope(self, scope: str) -> str:
        """The path that a scope names, whole or in part (`matching_scopes`). Raises ConfigError where it is not just one."""
        from dalil.dataset.scopes import matching_scopes

        if not scope:
            return ""
        self.prepare("index")
        with self.index() as index:
            names: list[tuple[str, str]] = index.store.names()
        found = matching_scopes(scope, names)
        if len(found) == 1:
            return found[0]
        listed = ", ".join(found[:5]) if found else "none"
        raise ConfigError(f"The scope {scope!r} must name one document; found: {listed}.", hint="dalil search WORDS")

    def questions(self, path: str) -> list[Question]:
        """The questions of a file: one a line in .txt, else CSV, XLSX, JSON, JSONL."""
        from dalil.dataset.pairs import read_questions

        if Path(path).suffix == ".txt":
            try:
                lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(
                    f"{path} cannot be read ({error}).", hint="a UTF-8 text, one question a line"
                ) from error
            return [Question(str(n), line.strip()) for n, line in enumerate(lines, start=1) if line.strip()]
        given = read_questions(
            Path(path), None, expected=self.config.language, masked_kinds=self.config.reading.masked_kinds
        )
        if not given.examples:
            raise ConfigError(f"{path} holds no question.", hint="a column `question`, one question a row")
        scopes = {scope: self.resolve_scope(scope) for scope in dict.fromkeys(e.scope for e in given.examples)}
        return [Question(e.id, e.question, e.language, scope=scopes[e.scope]) for e in given.examples]

    def one_question(self, text: str) -> list[Question]:
        """A question typed by hand."""
        return [Question("1", text)]

    def examples(self, kind: str | None, number: int) -> list[dict[str, Any]]:
        """Some examples of each kind, as rows."""
        self.prepare("examples")
        every = read_records(Example, self.runner.folder("examples") / "examples.jsonl")
        kinds = dict.fromkeys(example.kind for example in every)
        if kind is not None and kind not in kinds:
            raise ConfigError(
                f"No example of kind {kind!r}; kinds here: {', '.join(kinds) or 'none'}.", hint="dalil dataset show"
            )
        share = max(1, number // max(1, len(kinds)))
        chosen = [
            e
            for k in kinds
            if kind in (None, k)
            for e in [e for e in every if e.kind == k][: number if kind else share]
        ]
        return [to_row(example) for example in chosen[:number]]

    def sample_question(self) -> str:
        """A question that the workspace should answer, to try it with."""
        try:
            every = read_records(Example, self.runner.folder("examples") / "examples.jsonl")
        except WorkError:
            return "…"
        found = (e.question for e in every if e.answerable and e.wording in ("w1", "own"))
        return next(found, "…")

    def drop_index(self) -> None:
        """Remove the index and its caches; the next build makes them from the documents."""
        with writer_lock(self.context.state):
            shutil.rmtree(self.context.build.folder / "index", ignore_errors=True)

    def verdict(self) -> dict[str, Any]:
        """The verdict with pairs, p and intervals, and its sentences; everything is built first."""
        self.prepare("report")
        report = read_json(self.runner.folder("report") / "report.json")
        return {**report["verdict_object"], "sentences": report["sentences"]}

    def report(self, language: str | None = None) -> Path:
        """Bring the report and the dataset page up to date; with `language`, their prose in that language."""
        from dalil.evaluation.dataset_page import render_dataset
        from dalil.evaluation.report import render

        self.prepare("report")
        folder, pages = self.runner.folder("report"), zip(PAGES, (render, render_dataset), strict=True)
        for name, make in pages:
            data = read_json((folder / name).with_suffix(".json"))
            write_text(self.root / name, make({**data, "language": language or data["language"]}))
        return self.root / PAGES[0]

    def changes(self, against: str) -> dict[str, Any]:
        """What changed since an earlier run, by approach; `significant_drop` where any approach fell."""
        from dalil.evaluation.compare import changes, pair_row
        from dalil.pipeline.runs import load_run, scored_with_times

        self.prepare("judged")
        labels = [settings.label for settings in self.config.approaches]
        now = scored_with_times(self.runner.folder("judged"), self.runner.folder("answers"), labels)
        before = load_run(self.context.state, against, now)
        rows = []
        for change in changes(before, now, self.config.seed):
            row = change.as_row()
            rows.append({**pair_row(change.pair), **{k: row[k] for k in ("approach", "significant_drop", "changed")}})
        return {
            "against": against,
            "approaches": rows,
            "significant_drop": any(row["significant_drop"] for row in rows),
        }
