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


@pytest.mark.parametrize(("question", "count"), [
    ("Combien d'applications y a-t-il ?", "3"),
    ("Combien de logiciels sont dans le parcours ?", "3"),
    ("Combien d'applications gère Zorglub ?", ""),
    ("Combien d'applications de paie y a-t-il ?", ""),
])  # fmt: skip
def test_all_records_are_counted_where_nothing_else_is_named(question: str, count: str) -> None:
    found = said(question)
    assert (found.text if found else "") == count


@pytest.mark.parametrize(("language", "question", "names"), [
    ("fr", "Quelles procédures coûtent 50 dirhams ?", "Livret"),
    ("fr", "Quelles procédures coûtent moins de 50 dirhams ?", "Casier"),
    ("fr", "Combien de procédures coûtent moins de 240 dirhams ?", "3"),
    ("fr", "Combien de procédures coûtent plus de 50 dirhams ?", "1"),
    ("fr", "Combien de procédures coûtent au moins 50 dirhams ?", "2"),
    ("fr", "Quelles procédures ont un coût supérieur à 50 dirhams ?", "Certificat"),
    ("fr", "Quelles procédures ne dépassent pas 50 dirhams de coût ?", "Livret ; Casier"),
    ("fr", "Quelles procédures coûtent moins de 50 euros ?", ""),
    ("fr", "Quelles procédures coûtent moins de 5 dirhams ?", ""),
    ("en", "Which procedures cost 50 dirhams?", "Livret"),
    ("en", "Which procedures cost more than 50 dirhams?", "Certificat"),
    ("en", "How many procedures cost less than 50 dirhams?", "1"),
    ("en", "Which procedures cost at most 50 dirhams?", "Livret ; Casier"),
    ("ar", "ما هي الإجراءات التي يقل ثمنها؟", ""),
    ("ar", "ما هي الإجراءات التي ثمنها أقل من 50 درهما؟", "Casier"),
])  # fmt: skip
def test_a_bound_lists_what_lies_within_and_not_the_value_itself(language: Language, question: str, names: str) -> None:
    name, cost = {"fr": ("nom", "coût"), "en": ("name", "cost"), "ar": ("الاسم", "الثمن")}[language]
    unit = "درهما" if language == "ar" else "dirhams"
    rows = [("Livret", "50"), ("Casier", "10"), ("Certificat", "230")]
    records = [document_of({name: a, cost: f"{b} {unit}"}, language) for a, b in rows]
    found = TypedAnswerer(records, load_lexicon(language), lambda _: True).propose(Question("1", question))[1]
    assert (found.text if found else "") == names


@pytest.mark.parametrize(("costs", "names"), [
    (("50 dirhams", "Gratuit", "230 dirhams"), "Casier"),
    (("50 dirhams", "selon le cas", "30 dirhams"), ""),
    (("50 dirhams", "20 euros", "30 dirhams"), ""),
    (("2 dirhams", "5 dirhams", "20 dirhams par mètre carré"), ""),
])  # fmt: skip
def test_what_is_free_costs_less_and_what_cannot_be_read_makes_no_list(costs: tuple[str, ...], names: str) -> None:
    rows = zip(("Livret", "Casier", "Certificat"), costs, strict=True)
    records = [document_of({"nom": a, "coût": b}, "fr") for a, b in rows]
    answerer = TypedAnswerer(records, load_lexicon("fr"), lambda _: True)
    found = answerer.propose(Question("1", "Quelles procédures coûtent moins de 50 dirhams ?"))[1]
    assert (found.text if found else "") == names


@pytest.mark.parametrize(("question", "names"), [
    ("Quelles applications ont plus de 100 utilisateurs ?", "Kiblog ; Lograf"),
    ("Quelles applications en production ont plus de 100 utilisateurs ?", "Lograf"),
    ("Combien d'applications ont moins de 100 utilisateurs ?", "1"),
    ("Quelles applications ont plus de 1 000 utilisateurs ?", "Kiblog"),
])  # fmt: skip
def test_a_bound_beside_another_value(question: str, names: str) -> None:
    rows = [("Kiblog", "En projet", "1 200"), ("Lograf", "En production", "101"), ("Navix", "En production", "100")]
    records = [
        document_of(dict(zip(("nom", "statut", "nombre d'utilisateurs"), row, strict=True)), "fr") for row in rows
    ]
    records.append(document_of({"nom": "Zorg", "statut": "En projet", "nombre d'utilisateurs": "99"}, "fr"))
    found = TypedAnswerer(records, load_lexicon("fr"), lambda _: True).propose(Question("1", question))[1]
    assert found is not None
    assert found.text == names


@pytest.mark.parametrize(("question", "names"), [
    ("Quelles applications ont été mises en service avant 2015 ?", "Kiblog"),
    ("Quelles applications sont en service depuis 2015 ?", "Lograf ; Navix"),
    ("Combien d'applications ont été mises en service après 2015 ?", "1"),
])  # fmt: skip
def test_a_year_bounds_dates(question: str, names: str) -> None:
    rows = [("Kiblog", "2014-12-31"), ("Lograf", "2015-06-01"), ("Navix", "2016-01-01")]
    records = [document_of({"nom": a, "date de mise en service": b}, "fr") for a, b in rows]
    found = TypedAnswerer(records, load_lexicon("fr"), lambda _: True).propose(Question("1", question))[1]
    assert found is not None
    assert found.text == names


@pytest.mark.parametrize(("language", "question", "names"), [
    ("fr", "Quelles applications sont en production ?", "Kiblog ; Lograf"),
    ("fr", "Quelles applications ne sont pas en production ?", "Navix"),
    ("fr", "Combien d'applications ne sont pas en production ?", "1"),
    ("fr", "Quelles applications en production ne sont pas à Rennes ?", "Lograf"),
    ("fr", "Quelles applications ne sont plus en production ?", "Navix"),
    ("fr", "Quelles applications n'ont jamais été mises en production ?", "Navix"),
    ("fr", "Quelles applications ont un statut autre que en production ?", "Navix"),
    ("fr", "Quelles applications ne sont ni en production ni en projet ?", ""),
    ("fr", "Quelles applications ne sont pas situées à Rennes ?", "Lograf"),
    ("fr", "Quelles applications ne sont pas à Rennes ou à Brest ?", ""),
    ("fr", "Quelles applications à Brest ne sont plus en production ?", ""),
    ("en", "Which applications are not in production?", "Navix"),
    ("en", "Which applications are no longer in production?", "Navix"),
    ("en", "Which applications aren't in production?", "Navix"),
    ("en", "Which applications are not hosted in Rennes?", "Lograf"),
    ("en", "Which applications other than in production are in Rennes?", "Navix"),
    ("en", "Which applications in production are not in Rennes?", "Lograf"),
    ("ar", "ما هي التطبيقات التي ليست في الإنتاج؟", "Navix"),
    ("ar", "ما هي التطبيقات التي لم تعد في الإنتاج؟", "Navix"),
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


def test_a_question_for_a_time_or_an_amount_asks_for_no_records() -> None:
    assert said("À quelle heure ouvre la gestion des logs ?") is None
    asked = said("Quelles applications de gestion des logs ouvrent à quelle heure ?")
    assert asked is not None
    assert asked.text == "Kiblog ; Lograf"


CATALOGUE = [
    ("Kiblog", "Finances / Paie", "En production", "Java ; PostgreSQL", "900", "2012-01-02"),
    ("Lograf", "Finances / Budget", "En production", "Java ; Oracle", "40", "2019-05-06"),
    ("Navix", "Transports / Rail", "En production", "PostgreSQL", "7000", "2021-02-03"),
    ("Zebul", "Finances / Paie", "Retirée", "Oracle", "5", "2008-03-04"),
]
COLUMNS = ("nom", "domaine", "statut", "technologies", "nombre d'utilisateurs", "date de mise en service")


@pytest.mark.parametrize(("question", "text"), [
    ("Quelles applications utilisent Java et PostgreSQL ?", "Kiblog"),
    ("Quelles applications utilisent Java ou PostgreSQL ?", "Kiblog ; Lograf ; Navix"),
    ("Quelles applications utilisent Java mais pas PostgreSQL ?", "Lograf"),
    ("Quelles applications n'utilisent plus Java ?", "Navix ; Zebul"),
    ("Quelles applications n'utilisent ni Java ni PostgreSQL ?", "Zebul"),
    ("Combien d'applications utilisent Java et Oracle ?", "1"),
    ("Quelles applications ont pour domaine Transports / Raill ?", "Navix"),  # a slip, not its part that is written right
    ("Je ne sais pas quelles applications utilisent Java", "Kiblog ; Lograf"),
    ("Quelles applications sont en production ou sont retirées ?", "Kiblog ; Lograf ; Navix ; Zebul"),
    ("Quelles applications du domaine Finances sont en production ?", "Kiblog ; Lograf"),
    ("Quelles applications en production sont dans le domaine Finances ?", "Kiblog ; Lograf"),
    ("Quelles applications du domaine Finances ont plus de 100 utilisateurs ?", "Kiblog"),
    ("Quelles applications du domaine Finances n'utilisent pas Java ?", "Zebul"),
    ("Quelle application du domaine Finances a le plus d'utilisateurs ?", "Kiblog : 900"),
    ("Quelle application en production a le moins d'utilisateurs ?", "Lograf : 40"),
    ("Quelle application qui n'utilise pas PostgreSQL a le plus d'utilisateurs ?", "Lograf : 40"),
    ("Quelle est l'application la plus récente du domaine Finances ?", "Lograf : 2019-05-06"),
])  # fmt: skip
def test_all_that_a_question_names_counts(question: str, text: str) -> None:
    found = _of_catalogue(question)
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize("question", [
    "Quelles applications en production sont les plus belles ?",  # what cannot be ordered has no first: not all of them
    "Quelles applications n'ont pas été mises en service avant 2015 ?",  # a bound that is denied
])  # fmt: skip
def test_what_is_asked_otherwise_is_no_list(question: str) -> None:
    assert _of_catalogue(question) is None


def _of_catalogue(question: str) -> Proposal | None:
    records = [document_of(dict(zip(COLUMNS, row, strict=True)), "fr") for row in CATALOGUE]
    return TypedAnswerer(records, load_lexicon("fr"), lambda _: True).propose(Question("1", question))[1]


@pytest.mark.parametrize(
    "question", ["Liste toutes les applications", "Donne la liste des logiciels", "Cite tous les outils."]
)
def test_all_records_are_listed_where_nothing_else_is_named(question: str) -> None:
    found = said(question)
    assert found is not None
    assert found.text == "Kiblog ; Lograf ; Navix"
    assert len(found.citations) == 3


@pytest.mark.parametrize(
    "question", ["Quelles applications ?", "Liste toutes les applications de comptabilité", "Donne toutes les factures"]
)
def test_a_list_of_some_that_nobody_knows_is_not_that_of_all(question: str) -> None:
    found = said(question)
    assert found is None or not found.text


def test_a_record_that_does_not_say_a_field_is_in_no_list_of_those_without_a_value() -> None:
    rows = [
        {"nom": "Kiblog", "statut": "En production", "sites": "Rennes ; Nantes"},
        {"nom": "Lograf", "statut": "En production", "sites": "Brest"},
        {"nom": "Muetix", "statut": "En production"},
    ]
    answerer = TypedAnswerer([document_of(row, "fr") for row in rows], load_lexicon("fr"), lambda _: False)
    for question, listed in (
        ("Quelles applications sont en production ?", "Kiblog ; Lograf ; Muetix"),
        ("Quelles applications sont en production mais pas à Nantes ?", "Lograf"),
    ):
        found = answerer.propose(Question("1", question, "fr"))[1]
        assert found is not None
        assert found.text == listed
