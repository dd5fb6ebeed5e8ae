"""A question in French about what only an Arabic page says, and in Arabic about French pages and records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from answering_rows import ask, document_of, extractive

from dalil.answering.extractive import Extractive
from dalil.records import Document, Language, Question, make_document
from dalil.retrieval.index import Index

RECORDS = [
    {"nom": "Casier judiciaire", "délai": "2 jours ouvrables", "coût": "10 dirhams", "lieux": "Tribunal ; Portail"},
    {"nom": "Permis de construire", "délai": "30 jours ouvrables", "coût": "20 dirhams", "lieux": "Guichet ; Plateforme"},
    {"nom": "Certificat de résidence", "délai": "3 jours", "coût": "Gratuit", "lieux": "Annexe ; Caïdat"},
]  # fmt: skip
PAGES: list[tuple[str, str, str, Language]] = [
    ("passeport.html", "Passeport biométrique", "Le passeport d'un adulte coûte 500 dirhams.\n\n"
     "La perte du passeport est déclarée au commissariat.", "fr"),
    ("legalisation.html", "Légalisation de signature", "La légalisation d'une signature coûte 2 dirhams.", "fr"),
    ("carte.fr.html", "Carte nationale", "Le renouvellement de la carte nationale coûte 75 dirhams.", "fr"),
    ("carte.ar.html", "البطاقة الوطنية", "تجديد البطاقة الوطنية يكلف 75 درهما.", "ar"),
    ("permis.html", "تجديد رخصة السياقة", "واجب تجديد رخصة السياقة هو 400 درهم.\n\n"
     "الفحص الطبي لرخصة السياقة يجرى لدى طبيب معتمد.", "ar"),
    ("mariage.html", "عقد الزواج", "يحضر شاهدان راشدان يوم توثيق عقد الزواج.\n\n"
     "في الزواج من أجنبي يضاف إلى الملف جواز السفر.", "ar"),
]  # fmt: skip
ASKED_IN: tuple[Language, ...] = ("ar",)


def documents() -> list[Document]:
    pages = [make_document(path, name, text, language, "pages") for path, name, text, language in PAGES]
    return [*(document_of(row, "fr") for row in RECORDS), *pages]


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    with extractive(documents(), "fr", tmp_path_factory.mktemp("across"), ASKED_IN) as made:
        yield made


@pytest.mark.parametrize(("question", "document", "said"), [
    ("كم ثمن جواز السفر للراشد؟", "passeport.html", "500"),
    ("ماذا أفعل إذا ضاع جواز سفري؟", "passeport.html", "commissariat"),
    ("كم تكلف المصادقة على الإمضاء؟", "legalisation.html", "2 dirhams"),
    ("Combien coûte le renouvellement du permis de conduire ?", "permis.html", "400"),
    ("Combien de témoins pour un mariage ?", "mariage.html", "شاهدان"),
    ("Où passer l'examen médical du permis de conduire ?", "permis.html", "طبيب"),
])  # fmt: skip
def test_the_page_in_the_other_language_is_found(approach: Extractive, question: str, document: str, said: str) -> None:
    first = approach.look(Question("1", question)).hits[0].passage
    assert first.document == document
    assert said in first.text


@pytest.mark.parametrize(("question", "answer"), [
    ("كم سعر السجل العدلي؟", "10 dirhams"),
    ("ما هو أجل رخصة البناء؟", "30 jours ouvrables"),
    ("كم ثمن شهادة السكنى؟", "Gratuit"),
    ("هل شهادة السكنى مجانية؟", "Oui : Gratuit"),
    ("هل أجل شهادة السكنى يومان؟", "Non : 3 jours"),
    ("هل أجل السجل العدلي يومان؟", "2 jours ouvrables"),
    ("ما الفرق بين ثمن السجل العدلي وثمن رخصة البناء؟", "Casier judiciaire : 10 dirhams ; Permis de construire : 20 dirhams"),
])  # fmt: skip
def test_a_record_in_french_answers_a_question_in_arabic(approach: Extractive, question: str, answer: str) -> None:
    given = ask(approach, question)
    assert (given.status, given.answer) == ("answered", answer)


@pytest.mark.parametrize(("question", "document"), [
    ("Combien coûte le renouvellement de la carte nationale ?", "carte.fr.html"),
    ("كم يكلف تجديد البطاقة الوطنية؟", "carte.ar.html"),
])  # fmt: skip
def test_of_a_page_in_both_languages_the_question_s_own_comes_first(
    approach: Extractive, question: str, document: str
) -> None:
    given = ask(approach, question)
    assert given.status == "answered"
    assert given.citations[0].document == document


def test_the_other_language_changes_no_score_of_the_question_s_own(tmp_path: Path) -> None:
    question = "Combien coûte le renouvellement du passeport ?"
    with extractive(documents(), "fr", tmp_path, ASKED_IN):
        pass
    scores = []
    languages: tuple[Language, ...]
    for languages in (("fr", "ar"), ("fr",)):
        index = Index(tmp_path, languages)
        passages = index.store.passages(range(100))
        legs = index.legs(question, 50)
        scores.append({
            leg: {n: score for n, score in found.items() if passages[n].language == "fr"} for leg, found in legs.items()
        })  # fmt: skip
        index.close()
    across, alone = scores
    assert across.keys() == alone.keys()
    assert all(across[leg] == pytest.approx(alone[leg]) and alone[leg] for leg in alone)


def test_what_the_other_language_says_too_makes_no_less_sure(approach: Extractive, tmp_path: Path) -> None:
    question = Question("1", "Pourquoi le renouvellement de la carte nationale ?")
    alone = [document for document in documents() if document.path != "carte.ar.html"]
    with extractive(alone, "fr", tmp_path, ASKED_IN) as without:
        margins = [made.propose(question).features["stems_margin"] for made in (approach, without)]
    assert margins[0] == pytest.approx(margins[1], abs=0.1)
