"""Word, PowerPoint, YAML and Parquet files."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import read_file, read_given
from office_writing import docx, parquet, pptx


def test_a_word_file_keeps_headings_lists_tables_and_notes(tmp_path: Path) -> None:
    (document,), dropped = read_file(docx(tmp_path / "a.docx"))
    assert document.name == "Guide des congés"
    assert [(s.level, s.heading) for s in document.sections] == [(1, "Demande"), (2, "Délais")]
    assert "Le formulaire est rendu au bureau 12.\n\n- Une photo\n1. Remplir\n2. Signer\n" in document.text
    assert "Congé | Jours\nAnnuel | 25\n" in document.text
    assert document.text.endswith("Fin. [2]\n[2] Sauf en août.")
    assert [d.reason for d in dropped] == [
        "marked as hidden: 8 characters left out: VANISHED",
        "white on white: 5 characters left out: WHITE",
        "too small to be seen: 4 characters left out: TINY",
    ]


def test_a_presentation_has_a_page_and_a_section_a_slide(tmp_path: Path) -> None:
    (document,), dropped = read_file(pptx(tmp_path / "a.pptx"))
    assert document.name == "Accueil"
    assert [s.heading for s in document.sections] == ["Accueil", "Tarifs"]
    assert document.text.startswith("Accueil\nLe guichet ouvre à 9 h.\n- sauf le lundi\n\nSaluer le public.")
    assert "Pièce | Prix\nTimbre | 75 DH" in document.text
    assert [document.page_of(document.text.index(part)) for part in ("lundi", "Timbre")] == [1, 2]
    assert [(d.what, d.reason) for d in dropped] == [
        ("a.pptx page 3", "a hidden slide"),
        ("a.pptx hidden text", "too small to be seen: 4 characters left out: TINY"),
    ]


def test_yaml_keeps_the_characters_of_its_values(tmp_path: Path) -> None:
    content = "apps:\n- nom: Paie\n  version: 1.50\n  actif: yes\n  fin: ~\n  sites: &s [Paris, Lyon]\n- nom: Chorus\n  nom: Deux\n  sites: *s\n"
    documents, dropped = read_given(tmp_path / "a.yml", content)
    assert {f.name: f.value for f in documents[0].fields} == {
        "nom": "Paie", "version": "1.50", "actif": "yes", "sites": "Paris ; Lyon",
    }  # fmt: skip
    assert documents[1].fields[-1].items == ("Paris", "Lyon")
    assert documents[1].field("nom (2)") is not None
    assert dropped == []
    documents, _ = read_given(tmp_path / "b.yaml", "nom: A\n---\nnom: B\n")
    assert [d.name for d in documents] == ["A", "B"]


def test_parquet_rows_are_records(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    documents, dropped = read_file(parquet(tmp_path / "a.parquet"))
    assert [d.name for d in documents] == ["Paie", "Chorus"]
    assert documents[0].text == "nom : Paie\nn : 1.5\nsites : Paris ; Lyon"
    assert documents[0].fields[2].items == ("Paris", "Lyon")
    assert documents[1].text == "nom : Chorus\nn : 2"
    assert [(d.what, d.reason) for d in dropped] == [("a.parquet column photo", "holds bytes, not text")]
