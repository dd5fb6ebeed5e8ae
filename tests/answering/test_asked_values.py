"""An amount is asked for, an amount is quoted: which questions ask for a value, how texts write it, and what that changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.answering.signals import of_value
from dalil.answering.terms import query_terms
from dalil.lexicon import load_lexicon
from dalil.lexicon.asked_values import asked_value
from dalil.records import Passage, Question, make_document
from dalil.retrieval.index import Index, sync_index


@pytest.mark.parametrize(("question", "holds", "lacks"), [
    ("Combien coûte le passeport ?", "Il coûte 1 200,50 dirhams.", "Il est valable 10 ans."),
    ("Combien coûte le passeport ?", "La première demande est gratuite.", "Le coût est élevé."),
    ("كم ثمن جواز السفر؟", "واجب التنبر 300 درهم.", "لا يمدد جواز السفر."),
    ("ch7al taman dyal passeport?", "Timbre : 300DH", "Trois photos."),
    ("How much does it cost?", "The fee is $5.", "The fee is paid on 3 May."),
    ("Quel est le délai ?", "Sous deux mois.", "Le délai coûte 20 euros."),
    ("كم يستغرق الطلب؟", "يسلم خلال شهرين.", "يسلم بعد 300 درهم."),
    ("Combien de temps est-il valable ?", "Validité : 5 ans", "Étudiant de moins de 25 ans"),
    ("شحال عندي ديال الوقت؟", "داخل أجل شهرين", "الرسم: 20 درهما"),
    ("ch7al 3ndi dyal lwe9t?", "Délai : 30 jours", "Coût : 20 dirhams"),
    ("كم من الوقت؟", "خلال يومي عمل", "دون 12 سنة"),
    ("How heavy is the wheel loader?", "Operating weight: 4,500 kg", "Steering is heavy."),
    ("When was it built?", "It was built in 1453.", "It was built by 12 workers."),
    ("When is it held?", "Every May 5 in Paris.", "Every year in Paris."),
    ("How many seats are there?", "It has 40 seats.", "It has seats."),
    ("What torque do the wheel nuts need?", "Tighten to 450 N·m.", "Tighten every 50 hours."),
    ("What torque do the wheel nuts need?", "Screw joint: Wheel nuts | Torque (N·m): 600", "Screw joint: Wheel nuts | Spanner (mm): 32"),
    ("What is the maximum pressure?", "MC 75: 8.6 (125) bar (psi)", "MC 75: 125"),
    ("When is the hotline open?", "From 06:00 to 22:00.", "Call the hotline."),
    ("When do I replace the filter?", "Interval (h): 500", "Replace the filter."),
    ("Où déposer la demande ?", "À la commune.", "Par le père ou la mère."),
    ("Combien d'huile hydraulique met-on ?", "Quantité: 21 l", "Faire l'appoint en huile ISO VG 46"),
    ("Combien de pièces faut-il ?", "Il en faut 3.", "Loi n° 814-13 sur le statut"),
    ("How many people may ride in it?", "Seats: 2", "Model MC 75, see chapter 4"),
    ("كم عدد الشهود؟", "يحضر 12 شاهدا.", "المادة 12 من القانون"),
    ("What is the maximum size of a file?", "At most 281 terabytes.", "The module sqlite3 keeps it in a file."),
    ("How long is the warranty?", "It lasts 36 months.", "It weighs 36 kg."),
    ("Quel est le téléphone du service ?", "Tél. 04 65 71 20 34", "Du lundi au vendredi, de 8 h à 17 h 30."),
])  # fmt: skip
def test_a_text_holds_the_kind_of_value_that_is_asked_for(question: str, holds: str, lacks: str) -> None:
    asked = asked_value(question)
    assert asked is not None
    assert asked.held_in(holds)
    assert not asked.held_in(lacks)


@pytest.mark.parametrize("question", [
    "Pourquoi le passeport coûte-t-il 500 dirhams ?", "Que faire quand la carte est perdue ?", "Qui signe ?",
    "What happens when the engine stops?", "لماذا ثمن الجواز مرتفع؟", "كيف أدفع؟",
])  # fmt: skip
def test_a_question_that_asks_for_no_value_has_none(question: str) -> None:
    assert asked_value(question) is None


@pytest.mark.parametrize(("question", "near", "far"), [
    ("How long is the warranty?", "The warranty lasts 36 months.", "The warranty is written. It cools for 30 minutes."),
    ("Combien coûte le duplicata ?", "Duplicata : 20 dirhams", "Le duplicata est rare. La photo coûte 5 dirhams."),
    ("كم مدة الضمان؟", "مدة الضمان 36 شهرا.", "الضمان مكتوب. يبرد خلال 30 دقيقة."),
])  # fmt: skip
def test_a_value_that_stands_apart_from_what_is_asked_about_is_told(question: str, near: str, far: str) -> None:
    terms = query_terms(question, ["fr", "en", "ar"], lambda _: 1.0, lambda _: True)
    passage = Passage("p", "d", "", (), near, 0, len(near), None, "ar" if "؟" in question else "en", 0)
    passage = replace(passage, language="fr" if "coûte" in question else passage.language)
    assert of_value(terms, near, passage)["apart"] < 0.5
    assert of_value(terms, far, replace(passage, text=far))["apart"] == 1.0
    assert of_value(terms, "", passage)["apart"] == 0.0, "no value, none apart"


def test_what_the_heading_names_counts_half() -> None:
    terms = query_terms("How long is the warranty?", ["en"], lambda _: 1.0, lambda _: True)
    below = Passage("p", "d", "", ("Warranty",), "It lasts 36 months.", 0, 19, None, "en", 0)
    assert of_value(terms, below.text, below)["apart"] == 0.5


def test_a_bare_number_stands_apart_from_nothing() -> None:
    terms = query_terms("How many seats?", ["en"], lambda _: 1.0, lambda _: True)
    passage = Passage("p", "d", "", (), "It has 40.", 0, 10, None, "en", 0)
    assert of_value(terms, passage.text, passage)["apart"] == 0.0


def test_what_the_question_says_itself_is_no_answer() -> None:
    asked = asked_value("How many people died in the 1906 fire of 3 houses?")
    assert asked is not None
    assert not asked.held_in("The fire of 1906 burnt 3 houses.")
    assert asked.held_in("The fire of 1906 burnt 3 houses; 12 people died.")


def test_words_that_only_ask_are_looked_for_in_no_text() -> None:
    def terms(question: str) -> set[str]:
        return set(query_terms(question, ["fr", "en"], lambda _: 1.0, lambda _: True).weights)

    assert terms("Combien de temps dure une angine ?") == {"dur", "angin"}
    assert terms("Quels temps pour une angine ?") == {"temp", "angin"}


TYRES = (
    "Contrôlez la pression des pneus chaque jour, car la pression des pneus baisse avec le froid. " * 4
    + "Pneus avant : 2,5 bars."
)
STEERING = "Steering of the wheel loader is heavy: check the oil."


def approach_over(folder: Path, *texts: str) -> Extractive:
    documents = [make_document(f"{i}.md", f"Text {i}", text, "fr", "sources") for i, text in enumerate(texts)]
    passages = [Passage(d.path, d.path, d.name, (), d.text, 0, len(d.text), None, "fr", 0) for d in documents]
    sync_index(folder, documents, passages)
    index = Index(folder, ["fr", "en"])
    return Extractive(Knowledge(index, [], load_lexicon("fr"), ["fr", "en"], default_calibration()))


def test_the_sentence_with_the_amount_is_quoted_before_one_with_more_words(tmp_path: Path) -> None:
    approach = approach_over(tmp_path, TYRES)
    assert "2,5 bars" in approach.propose(Question("1", "Quelle est la pression des pneus ?")).text
    assert "2,5 bars" not in approach.propose(Question("2", "Pourquoi contrôler la pression des pneus ?")).text


def test_confidence_falls_where_no_amount_is_quoted(tmp_path: Path) -> None:
    approach = approach_over(tmp_path, STEERING, "The crane weighs 900 kg.")
    proposed = approach.propose(Question("1", "How heavy is the wheel loader?"))
    assert proposed.text == STEERING
    assert (proposed.features["value"], proposed.features["unitless"]) == (0.0, 1.0)
    told = proposed.features | {"value": 1.0, "unitless": 0.0}
    calibration = default_calibration()
    assert calibration.confidence("text", proposed.features) < calibration.confidence("text", told) - 0.1


def test_how_long_something_else_takes_is_no_answer(tmp_path: Path) -> None:
    other = "Ce traitement dure trois mois."
    meant = "L'IRM est sans danger. À l'IRM on reste allongé vingt minutes."
    approach = approach_over(tmp_path, other, meant)
    assert "vingt minutes" in approach.propose(Question("1", "Combien de temps dure une IRM ?")).text
