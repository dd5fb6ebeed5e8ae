"""The re-ranker is kept only where it wins on questions that it was not fitted on; searches are compared on held-out ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dalil import Workspace
from dalil.cli.show_compare import reranker_lines
from dalil.config import Config
from dalil.config_retrieval import RetrievalSettings
from dalil.pipeline.ranking import FEWEST, FUSED, SHIPPED, Row, fit_kept, part_of, unfitted_ranking
from dalil.pipeline.ranking import OWN as BY_OWN
from dalil.records import Example
from dalil.retrieval.features import FEATURES
from dalil.retrieval.rerank import shipped_weights
from small_workspace import OWN, dalil, ok, write_own


def example(number: int) -> Example:
    return Example(str(number), f"question {number}", "", "own", "fr", "pairs", True, group=f"g{number // 2}")


def rows(deciding: str, size: int = 160) -> list[Row]:
    """Questions whose right passage is the one with the most of one feature."""
    rng = np.random.default_rng(7)
    tables = [rng.random((15, len(FEATURES))) for _ in range(size)]
    column = FEATURES.index(deciding)
    return [Row(example(i), table, np.arange(15) == table[:, column].argmax()) for i, table in enumerate(tables)]


def test_it_is_kept_only_where_it_wins_on_questions_that_it_was_not_fitted_on() -> None:
    won, lost, few = fit_kept(rows("length"), 42), fit_kept(rows("fused"), 42), fit_kept(rows("exact", FEWEST - 1), 42)
    assert won["kept"] == BY_OWN
    assert won["weights"]["length"] > shipped_weights().get("length", 0.0)
    assert won["gain"]["low"] > 0
    assert (lost["kept"], lost["weights"]) == (FUSED, None)
    assert lost["shipped_over_fused"]["value"] < 0
    assert "no better" in lost["reason"]
    assert (few["kept"], few["weights"]) == (SHIPPED, shipped_weights())
    assert str(FEWEST) in few["reason"]


def test_the_shipped_order_stands_where_own_questions_bear_it_out_and_add_nothing() -> None:
    rng = np.random.default_rng(3)
    shipped = np.array([shipped_weights().get(name, 0.0) for name in FEATURES])
    tables = [rng.random((15, len(FEATURES))) for _ in range(160)]
    found = fit_kept([Row(example(i), t, np.arange(15) == (t @ shipped).argmax()) for i, t in enumerate(tables)], 42)
    assert (found["kept"], found["weights"]) == (SHIPPED, shipped_weights())
    assert found["shipped_over_fused"]["low"] > 0
    assert "no better" in found["reason"]


def test_no_order_but_the_fused_one_where_no_re_ranker_is_wanted() -> None:
    wanted = Config(language=["fr"])
    none = Config(language=["fr"], retrieval=RetrievalSettings(reranker="none"))
    assert unfitted_ranking(wanted).of_fold("0") == shipped_weights()
    assert unfitted_ranking(none).of_fold("0") is None


def test_questions_of_one_group_are_in_one_part() -> None:
    assert part_of(example(4)) == part_of(example(5))
    assert len({part_of(example(i)) for i in range(40)}) > 1


def test_the_row_s_place_is_that_of_the_first_right_candidate() -> None:
    row = Row(example(1), np.zeros((3, 1)), np.array([False, True, True]))
    assert row.place(np.array([3.0, 2.0, 1.0])) == 2
    assert Row(example(1), np.zeros((2, 1)), np.array([False, False])).place(np.array([1.0, 0.0])) is None


def test_compare_shows_every_leg_with_intervals_and_what_became_of_the_re_ranker(small: Path) -> None:
    (made,) = ok("index", "--compare", "--json", "-w", small)
    searches = {row["search"]: row for row in made["searches"]}
    assert {"stems", "grams", "names", "dense", "lexical legs, weighted", "all legs, weighted"} <= set(searches)
    assert made["questions"] == "built"
    for row in searches.values():
        main = row["metrics"]["ndcg@10"]
        assert 0 <= main["low"] <= main["value"] <= main["high"] <= 1
    assert searches["stems"]["gain"]["value"] == 0.0
    assert "fewer than" in made["reranker"]["final"]["reason"]
    shown = dalil("index", "--compare", "-w", small)
    assert "the shipped weights stand: fewer than" in shown.stdout
    assert "written by dalil" in shown.stdout


def test_compare_takes_people_s_own_questions_where_there_are_some(small: Path) -> None:
    write_own(small / "own.jsonl")
    (small / "dalil.yaml").write_text(
        "language: [fr]\nsources:\n- path: sources\ndataset: {pairs: [own.jsonl], wordings: 1}\n"
    )
    made = Workspace(small).compare_searches([])
    assert made["questions"] == "own"
    assert made["n"] == len(OWN)


def test_a_further_encoder_needs_compare(small: Path) -> None:
    done = dalil("index", "--encoder", "scratch", "-w", small)
    assert done.returncode == 2
    assert "--compare" in done.stderr


def test_a_further_encoder_stands_beside(small: Path) -> None:
    names = [row["search"] for row in Workspace(small).compare_searches(["scratch"])["searches"]]
    assert {"dense (scratch)", "all legs, weighted (scratch)"} <= set(names)


def test_folds_that_have_the_same_to_tell_are_one_line_with_the_questions_there_are() -> None:
    few = {
        str(fold): {"questions": 60 + fold, "kept": FUSED, "weights": None, "reason": "too few"} for fold in range(3)
    }
    assert reranker_lines(few) == ["re-ranker: not kept: too few (60 to 62 questions in each fold)"]
    gain = {"value": 0.01, "low": 0.0, "high": 0.02}
    measured = {
        fold: {"questions": 120, "kept": BY_OWN, "weights": {"fused": 1.0}, "reason": "", "gain": gain}
        for fold in ("0", "final")
    }
    assert reranker_lines(measured) == [
        f"re-ranker, fold {fold}: kept (120 questions; gain where it was not fitted +0.010 (+0.000 to +0.020))" for fold in measured
    ]  # fmt: skip
