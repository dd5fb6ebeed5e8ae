"""Masking in documents: places, fields, headings and names stay in step; off by default; counted by file."""

from __future__ import annotations

from pathlib import Path

from collecting import read_file

from dalil.collect.passages import PassageSplitter
from dalil.collect.personal_data import personal_totals
from dalil.config import PassageSettings, ReadingSettings
from dalil.dataset.pairs import read_questions
from dalil.records import Passage

MASK = ReadingSettings(personal_data="mask")
PAGE = "# Accueil\n\nÉcrire à jean.dupont@ville.ma ou appeler le 06 12 34 56 78.\n\n## Contact rh@ville.ma\n\nOuvert à 9 h.\n"
SHEET = "Nom complet;Ville;Courriels\nAmal Idrissi;Rabat;a@b.ma | c@d.ma\nOmar Alami;Fès;\nDépôt;Salé;x@y.ma | z@y.ma\n"


def test_a_page_is_masked_and_its_sections_stay_in_place(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    (document,), dropped = read_file(tmp_path / "a.md", MASK)
    assert "Écrire à [email] ou appeler le [phone]." in document.text
    assert [(s.heading, document.text[s.start : s.end].split("\n")[0]) for s in document.sections] == [
        ("Accueil", "# Accueil"), ("Contact [email]", "## Contact [email]"),
    ]  # fmt: skip
    assert [d.reason for d in dropped] == ["masked: email 2, phone 1"]
    (passage,) = PassageSplitter(PassageSettings())(document)
    assert isinstance(passage, Passage)
    assert document.text[passage.start : passage.end] == passage.text


def test_records_are_masked_in_fields_items_names_and_paths(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(SHEET, encoding="utf-8")
    documents, dropped = read_file(tmp_path / "a.csv", MASK, name_field="Nom complet")
    assert [d.name for d in documents] == ["[name]"] * 3
    assert [d.path for d in documents] == ["a.csv#[name]", "a.csv#[name]~2", "a.csv#[name]~3"]
    assert len({d.id for d in documents}) == 3
    for document in documents:
        assert all(document.text[f.start : f.end] == f.value for f in document.fields)
        assert document.is_named_by("Nom complet")
    mails = documents[0].field("Courriels")
    assert mails is not None
    assert (mails.value, mails.items) == ("[email] | [email]", ("[email]", "[email]"))
    assert [d.reason for d in dropped] == ["masked: email 4, name 3"]


def test_it_is_kept_by_default_and_counted_where_flagged(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    (kept,), dropped = read_file(tmp_path / "a.md")
    assert "jean.dupont@ville.ma" in kept.text
    assert dropped == []
    (flagged,), dropped = read_file(tmp_path / "a.md", ReadingSettings(personal_data="flag"))
    assert flagged == kept
    assert [d.reason for d in dropped] == ["found and kept: email 2, phone 1"]


def test_own_questions_agree_with_masked_documents(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "q.csv").write_text(
        "id,document,question,answer\n0612345678,a.md,Qui appeler ?,appeler le 0612345678\n", encoding="utf-8"
    )
    (document,), _ = read_file(tmp_path / "a.md", MASK)
    (example,) = read_questions(
        tmp_path / "q.csv", [document], expected=("fr",), masked_kinds=MASK.masked_kinds
    ).examples
    assert (example.id, example.answer) == ("0612345678", "appeler le [phone]")
    (proof,) = example.evidence
    assert document.text[proof.start : proof.end + 1] == "appeler le [phone]"  # a quote ends with its last word


def test_the_counts_of_several_files_add_up_and_other_drops_do_not_count(tmp_path: Path) -> None:
    made = []
    for name, text in (("a.txt", "Write to a@b.fr or c@d.fr."), ("b.txt", "Write to e@f.fr, call +212 612 345 678.")):
        (tmp_path / name).write_text(text)
        _, dropped = read_file(tmp_path / name, ReadingSettings(personal_data="flag"))
        made += [{"what": drop.what, "reason": drop.reason} for drop in dropped]
    assert personal_totals([*made, {"what": "c.txt", "reason": "email 7"}]) == {"email": 3, "phone": 1}
