"""Boxes that mark a quoted text on its page."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from pdf_writing import Sheet

from dalil.collect.pdf_boxes import boxes_on_page
from dalil.config import ReadingSettings
from dalil.errors import SourceError
from small_workspace import dalil, lines

pytest.importorskip("reportlab")
READING = ReadingSettings()


def guide(path: Path) -> Path:
    sheet = Sheet(path)
    sheet.text("Vidange du moteur", 72, 80, size=18, bold=True)
    sheet.lines(
        ["Arrêter le moteur et le laisser", "refroidir pendant une heure.", "Ouvrir le bouchon du moteur."], 120
    )
    sheet.table([["Organe", "Huile", "Litres"], ["Moteur", "SAE 10", "9,5"], ["Pont", "SAE 80", "4"]], 72, 200)
    sheet.page()
    sheet.lines(["Une autre page parle du frein."], 80)
    return sheet.save()


def around(box: list[float], left: float, baseline: float) -> bool:
    """Whether a box begins at a place and stands on that line."""
    return abs(box[0] - left) < 3 and box[1] < baseline < box[3] + 1 and box[3] - box[1] < 20


def test_a_quote_over_two_lines_has_a_box_on_each(tmp_path: Path) -> None:
    path = str(guide(tmp_path / "g.pdf"))
    boxes = boxes_on_page(path, 1, "Arrêter le moteur et le laisser refroidir pendant une heure.", READING)
    assert [around(box, 72, y) for box, y in zip(boxes, (120, 134), strict=True)] == [True, True]
    part = boxes_on_page(path, 1, "pendant une heure", READING)
    assert len(part) == 1
    assert part[0][0] > boxes[1][0] + 30
    assert abs(part[0][2] - boxes[1][2]) < 5


def test_a_row_of_a_table_is_marked_with_the_names_of_its_columns_and_no_other(tmp_path: Path) -> None:
    path = str(guide(tmp_path / "g.pdf"))
    names, row = boxes_on_page(path, 1, "Organe : Pont | Huile : SAE 80 | Litres : 4", READING)
    (other,) = boxes_on_page(path, 1, "Moteur SAE 10 9,5", READING)
    assert names[3] < other[1] < other[3] < row[1]
    assert min(box[2] - box[0] for box in (names, row, other)) > 200


def test_what_the_page_does_not_say_has_no_box(tmp_path: Path) -> None:
    path = str(guide(tmp_path / "g.pdf"))
    assert boxes_on_page(path, 2, "Le prix est de 500 dirhams", READING) == []
    assert len(boxes_on_page(path, 2, "parle du frein", READING)) == 1
    with pytest.raises(SourceError, match="page 3 cannot be read"):
        boxes_on_page(path, 3, "frein", READING)


def test_arabic_rows_and_paragraphs_are_marked_in_the_recipe() -> None:
    path = str(resources.files("dalil.recipes") / "idarati/sources/guides/registre-de-commerce.pdf")
    (row,) = boxes_on_page(path, 2, "العملية: التقييد المعدل | الرسم: 50 درهما", READING)
    paragraph = boxes_on_page(path, 2, "يصرح بكل تغيير في العنوان أو النشاط داخل أجل شهر واحد. عدم التصريح يعرض صاحبه لغرامة قدرها 1000 درهم.", READING)  # fmt: skip
    assert [round(box[1] / 10) for box in (row, *paragraph)] == [20, 37, 40]
    assert all(60 < box[0] < box[2] < 530 for box in (row, *paragraph))


def test_hits_and_citations_carry_boxes_where_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    guide(tmp_path / "sources/g.pdf")
    (tmp_path / "sources/n.md").write_text("# Frein\nLe frein du pont est contrôlé chaque mois.\n", encoding="utf-8")
    (tmp_path / "dalil.yaml").write_text("language: [fr]\nsources:\n  - path: sources\n", encoding="utf-8")
    (found,) = lines(dalil("search", "Combien de litres pour le pont ?", "--json", "--boxes", "-w", tmp_path))
    assert {hit["document"]: bool(hit["boxes"]) for hit in found["hits"]} == {"g.pdf": True, "n.md": False}
    done = dalil("ask", "Pendant combien de temps laisser refroidir le moteur ?", "--json", "--boxes", "-w", tmp_path)
    cited = json.loads(done.stdout)["citations"]
    assert cited
    assert all(set(citation) >= {"page", "quote", "boxes"} for citation in cited)
    refused = dalil("ask", "Q ?", "--boxes", "-w", tmp_path)
    assert refused.returncode == 2
    assert "--boxes goes with --json" in refused.stderr
