"""Word, PowerPoint, YAML and Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
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


def word_table(path: Path, rows: Sequence[Sequence[str]], merged: Sequence[tuple[int, int, int, int]] = ()) -> str:
    """The text of a Word file with one table; `merged`: first row, first column, last row, last column."""
    from docx import Document

    made = Document()
    table = made.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for top, left, bottom, right in merged:
        table.cell(top, left).merge(table.cell(bottom, right)).text = rows[top][left]
    made.save(str(path))
    (document,), _ = read_file(path)
    return document.text


def test_rows_of_a_word_table_say_their_columns(tmp_path: Path) -> None:
    rows = [("نوع المشروع", "الأجل", "الرسم"), ("مسكن فردي", "15 يوما", ""), ("عمارة", "٣٠ يوما", "4.500 درهم")]
    assert word_table(tmp_path / "a.docx", rows) == (
        "نوع المشروع: مسكن فردي | الأجل: 15 يوما | الرسم: –\nنوع المشروع: عمارة | الأجل: ٣٠ يوما | الرسم: 4.500 درهم"
    )


def test_merged_cells_of_a_word_table_stand_in_each_row_and_column(tmp_path: Path) -> None:
    rows = [("Site", "Ouverture", ""), ("", "Matin", "Soir"), ("Centre", "9 h", "19 h"), ("", "10 h", "18 h")]
    assert word_table(tmp_path / "a.docx", rows, [(0, 0, 1, 0), (0, 1, 0, 2), (2, 0, 3, 0)]).split("\n") == [
        "Site: Centre | Ouverture Matin: 9 h | Ouverture Soir: 19 h",
        "Site: Centre | Ouverture Matin: 10 h | Ouverture Soir: 18 h",
    ]


def test_a_word_table_without_names_or_with_too_many_columns_keeps_its_cells(tmp_path: Path) -> None:
    assert (
        word_table(tmp_path / "a.docx", [("Centre", "9 h", "19 h"), ("Nord", "10 h", "18 h")])
        == "Centre | 9 h | 19 h\nNord | 10 h | 18 h"
    )
    wide = [[f"c{row}x{i}" for i in range(70)] for row in range(2)]
    assert all(cell in word_table(tmp_path / "b.docx", wide) for row in wide for cell in row)


def test_a_table_in_a_cell_of_a_word_table_stands_apart_from_the_cell_s_text(tmp_path: Path) -> None:
    from docx import Document

    made = Document()
    outer = made.add_table(3, 3)
    for cell, text in zip(outer.rows[0].cells, ("Service", "Guichet", "Tarifs"), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    for row, name in zip(outer.rows[1:], ("Passeport", "Permis"), strict=True):
        row.cells[0].text, row.cells[1].text, row.cells[2].text = name, "3", "Selon le délai"
        inner = row.cells[2].add_table(2, 2)
        for i, parts in enumerate((("Normal", "300 DH"), ("Urgent", "500 DH"))):
            inner.cell(i, 0).text, inner.cell(i, 1).text = parts
        row.cells[2].add_paragraph("par timbre")
    made.save(str(tmp_path / "a.docx"))
    (document,), _ = read_file(tmp_path / "a.docx")
    assert document.text.split("\n")[0] == (
        "Service: Passeport | Guichet: 3 | Tarifs: Selon le délai – Normal: 300 DH ; Urgent: 500 DH – par timbre"
    )


def test_one_column_around_word_tables_is_no_table(tmp_path: Path) -> None:
    from docx import Document

    made = Document()
    outer = made.add_table(1, 1)
    outer.cell(0, 0).text = "Horaires de la commune"
    inner = outer.cell(0, 0).add_table(3, 3)
    for i, row in enumerate((("Jour", "Matin", "Soir"), ("Lundi", "9 h", "14 h"), ("Mardi", "10 h", "15 h"))):
        for j, text in enumerate(row):
            inner.cell(i, j).text = text
    made.save(str(tmp_path / "a.docx"))
    (document,), _ = read_file(tmp_path / "a.docx")
    assert [line for line in document.text.split("\n") if line] == [
        "Horaires de la commune", "Jour: Lundi | Matin: 9 h | Soir: 14 h", "Jour: Mardi | Matin: 10 h | Soir: 15 h",
    ]  # fmt: skip


def test_the_first_row_of_a_slide_s_table_names_its_columns(tmp_path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    frame = slide.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(5), Inches(2))
    for i, row in enumerate(
        [("Secteur", "Réseau", "Coût"), ("Nord", "12,4 km", "84 000 €"), ("Sud", "8,1 km", "41 500 €")]
    ):
        for j, text in enumerate(row):
            frame.table.cell(i, j).text = text
    deck.save(str(tmp_path / "a.pptx"))
    (document,), _ = read_file(tmp_path / "a.pptx")
    assert document.text.endswith("Secteur: Sud | Réseau: 8,1 km | Coût: 41 500 €")
