"""A question asked within one document is calibrated, answered and judged within it; a quote tells its own page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dalil import Workspace
from dalil.answering.proposal import cite_span
from dalil.artefacts import read_records
from dalil.collect.passages import PassageSplitter
from dalil.config import PassageSettings
from dalil.dataset.split import HeldOut
from dalil.errors import ConfigError
from dalil.records import Answer, Example, Passage, make_document
from small_workspace import assert_said, dalil

MACHINES = {"Pelle": 18, "Grue": 24, "Presse": 31, "Tour": 47, "Foreuse": 53, "Broyeur": 66, "Nacelle": 72, "Scie": 85}
TASKS = ("Vidanger le carter", "Graisser le pivot", "Remplacer la courroie", "Nettoyer le radiateur")


def manual(name: str, first: int) -> str:
    lines = "".join(f"{task} de cette machine toutes les {first + i} heures.\n\n" for i, task in enumerate(TASKS))
    return f"# Manuel {name} {first}\n\n{lines}"


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("machines")
    (root / "sources").mkdir()
    rows = []
    for name, first in MACHINES.items():
        (root / "sources" / f"{name.lower()}.md").write_text(manual(name, first), encoding="utf-8")
        rows += [{"question": f"Quand {task.lower()} de cette machine ?", "answer": f"{first + i} heures", "scope": name}
                 for i, task in enumerate(TASKS)]  # fmt: skip
    (root / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    settings = "language: [fr]\nsources: [{path: sources}]\ndataset: {origins: [pairs], pairs: [own.jsonl]}\n"
    (root / "dalil.yaml").write_text(settings, encoding="utf-8")
    for _ in Workspace(root).run("judged"):
        continue
    return root


def test_a_scope_is_kept_from_the_pairs_to_the_answers_and_judged(machines: Path) -> None:
    runner = Workspace(machines).runner
    examples = {e.id: e for e in read_records(Example, runner.folder("examples") / "examples.jsonl")}
    assert {e.scope for e in examples.values()} == {f"{name.lower()}.md" for name in MACHINES}
    held = read_records(HeldOut, runner.folder("split") / "heldout.jsonl")
    assert held
    for answer in read_records(Answer, runner.folder("answers") / "passage.jsonl"):
        assert [c.document for c in answer.citations] == [examples[answer.id].scope]
    counts = {stage: found.counts for stage in ("calibration", "judged") if (found := runner.manifest(stage))}
    assert counts["judged"]["passage:right"] == len(held)
    assert counts["calibration"]["right"] > 0.6 * counts["calibration"]["trials"]


@pytest.mark.parametrize(
    ("scope", "path"), [("Presse", "presse.md"), ("presse", "presse.md"), ("manuel grue", "grue.md"), ("47", "tour.md")]
)
def test_a_scope_is_found_by_a_part_of_its_name(machines: Path, scope: str, path: str) -> None:
    assert Workspace(machines).resolve_scope(scope) == path


def test_a_scope_of_several_or_none_is_refused_with_its_candidates(machines: Path) -> None:
    with pytest.raises(ConfigError, match=r"found: broyeur\.md, foreuse\.md, grue\.md"):
        Workspace(machines).resolve_scope("manuel")
    assert_said(dalil("ask", "-w", machines, "--scope", "Fusée", "Quand ?"), 2, "'Fusée'", "found: none")


def passages_of(pages: list[str]) -> tuple[list[int], list[Passage]]:
    starts = [sum(len(page) for page in pages[:i]) for i in range(len(pages))]
    document = make_document("m.pdf", "M", "".join(pages), "fr", "m.pdf", page_starts=tuple(starts))
    return starts, [p for p in PassageSplitter(PassageSettings())(document) if isinstance(p, Passage)]


def test_a_citation_tells_the_page_of_its_quote_not_of_its_passage() -> None:
    pages = ["Page une dit le but du manuel.\n", "Page deux dit la pression.\n", "", "Page quatre dit le couple.\n"]
    starts, (passage,) = passages_of(pages)
    assert passage.page == 1
    cited = [cite_span(passage, start, start + 4) for start in (starts[0], starts[1], starts[3])]
    assert [c.page for c in cited] == [1, 2, 4]


def test_a_passage_whose_pages_moved_is_another_one_for_the_index() -> None:
    _, (before,) = passages_of(["Le but.\n", "La pression.\n"])
    _, (after,) = passages_of(["Le but.\nLa ", "pression.\n"])
    assert before.text == after.text
    assert before.id != after.id
