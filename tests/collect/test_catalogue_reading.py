"""Catalogues: every row is a record or is named, and every field's span is its value."""

from __future__ import annotations

import csv
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from collecting import read_file, read_given
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_writing import unzipped, zipped

from dalil.collect.sheet_formats import shown
from dalil.records import Document

FAST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


def check_spans(documents: list[Document]) -> None:
    for document in documents:
        for field in document.fields:
            assert document.text[field.start : field.end] == field.value


def test_records_of_a_csv(tmp_path: Path) -> None:
    content = "\ufeffid;nom;sites;note\n1;Chorus;Paris | Lyon;-\n2;Chorus;Lyon | Brest;n/a\n3;;Nice | Metz;oui\n;;;\n"
    documents, dropped = read_given(tmp_path / "a.csv", content)
    assert [d.path for d in documents] == ["a.csv#Chorus", "a.csv#Chorus~2", "a.csv#3"]
    assert documents[0].text == "id : 1\nnom : Chorus\nsites : Paris | Lyon"
    assert documents[0].fields[2].items == ("Paris", "Lyon")
    assert documents[0].field("note") is None
    assert [(d.what, d.reason) for d in dropped] == [("a.csv row 4", "no name and no value")]
    check_spans(documents)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    rows = [["nom", "texte", "n"], ["A b", "un, deux", "1"], ["C d", "trois; quatre", "2"]]
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    documents, dropped = read_given(tmp_path / "a.csv", out.getvalue())
    assert [[f.value for f in d.fields] for d in documents] == rows[1:]
    assert dropped == []


def test_ragged_rows(tmp_path: Path) -> None:
    documents, dropped = read_given(tmp_path / "a.csv", "nom,x,x,\nA,1,2,3\nB\nC,1,2,3,4\n")
    assert [f.name for f in documents[0].fields] == ["nom", "x", "x (2)", "column 4"]
    assert [d.name for d in documents] == ["A", "B"]
    assert dropped[0].what == "a.csv row 3"
    assert "5 cells for 4 columns" in dropped[0].reason


def test_windows_1252_and_1256(tmp_path: Path) -> None:
    documents, _ = read_given(tmp_path / "a.csv", "nom,rôle\nPaie,été\n".encode("cp1252"))
    assert documents[0].fields[1].value == "été"
    documents, _ = read_given(tmp_path / "b.csv", "الاسم,المدينة\nبوابة الخدمات,الرباط\n".encode("cp1256"))
    assert documents[0].name == "بوابة الخدمات"
    assert documents[0].language == "ar"


def test_numbers_and_lists_of_json_keep_their_characters(tmp_path: Path) -> None:
    content = """{"meta": {"x": 1}, "applications": [
        {"nom": "6Tzen", "version": 1.50, "actif": true, "sites": ["Paris", "", "Lyon"], "fin": null,
         "acteurs": [{"rôle": "MOA", "nom": "DSI"}], "contact": {"tel": "01", "mail": "a@b.fr"}},
        {"nom": "Agape", "version": 2, "sites": []}, "text"]}"""
    documents, dropped = read_given(tmp_path / "a.json", content)
    values = {f.name: (f.value, f.items) for f in documents[0].fields}
    assert values == {
        "nom": ("6Tzen", ()), "version": ("1.50", ()), "actif": ("true", ()), "sites": ("Paris ; Lyon", ("Paris", "Lyon")),
        "acteurs": ("MOA — DSI", ("MOA — DSI",)), "contact": ("tel : 01 — a@b.fr", ()),
    }  # fmt: skip
    assert [d.path for d in documents] == ["a.json#6Tzen", "a.json#Agape"]
    assert [d.what for d in dropped] == ["a.json `meta`", "a.json row 3"]
    check_spans(documents)


def test_what_lies_beside_the_list_of_records_is_named(tmp_path: Path) -> None:
    rows = [{"nom": "A", "role": "un"}, {"nom": "B", "role": "deux"}]
    data = {"avertissement": "Exemple fictif.", "vide": "", "rien": None, "données": {"version": 2, "lignes": rows}}
    for named in ({}, {"records": "données.lignes"}):
        documents, dropped = read_given(tmp_path / "a.json", json.dumps(data), **named)
        assert [d.name for d in documents] == ["A", "B"]
        assert [d.what for d in dropped] == ["a.json `avertissement`", "a.json `données.version`"]
        assert {d.reason for d in dropped} == {"lies beside `données.lignes`, where the records lie"}


def test_articles_in_chapters_are_the_records_and_keep_their_chapter(tmp_path: Path) -> None:
    chapters = [
        {"chapter": f"Titre {i}", "articles": [{"title": f"Article {i}.{j}", "text": "mot " * 30} for j in range(3)]}
        for i in range(3)
    ]
    documents, dropped = read_given(tmp_path / "law.json", json.dumps({"chapters": chapters}))
    assert len(documents) == 9
    assert documents[4].name == "Article 1.1"
    assert documents[4].field("chapter") is not None
    assert dropped == []
    documents, _ = read_given(tmp_path / "law.json", json.dumps({"chapters": chapters}), records="chapters")
    assert [d.name for d in documents] == ["Titre 0", "Titre 1", "Titre 2"]


def test_texts_under_their_titles_are_records(tmp_path: Path) -> None:
    said = "L'administration répond dans les trente jours qui suivent la demande."
    law = {
        f"Titre {part}": {f"Article {3 * part + i} :": [said, said] if i else said for i in range(3)}
        for part in range(3)
    }
    for data in (law, {"titre": "Loi", "parties": [law]}):
        documents, dropped = read_given(tmp_path / "law.json", json.dumps(data))
        assert [d.name for d in documents] == [f"Article {i}" for i in range(9)]
        assert {f.name: f.value for f in documents[4].fields} == {
            "title": "Article 4", "part": "Titre 1", "text": f"{said} {said}",
        }  # fmt: skip
        assert [d.what for d in dropped] == (["law.json `titre`"] if data is not law else [])
        check_spans(documents)


@pytest.mark.parametrize(
    "record",
    [
        {"name": {"en": "Lime survey", "fr": "Sondages"}, "use": {"en": "long " * 20, "fr": "longue " * 20}, "more": {"en": "long " * 20, "fr": "x"}},
        {"adresse": {"rue": "12, rue des Oliviers", "ville": "Rabat", "code": "10000"}, "contact": {"mail": "a@b.ma", "fax": "1", "page": "b.ma"}},
    ],
    ids=["languages", "short values"],
)  # fmt: skip
def test_objects_in_a_record_are_no_titled_texts(tmp_path: Path, record: dict[str, Any]) -> None:
    documents, _ = read_given(tmp_path / "a.json", json.dumps(record))
    assert len(documents) == 1


SOFTWARE = """
description:
  whatItDoes: {en: Packs files., fr: Archive des fichiers.}
category: '43'
name: {en: 7-zip, fr: 7-zip}
tags: {en: [Zip, Archive]}
licences:
  - {URL: x.org, spdxID: LGPL}
administrations:
  - {adminCode: tbs, uses: [{contact: {name: TBS}}]}
  - {adminCode: aafc}
"""


def test_an_object_with_fields_of_its_own_and_lists_is_one_record(tmp_path: Path) -> None:
    (document,), dropped = read_given(tmp_path / "7-zip.yml", SOFTWARE)
    assert {f.name: f.items or f.value for f in document.fields} == {
        "description whatItDoes en": "Packs files.", "description whatItDoes fr": "Archive des fichiers.",
        "category": "43", "name en": "7-zip", "name fr": "7-zip", "tags en": ("Zip", "Archive"),
        "licences": ("x.org — LGPL",), "administrations": ("tbs — TBS", "aafc"),
    }  # fmt: skip
    assert (document.name, document.path, dropped) == ("7-zip", "7-zip.yml#7-zip", [])
    check_spans([document])
    lists, _ = read_given(tmp_path / "7-zip.yml", SOFTWARE, records="administrations")
    assert [d.name for d in lists] == ["tbs", "aafc"]


def test_a_list_of_records_with_a_title_stays_a_list(tmp_path: Path) -> None:
    rows = [
        {"nom": f"Démarche {i}", "délai": "dix jours ouvrables après le dépôt du dossier complet"} for i in range(5)
    ]
    data = {"title": "Portail", "version": "2", "licence": "libre", "lignes": rows}
    documents, dropped = read_given(tmp_path / "a.json", json.dumps(data))
    assert [d.name for d in documents] == [row["nom"] for row in rows]
    assert [d.what for d in dropped] == ["a.json `title`", "a.json `version`", "a.json `licence`"]


def test_other_lists_are_named(tmp_path: Path) -> None:
    data = {"a": [{"nom": "X"}], "b": [{"nom": "Y"}, {"nom": "Z"}]}
    documents, dropped = read_given(tmp_path / "a.json", json.dumps(data))
    assert [d.name for d in documents] == ["Y", "Z"]
    assert dropped[0].what == "a.json a"


def test_a_name_field_that_is_not_there_says_which_are(tmp_path: Path) -> None:
    documents, dropped = read_given(tmp_path / "a.csv", "nom,rôle\nA,b\n", name_field="titre")
    assert documents == []
    assert "nom, rôle" in dropped[0].reason


def test_name_field_is_recognised(tmp_path: Path) -> None:
    content = "ref,statut,nom long,nom_application\n" + "".join(f"R-{i},actif,Le nom {i},App {i}x\n" for i in range(9))
    documents, _ = read_given(tmp_path / "a.csv", content)
    assert documents[0].name == "App 0x"


def test_json_lines_lose_the_damaged_line_only(tmp_path: Path) -> None:
    documents, dropped = read_given(tmp_path / "a.jsonl", '{"nom": "A"}\n\n{"nom": \n[1]\n{"nom": "B"}\n')
    assert [d.name for d in documents] == ["A", "B"]
    assert [d.what for d in dropped] == ["a.jsonl row 2", "a.jsonl row 3"]


def test_an_excel_workbook_with_a_title_and_two_sheets(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Apps"
    for row in (["Inventaire"], [None], ["Nom", "Date", "Coût"], ["Chorus", datetime.datetime(2024, 5, 1), 3.0], ["Hélios", None, 2.5]):  # fmt: skip
        sheet.append(row)
    other: Any = book.create_sheet("Sites")
    for row in (["Nom", "Ville"], ["Siège", "Paris"]):
        other.append(row)
    book.save(tmp_path / "a.xlsx")
    documents, dropped = read_file(tmp_path / "a.xlsx")
    assert [d.name for d in documents] == ["Chorus", "Hélios", "Siège"]
    assert documents[0].text == "Nom : Chorus\nDate : 2024-05-01\nCoût : 3"
    assert [d.reason for d in dropped] == ["a line above the header: Inventaire"]


def test_figures_of_a_nested_object_keep_their_keys(tmp_path: Path) -> None:
    """Opening hours without their days say nothing."""
    content = """[{"nom": "Agence Agdal", "horaires": {"lundi": "8h30-16h30", "samedi": "9h-12h"}, "parking": {"gratuit": true},
        "contacts": [{"type": "accueil", "tel": "0537"}]}, {"nom": "Agence Anfa"}]"""
    documents, _ = read_given(tmp_path / "a.json", content)
    assert {f.name: f.value for f in documents[0].fields if f.name != "nom"} == {
        "horaires": "lundi : 8h30-16h30 — samedi : 9h-12h", "parking": "gratuit : true", "contacts": "accueil — tel : 0537",
    }  # fmt: skip


def workbook(path: Path, rows: list[list[Any]], merged: list[str]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for where in merged:
        sheet.merge_cells(where)
    book.save(path)
    return path


def test_merged_headers_name_their_columns_and_merged_cells_stand_in_each_row(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Parc automobile"],
        ["Service", "Véhicule", "Contrôle", None, "Prix"],
        [None, None, "Dernier", "Prochain", None],
        ["Voirie", "Kangoo", datetime.date(2025, 3, 12), datetime.datetime(2027, 3, 12, 9, 30), 15400.5],
        [None, "Master", datetime.date(2025, 4, 1), datetime.datetime(2027, 4, 1, 8, 0), 21000],
        ["Parcs", "Zoé", datetime.date(2025, 5, 2), datetime.datetime(2027, 5, 2, 8, 0), 18000],
    ]
    merged = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "A4:A5"]
    documents, dropped = read_file(workbook(tmp_path / "a.xlsx", rows, merged))
    assert [d.name for d in documents] == ["Kangoo", "Master", "Zoé"]
    assert documents[1].text == (
        "Service : Voirie\nVéhicule : Master\nContrôle Dernier : 2025-04-01\n"
        "Contrôle Prochain : 2027-04-01T08:00:00\nPrix : 21000"
    )
    assert [d.reason for d in dropped] == ["a line above the header: Parc automobile"]


@pytest.mark.parametrize(("value", "number_format", "shown_as"), [
    (0.25, "0%", "25%"),
    (0.2567, "0.0 %", "25.7 %"),
    (-0.05, "0%;[Red]-0%", "-5%"),
    (1250.5, r"#,##0.00\ [$€-40C]", "1250.50 €"),
    (1250, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', "1250 €"),
    (-12, "$#,##0_);[Red]($#,##0)", "-$12"),
    (7, '0 "درهم"', "7 درهم"),
    (1000, "00000", "01000"),
    (612345678, r"00\ 00\ 00\ 00\ 00", "06 12 34 56 78"),
    (12000, '0,"k"', "12000"),
    (0.5, "# ?/?", "0.5"),
    (12.345, "0.00", "12.345"),
    (0.1 + 0.2, "General", "0.3"),
    (datetime.datetime(2024, 3, 1), "mmm yyyy", "2024-03"),
    (datetime.datetime(2024, 1, 1), "yyyy", "2024"),
    (datetime.datetime(2024, 3, 1, 8, 30), "dd/mm/yyyy hh:mm", "2024-03-01T08:30:00"),
    (datetime.timedelta(hours=26), "[h]:mm", "26:00"),
    (True, "0%", "true"),
])  # fmt: skip
def test_a_cell_says_what_its_format_shows(value: Any, number_format: str, shown_as: str) -> None:
    assert shown(value, number_format) == shown_as


def test_formats_of_a_workbook_are_read(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for row in (["Taxe", "Taux", "Montant"], ["TVA", 0.2, 1250.5], ["Timbre", 0.005, 20]):
        sheet.append(row)
    for number in (2, 3):
        sheet.cell(number, 2).number_format = "0.0%"
        sheet.cell(number, 3).number_format = '#,##0.00 "DH"'
    book.save(tmp_path / "a.xlsx")
    documents, _ = read_file(tmp_path / "a.xlsx")
    assert [d.text for d in documents] == [
        "Taxe : TVA\nTaux : 20%\nMontant : 1250.50 DH",
        "Taxe : Timbre\nTaux : 0.5%\nMontant : 20 DH",
    ]


def test_hidden_rows_and_columns_are_left_out_and_counted(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows: list[list[Any]] = [["Agent", "Salaire", "Bureau"], *([f"Agent {i}", 9000 + i, f"B{i}"] for i in range(4))]
    path = workbook(tmp_path / "a.xlsx", rows, [])
    book = load_workbook(path)
    sheet: Any = book.active
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = True
    book.save(path)
    documents, dropped = read_file(path)
    assert [d.text for d in documents] == ["Agent : Agent 0\nBureau : B0", "Agent : Agent 2\nBureau : B2"]
    assert [(d.what, d.reason) for d in dropped] == [
        ("a.xlsx hidden text", "in hidden columns: 15 characters left out: Salaire … 9000 … 9002"),
        ("a.xlsx hidden text", "in hidden rows: 30 characters left out: Agent 1 9001 B1 … Agent 3 9003 B3"),
    ]


def test_rows_that_a_filter_hides_are_read_and_named(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows: list[list[Any]] = [["Agent", "Bureau"], *([f"Agent {i}", f"B{i}"] for i in range(4))]
    path = workbook(tmp_path / "a.xlsx", rows, [])
    book = load_workbook(path)
    sheet: Any = book.active
    sheet.auto_filter.ref = "A1:B5"
    sheet.auto_filter.add_filter_column(1, ["B0"])
    for row in (3, 4, 5):
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    documents, dropped = read_file(path)
    assert len(documents) == 4
    assert [d.reason for d in dropped] == ["rows that a filter hides, read all the same: 3"]


def test_a_row_of_names_below_wide_groups_is_no_record(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Site", "Été", None, None, "Hiver", None, None], [None, *("Matin", "Midi", "Soir") * 2],
            ["Centre", *map(str, range(6))], ["Nord", *map(str, range(6, 12))]]  # fmt: skip
    documents, dropped = read_file(workbook(tmp_path / "a.xlsx", rows, ["A1:A2", "B1:D1", "E1:G1"]))
    assert [d.name for d in documents] == ["Centre", "Nord"]
    assert [f.name for f in documents[0].fields][-2:] == ["Hiver Midi", "Hiver Soir"]
    assert not dropped


def test_a_formula_whose_value_was_never_stored_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [["Nom", "Prix", "TTC"], ["Vis", 2, "=B2*1.2"], ["Clou", 3, "=B3*1.2"]], [])
    documents, dropped = read_file(path)
    assert [d.text for d in documents] == ["Nom : Vis\nPrix : 2", "Nom : Clou\nPrix : 3"]
    assert [d.reason.partition(":")[0] for d in dropped] == ["2 formulas without a stored value"]


def test_merged_cells_that_lie_over_one_another_cost_their_file_only(tmp_path: Path) -> None:
    rows = [["Nom", "Ville"], *([f"N{i}", "Paris"] for i in range(400))]
    path = workbook(tmp_path / "a.xlsx", rows, [])
    parts = unzipped(path)
    cells = "".join(f'<mergeCell ref="A{i}:A1048576"/>' for i in range(2, 400))
    where = "xl/worksheets/sheet1.xml"
    parts[where] = parts[where].replace(b"</sheetData>", f"</sheetData><mergeCells>{cells}</mergeCells>".encode())
    _, dropped = read_file(zipped(path, parts))
    assert [d.reason for d in dropped] == ["damaged: its merged cells lie over one another"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b'{"a": [', "not valid JSON"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b"[1, 2]", "no list of objects"),
        ("a.csv", b"nom,x\n", "no row below the header"),
        ("a.csv", b'nom,x\nA,"1\nB,2\n', "never closed"),
        ("a.csv", b"nom,x\n,\n", "no row has a value"),
        ("a.xlsx", b"PK\x03\x04broken", "not a readable Excel workbook"),
        ("a.jsonl", b"[1]\nx", "no line holds"),
    ],
)
def test_a_broken_catalogue_costs_one_drop_with_its_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    documents, dropped = read_given(tmp_path / name, content)
    assert documents == []
    assert len(dropped) == 1
    assert reason in dropped[0].reason


def test_a_line_of_a_megabyte_is_read(tmp_path: Path) -> None:
    documents, dropped = read_given(tmp_path / "a.csv", f"nom,x\nA,{'mot ' * 250_000}\n")
    assert len(documents[0].text) > 999_000
    assert dropped == []


@FAST
@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=8))
def test_csv_rows_add_up(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("nom", "b", "c"), *rows])
    documents, dropped = read_given(tmp_path / "a.csv", out.getvalue())
    dropped = [d for d in dropped if d.what != "a.csv hidden text"]
    lost = len(rows) if dropped and dropped[0].what == "a.csv" else len(dropped)
    assert len(documents) + lost == len(rows)
    assert len({d.path for d in documents}) == len(documents)
    check_spans(documents)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@FAST
@given(st.lists(st.dictionaries(TEXT, VALUES, max_size=4), min_size=1, max_size=6))
def test_json_rows_add_up_under_a_named_list(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    documents, dropped = read_given(tmp_path / "a.json", json.dumps({"rows": rows}), records="rows")
    dropped = [d for d in dropped if d.what != "a.json hidden text"]
    lost = len(rows) if dropped and dropped[0].what == "a.json" else len(dropped)
    assert len(documents) + lost == len(rows)
    check_spans(documents)
