from __future__ import annotations

import pytest
from rapidfuzz import fuzz
from records_by_hand import record, tools

from dalil.dataset.aggregates import aggregate_examples, is_aggregate
from dalil.dataset.fields import Catalogue, catalogues
from dalil.dataset.negatives import Room, negative_examples
from dalil.dataset.wordings import Wordings, load_wordings
from dalil.language import fold, words
from dalil.lexicon import load_lexicon
from dalil.records import Document, make_document


@pytest.fixture
def wordings() -> Wordings:
    found = load_wordings("fr")
    assert found is not None
    return found


def known(documents: list[Document], wordings: Wordings) -> list[Catalogue]:
    return catalogues(documents, load_lexicon("fr"), wordings)[0]


def test_listings_and_counts_are_true_of_the_records(wordings: Wordings) -> None:
    documents = tools()
    (catalogue,) = known(documents, wordings)
    made = list(aggregate_examples(catalogue, wordings, 5))
    for example in (e for e in made if e.kind in ("listing", "count")):
        holders = [
            d for d in documents
            if (f := d.field(example.field)) and any(f" {i} " in f" {example.question} " for i in f.items or (f.value,))
        ]  # fmt: skip
        assert {d.path for d in holders} == set(example.documents)
        expected = [d.name for d in holders] if example.kind == "listing" else [str(len(holders))]
        assert example.answer.split(" ; ") == expected == list(example.values)
        assert is_aggregate(example)


def test_comparisons_name_both_values_which_differ(wordings: Wordings) -> None:
    documents = tools()
    (catalogue,) = known(documents, wordings)
    compared = [e for e in aggregate_examples(catalogue, wordings, 5) if e.kind == "comparative"]
    by_path = {d.path: d for d in documents}
    assert compared
    for example in compared:
        a, b = (by_path[path] for path in example.documents)
        assert example.answer == f"{a.name} : {example.values[0]} ; {b.name} : {example.values[1]}"
        assert example.values[0] != example.values[1]
        assert a.name in example.question
        assert b.name in example.question


def test_aggregates_are_bounded_and_each_fact_has_one_wording(wordings: Wordings) -> None:
    (catalogue,) = known(tools(24), wordings)
    made = list(aggregate_examples(catalogue, wordings, 2))
    for kind in ("listing", "count", "comparative"):
        facts = [(e.field, e.documents) for e in made if e.kind == kind]
        assert 0 < len(facts) <= 24
        assert len(set(facts)) == len(facts)
    assert {e.wording for e in made} <= {"w1", "w2", "held_out"}


def test_a_list_with_a_record_whose_name_is_not_unique_is_not_asked(wordings: Wordings) -> None:
    twins = [record("Git", {"licence": "GPL"}), record("git", {"licence": "GPL"}, key="git~2")]
    others = [record("Emacs", {"licence": "GPL"}), record("Vim", {"licence": "Vim"})]
    (catalogue,) = known([*twins, *others], wordings)
    assert [e.kind for e in aggregate_examples(catalogue, wordings, 5)] == ["comparative"]


def test_negatives_have_no_answer_in_the_corpus(wordings: Wordings) -> None:
    documents = tools(30)
    room = Room(documents, known(documents, wordings), wordings, 5)
    made = list(negative_examples(room, 120, seed=1))
    by_path = {d.path: d for d in documents}
    names = [fold(d.name) for d in documents]
    assert {e.kind for e in made} == {"absent_field", "invented_record", "off_topic"}
    for example in made:
        assert not example.answerable
        assert example.answer == ""
        if example.kind == "absent_field":
            assert by_path[example.documents[0]].field(example.field) is None
        if example.kind == "invented_record":
            invented = fold(example.group.removeprefix("invented:"))
            assert max(fuzz.ratio(invented, name) for name in names) < 75
    assert 100 <= len(made) <= 120


def test_an_invented_name_or_far_topic_is_either_trained_or_held_out(wordings: Wordings) -> None:
    documents = tools(30)
    room = Room(documents, known(documents, wordings), wordings, 5)
    made = [e for e in negative_examples(room, 200, seed=1) if e.kind != "absent_field"]
    held = {e.group for e in made if e.wording == "held_out"}
    trained = {e.group for e in made if e.wording != "held_out"}
    assert held
    assert trained
    assert not held & trained


def test_no_absent_field_where_another_field_of_its_kind_could_answer(wordings: Wordings) -> None:
    documents = [record(f"Outil{i}x", {"acteurs": "Service paie"}) for i in range(4)]
    documents.append(record("Sextant", {"groupe": "MIMO"}))
    made = list(negative_examples(Room(documents, known(documents, wordings), wordings, 5), 60, seed=1))
    assert not [e for e in made if e.kind == "absent_field"]


def test_texts_get_only_far_questions_whose_words_they_do_not_hold(wordings: Wordings) -> None:
    text = make_document("a.txt", "a", "La capitale de l'Australie et du Brésil, quelle ville.", "fr", "text")
    made = list(negative_examples(Room([text], [], wordings, 5), 500, seed=1))
    assert {e.kind for e in made} == {"off_topic"}
    vocabulary = set(words(text.text))
    assert not any({"capitale", "australie"} <= set(words(e.question)) & vocabulary for e in made)
