"""Words that a passage lacks: it may have words that are spelled alike, or near; and the names of the question it may not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.answering.likeness import of_words
from dalil.answering.terms import query_terms
from dalil.records import Passage, make_document
from dalil.retrieval.index import Index, sync_index

TEXT = "La fondation de Rabat fut décidée par le sultan."


@pytest.fixture
def index(tmp_path: Path) -> Index:
    document = make_document("a.md", "Villes", TEXT, "fr", "sources")
    sync_index(tmp_path, [document], [passage()])
    return Index(tmp_path, ["fr"])


def passage() -> Passage:
    return Passage("a", "a.md", "Villes", (), TEXT, 0, len(TEXT), None, "fr", 0)


def seen(index: Index, question: str) -> dict[str, float]:
    terms = query_terms(question, ["fr"], index.idf, index.knows)
    held = set(terms.stems_of(TEXT, "fr"))
    return of_words(terms, passage(), held, index.near)


def test_a_relative_of_a_word_counts_in_part_and_a_stranger_not(index: Index) -> None:
    whole, related, strange = (
        seen(index, q)["spelled"] for q in ("fondation Rabat", "fondateur Rabat", "hôpital Rabat")
    )
    assert strange < related < whole == 1.0


def test_a_name_that_lacks_is_told(index: Index) -> None:
    held, lacking, none = (seen(index, f"Qui décida {it} ?") for it in ("Rabat", "Rabat en 1912", "la fondation"))
    assert (held["proper"], held["proper_held"], held["proper_lacking"]) == (1.0, 1.0, 0.0)
    assert (lacking["proper_held"], lacking["proper_lacking"]) == (0.5, 1.0)
    assert (none["proper"], none["proper_held"], none["proper_lacking"]) == (0.0, 0.0, 0.0)


def test_a_first_word_that_nobody_knows_is_a_name(index: Index) -> None:
    known, strange, small = (seen(index, f"{it} décida ?") for it in ("Sultan", "Velxivik", "velxivik"))
    assert [one["proper_lacking"] for one in (known, strange, small)] == [0.0, 1.0, 0.0]


def test_without_vectors_nothing_is_said_of_meaning(index: Index) -> None:
    assert index.near(["ville"], ["cité"]) is None
    assert "meant" not in seen(index, "fondateur Rabat")


def test_the_nearest_word_counts(index: Index) -> None:
    terms = query_terms("fondateur Rabat", ["fr"], index.idf, index.knows)
    told = of_words(terms, passage(), {"rabat"}, lambda asked, said: [0.6] * len(asked))
    assert told["meant_least"] == 0.6
    assert told["meant"] == pytest.approx(1 - 0.4 * terms.weights["fondateur"] / terms.total)
