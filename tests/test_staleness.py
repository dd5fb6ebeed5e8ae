"""The staleness probe: records change, the index follows, and who still says what was true before is counted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dalil import Workspace
from dalil.artefacts import read_json, read_records
from dalil.collect.catalogue import with_value
from dalil.dataset.changes import Change, choose_changes
from dalil.evaluation.judge import Judge
from dalil.pipeline.staleness import Probe, probe_of, staleness_of
from dalil.records import Answer, Document, Example, Question
from small_workspace import SETTINGS, records, write_workspace

FIRST = ("Ba", "Ko", "Li", "Mar", "Ne", "Po", "Ru", "Sa")
FIELDS = {"direction", "langage", "date_mise_en_service", "utilisateurs"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of 48 applications, large enough for a calibration that speaks, built up to the probe."""
    root = write_workspace(tmp_path_factory.mktemp("stale") / "catalogue")
    names = [first + last for last in ("dol", "fix", "gan", "jor", "kem", "lux") for first in FIRST]
    rows = [
        records()[i % 16]
        | {"nom": name, "utilisateurs": 100 + 17 * i, "date_mise_en_service": f"20{10 + i % 14}-{1 + i % 12:02d}-15"}
        for i, name in enumerate(names)
    ]
    (root / "sources" / "applications.json").write_text(json.dumps(rows), encoding="utf-8")
    for _ in Workspace(root).run("staleness"):
        continue
    return root


def found_in(root: Path) -> dict[str, Any]:
    return staleness_of(Workspace(root).runner.folder("staleness"))


def documents_of(root: Path) -> list[Document]:
    return read_records(Document, Workspace(root).runner.folder("documents") / "documents.jsonl")


def examples_of(root: Path) -> list[Example]:
    return read_records(Example, Workspace(root).runner.folder("examples") / "examples.jsonl")


def changes_of(root: Path) -> list[Change]:
    return choose_changes(documents_of(root), examples_of(root), 42, lambda change: True)


def after(documents: Sequence[Document], changes: Sequence[Change]) -> list[Document]:
    by_path = {c.document: c for c in changes}
    return [with_value(d, by_path[d.path].field, by_path[d.path].value) if d.path in by_path else d for d in documents]


@dataclass(frozen=True)
class Says:
    """An approach that says what it was given for each question, as a memory of the trained answers does."""

    said: Mapping[str, Answer]
    name: str = "says"

    def answer_many(self, questions: Sequence[Question]) -> Iterator[Answer]:
        for question in questions:
            yield self.said[question.id]

    def stream(self, question: Question) -> Iterator[str | Answer]:
        yield self.said[question.id]


def says(changes: Sequence[Change], texts: Sequence[str]) -> Says:
    asked = [change.question for change in changes]
    return Says({e.id: Answer(e.id, e.question, "says", "answered" if text else "abstained", text or "Je ne sais pas.")
                 for e, text in zip(asked, texts, strict=True)})  # fmt: skip


@pytest.fixture
def probe(built: Path) -> Probe:
    documents, changes = documents_of(built), changes_of(built)
    return probe_of(documents, after(documents, changes), changes)


def test_approaches_that_read_the_index_give_the_new_values(catalogue: Path) -> None:
    found = found_in(catalogue)
    assert found["changed"] == found["questions"] == len(found["examples"]) == 4
    for label in ("passage", "extractive"):
        row = found["approaches"][label]
        assert row["n"] == 4
        assert row["stale"] == 0
        assert row["fresh"] >= 3
        assert row["fresh"] + row["other"] + row["silent"] == 4
        assert row["update_seconds"] > 0


def test_every_change_gives_a_field_the_value_of_another_record(catalogue: Path) -> None:
    records_now = {d.path: d for d in documents_of(catalogue) if d.fields}
    shown = found_in(catalogue)["examples"]
    assert len({row["document"] for row in shown}) == 4
    for row in shown:
        before = records_now[row["document"]].field(row["field"])
        assert before is not None
        assert before.value == row["before"] != row["after"]
        assert row["after"] in {d.field(row["field"]).value for d in records_now.values()}  # type: ignore[union-attr]
        assert row["field"] in FIELDS


def test_the_probe_leaves_the_workspace_as_it_was(catalogue: Path) -> None:
    runner = Workspace(catalogue).runner
    states = {state.name: state.reason for state in runner.states("staleness")}
    assert set(states.values()) == {""}
    assert {p.name for p in runner.folder("staleness").iterdir()} == {"staleness.json", "times.json", "manifest.json"}


def test_seconds_lie_outside_what_the_stage_is_known_by(catalogue: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(catalogue, tmp_path / "again"))
    folder = Workspace(root).runner.folder("staleness")
    before = Workspace(root).runner.manifest("staleness")
    (folder / "times.json").write_text("{}")
    list(Workspace(root).run("staleness"))
    now = Workspace(root).runner.manifest("staleness")
    assert before is not None
    assert now is not None
    assert now.content == before.content
    assert now.files["staleness.json"] == before.files["staleness.json"]
    assert set(read_json(Workspace(root).runner.folder("staleness") / "times.json")) == {"passage", "extractive"}


def test_who_answers_from_what_was_known_before_is_stale(probe: Probe) -> None:
    assert len(probe.changes) == 3
    old = says(probe.changes, [change.before for change in probe.changes])
    assert probe.count(old) == {"stale": 3, "fresh": 0, "other": 0, "silent": 0, "n": 3}


def test_new_values_silence_and_neither_are_told_apart(probe: Probe) -> None:
    new, (first, *_) = [change.value for change in probe.changes], probe.changes
    assert probe.count(says(probe.changes, new)) == {"stale": 0, "fresh": 3, "other": 0, "silent": 0, "n": 3}
    mixed = says(probe.changes, [first.before, "", "Le formulaire A12."])
    assert probe.count(mixed) == {"stale": 1, "fresh": 0, "other": 1, "silent": 1, "n": 3}


def test_an_answer_with_both_values_is_neither_old_nor_new(probe: Probe) -> None:
    both = [f"{change.before} ; {change.value}" for change in probe.changes]
    assert probe.count(says(probe.changes, both))["other"] == 3


def test_a_changed_record_is_a_whole_record_again(built: Path) -> None:
    documents, changes = documents_of(built), changes_of(built)
    for change, record in ((c, d) for d in after(documents, changes) for c in changes if c.document == d.path):
        before = next(d for d in documents if d.path == change.document)
        assert record.id != before.id
        assert [f.name for f in record.fields] == [f.name for f in before.fields]
        assert all(record.text[f.start : f.end] == f.value for f in record.fields)
        assert (record.name, record.language, record.access) == (before.name, before.language, before.access)
        same = with_value(record, change.field, change.before)
        assert same == before
        (proof,) = change.question_after(record).evidence
        assert record.text[proof.start : proof.end] == change.value


def test_an_approach_whose_model_is_not_trained_is_asked_nothing(tmp_path: Path) -> None:
    more = "models: {big: {model_name_or_path: some/model}}\napproaches: [passage, {kind: gated, model: big}]\n"
    root = write_workspace(tmp_path / "untrained", SETTINGS + more)
    for _ in Workspace(root).run("staleness"):
        continue
    found = found_in(root)
    assert found["approaches"]["passage"]["n"] == found["changed"] == 3
    none = {"stale": 0, "fresh": 0, "other": 0, "silent": 0, "n": 0, "update_seconds": None}
    assert found["approaches"]["gated"] == none


def test_without_records_nothing_changes_and_nothing_fails(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "texts", SETTINGS)
    (root / "sources" / "applications.json").unlink()
    for _ in Workspace(root).run():
        continue
    assert found_in(root) == {"changed": 0, "questions": 0, "approaches": {}, "examples": []}
    assert read_json(root / "report.json")["staleness"]["changed"] == 0


def test_the_judges_know_each_their_own_time(built: Path) -> None:
    """A value that nothing holds any more is still an old value, not an unknown one."""
    documents = documents_of(built)
    (change, *_) = choose_changes(documents, examples_of(built), 42, lambda c: c.field == "utilisateurs")
    now = after(documents, [change])
    assert not any(change.before in d.text for d in now if d.fields)
    probe = Probe([change], Judge(documents), Judge(now), {d.path: d for d in now})
    assert probe.count(says([change], [f"{change.before} utilisateurs"]))["stale"] == 1
