"""Sources that disagree: both are shown with their proofs; of things that are alike the question is asked back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from answering_rows import ask, document_of, extractive

from dalil.answering.conflicts import same_value
from dalil.answering.editions import alike, same_subject
from dalil.answering.parts import PartAnswerer
from dalil.dataset.parts import parts_of
from dalil.lexicon import phrases
from dalil.records import Document, Field, Language, Question, make_document
from small_workspace import dalil, lines, write_workspace

RECORDS: dict[Language, tuple[str, str, str, str, str]] = {
    "fr": ("statut", "En production", "En construction", "Quel est le statut de Zephyra ?", "nombre d'utilisateurs"),
    "en": ("status", "In production", "Under construction", "What is the status of Zephyra?", "number of users"),
    "ar": ("الحالة", "قيد الاستغلال", "قيد الإنجاز", "ما حالة Zephyra؟", "عدد المستخدمين"),
}
MANUALS: dict[Language, tuple[str, str, str, str]] = {
    "fr": ("Manuel de la chargeuse WL180, édition {n}", "Vidanger l'huile moteur toutes les {h} heures.",
           "Quand vidanger l'huile moteur ?", "Manuel du compresseur MC75"),
    "en": ("WL180 wheel loader manual, edition {n}", "Change the engine oil every {h} hours.",
           "When do I change the engine oil?", "MC75 compressor manual"),
    "ar": ("دليل الجرافة WL180 الطبعة {n}", "يغير زيت المحرك كل {h} ساعة.", "متى يغير زيت المحرك؟", "دليل الضاغط MC75"),
}  # fmt: skip


def twice(language: Language, second: str, users: str) -> list[Document]:
    """One application in two sources."""
    name, first, _, _, count = RECORDS[language]
    here = document_of({"nom": "Zephyra", name: first, count: "1 840"}, language)
    there = document_of({"nom": "Zephyra", name: second, count: users}, language)
    return [here, replace(there, id="other", path="inventory.csv#Zephyra")]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_two_values_of_one_field_are_both_shown_with_their_proofs(language: Language, tmp_path: Path) -> None:
    _, first, second, question, count = RECORDS[language]
    with extractive(twice(language, second, "1840"), language, tmp_path) as approach:
        answer = ask(approach, question)
        users = ask(approach, question.replace(RECORDS[language][0], count).replace("حالة", count))
    assert answer.status == "answered"
    assert answer.answer == f"{phrases(language)['conflict']}\nlist.json : {first}\ninventory.csv : {second}"
    assert [(c.document, c.quote) for c in answer.citations] == [
        ("list.json#Zephyra", first), ("inventory.csv#Zephyra", second),
    ]  # fmt: skip
    assert users.answer == "1 840"  # 1 840 and 1840 are one number
    assert len(users.citations) == 2


def test_sources_that_agree_answer_once_and_yes_or_no_is_still_said(tmp_path: Path) -> None:
    with extractive(twice("fr", "En production", "12"), "fr", tmp_path) as approach:
        assert ask(approach, "Quel est le statut de Zephyra ?").answer == "En production"
        assert ask(approach, "Zephyra est-il en production ?").answer == "Oui : En production"
        both = ask(approach, "Combien d'utilisateurs a Zephyra ?").answer
    assert both.endswith("list.json : 1 840\ninventory.csv : 12")


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_two_editions_of_one_manual_are_both_shown_and_two_machines_are_asked_about(
    language: Language, tmp_path: Path
) -> None:
    name, sentence, question, other = MANUALS[language]

    def manual(path: str, title: str, hours: int) -> Document:
        return make_document(path, title, f"{sentence.format(h=hours)}\n", language, path)

    old, new = manual("a.md", name.format(n=2), 250), manual("b.md", name.format(n=3), 500)
    fillers = [make_document(f"f{i}.md", f"F{i}", f"Zzz{i} yyy{i} www{i}.\n", language, "f") for i in range(12)]
    with extractive([old, new, *fillers], language, tmp_path / "editions") as approach:
        answer = ask(approach, question)
        told = ask(approach, f"{question} ({name.format(n=3)})")
    assert answer.status == "answered"
    assert answer.answer.splitlines() == [
        phrases(language)["conflict"], f"{old.name} : {sentence.format(h=250)}", f"{new.name} : {sentence.format(h=500)}",
    ]  # fmt: skip
    assert {citation.document for citation in answer.citations} == {"a.md", "b.md"}
    assert [citation.document for citation in told.citations] == ["b.md"]
    with extractive([old, manual("c.md", other, 100), *fillers], language, tmp_path / "machines") as approach:
        asked_back = ask(approach, question)
    assert asked_back.status == "which_one"
    assert asked_back.answer == phrases(language)["which_document"]
    assert {option.document for option in asked_back.options} == {"a.md", "c.md"}


def test_texts_about_two_machines_that_each_say_all_of_the_question_are_asked_back(tmp_path: Path) -> None:
    texts = [
        "Fill the engine with 16 l of oil through the neck.",
        "Open the flap. The engine takes oil of grade 15W, fill it slowly.",
    ]
    manuals = [
        make_document(f"{i}.md", f"{thing} manual", f"{text}\n", "en", "pages")
        for i, (thing, text) in enumerate(zip(("WL180 loader", "MC75 compressor"), texts, strict=True))
    ]
    with extractive(manuals, "en", tmp_path) as approach:
        asked_back = ask(approach, "engine oil fill?")
        told = approach.propose(Question("1", "engine oil fill?", scope="0.md"))
        more = approach.propose(Question("1", "engine oil fill neck?"))
    assert asked_back.status == "which_one"
    assert {option.document for option in asked_back.options} == {"0.md", "1.md"}
    assert (told.text, more.text) == (texts[0], texts[0])


def test_cells_of_two_editions_are_both_shown_unless_one_is_named() -> None:
    rows = "Task: Change engine oil | Interval (h): {h} | Quantity: 16 l\nTask: Check belt | Interval (h): 50 | Quantity: –\n"
    manuals = [
        make_document(f"{year}.pdf", f"Brandmoor WL 180 manual, edition {year}", rows.format(h=hours), "en", "pdf")
        for year, hours in ((2019, 250), (2023, 500))
    ]
    answerer = PartAnswerer([part for manual in manuals for part in parts_of(manual)])

    def said(text: str) -> list[str]:
        found = answerer.propose(Question("1", text))
        return [citation.quote for citation in found.citations] if found else []

    assert said("How often do I change the engine oil of the WL 180?") == ["250", "500"]
    assert said("How often do I change the engine oil?") == ["250", "500"]
    assert said("How often do I change the engine oil of the WL 180, edition 2023?") == ["500"]
    assert said("How often do I check the belt of the WL 180?") == ["50"]


@pytest.mark.parametrize(
    ("one", "other", "same", "kin"),
    [
        ("Manuel WL180, édition 2", "Manuel WL180, 3e édition", True, False),
        ("WL180 manual 2019", "WL180 manual (2023), rev B", True, False),
        ("دليل الجرافة الطبعة 2", "دليل الجرافة الطبعة 3", True, False),
        ("Manuel WL180", "Manuel MC75", False, True),
        ("WL 180 manual", "WL 200 manual", False, True),
        ("Horaires", "Nous écrire", False, False),
        ("Édition 2019", "Édition 2023", False, False),
    ],
)
def test_names_of_editions_and_of_things_alike(one: str, other: str, same: bool, kin: bool) -> None:
    assert (same_subject(one, other), alike(one, other)) == (same, kin)


def test_values_are_the_same_however_they_are_written() -> None:
    def field(value: str, *items: str) -> Field:
        return Field("f", value, 0, len(value), items)

    assert same_value(field("Java ; Oracle", "Java", "Oracle"), field("Oracle, java", "Oracle", "java"))
    assert same_value(field("04/03/2019"), field("2019-03-04"))
    assert same_value(field("1 840"), field("1840 agents"))
    assert not same_value(field("10 jours"), field("10 mois"))
    assert not same_value(field("Forte"), field("Faible"))


def test_both_are_shown_through_the_command_line(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    (root / "sources" / "inventaire.csv").write_text("nom,direction\nDelta,Sports\nEole,Finances\n", encoding="utf-8")
    (row,) = lines(dalil("ask", "--json", "-w", root, "Quelle est la direction de Delta ?"))
    assert row["status"] == "answered"
    assert row["answer"].splitlines()[1:] == ["applications.json : Culture", "inventaire.csv : Sports"]
    assert [c["document"] for c in row["citations"]] == ["applications.json#Delta", "inventaire.csv#Delta"]
