from __future__ import annotations

import re

import pytest
from records_by_hand import record, tools

from dalil.dataset.fields import catalogues
from dalil.dataset.templates import record_examples
from dalil.dataset.wordings import FAMILIES, Wordings, load_wordings
from dalil.lexicon import load_lexicon
from dalil.records import Document, Example

KNOWN = {"name", "other", "de", "de_other", "label", "of_label", "value"}


@pytest.fixture
def wordings() -> Wordings:
    found = load_wordings("fr")
    assert found is not None
    return found


def written(documents: list[Document], wordings: Wordings, count: int = 5) -> list[Example]:
    known, _ = catalogues(documents, load_lexicon("fr"), wordings)
    return [e for c in known for r in c.records for e in record_examples(r, c.fields, "fr", count)]


def test_every_kind_has_six_different_wordings(wordings: Wordings) -> None:
    for name, templates in {**wordings.fields, **wordings.aggregates}.items():
        assert len(set(templates)) == len(FAMILIES), name
        for text in templates:
            assert set(re.findall(r"\{(\w+)\}", text)) <= KNOWN, text
    assert {"definition", "status", "domain", "actors", "sites", "other"} <= wordings.fields.keys()


def test_off_topic_halves_are_large_and_apart(wordings: Wordings) -> None:
    train, held_out = wordings.off_topic["train"], wordings.off_topic["held_out"]
    assert len({*train, *held_out}) == len(train) + len(held_out) >= 60


def test_the_answer_is_the_value_and_stands_at_its_evidence(wordings: Wordings) -> None:
    documents = tools()
    texts = {document.path: document.text for document in documents}
    for example in written(documents, wordings):
        (evidence,) = example.evidence
        assert texts[evidence.document][evidence.start : evidence.end] == example.answer
        assert example.values == tuple(example.answer.split(" ; "))


def test_each_field_but_the_name_is_asked_in_the_trained_wordings_and_the_held_out_one(wordings: Wordings) -> None:
    made = written([record("Ansible", {"licence": "GPL", "version": "2.4"})], wordings, count=3)
    assert {e.field for e in made} == {"licence", "version"}
    assert [e.wording for e in made if e.field == "licence"] == ["w1", "w2", "w3", "held_out"]
    assert len({e.question for e in made}) == len({e.id for e in made}) == 8


def test_french_elides_before_a_vowel_and_never_touches_the_name(wordings: Wordings) -> None:
    questions = {
        e.question
        for e in written([record("Ansible", {"licence": "GPL"}), record("6Tzen", {"licence": "MIT"})], wordings)
    }
    assert "Quelle est la licence d'Ansible ?" in questions
    assert "Quelle est la licence de 6Tzen ?" in questions


def test_fields_that_mean_the_same_are_called_by_their_own_names(wordings: Wordings) -> None:
    made = written([record("Pégase", {"domaine": "Paie", "secteur": "Public"})], wordings)
    by_field = {field: {e.question for e in made if e.field == field} for field in ("domaine", "secteur")}
    assert not by_field["domaine"] & by_field["secteur"]
    assert all("secteur" in question for question in by_field["secteur"])


def test_row_numbers_and_records_of_one_name_are_not_asked_about_and_that_is_said(wordings: Wordings) -> None:
    documents = [
        record("Git", {"ID": "1", "licence": "GPL"}),
        record("GIT", {"ID": "2", "licence": "MIT"}, key="GIT~2"),
        record("Emacs", {"ID": "3", "licence": "BSD"}),
    ]
    known, dropped = catalogues(documents, load_lexicon("fr"), wordings)
    assert [r.name for r in known[0].records] == ["Emacs"]
    assert set(known[0].fields) == {"licence"}
    assert {d.what for d in dropped} == {
        "outils.json#Git", "outils.json#GIT~2", "outils.json: field ID", "outils.json: field nom",
    }  # fmt: skip
