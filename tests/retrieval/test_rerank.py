"""The re-ranker: what it reads of a passage, what it learns, and that the index keeps to its order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from test_index import TEXTS, corpus

from dalil.config_retrieval import RetrievalSettings
from dalil.errors import WorkError
from dalil.language.grams import grams
from dalil.records import Language, Passage, Question, content_id
from dalil.retrieval.cross_encoder import CrossEncoderRanker
from dalil.retrieval.features import FEATURES, Candidate, feature_table
from dalil.retrieval.growing import Growing
from dalil.retrieval.index import Index, sync_index
from dalil.retrieval.postings import hashed
from dalil.retrieval.rerank import FeatureRanker, fit_weights, shipped_weights
from dalil.retrieval.word_numbers import MOST_WORDS, Reader, distinct_grams


def passage(text: str, name: str = "Fiche", language: Language = "fr") -> Passage:
    return Passage(content_id(name, text, language), "p.md", name, (), text, 0, len(text), None, language, 0)


def rarity(stem: str) -> float:
    return 2.0 if stem.startswith("passeport") else 1.0


def read(question: str, text: str, reader: Reader | None = None) -> dict[str, float]:
    candidates = [Candidate(passage(text), 0.5, {"stems": 1.0})]
    return dict(zip(FEATURES, *feature_table(question, candidates, ["fr"], rarity, reader or Reader()), strict=True))


def test_features_say_how_the_words_stand() -> None:
    near = read("renouveler un passeport perdu", "Le guichet ouvre. On renouvelle un passeport perdu ici.")
    far = read("renouveler un passeport perdu", "Perdu ? Le passeport. On renouvelle la carte.")
    assert near["covered"] == far["covered"] == 1.0
    assert (near["sentence"], far["sentence"]) == (1.0, 0.5)
    assert near["neighbours"] == 1.0
    assert (near["bigrams"], far["bigrams"]) == (1.0, 0.0)
    assert near["exact"] == pytest.approx(0.75)
    assert (near["fused"], near["stems"], near["dense"]) == (0.5, 1.0, 0.0)


def test_features_say_what_lacks_and_what_is_spelled_alike() -> None:
    there, alike, other = (read("les passeports biométriques", text) for text in (
        "Un passeport biométrique.", "Un passeport biométrik, sûr.", "Un passeport neuf."))  # fmt: skip
    assert there["spelled"] == 1.0
    assert there["lacking"] == 0.0
    assert other["lacking"] == pytest.approx(1 / 3)
    assert other["spelled"] < alike["spelled"] < 1.0


def test_features_say_how_near_the_words_stand_and_in_which_row() -> None:
    question = "Combien coûte le passeport perdu de Fatima ?"
    near = read(question, "Le passeport perdu coûte 500 dirhams. Fatima paie.")
    filler = "puis vient autre chose encore une fois et ainsi de suite jusque là bas"
    far = read(question, f"Fatima a perdu ceci, {filler}. Le passeport coûte cher.")
    assert near["triples"] > far["triples"] == 0.0
    assert near["together"] > far["together"]
    assert (near["number"], far["number"]) == (1.0, 0.0)
    assert (near["proper"], read(question, "Le passeport perdu.")["proper"]) == (1.0, 0.0)
    assert read("Le passeport perdu", "Le passeport perdu coûte 500 dirhams.")["number"] == 0.0
    assert read(question, "Passeport, passeport, passeport.")["often"] > read(question, "Un passeport.")["often"] > 0.0


def test_the_shipped_weights_have_the_signs_that_their_features_mean() -> None:
    weights = shipped_weights()
    assert set(weights) < set(FEATURES)
    assert weights["fused"] > 0 > weights["lacking"]
    assert all(weight > 0 for name, weight in weights.items() if name != "lacking")


def test_own_questions_move_weights_less_the_fewer_they_are() -> None:
    rng = np.random.default_rng(0)
    tables = [rng.random((12, len(FEATURES))) for _ in range(200)]
    right = [np.arange(12) == table[:, FEATURES.index("length")].argmax() for table in tables]
    few, many = (fit_weights(tables[:n], right[:n], shipped_weights())["length"] for n in (10, 200))
    assert 0 < few < many
    assert fit_weights([], [], shipped_weights()) == shipped_weights()
    among = fit_weights(tables, right, among=("fused", "exact"))
    assert [name for name, weight in among.items() if weight] == ["fused", "exact"]


@pytest.mark.parametrize("question", ["", "?", "de la", "漢字", "x" * 100_000])
@pytest.mark.parametrize("text", ["", "Un mot", "漢字 かな"])
def test_features_of_odd_texts_are_numbers(question: str, text: str) -> None:
    assert all(np.isfinite(value) for value in read(question, text).values())


def test_it_learns_what_tells_right_from_wrong_and_stays_with_fusion_without_questions() -> None:
    rng = np.random.default_rng(0)
    exact = FEATURES.index("exact")
    tables = [rng.random((12, len(FEATURES))) for _ in range(150)]
    right = [np.arange(12) == table[:, exact].argmax() for table in tables]
    weights = np.array(list(fit_weights(tables, right).values()))
    others = [rng.random((12, len(FEATURES))) for _ in range(100)]
    found = [(table @ weights).argmax() == table[:, exact].argmax() for table in others]
    assert np.mean(found) > 0.8
    nothing = fit_weights([], [])
    assert nothing["fused"] == 1.0
    assert sum(nothing.values()) == 1.0


def test_the_index_keeps_to_its_order_and_scores_still_fall(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    question = Question("1", "licences de la carte")
    plain = Index(tmp_path, ["fr"])
    turned = Index(tmp_path, ["fr"], ranking={"fused": -1.0})
    before, after = plain.search(question, 3), turned.search(question, 3)
    explained = turned.explain(question, 3)
    plain.close()
    turned.close()
    assert [hit.passage.id for hit in after] == [hit.passage.id for hit in reversed(before)]
    assert [hit.score for hit in after] == [hit.score for hit in before]
    assert [hit.rank for hit in after] == [1, 2, 3][: len(after)]
    assert [item.fused_rank for item in explained] == [item.rank for item in reversed(before)]


def test_no_re_ranker_where_none_is_wanted_or_no_weights_are_there(tmp_path: Path) -> None:
    sync_index(tmp_path, *corpus(TEXTS))
    for settings, weights, kind in (("auto", None, type(None)), ("auto", {"fused": 1.0}, FeatureRanker),
                                    ("some/cross-encoder", None, CrossEncoderRanker)):  # fmt: skip
        index = Index(tmp_path, ["fr"], RetrievalSettings(reranker=settings), ranking=weights)
        assert isinstance(index.ranker, kind)
        index.close()


def test_a_cross_encoder_by_the_folder_of_its_files(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz"]
    model = tmp_path / "model"
    model.mkdir()
    (model / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    config = BertConfig(vocab_size=len(pieces), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
                        intermediate_size=16, num_labels=1)  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(model)
    BertTokenizerFast(str(model / "vocab.txt")).save_pretrained(model)
    sync_index(tmp_path, *corpus(TEXTS))
    index = Index(tmp_path, ["fr"], RetrievalSettings(reranker=str(model)))
    hits = index.search(Question("1", "carte licences naissance"), 3)
    assert index.ranker is not None
    scores = index.ranker.scores("carte licences naissance", [Candidate(hit.passage, 0.0, {}) for hit in hits])
    index.close()
    assert len(hits) == 3
    assert scores == sorted(scores, reverse=True)


def test_a_cross_encoder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    with pytest.raises(WorkError, match="cannot be loaded") as error:
        CrossEncoderRanker(str(tmp_path / "nothing")).scores("a", [Candidate(passage("b"), 0.0, {})])
    assert "retrieval.reranker" in error.value.hint


def test_passages_read_before_change_no_feature() -> None:
    text = "Les passeports périmés. Le passeport_neuf coûte 500 dirhams, PASSEPORTS compris."
    reader = Reader()
    reader.read("fr", [passage("Un texte sans rapport, en dirhams.")])
    once = read("renouveler un passeport périmé", text)
    assert read("prix en dirhams", text, reader) != once
    assert (
        read("renouveler un passeport périmé", text, reader)
        == once
        == read("renouveler un passeport périmé", text, reader)
    )


def test_passages_read_together_have_the_features_that_each_has_alone() -> None:
    texts = ["Le passeport.", "", "Un mot", "Perdu ? Le passeport est périmé. Passeport perdu ici.", "Périmé\n\nperdu"]
    found = [Candidate(passage(text, language=language), 0.5, {}) for text in texts for language in ("fr", "ar", "en")]
    question = "passeport périmé, passeports perdus"
    table = feature_table(question, found, ["fr", "ar"], rarity, Reader())
    for row, one in zip(table, found, strict=True):
        np.testing.assert_array_equal(row, feature_table(question, [one], ["fr", "ar"], rarity, Reader())[0])
    assert feature_table(question, [], ["fr"], rarity, Reader()).shape == (0, len(FEATURES))


def test_too_many_words_are_forgotten_but_by_who_asks_now() -> None:
    reader = Reader()
    known, (first,) = reader.read("en", [passage(" ".join(f"word{n}" for n in range(MOST_WORDS + 1)))])
    fresh, (second,) = reader.read("en", [passage("passports")])
    assert fresh is not known
    assert reader.read("en", [passage("passports")]) == (fresh, [second])
    assert known.form_of[first.words[7]] == known.forms["word7"]
    assert set(fresh.stems) == {"fich", "passport"}


def test_distinct_4_grams_are_those_of_each_word() -> None:
    folded = ["passeport", "", "a", "ab", "nanananana", "المدرسه", "aaaaaaa"]
    hashes, counts = distinct_grams(folded)
    assert counts.tolist() == [len(grams(word)) for word in folded]
    parts = np.split(hashes, np.cumsum(counts)[:-1])
    assert [set(part) for part in parts[2:]] == [set(hashed(sorted(grams(word))).tolist()) for word in folded[2:]]
    assert distinct_grams([])[0].tolist() == []


def test_an_array_grows_by_what_is_added() -> None:
    grown = Growing(np.int32, [7])
    for more in ([], [1, 2], [], list(range(100))):
        grown.add(more)
    assert grown[np.arange(len(grown))].tolist() == [7, 1, 2, *range(100)]
