"""What a staleness probe changes: drawn by the seed, among what may be changed, to values that can be told apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from records_by_hand import record, tools

from built_examples import build_examples
from dalil.config import DatasetSettings
from dalil.dataset.changes import Change, choose_changes, how_many
from dalil.records import Document, Example

DOCUMENTS = tools(40)


def examples(documents: list[Document]) -> list[Example]:
    return build_examples(documents, DatasetSettings(), "fr", [], 42)[0]


EXAMPLES = examples(DOCUMENTS)


def chosen(seed: int = 42, field: str = "", known: Collection[tuple[str, str]] | None = None) -> list[Change]:
    return choose_changes(DOCUMENTS, EXAMPLES, seed, lambda change: field in ("", change.field), known)


def test_each_change_is_of_another_record_and_takes_a_value_of_the_same_field() -> None:
    changes = chosen()
    assert len({change.document for change in changes}) == len(changes) == 4
    records = {document.path: document for document in DOCUMENTS}
    for change in changes:
        before = records[change.document].field(change.field)
        assert before is not None
        assert before.value == change.before != change.value
        assert change.value in {f.value for d in DOCUMENTS if (f := d.field(change.field))}
        assert (change.question.wording, change.question.documents) == ("held_out", (change.document,))


def test_a_list_takes_the_other_list_with_its_items() -> None:
    changes = chosen(field="sites")
    assert {change.field for change in changes} == {"sites"}
    for change in changes:
        assert change.items == tuple(change.value.split(" ; "))
        assert change.question_after().values == change.items


def test_the_draw_follows_the_seed_and_nothing_else() -> None:
    assert chosen() == choose_changes(DOCUMENTS[::-1], EXAMPLES[::-1], 42, lambda change: True)
    assert any(chosen(seed) != chosen() for seed in range(5))


def test_only_what_a_model_was_trained_on_is_changed() -> None:
    known = {(DOCUMENTS[3].path, "licence"), (DOCUMENTS[7].path, "sites")}
    assert {(c.document, c.field) for c in chosen(known=known)} == known
    assert chosen(known=set()) == []


def test_values_that_cannot_be_told_apart_are_not_exchanged() -> None:
    assert choose_changes(DOCUMENTS, EXAMPLES, 42, lambda change: False) == []
    same = [record(f"Zephyr{i}", {"licence": "MIT"}) for i in range(5)]
    assert choose_changes(same, examples(same), 42, lambda change: True) == []


def test_a_question_whose_gold_people_changed_is_not_asked() -> None:
    corrected = [replace(example, answer=f"{example.answer} (corrigé)") for example in EXAMPLES]
    assert choose_changes(DOCUMENTS, corrected, 42, lambda change: True) == []


@pytest.mark.parametrize(("records", "changed"), [(0, 0), (2, 2), (16, 3), (48, 4), (80, 8), (900, 12)])
def test_a_tenth_of_the_records_at_least_3_at_most_12(records: int, changed: int) -> None:
    assert how_many(records) == changed
