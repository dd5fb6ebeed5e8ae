"""What a PDF shows by its layout: tables, headings, contents, labels of figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import read_file
from pdf_writing import HEIGHT, Sheet, read_lines

from dalil.collect.pdf_tables import is_rest

PLAN = [
    ["Interval (h)", "Task", "Quantity", "Unit"],
    ["250", "Change oil", "16.5", "l"],
    ["^", "Replace the\noil filter", "1", "–"],
    ["500", "Grease pins", "14", "nipples"],
]
WRITTEN = [
    "Interval (h): 250 | Task: Change oil | Quantity: 16.5 l",
    "Interval (h): 250 | Task: Replace the oil filter | Quantity: 1",
    "Interval (h): 500 | Task: Grease pins | Quantity: 14 nipples",
]
PROSE = [
    "The intervals are operating hours on the hour meter of the machine, and",
    "in dusty surroundings they are halved for all the filters that are named",
    "in the table below. Ask the workshop when you are not sure of one of them.",
]


def test_a_row_says_its_columns_units_and_merged_cells(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.lines(PROSE, 80)
    sheet.table(PLAN, 72, 140)
    sheet.lines(["After the table the text goes on."], 260)
    (document,), dropped = read_file(sheet.save())
    lines = document.text.split("\n")
    assert lines[1:4] == WRITTEN
    assert lines[4] == "After the table the text goes on."
    assert not dropped


def test_a_table_that_goes_on_over_the_page_keeps_its_header_and_its_merged_cell(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.table(PLAN, 72, 700)
    sheet.page()
    sheet.table([["", "Check brakes", "2", ""], ["1,000", "Change coolant", "28", "l"]], 72, 60, bold_rows=0)
    (document,), _ = read_file(sheet.save())
    second = document.text[document.page_starts[1] :].split("\n")
    assert second == [
        "Interval (h): 500 | Task: Check brakes | Quantity: 2",
        "Interval (h): 1,000 | Task: Change coolant | Quantity: 28 l",
    ]


def test_values_alone_where_nothing_names_the_columns(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.table([["Nom", "Pompe 12"], ["Site", "Rabat"]], 72, 100, bold_rows=0)
    (document,), _ = read_file(sheet.save())
    assert document.text == "Nom | Pompe 12\nSite | Rabat"


def test_a_frame_around_a_text_is_no_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.canvas.rect(60, 700, 400, 60)
    sheet.lines(PROSE, 100)
    (document,), _ = read_file(sheet.save())
    assert document.text == " ".join(PROSE)


MARKED = [
    "Le guichet est ouvert le matin. La demande se fait sur place avec une pièce",
    "d'identité et deux photographies récentes, et le reçu est remis le jour même. Il vaut",
    "un mois. Passé ce délai, une nouvelle demande est à faire au même guichet.",
]


def test_words_that_a_marker_goes_over_are_no_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "marque.pdf")
    sheet.canvas.setFillGray(0.9)
    for row, (left, right) in enumerate([(230, 442), (72, 468), (72, 110)]):
        sheet.canvas.rect(left, HEIGHT - 90 - 14 * row, right - left, 14, stroke=0, fill=1)
    sheet.canvas.setFillGray(0)
    sheet.lines(MARKED, 87)
    assert read_lines(sheet) == [" ".join(MARKED)]


def test_filled_boxes_side_by_side_are_a_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "cases.pdf")
    rows = [["Poste", "Capacité"], ["Nord", "12"], ["Sud", "9"]]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.canvas.setFillGray(0.8 + 0.05 * (row % 2))
            sheet.canvas.rect(72 + 120 * column, HEIGHT - 100 - 20 * row, 120, 20, stroke=0, fill=1)
            sheet.canvas.setFillGray(0)
            sheet.text(cell, 76 + 120 * column, 94 + 20 * row, bold=not row)
    assert read_lines(sheet) == ["Poste: Nord | Capacité: 12", "Poste: Sud | Capacité: 9"]


def test_large_bold_and_numbered_lines_become_sections(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    for number, y in ((1, 80), (2, 400)):
        sheet.text(f"{number} Chapter", 72, y, 18)
        sheet.lines(PROSE, y + 30)
        for part in (1, 2):
            sheet.text(f"{number}.{part} Part", 72, y + 30 + 60 * part, 10, bold=True)
            sheet.lines(PROSE[:2], y + 48 + 60 * part)
    (document,), _ = read_file(sheet.save())
    assert [(s.heading, s.level) for s in document.sections] == [
        ("1 Chapter", 1), ("1.1 Part", 2), ("1.2 Part", 2), ("2 Chapter", 1), ("2.1 Part", 2), ("2.2 Part", 2),
    ]  # fmt: skip
    assert all(document.text[s.start :].startswith(s.heading) for s in document.sections)


def test_contents_are_left_out_and_counted(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.lines(["Contents", "Safety ........... 2", "Use ........... 3", "Care ........... 4"], 80)
    sheet.lines(PROSE, 300)
    (document,), dropped = read_file(sheet.save())
    assert document.text == " ".join(PROSE)
    assert [d.reason for d in dropped] == ["a table of contents, 4 lines, left out"]


def test_lists_that_end_in_numbers_stay(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    stock = ["Pumps 3", "Filters 12", "Hoses 40"]
    sheet.lines(stock, 80)
    sheet.lines(PROSE, 300)
    (document,), dropped = read_file(sheet.save())
    assert all(line in document.text for line in stock)
    assert not dropped


def test_labels_of_a_figure_are_left_out_and_counted(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    for label, x, y in (("1", 100, 90), ("2", 300, 120), ("A", 200, 160)):
        sheet.text(label, x, y)
    sheet.lines(["Figure 1: the pump from the left", *PROSE], 200)
    (document,), dropped = read_file(sheet.save())
    assert document.text.startswith("Figure 1")
    assert [d.reason for d in dropped] == ["labels of a figure left out: 1 2 A"]


def test_a_column_of_numbers_is_no_figure(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.lines(["1", "2", "3"], 80)
    sheet.lines(PROSE, 300)
    (document,), _ = read_file(sheet.save())
    assert document.text.startswith("1\n2\n3\n")


def test_columns_drawn_line_by_line_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [
        "the oil of the pump is changed every",
        "five hundred hours by a person who is",
        "trained for it. The filter of the oil",
    ]
    right = ["the pressure of the tyres is checked on", "cold tyres once a week before the work", "of the day begins. A tyre that has lost"]  # fmt: skip
    sheet = Sheet(tmp_path / "m.pdf")
    for i, (one, other) in enumerate(zip(left * 3, right * 3, strict=True)):
        sheet.text(one, 60, 80 + 14 * i)
        sheet.text(other, 310, 80 + 14 * i)
    (document,), _ = read_file(sheet.save())
    assert "every five hundred hours by a person who is trained" in document.text
    assert "on cold tyres once a week" in document.text
    assert document.text.rindex("filter") < document.text.index("pressure")


def test_rows_of_a_table_without_lines_stay_whole(tmp_path: Path) -> None:
    rows = [("Operating weight of the machine", "1,380 kg"), ("Length with the drawbar down", "4,120 mm")] * 4
    sheet = Sheet(tmp_path / "m.pdf")
    for i, (name, value) in enumerate(rows):
        sheet.text(name, 60, 80 + 14 * i)
        sheet.text(value, 400, 80 + 14 * i)
    (document,), _ = read_file(sheet.save())
    assert document.text.split("\n") == [" ".join(row) for row in rows]


def test_a_short_manual_of_tables_keeps_its_headings(tmp_path: Path) -> None:
    """Rows of tables count as text: four headings among four lines and a table are not too many."""
    sheet = Sheet(tmp_path / "m.pdf")
    for top, heading, text in ((60, "Safety", "Wear gloves when the tank is hot."), (110, "Storage", "Keep it dry."),
                               (160, "Errors", "E01: the motor is too hot."), (210, "Maintenance", "")):  # fmt: skip
        sheet.text(heading, 72, top, size=15, bold=True)
        sheet.text(text, 72, top + 20)
    sheet.table(PLAN, 72, 230)
    (document,), _ = read_file(sheet.save())
    assert [s.heading for s in document.sections] == ["Safety", "Storage", "Errors", "Maintenance"]


@pytest.mark.parametrize(("headings", "name"), [
    ([("Guide du permis de construire", 20), ("Avant la demande", 13), ("Après la demande", 13)], "Guide du permis de construire"),
    ([("Avant la demande", 16), ("Après la demande", 16)], "m"),
    ([("1. Avant toute demande", 20), ("Les pièces", 13), ("Les délais", 13)], "m"),
    ([("Introduction", 20), ("Les pièces", 13), ("Les délais", 13)], "m"),
])  # fmt: skip
def test_a_file_without_a_title_is_called_by_the_heading_above_all_others(
    tmp_path: Path, headings: list[tuple[str, int]], name: str
) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    for i, (heading, size) in enumerate(headings):
        sheet.text(heading, 72, 60 + 150 * i, size=size, bold=True)
        sheet.lines(PROSE, 100 + 150 * i)
    (document,), _ = read_file(sheet.save())
    assert [section.heading for section in document.sections] == [heading for heading, _ in headings]
    assert document.name == name


CUT = [["Objet", "Texte", "Montant"], ["Serveur", "Le contrat couvre\nla maintenance de", "120"]]


@pytest.mark.parametrize("header", [True, False])
def test_a_row_that_the_page_s_end_cuts_is_one_row(tmp_path: Path, header: bool) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.table(CUT, 72, 700)
    sheet.page()
    below = [["", "la plateforme, trois\nans.", ""], ["Réseau", "Contrat court", "30"]]
    sheet.table([*(CUT[:1] if header else []), *below], 72, 60, bold_rows=int(header))
    (document,), _ = read_file(sheet.save())
    assert document.text.split("\n") == [
        "Objet: Serveur | Texte: Le contrat couvre la maintenance de la plateforme, trois ans. | Montant: 120",
        "Objet: Réseau | Texte: Contrat court | Montant: 30",
    ]


def test_rows_below_a_merged_cell_and_rows_of_whole_sentences_stay_their_own() -> None:
    above = ["Serveur", "Le contrat couvre tout.", "120", "oui"]
    assert not is_rest(["", "Une autre clause du même serveur.", "", ""], above)
    assert not is_rest(["", "clause courte", "30", "non"], ["Serveur", "clause longue", "120", "oui"])
    assert is_rest(["Serveur", "et tout le reste.", "", ""], ["", "Le contrat couvre la maintenance", "120", "oui"])
    assert not is_rest(
        ["", "وكل ما يتبعها من خدمات", "", ""], ["الخادم", "يشمل العقد صيانة التجهيزات المعلوماتية", "120", ""]
    )


def test_two_rows_below_a_page_s_end_are_rows_of_the_table_above_it(tmp_path: Path) -> None:
    long = "première ligne\ndeuxième ligne\ntroisième ligne"
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.table([["Objet", "Texte", "Note"], ["Serveur", "court", "court"], ["Réseau", "bref", "bref"]], 72, 660)
    sheet.page()
    sheet.table([["Poste", "bref", "bref"], ["Imprimante", long, long], ["^", "^", "^"]], 72, 60, bold_rows=0)
    (document,), _ = read_file(sheet.save())
    whole = "première ligne deuxième ligne troisième ligne"
    assert f"Objet: Imprimante | Texte: {whole} | Note: {whole}" in document.text
