"""Records go to JSON and back unchanged; ids depend on content alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalil.records import (
    Citation,
    Document,
    Evidence,
    Example,
    Field,
    Section,
    content_id,
    from_row,
    make_document,
    to_row,
)

WORD = st.text(min_size=1, max_size=8)


@given(WORD, WORD, st.lists(st.tuples(WORD, WORD), max_size=3))
def test_a_document_survives_json(path: str, name: str, fields: list[tuple[str, str]]) -> None:
    held = tuple(Field(key, value, 0, len(value), (value,)) for key, value in fields)
    document = make_document(path, name, "text", "fr", "x.csv", fields=held, sections=(Section("A", 1, 0, 4),))
    assert from_row(Document, json.loads(json.dumps(to_row(document)))) == document


def test_an_example_survives_json_with_its_evidence() -> None:
    example = Example("1", "q", "a", "status", "ar", "pairs", True, ("d",), (Evidence("d", 1, 2),), page=None)
    assert from_row(Example, json.loads(json.dumps(to_row(example)))) == example


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError):
        from_row(Citation, {"colour": "red"})


def test_the_parts_of_an_id_are_kept_apart() -> None:
    assert content_id("ab", "c") != content_id("a", "bc")
    assert len(content_id("a")) == 16


def test_the_page_of_an_offset() -> None:
    document = make_document("a.pdf", "a", "one two", "en", "a.pdf", page_starts=(0, 4))
    assert [document.page_of(offset) for offset in (0, 3, 4, 6)] == [1, 1, 2, 2]
    assert make_document("a.txt", "a", "x", "en", "a.txt").page_of(0) is None
