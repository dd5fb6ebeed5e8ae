"""Which records a list holds: the catalogue's own name and the words of any list take nothing, another field's words all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answering_rows import document_of

from dalil.answering.proposal import Proposal
from dalil.answering.typed import TypedAnswerer
from dalil.lexicon import load_lexicon
from dalil.records import Language, Question

ROWS = [
    {"nom": "Kiblog", "composant": "Gestion des logs", "parent": "Socle", "annees": "2020 ; 2021"},
    {"nom": "Lograf", "composant": "Gestion des logs", "parent": "Socle", "annees": "2021"},
    {"nom": "Navix", "composant": "Navigateur web", "parent": "Kiblog", "annees": "2019 ; 2021"},
]
RECORDS = [replace(d, path=d.path.replace("list", "Parcours-2021")) for row in ROWS for d in [document_of(row, "fr")]]


def said(question: str) -> Proposal | None:
    answerer = TypedAnswerer(RECORDS, load_lexicon("fr"), lambda _: False)
    return answerer.propose(Question("1", question, "fr"))[1]


@pytest.mark.parametrize(
    "question",
    [
        "Quelles applications du PARCOURS concernent la gestion des logs ?",
        "Quels outils existent pour la gestion des logs ?",
    ],
)
def test_the_catalogues_name_and_words_of_any_list_are_no_strangers(question: str) -> None:
    found = said(question)
    assert found is not None
    assert found.text == "Kiblog ; Lograf"
    assert (found.features["strangers"], found.features["unexplained"]) == (0.0, 0.0)


def test_a_name_that_nobody_knows_is_one() -> None:
    found = said("Quels outils de gestion des logs sont vendus par Zorglub ?")
    assert found is not None
    assert found.features["strangers"] == 1.0


@pytest.mark.parametrize(
    "question", ["Quels logiciels sont apparus en 2021 ?", "Quels logiciels ont pour parent la gestion des logs ?"]
)
def test_a_number_without_its_field_and_the_value_of_another_field_make_no_list(question: str) -> None:
    assert said(question) is None


def test_a_number_with_its_field_makes_one() -> None:
    found = said("Quels logiciels ont 2019 parmi leurs années ?")
    assert found is not None
    assert found.text == "Navix"


@pytest.mark.parametrize(("language", "question", "names"), [
    ("fr", "Quelles procédures coûtent 50 dirhams ?", "Livret"),
    ("fr", "Quelles procédures coûtent moins de 50 dirhams ?", ""),
    ("fr", "Combien de procédures coûtent plus de 50 dirhams ?", ""),
    ("fr", "Quelles procédures ont un coût supérieur à 50 dirhams ?", ""),
    ("en", "Which procedures cost 50 dirhams?", "Livret"),
    ("en", "Which procedures cost more than 50 dirhams?", ""),
    ("en", "How many procedures cost less than 50 dirhams?", ""),
])  # fmt: skip
def test_a_bound_is_not_the_value_that_is_asked_for(language: Language, question: str, names: str) -> None:
    name, cost = ("nom", "coût") if language == "fr" else ("name", "cost")
    rows = [("Livret", "50 dirhams"), ("Casier", "10 dirhams"), ("Certificat", "230 dirhams")]
    records = [document_of({name: a, cost: b}, language) for a, b in rows]
    found = TypedAnswerer(records, load_lexicon(language), lambda _: True).propose(Question("1", question))[1]
    assert (found.text if found else "") == names


@pytest.mark.parametrize(("language", "question", "names"), [
    ("fr", "Quelles applications sont en production ?", "Kiblog ; Lograf"),
    ("fr", "Quelles applications ne sont pas en production ?", "Navix"),
    ("fr", "Combien d'applications ne sont pas en production ?", "1"),
    ("fr", "Quelles applications en production ne sont pas à Rennes ?", "Lograf"),
    ("en", "Which applications are not in production?", "Navix"),
    ("en", "Which applications in production are not in Rennes?", "Lograf"),
    ("ar", "ما هي التطبيقات التي ليست في الإنتاج؟", "Navix"),
])  # fmt: skip
def test_a_value_that_is_excluded_lists_who_holds_another(language: Language, question: str, names: str) -> None:
    keys = {"fr": ("nom", "statut", "site"), "en": ("name", "status", "site"), "ar": ("الاسم", "الحالة", "الموقع")}[
        language
    ]
    in_use, built = {
        "fr": ("En production", "En projet"),
        "en": ("In production", "Planned"),
        "ar": ("الإنتاج", "مشروع"),
    }[language]
    rows = [("Kiblog", in_use, "Rennes"), ("Lograf", in_use, "Brest"), ("Navix", built, "Rennes")]
    records = [document_of(dict(zip(keys, row, strict=True)), language) for row in rows]
    found = TypedAnswerer(records, load_lexicon(language), lambda _: True).propose(Question("1", question))[1]
    assert found is not None
    assert found.text == names
