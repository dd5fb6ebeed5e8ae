"""The dataset page: what it gathers of a workspace, its samples' evidence, and a page that is whole in each language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from dalil import Document, Passage, Workspace
from dalil.cli import cli
from dalil.dataset.groups import bridge
from dalil.evaluation.dataset_page import render_dataset
from dalil.evaluation.wording import PROSE
from dalil.pipeline.shown_dataset import SHOWN_STAGES, coverage_by_document, dataset_data
from dalil.pipeline.shown_samples import AROUND, chosen, place
from dalil.records import Evidence, Example, make_document

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def data(built: Path) -> dict[str, Any]:
    opened = Workspace(built)
    folders = {name: opened.runner.folder(name) for name in SHOWN_STAGES}
    return dataset_data(opened.context, folders)


def example(number: int, document: str, **more: Any) -> Example:
    fields: dict[str, Any] = {
        "kind": "own",
        "language": "fr",
        "origin": "pairs",
        "answerable": True,
        "documents": (document,),
    } | more
    return Example(f"e{number}", f"Question {number} ?", "R", **fields)


def test_it_gathers_what_the_workspace_holds(data: dict[str, Any]) -> None:
    assert (data["counts"]["records"], data["counts"]["documents"]) == (16, 1)
    assert data["coverage"]["records"] == {"covered": 16, "of": 16, "missing": []}
    assert sum(row["all"] for row in data["balance"]["kind"]) == data["counts"]["examples"]
    assert sum(row["asked"] for row in data["balance"]["kind"]) == data["counts"]["questions"]
    assert {part["kind"] for part in data["samples"]} == {row["label"] for row in data["balance"]["kind"]}
    assert sum(data["split"]["by_fold"]) == data["split"]["groups"] == sum(data["split"]["sides"].values())
    assert data["split"]["largest"]["bridge"] is None, "a record alone hangs on nothing"
    assert set(data["negatives"]) == {"absent_field", "invented_record", "off_topic"} & set(data["negatives"])
    assert data["passed"]


def test_evidence_is_marked_where_it_stands(data: dict[str, Any]) -> None:
    rows = [row for part in data["samples"] for row in part["rows"] if part["kind"] == "faq"]
    assert {row["places"][0]["quote"][:9] for row in rows} <= {"Envoyez l", "Le guide ", "Appelez l"}
    assert all(row["places"][0]["document"] == "faq.md" for row in rows)
    html = render_dataset(data)
    assert f"<mark>{rows[0]['places'][0]['quote'][:7]}" in html


def test_evidence_stands_in_its_passage_and_long_surroundings_are_cut() -> None:
    text = "mot " * 300 + "PREUVE" + " mot" * 300
    document = make_document("a.md", "A", text, "fr", "file", page_starts=(0, 1000))
    start = text.index("PREUVE")
    passage = Passage("p", "a.md", "A", ("Titre", "Sous-titre"), text[1180:1230], 1180, 1230, 2, "fr", 0)
    found = place(document, Evidence("a.md", start, start + 6), [passage])
    assert found["before"] + found["quote"] + found["after"] == text[1180:1230]
    assert (found["page"], found["heading"]) == (2, "Titre › Sous-titre")
    bare = place(document, Evidence("a.md", start, start + 6), [])
    assert bare["before"].startswith("… mot")
    assert bare["after"].endswith("mot …")
    assert max(len(bare["before"]), len(bare["after"])) <= AROUND + 2


def test_samples_come_from_every_language_first() -> None:
    made = [example(n, f"d{n}") for n in range(20)] + [example(99, "d1", language="ar")]
    assert {e.language for e in chosen(made, 2)} == {"fr", "ar"}
    assert len({e.documents for e in chosen(made, 3)}) == 3


def test_a_document_without_a_question_comes_first() -> None:
    documents: list[Document] = [make_document(f"{n}.md", n, "Un texte.", "fr", "file") for n in ("a", "b")]
    asked = [example(1, "a.md", evidence=(Evidence("a.md", 0, 2),)), example(2, "b.md", answerable=False)]
    rows = coverage_by_document(documents, asked)
    assert [(row["name"], row["questions"]) for row in rows] == [("b", 0), ("a", 1)]


def test_the_largest_group_names_what_it_hangs_on() -> None:
    text = (
        "Le filtre à air du moteur se change toutes les deux cents heures de marche, moteur froid et à l'arrêt complet."
    )
    documents = [make_document(f"{n}.md", n, text, "fr", "file") for n in ("a", "b")]
    link = bridge([example(1, "a.md")], documents, ["a.md", "b.md"], 42)
    assert link is not None
    assert "100% the same" in link.reason


@pytest.mark.parametrize("language", PROSE)
def test_a_page_is_whole_in_each_language(data: dict[str, Any], language: str) -> None:
    html = render_dataset({**data, "language": language})
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert "<script" not in html
    assert "://" not in html, "nothing is loaded"
    assert all(f'id="{name}"' in html for name in ("checklist", "read", "coverage", "balance", "samples", "split"))
    assert html.count("<svg") == 4
    assert data["checklist"][language][0]["name"] in html


@pytest.mark.parametrize(
    ("language", "opening", "parts"),
    [
        ("fr", "9 documents, 8 fiches et 4 pages", "fiches tirées de tableaux&nbsp;3"),
        ("en", "9 documents, 8 records and 4 pages", "records taken from tables&nbsp;3"),
        ("ar", "9 وثائق و8 بطاقات و4 صفحات", "بطاقات من جداول&nbsp;3"),
    ],
)
def test_lists_and_counts_are_written_as_the_language_writes_them(
    data: dict[str, Any], language: str, opening: str, parts: str
) -> None:
    counts = data["counts"] | {"documents": 9, "records": 8, "pages": 4}
    stages = [{"stage": "documents", "counts": {"parts": 3}, "seconds": 1.0}]
    html = render_dataset({**data, "language": language, "counts": counts, "stages": stages})
    assert opening in html
    assert parts in html
    assert '<code dir="ltr">reading.personal_data: keep</code>' in html


def test_advice_is_set_as_its_language_is(data: dict[str, Any]) -> None:
    advice = {"fr": ["de 5 à 20 %"], "ar": ["الخيار \u2066--write FILE\u2069 يحفظ"]}
    assert "de 5 à 20\u202f%" in render_dataset({**data, "language": "fr", "advice": advice})
    assert advice["ar"][0] in render_dataset({**data, "language": "ar", "advice": advice})


def test_a_french_question_keeps_its_marks_with_their_words(data: dict[str, Any]) -> None:
    row = data["samples"][0]["rows"][0] | {"question": "Que dit « Tarifs » ?", "language": "fr"}
    html = render_dataset({**data, "samples": [{"kind": "own", "total": 1, "rows": [row]}]})
    assert "Que dit «\u202fTarifs\u202f»\u202f?" in html
    english = render_dataset({**data, "samples": [{"kind": "own", "total": 1, "rows": [row | {"language": "en"}]}]})
    assert "Que dit « Tarifs » ?" in english


def test_texts_of_users_are_never_markup(data: dict[str, Any]) -> None:
    kind = {"label": ATTACK, "all": 1, "trained": 1, "asked": 1}
    bad = {**data, "title": ATTACK, "balance": data["balance"] | {"kind": [kind]}, "negatives": {ATTACK: 1}}
    row = data["samples"][0]["rows"][0] | {"question": ATTACK, "answer": ATTACK, "documents": [ATTACK]}
    spot = {"document": ATTACK, "page": None, "heading": ATTACK, "before": ATTACK, "quote": ATTACK, "after": ATTACK}
    bad["samples"] = [{"kind": ATTACK, "total": 1, "rows": [row | {"places": [spot]}]}]
    html = render_dataset(bad)
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 10


def test_the_verb_writes_the_page_and_run_writes_it_beside_the_report(small: Path, tmp_path: Path) -> None:
    assert 'href="dataset.html"' in (small / "report.html").read_text(encoding="utf-8")
    assert 'lang="fr"' in (small / "dataset.html").read_text(encoding="utf-8")
    out = tmp_path / "new" / "page.html"
    done = CliRunner().invoke(
        cli, ["dataset", "show", "-w", str(small), "--html", str(out), "--language", "ar", "--json"]
    )
    assert (done.exit_code, f'"page": "{out}"' in done.output) == (0, True), done.output
    assert 'dir="rtl"' in out.read_text(encoding="utf-8")
    done = CliRunner().invoke(cli, ["report", "-w", str(small), "--language", "en"])
    assert done.exit_code == 0
    assert 'lang="en"' in (small / "dataset.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "done", "found", "shown"),
    [
        ("en", "keep", {}, "Personal data was not looked for"),
        ("fr", "flag", {"email": 3, "phone": 1}, "gardées telles quelles\u00a0: adresses électroniques 3, numéros de téléphone 1."),
        ("ar", "mask", {"iban": 2}, "حسابات بنكية 2"),
        ("en", "mask", {}, "No personal data of the kinds that were looked for was found."),
    ],
)  # fmt: skip
def test_personal_data_is_told_with_its_totals(
    data: dict[str, Any], language: str, done: str, found: dict[str, int], shown: str
) -> None:
    html = render_dataset({**data, "language": language, "personal": {"done": done, "found": found}})
    assert shown in html


@pytest.mark.parametrize(("language", "reason"), [("fr", "le fichier est vide"), ("ar", "الملف فارغ")])
def test_why_something_was_left_out_is_said_in_the_reader_s_language(
    data: dict[str, Any], language: str, reason: str
) -> None:
    dropped = [{"stage": "documents", "what": "a.txt", "reason": "the file is empty"}]
    counts = {"documents": {"the file is empty": 1}}
    html = render_dataset({**data, "language": language, "dropped": dropped, "dropped_counts": counts})
    assert html.count(reason) == 2
    assert "the file is empty" not in html
