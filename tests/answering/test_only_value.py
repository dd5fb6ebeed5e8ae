"""A value asked of the very thing that a text is about is the only such value of that text, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from answering_rows import ask, extractive

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.support import Proof
from dalil.answering.sureness import Sureness
from dalil.records import Document, Question, make_document

PASSPORT = """Le passeport est demandé auprès de l'annexe administrative.

Un passeport perdu est déclaré au commissariat. Un passeport expiré est remplacé, jamais prolongé.

Délai de délivrance | 7 jours ouvrables
Validité | 5 ans

Droits de timbre

Situation | Montant
Adulte | 500 dirhams
Étudiant de moins de 25 ans | 150 dirhams
Duplicata | 600 dirhams"""
VACCINE = """Le vaccin est proposé chaque année. La grippe revient chaque hiver.

Le vaccin protège au bout de deux semaines."""
CARD = """La carte de séjour est délivrée par la préfecture. La première demande coûte 100 dirhams.

La perte de la carte est déclarée. Le renouvellement en agence de la carte coûte 60 dirhams."""


def documents() -> list[Document]:
    return [
        make_document("passeport.html", "Passeport biométrique", PASSPORT, "fr", "pages"),
        make_document("vaccin.html", "Le vaccin contre la grippe", VACCINE, "fr", "pages"),
        make_document("sejour.html", "Carte de séjour", CARD, "fr", "pages"),
    ]


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    with extractive(documents(), "fr", tmp_path_factory.mktemp("value"), ("ar", "ary-Latn")) as made:
        yield made


TABLE = "Situation | Montant\nAdulte | 500 dirhams\nÉtudiant de moins de 25 ans | 150 dirhams\nDuplicata | 600 dirhams"


@pytest.mark.parametrize(("question", "answer"), [
    ("Combien coûte un passeport ?", TABLE),
    ("كم ثمن جواز السفر؟", TABLE),
    ("bchhal lpassport ?", TABLE),
    ("Combien coûte le passeport d'un étudiant ?", "Étudiant de moins de 25 ans | 150 dirhams"),
    ("Quel est le délai du passeport ?", "Délai de délivrance | 7 jours ouvrables"),
    ("Quelle est la durée de validité du passeport ?", "Validité | 5 ans"),
])  # fmt: skip
def test_the_one_place_of_the_named_text_answers(approach: Extractive, question: str, answer: str) -> None:
    given = ask(approach, question)
    assert (given.status, given.answer) == ("answered", answer)


def test_a_text_without_such_a_value_has_no_answer(approach: Extractive) -> None:
    assert ask(approach, "Combien coûte le vaccin contre la grippe ?").status == "abstained"


def test_several_such_values_are_left_to_the_search(approach: Extractive) -> None:
    assert approach.propose(Question("1", "Combien coûte la carte de séjour ?")).path == "text"


def test_a_model_may_not_say_what_is_withheld(approach: Extractive) -> None:
    every = default_calibration()
    lenient = replace(every, thresholds={path: replace(one, value=0.0) for path, one in every.thresholds.items()})
    for question, allowed in (
        ("Combien coûte le vaccin contre la grippe ?", False),
        ("Quand revient la grippe ?", True),
    ):
        asked = Question("1", question)
        proposed = approach.propose(asked)
        passage = next(hit.passage for hit in approach.look(asked).hits if hit.passage.document == "vaccin.html")
        sureness = Sureness(asked, "fr", approach, lenient)
        assert sureness.of(Proof(passage, proposed.citations[0]))[1] == allowed
