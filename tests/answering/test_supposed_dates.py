"""A date that a question supposes is held against the record's own: a false one is said to be so."""

from __future__ import annotations

import pytest
from answering_rows import document_of

from dalil.answering.typed import TypedAnswerer
from dalil.language.dates import SaidDate, dates_said
from dalil.lexicon import load_lexicon
from dalil.records import Language, Question

ROWS: dict[Language, list[dict[str, str]]] = {
    "fr": [
        {"nom": "6Tzen", "statut": "En production", "sites": "Rennes ; Nantes", "date de mise en service": "2019-03-04"},
        {"nom": "Zephyra", "statut": "En construction", "sites": "Brest ; Nantes", "date de mise en service": "2024-01-01"},
    ],
    "en": [
        {"name": "6Tzen", "status": "In production", "start date": "4 March 2019"},
        {"name": "Zephyra", "status": "Under construction", "start date": "1 January 2024"},
    ],
    "ar": [
        {"الاسم": "6Tzen", "الحالة": "قيد الاستغلال", "تاريخ الإطلاق": "2019-03-04"},
        {"الاسم": "Zephyra", "الحالة": "قيد الإنجاز", "تاريخ الإطلاق": "2024-01-01"},
    ],
}  # fmt: skip


def said(question: str, language: Language, rows: list[dict[str, str]] | None = None) -> tuple[str, list[str]]:
    records = [document_of(row, language) for row in rows or ROWS[language]]
    found = TypedAnswerer(records, load_lexicon(language), lambda _: True).propose(Question("1", question))[1]
    if found is None:
        return "", []
    return found.text, [citation.quote for citation in found.citations]


@pytest.mark.parametrize(("language", "question", "answer", "quotes"), [
    ("fr", "6Tzen est-il en service depuis 2018 ?", "Non : 2019-03-04", ["2019-03-04"]),
    ("fr", "6Tzen est-il en production depuis le 4 mars 2018 ?", "Non : 2019-03-04", ["2019-03-04"]),
    ("fr", "6Tzen est-il en production depuis mars 2019 ?", "Oui : En production ; 2019-03-04", ["En production", "2019-03-04"]),
    ("fr", "6Tzen est-il en construction depuis 2019 ?", "Non : En production", ["En production"]),
    ("fr", "6Tzen est-il en service depuis 2019 ?", "En production ; 2019-03-04", ["En production", "2019-03-04"]),
    ("fr", "6Tzen a-t-il été mis en service en 2018 ?", "Non : 2019-03-04", ["2019-03-04"]),
    ("fr", "6Tzen a-t-il été mis en service le 04/03/2019 ?", "Oui : 2019-03-04", ["2019-03-04"]),
    ("fr", "6Tzen a-t-il été mis en service avant 2020 ?", "2019-03-04", ["2019-03-04"]),
    ("en", "Is 6Tzen in production since 2018?", "No : 4 March 2019", ["4 March 2019"]),
    ("en", "Is 6Tzen in production since March 2019?", "Yes : In production ; 4 March 2019", ["In production", "4 March 2019"]),
    ("ar", "هل 6Tzen قيد الاستغلال منذ 2018؟", "لا : 2019-03-04", ["2019-03-04"]),
])  # fmt: skip
def test_a_supposed_date_is_held_against_the_record(
    language: Language, question: str, answer: str, quotes: list[str]
) -> None:
    assert said(question, language) == (answer, quotes)


@pytest.mark.parametrize(("question", "answer"), [
    ("6Tzen est-il hébergé à Nantes ?", "Oui : Rennes ; Nantes"),
    ("6Tzen est-il présent à Nantes depuis 2018 ?", "Rennes ; Nantes"),
    ("Quel est le statut de 6Tzen en 2018 ?", "En production"),
])  # fmt: skip
def test_a_date_of_something_else_is_not_decided(question: str, answer: str) -> None:
    assert said(question, "fr")[0] == answer


SEVERAL = [
    {"nom": "6Tzen", "statut": "En production", "date de création": "2015-01-02", "date de mise en service": "2019-03-04", "dernière mise à jour": "2023-05-06"},
    {"nom": "Zephyra", "statut": "En construction", "date de création": "2016-02-03", "date de mise en service": "2024-01-01", "dernière mise à jour": "2024-02-02"},
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer"), [
    ("6Tzen est-il en service depuis 2015 ?", "Non : 2019-03-04"),
    ("6Tzen est-il en service depuis 2019 ?", "En production ; 2019-03-04"),
    ("6Tzen a-t-il été lancé en 2015 ?", "Non : 2019-03-04"),
    ("6Tzen a-t-il été créé en 2015 ?", "Oui : 2015-01-02"),
    ("6Tzen a-t-il été créé en 2019 ?", "Non : 2015-01-02"),
    ("6Tzen a-t-il été mis à jour en 2023 ?", "Oui : 2023-05-06"),
    ("6Tzen a-t-il été mis à jour en 2019 ?", "Non : 2023-05-06"),
])  # fmt: skip
def test_of_several_dates_the_one_of_what_happened_decides(question: str, answer: str) -> None:
    assert said(question, "fr", SEVERAL)[0] == answer


@pytest.mark.parametrize(("language", "question"), [
    ("fr", "6Tzen a-t-il été créé en 2018 ?"),
    ("fr", "6Tzen a-t-il été mis à jour en 2018 ?"),
    ("fr", "6Tzen a-t-il été décommissionné en 2018 ?"),
    ("fr", "Zephyra est-il en construction depuis 2022 ?"),
    ("en", "Was 6Tzen created in 2018?"),
    ("en", "Was 6Tzen last updated in 2018?"),
    ("en", "Has 6Tzen been decommissioned since 2018?"),
    ("ar", "هل تم تحديث 6Tzen سنة 2018؟"),
])  # fmt: skip
def test_the_date_of_another_event_contradicts_nothing(language: Language, question: str) -> None:
    text = said(question, language)[0]
    assert "2019" not in text
    assert "2024" not in text


@pytest.mark.parametrize(("language", "question", "answer"), [
    ("fr", "L'histoire de 6Tzen commence à quelle date ?", "2019-03-04"),
    ("fr", "En quelle année 6Tzen est-il né ?", "2019-03-04"),
    ("fr", "Quand 6Tzen ?", "2019-03-04"),
    ("en", "When did 6Tzen go live?", "4 March 2019"),
    ("en", "In what year was 6Tzen introduced?", "4 March 2019"),
    ("ar", "في أي سنة بدأ استعمال 6Tzen؟", "2019-03-04"),
])  # fmt: skip
def test_a_question_for_a_date_gets_that_of_what_it_says_that_happened(
    language: Language, question: str, answer: str
) -> None:
    assert said(question, language)[0] == answer


@pytest.mark.parametrize(("language", "question"), [
    ("fr", "Quand 6Tzen a-t-il été audité ?"),
    ("fr", "À quelle date les agents ont-ils été formés à 6Tzen ?"),
    ("en", "When was 6Tzen audited?"),
    ("en", "In what year was 6Tzen decommissioned?"),
    ("ar", "متى خضع 6Tzen للتدقيق؟"),
])  # fmt: skip
def test_the_date_of_something_else_is_not_said(language: Language, question: str) -> None:
    assert said(question, language) == ("", [])


@pytest.mark.parametrize(("question", "answer"), [
    ("Quand joindre le support de 6Tzen ?", ""),
    ("Combien coûte le support de 6Tzen ?", ""),
    ("Quel est le contact du support de 6Tzen ?", "aide@exemple.fr"),
    ("Combien coûte la licence de 6Tzen ?", "Gratuit"),
])  # fmt: skip
def test_a_field_without_any_number_is_no_date_and_no_amount(question: str, answer: str) -> None:
    row = {"nom": "6Tzen", "contact": "aide@exemple.fr", "licence": "Gratuit", "date de mise en service": "2019-03-04"}
    assert said(question, "fr", [row])[0] == answer


@pytest.mark.parametrize(("text", "dates"), [
    ("depuis 2018", [SaidDate(2018)]),
    ("le 4 mars 2018 et en avril 2020", [SaidDate(2018, 3, 4), SaidDate(2020, 4)]),
    ("2019-03-04", [SaidDate(2019, 3, 4)]),
    ("04/03/2019", [SaidDate(2019, 3, 4)]),
    ("March 4, 2019", [SaidDate(2019, 3, 4)]),
    ("منذ مارس ٢٠١٩", [SaidDate(2019, 3)]),
    ("1840 utilisateurs, version 4.2018, 12018", []),
])  # fmt: skip
def test_dates_are_read_as_far_as_they_are_said(text: str, dates: list[SaidDate]) -> None:
    assert dates_said(text) == dates
