"""Cells and rows of manuals' tables, computed where the question says which manual, which row and what of it."""

from __future__ import annotations

import time

import pytest

from dalil.answering.parts import PartAnswerer
from dalil.dataset.parts import parts_of
from dalil.records import Document, Language, Question, make_document

LOADER = """Interval (h): 250 | Task: Check V-belt | Quantity: – | Lubricant or part: –
Interval (h): 250 | Task: Change engine oil * | Quantity: 16.5 l | Lubricant or part: SAE 15W-40
Interval (h): 1,000 | Task: Change coolant | Quantity: 28 l | Lubricant or part: Glycol
Property: Operating weight | Value: 10,400 kg
Property: Height | Value: 3,220 mm
Screw joint: Wheel nuts | Spanner (mm): 32 | Torque (N·m): 600
"""
COMPRESSOR = """Task: Change engine oil (a), first time at 50 h | Every (h): 100 | Quantity: 9.5 l
Task: Clean air filter | Every (h): 100 | Quantity: 1
"""
PELLE = """Périodicité (h): 250 | Opération: Vidanger l’huile moteur | Quantité: 3,6 l
Périodicité (h): 500 | Opération: Remplacer le filtre | Quantité: 1
"""


def manual(path: str, name: str, text: str, language: Language = "en") -> Document:
    return make_document(path, name, text, language, "pdf", page_starts=(0, 40))


MANUALS = [
    manual("wl.pdf", "Brandmoor WL 180 Wheel Loader: Manual", LOADER),
    manual("mc.pdf", "Tornvik MC 75 Air Compressor: Manual", COMPRESSOR),
    manual("mp.pdf", "Rocval MP 18, mini-pelle", PELLE, "fr"),
]
ANSWERER = PartAnswerer([part for document in MANUALS for part in parts_of(document)])


def said(question: str, scope: str = "", hidden: tuple[str, ...] = ()) -> str | None:
    found = ANSWERER.propose(Question("1", question, scope=scope), hidden)
    return found.text if found else None


@pytest.mark.parametrize(
    ("question", "scope", "answer"),
    [
        ("How often do I change the engine oil on this machine?", "wl.pdf", "250 h"),
        ("How often do I change the engine oil on this machine?", "mc.pdf", "100 h"),
        ("When do I change the engine oil on this machine?", "wl.pdf", "250 h"),
        ("Quand vidanger l'huile moteur de la MP 18 ?", "", "250 h"),
        ("How much engine oil does the WL 180 take at an oil change?", "", "16.5 l"),
        ("How much engine oil does the MC75 take at an oil change?", "", "9.5 l"),
        ("What is the operating weight of the WL 180?", "", "10,400 kg"),
        ("To what torque do I tighten the wheel nuts?", "wl.pdf", "600 N·m"),
        ("Which tasks are due every 250 hours on the Brandmoor WL180?", "", "Check V-belt ; Change engine oil *"),
        ("Which tasks are due every 1000 hours on the Brandmoor WL180?", "", "Change coolant"),
        ("Tous les combien faut-il vidanger l'huile moteur de la MP 18 ?", "", "250 h"),
        ("Quelles opérations sont prévues toutes les 500 h sur la MP 18 ?", "", "Remplacer le filtre"),
    ],
)
def test_cells_and_rows_are_computed(question: str, scope: str, answer: str) -> None:
    assert said(question, scope) == answer


@pytest.mark.parametrize(
    "question",
    [
        "How often do I change the oil of the WL 180?",  # a row is named in full or not at all
        "What is the colour of the wheel nuts of the WL 180?",  # no such column
        "How many V-belts do I need to check the V-belt of the WL 180?",  # an empty cell
        "How often does my neighbour Peter change the engine oil of the WL 180 at home in winter?",
    ],
)
def test_anything_less_is_a_question_for_the_text(question: str) -> None:
    assert said(question) is None


@pytest.mark.parametrize("asked", ["How often do I change the engine oil?", "When do I change the engine oil?"])
def test_what_several_manuals_answer_is_asked_back_until_one_is_left(asked: str) -> None:
    question = Question("1", asked)
    found = ANSWERER.propose(question)
    assert found is not None
    assert ([option.document for option in found.options], found.silence) == (["mc.pdf", "wl.pdf"], "which_document")
    assert ANSWERER.propose(question, {"mc.pdf"}) is None


def test_a_hidden_manual_answers_nothing() -> None:
    assert said("What is the height of the WL 180?", hidden=("wl.pdf",)) is None


def test_the_citation_is_the_cell_in_the_manual_with_its_page() -> None:
    found = ANSWERER.propose(Question("1", "What is the operating weight of the WL 180?"))
    assert found is not None
    (cited,) = found.citations
    assert (cited.document, cited.name, cited.page) == ("wl.pdf", "Brandmoor WL 180 Wheel Loader: Manual", 2)
    assert LOADER[cited.start : cited.end] == cited.quote == "10,400 kg"


def test_a_question_as_long_as_a_book_is_read_at_once() -> None:
    started = time.perf_counter()
    assert said("le 180 " * 15_000) is None
    assert time.perf_counter() - started < 5  # every word was paired with every other: minutes
