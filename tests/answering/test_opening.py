"""A question that only names a document or a record asks what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answering_rows import ask, document_of, extractive

from dalil.answering.extractive import Extractive
from dalil.records import make_document

PAGE = """Légalisation de signature et copie conforme
La légalisation certifie que la signature est bien celle de la personne présente.
Coût : 2 dirhams

Base légale
Arrêté n° 1455-18 sur la légalisation des signatures."""
OTHER = """Carte grise
La carte grise identifie un véhicule.

Base légale
Arrêté n° 2711-10 relatif à l'immatriculation."""


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    pages = [
        make_document("legalisation.html", "Légalisation de signature et copie conforme", PAGE, "fr", "pages"),
        make_document("grise.html", "Carte grise", OTHER, "fr", "pages"),
    ]
    record = document_of(
        {"nom": "Certificat négatif", "description": "Document qui réserve un nom.", "coût": "230 dirhams"}, "fr"
    )
    with extractive([*pages, record], "fr", tmp_path_factory.mktemp("opening")) as made:
        yield made


@pytest.mark.parametrize(("question", "answer"), [
    ("légalisation de signature", "La légalisation certifie que la signature"),
    ("la légalisation de signature ?", "La légalisation certifie que la signature"),
])  # fmt: skip
def test_a_page_that_is_only_named_is_answered_by_how_it_begins(
    approach: Extractive, question: str, answer: str
) -> None:
    given = ask(approach, question)
    assert given.status == "answered"
    assert given.answer.startswith(answer)
    assert given.citations[0].start > 0


def test_the_page_whose_name_is_said_most_fully_is_meant(approach: Extractive) -> None:
    given = ask(approach, "carte grise")
    assert (given.status, given.answer) == ("answered", "La carte grise identifie un véhicule.")


@pytest.mark.parametrize(("question", "said"), [
    ("Quel arrêté fonde la légalisation de signature ?", "1455-18"),
    ("arrêté légalisation de signature", "1455-18"),
    ("Combien coûte la légalisation de signature ?", "2 dirhams"),
])  # fmt: skip
def test_a_question_that_says_more_than_the_name_is_answered_by_its_proof(
    approach: Extractive, question: str, said: str
) -> None:
    assert said in ask(approach, question).answer


def test_a_record_that_is_only_named_is_described(approach: Extractive) -> None:
    assert ask(approach, "certificat négatif").answer == "Document qui réserve un nom."
