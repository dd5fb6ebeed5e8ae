"""PDF files, each read in a process of its own."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from collecting import READING, read_file, source_of
from pdf_writing import Sheet

from dalil.collect.pdf_layout import lay_out
from dalil.collect.pdf_lines import Line, PageContent, clean_lines, unreadable
from dalil.collect.pdf_running import without_running_lines
from dalil.collect.read import Reader
from dalil.config import ReadingSettings

PROSE = ["La pompe est vidangée toutes les", "cinq cents heures de fonc-", "tionnement par un agent formé."]


def write_pdf(path: Path, pages: list[list[str]], title: str = "", password: str = "", outline: str = "") -> Path:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), encrypt=password or None)
    canvas.setTitle(title)
    for number, lines in enumerate(pages, start=1):
        if outline:
            canvas.bookmarkPage(f"p{number}")
            canvas.addOutlineEntry(f"{outline} {number}", f"p{number}", 0)
        for i, line in enumerate(lines):
            canvas.drawString(72, 780 - 16 * i, line)
        canvas.showPage()
    canvas.save()
    return path


def test_pages_lines_and_title(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "m.pdf", [PROSE, [], ["Deuxième page."]], title="Manuel de la pompe")
    (document,), dropped = read_file(path)
    assert document.name == "Manuel de la pompe"
    expected = "La pompe est vidangée toutes les cinq cents heures de fonctionnement par un agent formé."
    assert document.text == f"{expected}\nDeuxième page."
    assert len(document.page_starts) == 3
    assert document.page_of(0) == 1
    assert document.page_of(document.text.index("Deuxième")) == 3
    assert [(d.what, d.reason) for d in dropped] == [("m.pdf page 2", "no text on the page: needs OCR")]


def test_running_headers_and_page_numbers_go_but_for_the_first(tmp_path: Path) -> None:
    pages = [["Manuel SANY", f"Le sujet {'ABCDE'[i]} est ici.", f"Page {i + 3} / 9"] for i in range(5)]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", pages))
    assert document.text.count("Manuel SANY") == 1
    assert "Page" not in document.text
    assert all(f"Le sujet {letter} est ici." in document.text for letter in "ABCDE")


def test_figures_that_change_from_page_to_page_are_what_a_page_says(tmp_path: Path) -> None:
    pages = [
        [f"Fiche {i}", f"Le prix du raccordement est de {i * 37 + 5},40 €.", "Délai : un mois."] for i in range(1, 6)
    ]
    sheet = Sheet(tmp_path / "m.pdf")
    for number, (title, price, delay) in enumerate(pages):
        if number:
            sheet.page()
        sheet.text("Régie des eaux", 72, 40, size=8)
        sheet.text(title, 72, 70, size=18, bold=True)
        sheet.text(price, 72, 100)
        sheet.text(f"{delay} " + "Les travaux sont faits par la régie. " * 2, 72, 130)
    (document,), _ = read_file(sheet.save())
    assert [s.heading for s in document.sections] == [title for title, _, _ in pages]
    assert all(price in document.text for _, price, _ in pages)
    assert document.text.count("Délai : un mois.") == 5
    assert document.text.count("Régie des eaux") == 1


@pytest.mark.parametrize("title", ["rapport.html", "Rapport 2026.xlsx", "notes.txt"])
def test_a_title_that_is_a_file_s_name_is_none(tmp_path: Path, title: str) -> None:
    (document,), _ = read_file(write_pdf(tmp_path / "guide.pdf", [PROSE], title=title))
    assert document.name == "guide"


def test_bookmarks_become_sections(tmp_path: Path) -> None:
    pages = [["Avant.", f"Chapitre {i}", "Le texte du chapitre."] for i in (1, 2)]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", pages, outline="Chapitre"))
    assert [s.heading for s in document.sections] == ["Chapitre 1", "Chapitre 2"]
    assert document.text[document.sections[1].start :].startswith("Chapitre 2")


def test_pages_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "m.pdf", [[f"Texte {i}."] for i in range(5)])
    (document,), dropped = read_file(path, ReadingSettings(max_pages=2))
    assert len(document.page_starts) == 2
    assert [d.what for d in dropped] == ["m.pdf pages 3–5"]


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "whole.pdf", [PROSE] * 3).read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[:200])
    write_pdf(tmp_path / "locked.pdf", [PROSE], password="secret")
    write_pdf(tmp_path / "scan.pdf", [[], []])
    for name, reason in (("cut.pdf", "damaged"), ("locked.pdf", "password"), ("scan.pdf", "needs OCR")):
        documents, dropped = read_file(tmp_path / name)
        assert documents == []
        assert [d.what for d in dropped] == [name]
        assert reason in dropped[0].reason


def test_a_file_without_its_end_says_so(tmp_path: Path) -> None:
    whole = write_pdf(tmp_path / "m.pdf", [PROSE, PROSE]).read_bytes()
    (tmp_path / "m.pdf").write_bytes(whole[: whole.rindex(b"xref", 0, whole.rindex(b"startxref"))])
    documents, dropped = read_file(tmp_path / "m.pdf")
    assert dropped
    assert all(len(d.page_starts) == 2 for d in documents)
    assert "end" in dropped[-1].reason or "damaged" in dropped[-1].reason


def test_a_reader_can_be_sent_to_another_process_and_its_key_follows_bytes_and_settings(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "m.pdf", [PROSE])
    reader = pickle.loads(pickle.dumps(Reader(("fr",), READING)))
    key = reader.row_key(source_of(path))
    assert key != Reader(("ar",), READING).row_key(source_of(path))
    path.write_bytes(path.read_bytes() + b"\n%%EOF")
    assert key != reader.row_key(source_of(path))


@pytest.mark.parametrize(
    ("raw", "clean"), [("\ufefb \ufb01n", ["لا fin"]), ("أي ًضا بنا ًء", ["أيضا بناء"]), ("كتـــاب", ["كتاب"])]
)
def test_marks_and_forms_of_pdf_text(raw: str, clean: list[str]) -> None:
    assert clean_lines(raw) == clean


def contents(pages: list[list[str]]) -> list[PageContent]:
    return [PageContent(tuple(Line(text) for text in page)) for page in pages]


def test_numbers_of_a_table_are_not_page_numbers() -> None:
    pages = contents([[str(7 * i % 5), f"ligne {'abcd'[i]}", str(i * i)] for i in range(4)])
    assert without_running_lines(pages) == pages


def test_a_sentence_goes_on_over_a_page() -> None:
    first = ["Le technicien contrôle le niveau d'huile et", "remplace le filtre lorsque la pression reste"]
    laid = lay_out([[Line(t) for t in first], [Line("trop basse pendant plus de dix secondes.")]])
    assert "la pression reste trop basse" in laid.text
    assert laid.text[laid.starts[1] :].startswith("trop basse")


def test_a_footer_of_hardly_any_letters_goes_too_and_so_does_the_header_above_it(tmp_path: Path) -> None:
    pages = [[f"Le sujet {'ABCDE'[i]} est ici.", "Manuel MC 75", f"9096-EN-02 {i + 1}"] for i in range(5)]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", pages))
    assert document.text.count("Manuel MC 75") == 1
    assert document.text.count("9096") == 1


def test_two_pages_are_enough_where_a_footer_stands_still_at_the_edge(tmp_path: Path) -> None:
    pages = [["Guide de l'usager", f"Le sujet {letter} est ici."] for letter in "AB"]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", pages))
    assert document.text == "Guide de l'usager\nLe sujet A est ici.\nLe sujet B est ici."


def test_a_line_that_begins_with_a_number_joins_the_line_before(tmp_path: Path) -> None:
    lines = ["Avec des pneus de cette taille la pression est de trois bar devant et", "2,8 bar derrière."]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", [lines]))
    assert "devant et 2,8 bar derrière." in document.text


def test_text_without_meaning_is_named() -> None:
    assert "OCR" in unreadable(" \n ")
    assert "font" in unreadable("\x01\x02\x03\x04 \x05\x06 ab")
    assert "font" in unreadable("qzrt wxkl mnbv plkj " * 6)
    assert unreadable("La pompe est vidangée. " * 6) == ""
    assert unreadable("250 kg 12,5 bar" * 6) == ""


def test_a_line_that_repeats_amid_the_pages_stays(tmp_path: Path) -> None:
    pages = [[*[f"ligne {letter}{i}" for i in range(11)], "Voir aussi :", f"fin {letter}"] for letter in "ABCDE"]
    (document,), _ = read_file(write_pdf(tmp_path / "m.pdf", pages))
    assert document.text.count("Voir aussi :") == 5
