"""Personal data in texts: found by form and check digit, and nothing else taken for it."""

from __future__ import annotations

from typing import get_args

import pytest

from dalil.language import find_personal, kind_of_field, masked
from dalil.records import PersonalKind

ALL: tuple[PersonalKind, ...] = get_args(PersonalKind)


def with_key(account: str) -> str:
    """A Moroccan account number of 22 digits with its key."""
    return f"{account}{97 - int(account) * 100 % 97:02d}"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Écrire à jean.dupont+rh@service.gouv.fr.", "Écrire à [email]."),
        ("Tél. 06 12 34 56 78, fax 0537.12.34.56", "Tél. [phone], fax [phone]"),
        ("Appeler le +212 6 61 23 45 67 ou 00 33 1 23 45 67 89.", "Appeler le [phone] ou [phone]."),
        ("الهاتف: ٠٦٦١٢٣٤٥٦٧ أو 0661-234567", "الهاتف: [phone] أو [phone]"),
        ("IBAN FR14 2004 1010 0505 0001 3M02 606 chez", "IBAN [iban] chez"),
        (f"RIB : {with_key('0078100001234567890123')}", "RIB : [iban]"),
        ("carte 4111 1111 1111 1111, Amex 378282246310005", "carte [card], Amex [card]"),
        ("NIR 2 55 08 14 168 025 38", "NIR [id]"),
        ("CIN n° BK123456, née à Rabat", "CIN n° [id], née à Rabat"),
        ("البطاقة الوطنية للتعريف رقم AB123456", "البطاقة الوطنية للتعريف رقم [id]"),
    ],
)
def test_personal_data_is_masked(text: str, hidden: str) -> None:
    assert masked(text, find_personal(text, ALL)) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "IBAN FR14 2004 1010 0505 0001 3M02 607",
        "carte 4111 1111 1111 1112",
        "NIR 2 55 08 14 168 025 39",
        "p255081416802538",
        "Référence AB123456 du catalogue",
        "Pages 01 02 03 04 05",
        "Version 10.15.7, build 20240101123456, 0.1234567890",
        "Le 12/05/2024 à 08:30, 1 000 000 000 dirhams, loi n° 09-08",
        "SIRET 732 829 320 00074, code postal 10000",
        "npm install @types/node@20, user@localhost",
        "978-2-07-036822-8 et 2-07-036822-X",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert find_personal(text, ALL) == []


def test_only_the_wanted_kinds() -> None:
    text = "a@b.ma, 0612345678"
    assert [found.kind for found in find_personal(text, ["phone"])] == ["phone"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Prénom", "name"), ("Nom complet", "name"), ("الاسم الكامل", "name"), ("Last name", "name"), ("Adresse", "address"),
        ("Date de naissance", "birth"), ("تاريخ الازدياد", "birth"), ("CIN", "id"),
        ("Nom", None), ("Nom de l'application", None), ("Adresse du site", None), ("Name", None),
    ],
)  # fmt: skip
def test_fields_say_what_they_hold(name: str, kind: str | None) -> None:
    assert kind_of_field(name) == kind
