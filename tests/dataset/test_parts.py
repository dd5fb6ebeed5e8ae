"""Rows of a manual's tables as records that are views of the manual."""

from __future__ import annotations

from dalil.dataset.parts import parts_of
from dalil.records import Document as Record
from dalil.records import Section, from_row, make_document, to_row

TEXT = """Loader X 10: Manual
Read this first.
6 Schedule
Interval (h): 250 | Task: Change engine oil * | Quantity: 16.5 l
Interval (h): 500 | Task: Change coolant | Quantity: –
8 Torques
Screw joint: Drain plug | Torque (N·m): 55
Screw joint: Change coolant | Torque (N·m): 9
"""


def manual() -> Record:
    at, end = TEXT.index("6 Schedule"), TEXT.index("8 Torques")
    sections = (Section("6 Schedule", 1, at, end), Section("8 Torques", 1, end, len(TEXT)))
    return make_document("x10.pdf", "Loader X 10: Manual", TEXT, "en", "pdf", sections=sections,
                         page_starts=(0, at, end), access=("workshop",))  # fmt: skip


def test_each_row_is_a_record_named_by_its_document_and_key() -> None:
    parts = parts_of(manual())
    assert [part.path for part in parts] == [
        "x10.pdf#Change engine oil *", "x10.pdf#Change coolant", "x10.pdf#Drain plug", "x10.pdf#Change coolant~2",
    ]  # fmt: skip
    assert parts[0].name == "Loader X 10: Manual › Change engine oil *"
    assert {part.part_of for part in parts} == {"x10.pdf"}
    assert {part.access for part in parts} == {("workshop",)}


def test_what_a_part_says_stands_in_its_document_on_its_page() -> None:
    document = manual()
    for part in parts_of(document):
        assert document.text[part.offset : part.offset + len(part.text)] == part.text
        for field in part.fields:
            assert part.text[field.start : field.end] == field.value
            assert part.page_of(field.start) == document.page_of(part.offset + field.start)
    assert [part.page_of(0) for part in parts_of(document)] == [2, 2, 3, 3]


def test_an_empty_cell_is_no_field_and_the_key_comes_first() -> None:
    oil, coolant = parts_of(manual())[:2]
    assert [(field.name, field.value) for field in oil.fields] == [
        ("Task", "Change engine oil *"), ("Interval (h)", "250"), ("Quantity", "16.5 l"),
    ]  # fmt: skip
    assert [field.name for field in coolant.fields] == ["Task", "Interval (h)"]


def test_records_and_texts_without_tables_have_no_parts_and_rows_survive_json() -> None:
    assert parts_of(make_document("a.md", "A", "Nothing: here\n", "en", "markdown")) == []
    (part, *_) = parts_of(manual())
    assert parts_of(part) == []
    assert from_row(Record, to_row(part)) == part


def test_a_row_that_moved_in_its_manual_is_another_part() -> None:
    longer = make_document("x10.pdf", "Loader X 10: Manual", TEXT.replace("Read this", "Read all of this"), "en", "pdf")
    plain = make_document("x10.pdf", "Loader X 10: Manual", TEXT, "en", "pdf")
    before, after = parts_of(plain), parts_of(longer)
    assert [part.path for part in before] == [part.path for part in after]
    assert not {part.id for part in before} & {part.id for part in after}
