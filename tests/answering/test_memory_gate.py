"""When a tuned model may speak: only of records and fields that it was trained on, only with an answer that it was trained to give."""

from __future__ import annotations

import pytest

from dalil.answering.memory import Memory
from dalil.records import Document, Example, Field, make_document


def example(name: str, field: str, question: str, answer: str) -> Example:
    return Example(
        f"{name}-{field}-{question}",
        question,
        answer,
        "other",
        "fr",
        "templates",
        True,
        (f"apps.json#{name}",),
        field=field,
    )


def record(name: str) -> Document:
    return make_document(f"apps.json#{name}", name, name, "fr", "file", fields=(Field("nom", name, 0, len(name)),))


TRAINED = [
    example("Chronos", "statut", "Quel est le statut de Chronos ?", "En production"),
    example("Chronos", "sites", "Sur quels sites Chronos est-il utilisé ?", "Rennes"),
    example("GéoParc", "statut", "Quel est le statut de GéoParc ?", "En projet"),
    example("GéoParc", "sites", "Quels sont les sites de GéoParc ?", "Rennes"),
]
MEMORY = Memory(TRAINED, [record("Chronos"), record("Chronos RH"), record("GéoParc"), record("Tréso")])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Quel est le statut de Chronos ?", "En production"),
        ("statut chronos", "en production"),
        ("Si je consulte la fiche de GéoParc, quel statut vais-je y lire ?", "En projet"),
        ("À quel endroit, sur quels sites, est utilisé GéoParc ?", "Rennes"),
    ],
)
def test_what_was_trained_is_let_through_in_other_words(question: str, answer: str) -> None:
    match = MEMORY.match(question, answer)
    assert match is not None
    assert match.example.answer.lower() == answer.lower()
    assert match.shared > 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Quel est le statut de Tréso ?", "En production"),
        ("Quel est le statut de Chronos RH ?", "En production"),
        ("Quel est le statut de Chronos 3000 ?", "En production"),
        ("Quel est le statut de GéoParc ?", "En production"),
        ("Quel est le statut de Chronos ?", "Quimper"),
        ("Quels sont les sites de Chronos ?", "En production"),
        ("Comparez le statut de Chronos et de GéoParc.", "En production"),
        ("Quel est le statut ?", "En production"),
        ("Qui a gagné le match d'hier ?", "En production"),
    ],
    ids=["unseen", "longer name", "name with a number", "another's value", "never trained", "another field", "two records",
         "no record", "off topic"],
)  # fmt: skip
def test_what_was_not_trained_is_not_let_through(question: str, answer: str) -> None:
    assert MEMORY.match(question, answer) is None


def test_questions_about_no_record_need_every_word_known() -> None:
    own = Example("1", "Comment demander un accès ?", "Par le guichet", "question", "fr", "pairs", True)
    memory = Memory([own])
    assert memory.match("Demander un accès, comment ?", "Par le guichet") is not None
    assert memory.match("Comment demander un remboursement ?", "Par le guichet") is None


def test_the_first_word_of_a_question_is_no_strange_name() -> None:
    assert MEMORY.match("Quand Chronos sera prêt, quel statut aura-t-il ?", "En production") is not None


def test_words_that_speak_of_another_field_more_do_not_vouch() -> None:
    asked = [
        example("Chronos", "secteur", "Dans quel secteur se classe Chronos ?", "Santé"),
        example("Chronos", "composant", "Dans quelle catégorie se classe Chronos ?", "Serveur"),
        example("Chronos", "statut", "Quel est le statut de Chronos ?", "En projet"),
    ]
    memory = Memory(asked, [record("Chronos")])
    assert memory.match("dans quelle catégorie se classe chronos", "Serveur") is not None
    assert memory.match("dans quelle catégorie se classe chronos", "Santé") is None
