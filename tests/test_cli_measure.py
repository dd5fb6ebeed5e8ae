"""The command line's contracts on measuring: evaluate and compare."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from small_workspace import ANSWER_KEYS, PHONE_QUESTION, assert_said, dalil, lines, ok, write_own

METRICS = {"right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed", "wrong_of_answered",
           "cites_proof", "seconds", "cost_per_1000"}  # fmt: skip


def test_evaluate_reads_the_held_out_test(built: Path) -> None:
    results = ok("evaluate", "--json", "-w", built)
    assert [result["approach"] for result in results] == ["passage", "extractive"]
    for result in results:
        assert result["set"] == "test"
        assert set(result["metrics"]) >= METRICS
        assert all(set(figure) == {"value", "low", "high", "n"} for figure in result["metrics"].values())
        assert 0 < result["groups"] <= result["n"]
    (one,) = ok("evaluate", "--json", "-w", built, "--approach", "passage")
    assert one == results[0]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".jsonl"])
def test_evaluate_own_questions_of_each_kind_keeps_their_ids(suffix: str, small: Path, tmp_path: Path) -> None:
    done = dalil("evaluate", "--json", "-w", small, "--questions", write_own(tmp_path / f"own{suffix}"))
    assert done.returncode == 0, done.stderr
    assert "ignored column 'mood' (1 values)" in done.stderr
    results = {result["approach"]: result for result in lines(done)}
    assert results["extractive"]["set"] == "own"
    assert results["extractive"]["n"] == 2
    assert results["extractive"]["metrics"]["right"]["value"] == 1.0
    rows = [json.loads(line) for line in (small / "answers" / "own" / "extractive.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == ["007", "q7"]
    assert all(set(row) >= ANSWER_KEYS for row in rows)


def test_evaluate_answers_made_elsewhere_by_id_or_question(small: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    rows = [{"id": "007", "answer": "Le langage est COBOL.", "seconds": "soon"},
            {"question": PHONE_QUESTION.lower(), "answer": "au poste 4512"}, {"id": "nobody", "answer": "x"}]  # fmt: skip
    theirs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = dalil("evaluate", "--json", "-w", small, "--questions", write_own(tmp_path / "own.csv"), "--answers", theirs)
    (result,) = lines(done)
    assert (result["approach"], result["set"], result["n"]) == ("theirs", "own", 2)
    assert result["metrics"]["right"]["value"] == result["metrics"]["wrong"]["value"] == 0.5
    assert "no such question in the set" in done.stderr


def test_compare_prints_the_verdict_as_one_object(built: Path) -> None:
    (verdict,) = ok("compare", "--json", "-w", built)
    assert {"winner", "decision", "pairs", "sentences", "approaches"} <= set(verdict)
    assert all(
        {"a", "b", "difference", "low", "high", "p", "p_holm", "n", "groups"} <= set(p) for p in verdict["pairs"]
    )


def test_compare_against_runs(small: Path) -> None:
    assert_said(dalil("compare", "-w", small, "--against", "previous"), 2, "no one run 'previous'", "kept runs")
    assert_said(dalil("compare", "-w", small, "--against", "unknown"), 2, "no one run 'unknown'")
    (kept,) = (small / "state" / "runs").glob("*.jsonl")
    (same,) = ok("compare", "--json", "-w", small, "--against", kept.stem)
    assert same["significant_drop"] is False
    assert {row["approach"] for row in same["approaches"]} == {"passage", "extractive"}
    assert all(row["difference"] == 0 and row["changed"] == [] for row in same["approaches"])
    (by_file,) = ok("compare", "--json", "-w", small, "--against", kept)
    assert by_file["approaches"] == same["approaches"]


def test_compare_exits_1_on_a_significant_drop(small: Path) -> None:
    """The kept run is a better one than this: every answer of it was right."""
    (kept,) = (small / "state" / "runs").glob("*.jsonl")
    rows = [json.loads(line) for line in kept.read_text().splitlines()]
    better = kept.with_name("20200101T000000Z-better.jsonl")
    worse = [row for row in rows if row["approach"] == "passage" and row["outcome"] not in ("right", "rightly_silent")]
    assert len({row["group"] for row in worse}) >= 6, "the baseline fails often enough here for a drop to be seen"
    better.write_text("".join(json.dumps({**row, "outcome": "right"}) + "\n" for row in rows), encoding="utf-8")
    done = dalil("compare", "--json", "-w", small, "--against", "20200101T000000Z-better")
    (changes,) = lines(done)
    assert done.returncode == 1
    assert changes["significant_drop"] is True
    (previous,) = lines(dalil("compare", "--json", "-w", small, "--against", "previous"))
    assert previous["approaches"] == changes["approaches"]
