from __future__ import annotations

import json
import logging

import pytest
from catalogue_of_tools import ROWS, catalogue, record

from dalil.evaluation.judge import Judge
from dalil.evaluation.run import Scored, evaluation_object, score, table
from dalil.records import Answer, Citation, Evidence, Example, from_row, to_row

CONTRACT = {"right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed", "wrong_of_answered", "cites_proof",
            "seconds", "cost_per_1000"}  # fmt: skip
FIELDS = ("licence", "groupe")


def examples() -> list[Example]:
    made = []
    for name in ROWS:
        for field in FIELDS:
            found = record(name).field(field)
            assert found is not None
            path = f"tools.csv#{name}"
            made.append(Example(f"{name}-{field}", f"{field} de {name} ?", found.value, "other", "fr", "templates", True,
                                (path,), (Evidence(path, found.start, found.end),), field, (found.value,), group=name))  # fmt: skip
    return [*made, Example("off", "quel temps fait-il ?", "", "negative", "fr", "templates", False, group="off")]


def right(example: Example) -> Answer:
    if not example.answerable:
        return Answer(example.id, example.question, "a", "abstained", "Je ne sais pas.", seconds=0.1)
    proof = example.evidence[0]
    cited = Citation(proof.document, "", "", None, proof.start, proof.end, "")
    return Answer(
        example.id, example.question, "a", "answered", example.answer, citations=(cited,), seconds=0.1, cost=0.002
    )


def test_a_perfect_system() -> None:
    scored = score(examples(), map(right, examples()), Judge(catalogue()), {"Wekan-licence": "seen"})
    figures = table(scored, 42)
    assert figures.keys() >= CONTRACT | {"correct", "answered", "token_f1"}
    n = len(scored)
    assert figures["correct"] == {"value": 1.0, "low": None, "high": None, "n": n}
    assert figures["right"]["value"] == pytest.approx((n - 1) / n, abs=1e-6)
    assert figures["rightly_silent"]["value"] == pytest.approx(1 / n, abs=1e-6)
    assert figures["wrong_of_answered"] == {"value": 0.0, "low": None, "high": None, "n": n - 1}
    assert figures["cites_proof"]["value"] == figures["token_f1"]["value"] == 1
    assert figures["cost_per_1000"]["value"] == pytest.approx(2 * (n - 1) / n, abs=1e-6)
    strata = {row.id: row.stratum for row in scored}
    assert (strata["Wekan-licence"], strata["Wekan-groupe"], strata["off"]) == ("seen", "unseen", "out_of_scope")


def test_nothing_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    given = [right(examples()[0]), Answer("other", "", "a", "answered", "x")]
    asked = [*examples(), Example("open", "?", "", "own", "fr", "pairs", True)]
    with caplog.at_level(logging.WARNING, "dalil.evaluation"):
        scored = score(asked, given, Judge(catalogue()), {})
    assert len(scored) == len(examples())
    assert sum(row.outcome == "failed" for row in scored) == len(scored) - 1
    assert {row.approach for row in scored} == {"a"}
    assert "1 answers to unknown questions" in caplog.text
    assert "1 questions without a gold answer" in caplog.text


def test_the_object_of_the_contract_is_json_and_deterministic() -> None:
    rows = [Scored(str(i), "a", f"g{i // 2}", "unseen", "other", "fr", "pairs" if i % 3 else "templates",
                   "right" if i % 4 else "wrong", True, True, 1.0, True, 0.1, 0.0) for i in range(48)]  # fmt: skip
    found = evaluation_object("a", "test", rows)
    assert (found["approach"], found["set"], found["n"], found["groups"]) == ("a", "test", 48, 24)
    correct = found["metrics"]["correct"]
    assert correct["low"] < correct["value"] == 0.75 < correct["high"]
    assert found["by"]["origin"]["pairs"]["correct"]["n"] == 32
    assert found["metrics"]["token_f1"] == {"value": None, "low": None, "high": None, "n": 0}
    assert json.dumps(found) == json.dumps(evaluation_object("a", "test", rows))
    assert evaluation_object("a", "test", rows, cost_per_1000=3.0)["metrics"]["cost_per_1000"]["value"] == 3.0
    assert [from_row(Scored, to_row(row)) for row in rows] == rows
