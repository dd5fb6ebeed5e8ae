"""`search --explain`: each hit with the legs that found it, and the words of the question that they saw."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_index import TEXTS, corpus

from dalil.config import parse_config
from dalil.config_retrieval import RetrievalSettings, WeightSettings
from dalil.errors import ConfigError
from dalil.records import Question
from dalil.retrieval.fusion import fuse, in_order
from dalil.retrieval.index import Index, sync_index
from small_workspace import PHONE_QUESTION, ok


def test_explained_hits_are_those_of_search_with_their_legs_and_words(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    index = Index(tmp_path, ["fr"])
    question = Question("1", "renouveler la carte nationnale")
    found = index.explain(question, 3)
    assert [item.hit for item in found] == index.search(question, 3)
    legs = {leg.leg: leg for leg in found[0].legs}
    assert found[0].hit.passage.document == "a.md"
    assert legs["stems"].words == ("renouveler", "carte")
    assert legs["grams"].words == ("renouveler", "la", "carte", "nationnale")
    assert (legs["stems"].rank, legs["stems"].share) == (1, 1.0)
    by_document = index.explain(question, 2, by_document=True)
    assert [item.hit for item in by_document] == index.search_documents(question, 2)
    index.close()


def test_a_leg_of_weight_nothing_has_no_say(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus({"carte.md": "Un bureau.", "b.md": "La carte, puis la carte encore."}))
    for weights, expected in (({"stems": 0, "grams": 0}, ["carte.md"]), ({"names": 0}, ["b.md", "carte.md"])):
        index = Index(tmp_path, ["fr"], RetrievalSettings(weights=WeightSettings(**weights)))
        hits = index.search(Question("1", "carte"), 2)
        index.close()
        assert [hit.passage.document for hit in hits] == expected


def test_fusion_is_weighted_min_max() -> None:
    fused = fuse({"stems": {1: 4.0, 2: 2.0}, "grams": {2: 30.0, 3: 15.0}}, {"stems": 1.0, "grams": 0.5})
    assert fused == pytest.approx({1: 1 / 1.5, 2: 1 / 1.5, 3: 0.25 / 1.5})
    assert in_order(fused) == [1, 2, 3]
    assert fuse({"stems": {}, "grams": {}}, {"stems": 1.0, "grams": 0.5}) == {}


def test_the_first_of_an_order_are_those_of_the_whole() -> None:
    scores = {number: float(number % 7) for number in range(100, 0, -1)}
    for k in (0, 1, 6, 50, 99, 100, 1000):
        assert in_order(scores, k) == in_order(scores)[:k]
    assert in_order({}, 3) == []


def test_weights_that_are_all_nothing_are_refused() -> None:
    with pytest.raises(ConfigError, match="at least one of stems"):
        parse_config({"retrieval": {"weights": {"stems": 0, "grams": 0, "names": 0}}}, "dalil.yaml")


def test_the_command_explains(built: Path) -> None:
    (found,) = ok("search", "--json", "--explain", "-w", built, "-k", "2", PHONE_QUESTION)
    legs = found["hits"][0]["legs"]
    assert set(legs["stems"]) == {"rank", "score", "share", "words"}
    assert "panne" in legs["stems"]["words"]
