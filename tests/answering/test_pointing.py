""" "This manual" is the scope's document, the only one, or the one that the question names; else it is asked which."""

from __future__ import annotations

from pathlib import Path

import pytest
from answering_rows import ask, extractive

from dalil.answering.pointing import points
from dalil.lexicon import phrases
from dalil.records import Document, Language, Question, make_document

TEXTS: dict[Language, tuple[str, str, str]] = {
    "fr": ("Manuel de la pelle", "La masse en service est de {n} kilogrammes.", "Quelle est la masse en service selon ce manuel ?"),
    "en": ("Manual of the loader", "The operating weight is {n} kilograms.", "What is the operating weight in this operator's manual?"),
    "ar": ("دليل الجرافة", "الوزن التشغيلي هو {n} كيلوغرام.", "ما الوزن التشغيلي في هذا الدليل؟"),
}  # fmt: skip
OTHERS: dict[Language, str] = {"fr": "Manuel de la grue", "en": "Manual of the crane", "ar": "دليل الرافعة"}


def manual(path: str, name: str, language: Language, weight: int) -> Document:
    return make_document(path, name, TEXTS[language][1].format(n=weight) + "\n", language, path)


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_without_a_scope_it_is_asked_which_of_several_unless_one_is_named(language: Language, tmp_path: Path) -> None:
    name, _, question = TEXTS[language]
    two = [manual("a.md", name, language, 4100), manual("b.md", OTHERS[language], language, 7300)]
    with extractive(two, language, tmp_path) as approach:
        asked_back = ask(approach, question)
        scoped = approach.propose(Question("1", question, language, scope="b.md"))
        named = approach.propose(Question("1", f"{question} {OTHERS[language].split()[-1]}", language))
    assert (asked_back.status, asked_back.answer) == ("which_one", phrases(language)["which_document"])
    assert {(o.label, o.document) for o in asked_back.options} == {(name, "a.md"), (OTHERS[language], "b.md")}
    assert [citation.document for found in (scoped, named) for citation in found.citations] == ["b.md", "b.md"]
    assert "7300" in named.text


def test_with_one_document_it_is_that_one(tmp_path: Path) -> None:
    with extractive([manual("a.md", TEXTS["en"][0], "en", 4100)], "en", tmp_path) as approach:
        found = approach.propose(Question("1", TEXTS["en"][2]))
    assert [citation.document for citation in found.citations] == ["a.md"]


def test_a_document_that_may_not_be_seen_is_not_offered(tmp_path: Path) -> None:
    secret = make_document(
        "s.md", "Secret manual", "The operating weight is 9 kilograms.\n", "en", "s", access=("staff",)
    )
    texts = [
        secret,
        *(manual(f"{i}.md", f"Manual of the {name}", "en", i) for i, name in enumerate(("crane", "loader"))),
    ]
    with extractive(texts, "en", tmp_path) as approach:
        answer = ask(approach, TEXTS["en"][2])
    assert {option.document for option in answer.options} == {"0.md", "1.md"}


@pytest.mark.parametrize(
    ("text", "pointing"),
    [("How is this machine started?", True), ("chno kayn f had lguide", True), ("شنو كاين فهاد الدليل", True),
     ("Où se trouve ce document ?", True), ("ماذا يوجد بهذا الدليل؟", True), ("Is this a good manual?", True),
     ("À quoi sert ce logiciel ?", False), ("What is this?", False), ("Which manual is for the crane?", False)],
)  # fmt: skip
def test_what_points_at_a_document(text: str, pointing: bool) -> None:
    assert points(text) is pointing
