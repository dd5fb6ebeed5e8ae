"""Tables without ruling lines whose cells go on over several lines, and what looks like one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pdf_writing import Sheet, read_lines

NAMES = ("Opération", "Outil", "Heures")
ROWS = [
    ("Vidanger l'huile du moteur chaud", "Clé de 24 et bac de 21 litres", "250"),
    ("Remplacer le filtre", "Clé à sangle", "500"),
    ("Contrôler la tension de la courroie", "Jauge", "1 000"),
    ("Purger le circuit", "Clé de 10 et tuyau transparent", ""),
    ("Nettoyer le radiateur à l'eau claire", "Jet d'eau", "100"),
]
LEFTS = (60.0, 230.0, 400.0)
CHARACTERS = 22
LEADING = 12.0


def broken(cell: str) -> list[str]:
    """A cell's lines, as long as its column is wide."""
    lines = [""]
    for word in cell.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > CHARACTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def drawn(
    sheet: Sheet, rows: Sequence[Sequence[str]], top: float, between: float, lefts: Sequence[float] = LEFTS
) -> None:
    """Cell by cell, as browsers and word processors draw a table."""
    for row in rows:
        cells = [broken(cell) for cell in row]
        for x, lines in zip(lefts, cells, strict=True):
            for i, line in enumerate(lines):
                if line:
                    sheet.text(line, x, top + LEADING * i)
        top += LEADING * max(map(len, cells)) + between


READ = [
    "Opération: Vidanger l'huile du moteur chaud | Outil: Clé de 24 et bac de 21 litres | Heures: 250",
    "Opération: Remplacer le filtre | Outil: Clé à sangle | Heures: 500",
    "Opération: Contrôler la tension de la courroie | Outil: Jauge | Heures: 1 000",
    "Opération: Purger le circuit | Outil: Clé de 10 et tuyau transparent",
    "Opération: Nettoyer le radiateur à l'eau claire | Outil: Jet d'eau | Heures: 100",
]


def test_lines_of_a_cell_are_put_together_where_rows_stand_apart(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    sheet.text("Les travaux sont faits par une personne formée à la machine.", 60, 60)
    drawn(sheet, [NAMES, *ROWS], 100, between=6)
    sheet.text("Le carnet est tenu par le chef d'atelier.", 60, 400)
    assert read_lines(sheet) == [
        "Les travaux sont faits par une personne formée à la machine.",
        *READ,
        "Le carnet est tenu par le chef d'atelier.",
    ]


def test_where_all_lines_stand_evenly_a_figure_begins_each_row(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    named = [row for row in ROWS if row[2]]
    drawn(sheet, [NAMES, *named], 100, between=0)
    assert read_lines(sheet) == [line for line in READ if "Heures" in line]


def test_a_row_without_its_figure_among_even_lines_is_not_guessed(tmp_path: Path) -> None:
    """Nothing tells whether "Purger le circuit" is a row of its own or goes on."""
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [NAMES, *ROWS], 100, between=0)
    assert not [line for line in read_lines(sheet) if "Opération: " in line]


def test_two_rows_that_the_space_does_not_part_are_not_one(tmp_path: Path) -> None:
    sheet = Sheet(tmp_path / "m.pdf")
    for top in (100, 190, 280):
        drawn(sheet, ROWS[:2], top, between=0)
    assert "250 500" not in " ".join(line for line in read_lines(sheet) if " | " in line)


def test_numbered_paragraphs_in_two_columns_stay_as_they_are(tmp_path: Path) -> None:
    left = "{} Le conducteur arrête la machine et serre le frein avant de descendre de la cabine"
    right = "{} The driver stops the machine and sets the brake before he leaves the cab of it"
    sheet = Sheet(tmp_path / "m.pdf")
    drawn(sheet, [(left.format(i), right.format(i)) for i in (1, 2, 3, 4)], 100, 8, lefts=(60, 320))
    assert " | " not in "\n".join(read_lines(sheet))
