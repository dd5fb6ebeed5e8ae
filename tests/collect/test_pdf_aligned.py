"""Tables without ruling lines, and what looks like one: prose in columns, numbered lists, contents, labels with values, wrapped cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pdf_writing import Sheet, read_lines

ROWS = [
    ("Pompe à engrenages", "Atelier nord", "1 250", "PG-4"),
    ("Filtre de retour", "Magasin", "84", "FR-12"),
    ("Vérin de levage", "Atelier sud", "", "VL-7"),
    ("Radiateur", "Magasin", "310", "RA-1"),
]
NAMES = ("Pièce", "Lieu", "Prix", "Repère")
LEFTS = (60.0, 210.0, 330.0, 440.0)


def drawn(
    sheet: Sheet, rows: Sequence[Sequence[str]], top: float, lefts: Sequence[float] = LEFTS, step: float = 18
) -> None:
    for i, row in enumerate(rows):
        for x, cell in zip(lefts, row, strict=True):
            if cell:
                sheet.text(cell, x, top + step * i)


def test_rows_say_their_columns_and_what_stands_around_keeps_its_place(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.text("Les pièces de rechange sont gardées dans deux ateliers et un magasin.", 60, 60)
    drawn(sheet, [NAMES, *ROWS], 100)
    sheet.text("Toute commande passe par le chef d'atelier.", 60, 230)
    assert read_lines(sheet) == [
        "Les pièces de rechange sont gardées dans deux ateliers et un magasin.",
        "Pièce: Pompe à engrenages | Lieu: Atelier nord | Prix: 1 250 | Repère: PG-4",
        "Pièce: Filtre de retour | Lieu: Magasin | Prix: 84 | Repère: FR-12",
        "Pièce: Vérin de levage | Lieu: Atelier sud | Repère: VL-7",
        "Pièce: Radiateur | Lieu: Magasin | Prix: 310 | Repère: RA-1",
        "Toute commande passe par le chef d'atelier.",
    ]


def test_without_names_the_cells_stay_apart(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, ROWS[:2] * 2, 100)
    assert read_lines(sheet)[0] == "Pompe à engrenages | Atelier nord | 1 250 | PG-4"


def test_two_columns_are_a_table_where_both_have_a_name(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [("Mesure", "Valeur"), ("Longueur", "4 120"), ("Largeur", "1 380"), ("Poids", "960")], 100, (60, 300))
    assert read_lines(sheet) == [
        "Mesure: Longueur | Valeur: 4 120",
        "Mesure: Largeur | Valeur: 1 380",
        "Mesure: Poids | Valeur: 960",
    ]


def test_prose_in_columns_with_figures_in_it_stays_prose(tmp_path: Path) -> None:
    left = [
        "l'huile de la pompe est changée toutes les",
        "500 heures par une personne qui a suivi les",
        "2 jours de formation, et son filtre avec elle",
    ]
    right = [
        "12 pneus sont en réserve dans le magasin du",
        "rez-de-chaussée, et 4 autres dans celui des",
        "30 machines du chantier, fermé le vendredi à",
    ]
    for name, wide in (("short", 1), ("long", 3)):
        sheet = Sheet(tmp_path / f"{name}.pdf")
        drawn(sheet, list(zip(left * wide, right * wide, strict=True)), 100, (60, 320), step=14)
        assert " | " not in "\n".join(read_lines(sheet)), name


def test_a_numbered_list_stays_a_list(tmp_path: Path) -> None:
    steps = [
        "Arrêter le moteur et attendre 5 minutes",
        "Ouvrir le bouchon de 24 mm",
        "Vider les 21 litres dans un bac",
        "Refermer",
    ]
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [(f"{i}.", step) for i, step in enumerate(steps, 1)], 100, (60, 90))
    assert read_lines(sheet) == [f"{i}. {step}" for i, step in enumerate(steps, 1)]


def test_contents_whose_pages_stand_apart_are_no_table(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [("1.1", "Sécurité", "4"), ("1.2", "Graissage", "7"), ("2.1", "Vidange", "12")], 100, (60, 100, 400))
    assert " | " not in "\n".join(read_lines(sheet))


def test_wrapped_cells_stay_lines(tmp_path: Path) -> None:
    """Where a cell goes on below, its second line would be a row of its own."""
    sheet = Sheet(tmp_path / "m.pdf")
    for i, row in enumerate(ROWS[:2] * 2):
        top = 100 + 30 * i
        drawn(sheet, [row], top)
        drawn(sheet, [("de secours 2", "et réserve", "", "")], top + 11)
    assert " | " not in "\n".join(read_lines(sheet))


def test_a_table_that_goes_on_over_the_page_keeps_its_names(tmp_path: Path) -> None:
    """The strips lie elsewhere on the second page, where other words leave them white."""
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.text("Les pièces de rechange", 60, 60)
    drawn(sheet, [NAMES, *ROWS], 700)
    sheet.page()
    drawn(
        sheet,
        [("Joint", "Magasin du premier", "7", "J-1"), ("Boulon", "Nord", "3", "B-2"), ("Vis", "Sud", "1", "V-9")],
        60,
    )
    sheet.text("Toute commande passe par le chef d'atelier.", 60, 200)
    assert "Pièce: Boulon | Lieu: Nord | Prix: 3 | Repère: B-2" in read_lines(sheet)


def test_rows_without_a_figure_do_not_end_a_table(tmp_path: Path) -> None:
    bare = ("Cardan", "Atelier sud", "", "Sans")
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [NAMES, *ROWS, bare, bare, bare, *ROWS, bare], 100)
    lines = read_lines(sheet)
    assert len(lines) == 12
    assert lines[5] == lines[-1] == "Pièce: Cardan | Lieu: Atelier sud | Repère: Sans"
    assert lines[-2] == "Pièce: Radiateur | Lieu: Magasin | Prix: 310 | Repère: RA-1"


def test_a_column_that_is_often_empty_still_holds_figures(tmp_path: Path) -> None:
    half = [(piece, place, price if i % 3 else "", "") for i, (piece, place, price, _) in enumerate(ROWS * 2)]
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [NAMES[:3], *(row[:3] for row in half)], 100, LEFTS[:3])
    assert read_lines(sheet)[1:3] == [
        "Pièce: Filtre de retour | Lieu: Magasin | Prix: 84",
        "Pièce: Vérin de levage | Lieu: Atelier sud",
    ]


def test_few_rows_over_the_pages_end_are_rows_of_the_table_before_or_after(tmp_path: Path) -> None:
    """A header and a footer of two parts stand between; neither is a row."""
    for name, upper in (("names.pdf", 0), ("one.pdf", 1), ("most.pdf", 11)):
        rows = [(f"Pompe {chr(65 + i)}", "Atelier nord", f"{40 + i}", f"P-{i}") for i in range(12)]
        sheet = Sheet(tmp_path / name)
        for number, part in enumerate(([NAMES, *rows[:upper]], rows[upper:], [])):
            if number:
                sheet.page()
            sheet.text("Catalogue des pièces", 60, 30)
            sheet.text("Édition 4", 480, 30)
            drawn(sheet, part, 70 if number else 700 - 18 * len(part))
            sheet.text(
                "Toute commande passe par le chef d'atelier, qui la note dans son registre.", 60, 400 if number else 80
            )
            sheet.text("Service des achats", 60, 800)
            sheet.text(f"Page {number + 1}", 480, 800)
        lines = [line for line in read_lines(sheet) if " | " in line]
        assert lines == [f"Pièce: {a} | Lieu: {b} | Prix: {c} | Repère: {d}" for a, b, c, d in rows], name


def test_a_row_that_the_pages_end_cuts_is_one_row(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [NAMES[:3]], 640, LEFTS[:3])
    for i, row in enumerate([*ROWS[:3], ("Radiateur de cabine", "Magasin", "310")]):
        drawn(sheet, [row[:3]], 660 + 36 * i, LEFTS[:3])
        if i < 3:
            sheet.text("avec ses deux joints", LEFTS[0], 672 + 36 * i)
    sheet.page()
    sheet.text("refroidie par eau", LEFTS[0], 60)
    drawn(sheet, [("Courroie", "Magasin", "12"), ("Vis", "Nord", "1"), ("Clé", "Sud", "7")], 84, LEFTS[:3], step=24)
    lines = read_lines(sheet)
    assert "Pièce: Radiateur de cabine refroidie par eau | Lieu: Magasin | Prix: 310" in lines
    assert "Pièce: Courroie | Lieu: Magasin | Prix: 12" in lines


def test_another_table_on_the_next_page_keeps_its_title_and_names(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [NAMES, *ROWS], 700)
    sheet.page()
    sheet.text("Les outils", 60, 40, size=16)
    drawn(sheet, [("Outil", "Meuble", "Prix", "Repère"), *ROWS], 80)
    lines = read_lines(sheet)
    assert "Les outils" in lines
    assert lines[-1] == "Outil: Radiateur | Meuble: Magasin | Prix: 310 | Repère: RA-1"


def test_a_header_and_a_footer_as_near_as_rows_are_none_and_repeated_names_stay_names(tmp_path: Path) -> None:
    """Both have two parts and stand at the table's pace; the page beside tells."""
    rows = [(f"Pompe {chr(65 + i)}", "Atelier nord", f"{90 - i}", f"P-{i}") for i in range(20)]
    for name, header, footer in (
        ("edition.pdf", ("Catalogue des pièces", "Édition 4"), ("Service des achats", "{}/5")),
        ("words.pdf", ("Catalogue des pièces", "Service des achats"), ("Imprimé", "Page {}")),
    ):
        for columns in (4, 3):
            sheet = Sheet(tmp_path / f"{columns}-{name}")
            for number in range(5):
                if number:
                    sheet.page()
                part = [row[:columns] for row in (NAMES, *rows[4 * number : 4 * number + 4])]
                drawn(sheet, [header], 60, (60, 480))
                drawn(sheet, part, 78, LEFTS[:columns])
                drawn(sheet, [(footer[0], footer[1].format(number + 1))], 168, (60, 480))
            lines = [line for line in read_lines(sheet) if "Pompe" in line]
            made = [zip(NAMES[:columns], row[:columns], strict=True) for row in rows]
            assert lines == [" | ".join(f"{key}: {value}" for key, value in row) for row in made], (name, columns)
