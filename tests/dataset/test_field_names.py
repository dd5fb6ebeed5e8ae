"""Which meaning a field's name is given: none rather than a wrong one."""

from __future__ import annotations

import pytest

from dalil.dataset.fields import Catalogue, catalogues
from dalil.dataset.wordings import load_wordings
from dalil.lexicon import load_lexicon
from dalil.records import Document, Field, Language, make_document


@pytest.mark.parametrize(
    ("language", "field"),
    [("fr", "date"), ("fr", "Date de naissance"), ("fr", "date du contrôle"), ("fr", "services"), ("fr", "Service"),
     ("en", "date"), ("en", "inspection date"), ("ar", "التاريخ"), ("ar", "تاريخ الميلاد")],
)  # fmt: skip
def test_a_date_or_a_service_of_something_else_keeps_its_own_name(language: Language, field: str) -> None:
    concept = load_lexicon(language).concept_of(field)
    assert concept.name == f"field:{field}"
    assert field.casefold() in concept.label.casefold()


@pytest.mark.parametrize(
    ("language", "field"),
    [("fr", "date_mise_en_service"), ("en", "Start date"), ("ar", "تاريخ الإطلاق")],
)
def test_the_date_of_a_start_is_one(language: Language, field: str) -> None:
    assert load_lexicon(language).concept_of(field).name == "start_date"


def asked(*documents: Document) -> tuple[Catalogue, list[str]]:
    wordings = load_wordings("fr")
    assert wordings is not None
    (known,), dropped = catalogues(documents, load_lexicon("fr"), wordings)
    return known, [f"{drop.what}: {drop.reason}" for drop in dropped]


def named(name: str, fields: dict[str, str], key: str = "") -> Document:
    """A record of a workbook: its name stands in the first field, if in any."""
    text, made = "", []
    for field, value in fields.items():
        start = len(text) + len(field) + 3
        text += f"{field} : {value}\n"
        made.append(Field(field, value, start, start + len(value)))
    return make_document(f"parc.xlsx#{key or name}", name, text, "fr", "s", fields=tuple(made))


def test_no_question_asks_for_the_name_of_what_it_names() -> None:
    """Two sheets of one workbook name their records in fields of two names."""
    cars = [named(name, {"Véhicule": name, "Moteur": f"M{name}"}) for name in ("Kangoo", "Master")]
    people = [named(name, {"Conducteur": name, "Permis": f"P{name}"}) for name in ("Durand", "Benali")]
    known, dropped = asked(*cars, *people)
    assert sorted(known.fields) == ["Moteur", "Permis"]
    assert "parc.xlsx: field Véhicule: not asked about: it names the records" in dropped


def test_nobody_asks_about_the_third_row() -> None:
    known, dropped = asked(named("Vis", {"nom": "Vis", "prix": "2"}), named("3", {"prix": "7"}))
    assert [record.name for record in known.records] == ["Vis"]
    assert [record.name for record in known.everything] == ["3", "Vis"]
    assert "parc.xlsx#3: not asked about: it has no name, a number of its row alone" in dropped
