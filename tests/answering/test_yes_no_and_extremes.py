"""Yes or no, the most and the least: what dalil asks of records in each language is computed right, and judged so."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from answering_rows import document_of

from built_examples import build_examples
from dalil.answering.proposal import Proposal
from dalil.answering.typed import TypedAnswerer
from dalil.config import DatasetSettings
from dalil.evaluation.judge import Judge
from dalil.language import measure, measures
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Document, Example, Field, Language, Question, make_document

FIELDS: dict[Language, tuple[str, str, str]] = {
    "fr": ("statut", "nombre d'utilisateurs", "date de mise en service"),
    "en": ("status", "number of users", "start date"),
    "ar": ("الحالة", "عدد المستخدمين", "تاريخ الإطلاق"),
}
STATES: dict[Language, tuple[str, str]] = {
    "fr": ("En production", "En construction"),
    "en": ("In production", "Under construction"),
    "ar": ("قيد الاستغلال", "قيد الإنجاز"),
}


def catalogue(language: Language) -> list[Document]:
    """Eight records; the third has most users, the first is the oldest."""
    made = []
    for i, users in enumerate((120, 80, 1840, 33, 410, 95, 60, 700)):
        values = (STATES[language][i % 2], f"{users:,}".replace(",", " "), f"20{10 + i}-03-0{i + 1}")
        text, fields = "", []
        for name, value in zip(FIELDS[language], values, strict=True):
            start = len(text) + len(name) + 3
            text += f"{name} : {value}\n"
            fields.append(Field(name, value, start, start + len(value)))
        name = f"Zephyr{'ABCDEFGH'[i]}"
        made.append(make_document(f"c.json#{name}", name, text, language, "json", fields=tuple(fields)))
    return made


def said(documents: list[Document], question: str, language: Language) -> Proposal | None:
    answerer = TypedAnswerer(documents, load_lexicon(language), lambda _: True)
    return answerer.propose(Question("1", question, language))[1]


def written(documents: list[Document], language: Language, *kinds: str) -> list[Example]:
    settings = DatasetSettings(origins=["templates"], negatives=0)
    return [e for e in build_examples(documents, settings, language, [], 42)[0] if e.kind in kinds]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_what_is_asked_is_answered_and_judged_right(language: Language) -> None:
    documents = catalogue(language)
    judge = Judge(documents)
    examples = written(documents, language, "yes_no", "minimum", "maximum")
    assert Counter(e.kind for e in examples) == {"yes_no": 48, "minimum": 4, "maximum": 4}
    for example in examples:
        found = said(documents, example.question, language)
        assert found is not None, example.question
        answer = Answer(example.id, example.question, "extractive", "answered", found.text, citations=found.citations)
        judged = judge.judge(example, answer)
        assert (judged.outcome, judged.cites_proof) == ("right", True), (example.question, found.text)
    assert len({e.answer.split(" ")[0] for e in examples if e.kind == "yes_no"}) == 2


def test_a_no_says_the_value_and_a_wrong_value_behind_it_is_wrong() -> None:
    documents = catalogue("fr")
    found = said(documents, "Est-ce que le statut de ZephyrB est « En production » ?", "fr")
    assert found is not None
    assert found.text == "Non : En construction"
    asked = next(e for e in written(documents, "fr", "yes_no") if e.field == "statut" and "Non" in e.values)
    judge = Judge(documents)

    def outcome(text: str, question: str = asked.question) -> str:
        return judge.judge(replace(asked, question=question), Answer("1", question, "x", "answered", text)).outcome

    assert outcome("Non") == "right"
    assert outcome(asked.answer) == "right"
    assert outcome(asked.answer.replace("Non", "Oui")) == "wrong"
    other = next(s for s in STATES["fr"] if s not in asked.answer)
    assert outcome(f"Non : {other}", question="Est-ce le cas ?") == "wrong"


def test_a_value_with_a_slip_is_still_read() -> None:
    documents = catalogue("fr")
    found = said(documents, "est-ce que le statut de zephyrb est en prroduction ?", "fr")
    assert found is not None
    assert found.text == "Non : En construction"
    unknown = said(documents, "Est-ce que le statut de ZephyrB est archivé ?", "fr")
    assert unknown is not None
    assert (unknown.text, unknown.features["unread"]) == ("En construction", 1.0)


def test_the_end_of_a_catalogue_is_named_with_its_value() -> None:
    documents = catalogue("en")
    most = said(documents, "Which record has the highest number of users?", "en")
    assert most is not None
    assert most.text == "ZephyrC : 1 840"
    oldest = said(documents, "Which record has the earliest start date?", "en")
    assert oldest is not None
    assert oldest.text == "ZephyrA : 2010-03-01"


def test_a_named_record_or_a_field_without_order_is_no_end() -> None:
    documents = catalogue("en")
    named = said(documents, "What is the highest number of users of ZephyrD?", "en")
    assert named is not None
    assert named.text == "33"
    assert said(documents, "Which record has the highest status?", "en") is None


@pytest.mark.parametrize(
    ("language", "question", "text", "silence"),
    [
        ("fr", "ZephyrC utilise-t-il PostgreSQL ?", "", "unsaid"),
        ("fr", "ZephyrC a-t-il 2000 utilisateurs ?", "Non : 1 840", "unknown"),
        ("fr", "ZephyrC a-t-il 1 840 utilisateurs ?", "Oui : 1 840", "unknown"),
        ("fr", "ZephyrC a-t-il plus de 1000 utilisateurs ?", "1 840", "unknown"),
        ("fr", "Combien d'utilisateurs ZephyrC a-t-il ?", "1 840", "unknown"),
        ("fr", "ZephyrC est-il en construction ?", "Non : En production", "unknown"),
        ("fr", "Est-ce que le statut de ZephyrC est « Zorglub » ?", "Non : En production", "unknown"),
        ("fr", "Quand ZephyrC est-il entré en service ?", "2012-03-03", "unknown"),
        ("en", "Does ZephyrC have users called PostgreSQL?", "", "unsaid"),
        ("en", "Does ZephyrC have 2000 users?", "No : 1 840", "unknown"),
        ("en", "Is ZephyrC under construction?", "No : In production", "unknown"),
        ("en", "Does ZephyrC have over 1000 users?", "1 840", "unknown"),
        ("en", "When did ZephyrC go in production?", "2012-03-03", "unknown"),
        ("ar", "هل لدى ZephyrC مستخدمون اسمهم PostgreSQL؟", "", "unsaid"),
        ("ar", "هل عدد المستخدمين في ZephyrC هو 2000؟", "لا : 1 840", "unknown"),
        ("ar", "هل ZephyrC قيد الإنجاز؟", "لا : قيد الاستغلال", "unknown"),
    ],
)
def test_a_false_premise_is_denied_by_the_field_or_said_not_to_stand_there(
    language: Language, question: str, text: str, silence: str
) -> None:
    found = said(catalogue(language), question, language)
    assert found is not None
    assert (found.text, found.silence) == (text, silence)


def test_a_value_says_which_field_is_meant() -> None:
    answer = "Oui : Java ; PostgreSQL"
    documents = [
        *catalogue("fr"),
        document_of({"nom": "Galion", "technologies": "Java ; PostgreSQL", "utilisateurs": "90"}, "fr"),
        document_of({"nom": "Iris", "technologies": "Oracle ; COBOL", "utilisateurs": "12"}, "fr"),
    ]
    assert (found := said(documents, "Galion utilise-t-il PostgreSQL ?", "fr")) is not None
    assert found.text == answer
    assert (other := said(documents, "Galion utilise-t-il Oracle ?", "fr")) is not None
    assert other.text == "Non : Java ; PostgreSQL"


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("fr", "Quelle est l'application la plus ancienne ?", "ZephyrA : 2010-03-01"),
        ("fr", "Quelle est l'application la plus récente ?", "ZephyrH : 2017-03-08"),
        ("fr", "Quelle est la dernière application mise en service ?", "ZephyrH : 2017-03-08"),
        ("fr", "la plus vieille appli en construction ?", "ZephyrB : 2011-03-02"),
        ("en", "Which is the oldest application?", "ZephyrA : 2010-03-01"),
        ("en", "Which application was deployed most recently?", "ZephyrH : 2017-03-08"),
        ("en", "What is the newest application in production?", "ZephyrG : 2016-03-07"),
        ("ar", "ما هو أقدم تطبيق؟", "ZephyrA : 2010-03-01"),
        ("ar", "ما هو أحدث تطبيق؟", "ZephyrH : 2017-03-08"),
        ("ar", "ما هو آخر تطبيق قيد الاستغلال؟", "ZephyrG : 2016-03-07"),
    ],
)
def test_the_first_and_the_last_in_time(language: Language, question: str, answer: str) -> None:
    found = said(catalogue(language), question, language)
    assert found is not None
    assert found.text == answer


def test_the_last_of_another_field_is_no_date() -> None:
    assert said(catalogue("fr"), "Quelle est la dernière version ?", "fr") is None


@pytest.mark.parametrize(
    "written",
    ["4 mars 2019", "4 de março 2019", "March 4, 2019", "4 مارس 2019", "1er mars 2019", "mars 2019", "2019-03"],
)
def test_written_dates_are_dates(written: str) -> None:
    found = measure(written)
    day = 4 if "4" in written else 1
    if "março" in written:
        assert found is None
    else:
        assert found == measure(f"2019-03-0{day}")


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [("1 840", 1840, ""), ("16.5 l", 16.5, "l"), ("12,2 kW", 12.2, "kw"), ("10 jours", 10, "jour"), ("−20 °C", -20, "°c"),
     ("10,400 kg", 10400, "kg"), ("٢٥ يوما", 25, "يوما")],
)  # fmt: skip
def test_measures(value: str, number: float, unit: str) -> None:
    found = measure(value)
    assert found is not None
    assert (found.number, found.unit) == (number, unit)


def test_what_is_no_measure_or_of_two_units_has_no_order() -> None:
    assert [measure(value) for value in ("2 × 100 Ah", "–", "En production", "2024-13-01")] == [None] * 4
    assert measures(["10 jours", "2 mois"]) is None
    assert measures(["10 jours", "1 jour"]) is not None


NAMED = "ZephyrA", "ZephyrC", "ZephyrD"
A, C, D = "ZephyrA : 120", "ZephyrC : 1 840", "ZephyrD : 33"


@pytest.mark.parametrize(("language", "question", "answer"), [
    ("fr", "Lequel a le plus d'utilisateurs, {0} ou {1} ?", f"{C} ({A})"),
    ("fr", "De {0}, {1} et {2}, laquelle a le moins d'utilisateurs ?", f"{D} ({A} ; {C})"),
    ("fr", "{0} a-t-il plus d'utilisateurs que {1} ?", f"Non : {A} ; {C}"),
    ("fr", "{1} a-t-il plus d'utilisateurs que {0} ?", f"Oui : {C} ; {A}"),
    ("fr", "Entre {0} et {1}, laquelle est la plus récente ?", "ZephyrC : 2012-03-03 (ZephyrA : 2010-03-01)"),
    ("fr", "Laquelle est plus ancienne, {1} ou {0} ?", "ZephyrA : 2010-03-01 (ZephyrC : 2012-03-03)"),
    ("en", "Which has more users, {0} or {1}?", "ZephyrC : 1 840 (ZephyrA : 120)"),
    ("en", "Which is older, {0} or {1}?", "ZephyrA : 2010-03-01 (ZephyrC : 2012-03-03)"),
    ("ar", "أيهما لديه عدد مستخدمين أكبر، {0} أو {1}؟", "ZephyrC : 1 840 (ZephyrA : 120)"),
])  # fmt: skip
def test_of_the_records_that_are_named_the_winner_is_named(language: Language, question: str, answer: str) -> None:
    found = said(catalogue(language), question.format(*NAMED), language)
    assert found is not None
    assert found.text == answer
    assert {citation.name for citation in found.citations} >= {"ZephyrA", "ZephyrC"}


@pytest.mark.parametrize("question", [
    "Lequel a le plus d'utilisateurs, {0} ou {1} ?", "{0} a-t-il plus d'utilisateurs que {1} ?", "Lequel coûte le plus cher, {0} ou {1} ?",
])  # fmt: skip
def test_where_one_of_the_named_lacks_the_field_there_is_no_winner(question: str) -> None:
    documents = [replace(d, fields=d.fields[:1]) if d.name == "ZephyrC" else d for d in catalogue("fr")]
    found = said(documents, question.format(*NAMED), "fr")
    assert found is not None
    assert (found.text, found.silence) == ("", "absent")


def test_without_an_end_or_with_a_bound_each_of_the_named_is_said() -> None:
    for question in ("Combien d'utilisateurs ont {0} et {1} ?", "{0} et {1} ont-ils plus de 100 utilisateurs ?"):
        found = said(catalogue("fr"), question.format(*NAMED), "fr")
        assert found is not None
        assert found.text == f"{A} ; {C}"


@pytest.mark.parametrize(("language", "question", "hedge"), [
    ("fr", "Quelle fiche a le plus d'utilisateurs ?", "d'autres fiches ne l'indiquent pas"),
    ("en", "Which record has the most users?", "other records do not say it"),
])  # fmt: skip
def test_the_most_among_those_that_say_it_is_told_so(language: Language, question: str, hedge: str) -> None:
    every = catalogue(language)
    lacking = [replace(d, fields=d.fields[:1]) if d.name == "ZephyrA" else d for d in every]
    assert [found.text for d in (every, lacking) if (found := said(d, question, language))] == [C, f"{C} ({hedge})"]


@pytest.mark.parametrize("question", [
    "Quelles applications sont en production mais n'ont pas 1 840 utilisateurs ?", "Quelle application en construction mais sans 80 utilisateurs en a le plus ?",
])  # fmt: skip
def test_what_a_record_does_not_say_is_not_known_to_be_otherwise(question: str) -> None:
    silent = [replace(d, fields=d.fields[:1]) if d.name in ("ZephyrE", "ZephyrH") else d for d in catalogue("fr")]
    found = said(silent, question, "fr")
    assert found is None or not {"ZephyrE", "ZephyrH"} & {citation.name for citation in found.citations}
