from __future__ import annotations

from dalil.dataset.harvest import harvest_examples
from dalil.records import Document, Section, make_document


def faq(*parts: tuple[str, str]) -> Document:
    text, sections = "", []
    for heading, body in parts:
        start = len(text)
        text += f"{heading}\n{body}\n"
        sections.append(Section(heading, 2, start, len(text)))
    return make_document("faq.md", "FAQ", text, "fr", "markdown", sections=tuple(sections))


def test_a_heading_that_asks_becomes_a_question_with_its_body_as_proof() -> None:
    document = faq(("Présentation", "Bonjour."), ("Qui peut demander un badge ?", "Tout agent.\nAussi les stagiaires."))
    (example,), dropped = harvest_examples(document)
    assert (example.question, example.kind, example.wording) == ("Qui peut demander un badge ?", "faq", "own")
    assert example.answer == "Tout agent.\nAussi les stagiaires."
    (evidence,) = example.evidence
    assert document.text[evidence.start : evidence.end] == example.answer
    assert not dropped


def test_arabic_questions_are_found_and_empty_ones_named() -> None:
    made, dropped = harvest_examples(faq(("كيف أجدد جواز السفر؟", "في المقاطعة."), ("Et le délai ?", "")))
    assert [(e.language, e.answer) for e in made] == [("ar", "في المقاطعة.")]
    assert [d.what for d in dropped] == ["faq.md: Et le délai ?"]


def test_a_repeated_heading_gives_two_examples() -> None:
    made, _ = harvest_examples(faq(("Quel délai ?", "Deux jours."), ("Quel délai ?", "Une semaine.")))
    assert len({e.id for e in made}) == 2


def test_an_answer_ends_where_a_question_beneath_begins() -> None:
    text = "Qui peut venir ?\nTous.\nEt les enfants ?\nAussi."
    inner = text.index("Et les")
    sections = (Section("Qui peut venir ?", 1, 0, len(text)), Section("Et les enfants ?", 2, inner, len(text)))
    made, _ = harvest_examples(make_document("f.md", "f", text, "fr", "markdown", sections=sections))
    assert [e.answer for e in made] == ["Tous.", "Aussi."]
