"""What confidence sees: each leg apart, as shares of the most it could give; and what is hidden is as if it were not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.answering.signals import of_legs, of_passage, of_question
from dalil.answering.terms import query_terms
from dalil.records import Hit, Passage, Question, make_document
from dalil.retrieval.index import Index, sync_index

TEXTS = {
    "passport.md": "Le timbre du passeport coûte cinq cents dirhams pour un adulte.",
    "card.md": "La carte nationale se renouvelle à la commune.",
    "school.md": "L'inscription à l'école demande un extrait de naissance.",
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    documents = [make_document(path, path, text, "fr", "sources") for path, text in TEXTS.items()]
    passages = [Passage(d.path, d.path, "", (), d.text, 0, len(d.text), None, "fr", 0) for d in documents]
    sync_index(tmp_path, documents, passages)
    return Index(tmp_path, ["fr"])


def test_a_leg_gives_more_of_its_most_where_the_words_stand(index: Index) -> None:
    known = index.search(Question("1", "timbre du passeport"), 3)[0]
    half = index.search(Question("2", "timbre du chameau"), 3)[0]
    assert 0 < half.legs["stems"] < known.legs["stems"] <= 1
    assert 0 < half.legs["grams"] < known.legs["grams"] <= 1
    assert index.search(Question("3", "?"), 3) == []


def test_a_word_that_only_a_hidden_document_holds_is_unknown(index: Index) -> None:
    stem = next(iter(query_terms("passeport", ["fr"], index.idf, index.knows).weights))
    assert index.knows(stem)
    assert not index.knows(stem, {"passport.md"})
    assert index.knows(stem, {"card.md"})
    assert index.idf(stem, {"passport.md"}) > index.idf(stem)


def test_the_lead_is_over_rivals_and_nothing_within_one_document(index: Index) -> None:
    hits = index.search(Question("1", "timbre du passeport à la commune"), 3)
    alone, lead = of_legs(hits, hits[0], None), of_legs(hits, hits[0], hits[1:])
    assert alone["stems"] == lead["stems"]
    assert alone["stems_gap"] == 0.0 < lead["stems_gap"] < lead["stems"]
    assert lead["stems_first"] == 1.0


def test_what_the_passage_holds_and_lacks_of_the_question(index: Index) -> None:
    passage = index.search(Question("1", "timbre du passeport"), 1)[0].passage
    asked = query_terms("timbre passeport chameau", ["fr"], index.idf, index.knows)
    seen = of_passage(asked, passage, "Le timbre", 0.5, index.near)
    assert 0 < seen["passage"] < 1
    assert seen["lacking"] == 1.0, "the rarest of all words, one never seen, is not there"
    assert seen["found"] == pytest.approx(1 / 12)
    assert 0 < of_question(asked, "fr")["unknown"] < 1


def test_no_hits_have_no_legs_of_a_leg_that_was_not_asked() -> None:
    passage = Passage("p", "d", "", (), "texte", 0, 5, None, "fr", 0)
    hit = Hit(1, passage, 1.0, {"stems": 0.5})
    assert set(of_legs([hit], hit, [])) == {"stems", "stems_margin", "stems_gap", "stems_rest", "stems_first"}
