"""Any other assistant in the same table: by its address or its answers, judged and tested like our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from dalil import Workspace
from dalil.testing.llm_server import LlmServer, Messages, Reply, quoting
from small_workspace import PHONE_QUESTION, assert_said, dalil, lines, ok, write_own

FAQ_ANSWERS = {"langage de Delta": "Java", "panne": "Au poste 4512."}


def knowing(messages: Messages) -> Reply:
    """An assistant that knows two answers, and says so of the rest."""
    found = (answer for words, answer in FAQ_ANSWERS.items() if words in messages[-1]["content"])
    return Reply(next(found, "Je ne sais pas."))


def test_an_endpoint_is_asked_judged_and_tested_on_the_held_out_test(small: Path) -> None:
    with LlmServer(knowing) as server:
        (result,) = ok("evaluate", "--json", "-w", small, "--endpoint", server.base_url, "--model", "acme/chat")
        asked = len(server.asked)
        again = ok("evaluate", "--json", "-w", small, "--endpoint", server.base_url, "--model", "acme/chat")
        assert len(server.asked) == asked, "the second time everything comes from the ledger"
        server.script = [Reply("Je ne sais pas.")]
        options = ("--json", "-w", small, "--endpoint", server.base_url, "--model", "acme/chat")
        (changed,) = ok("evaluate", *options, "--anew")
        assert len(server.asked) == 2 * asked, "it has changed, so it is asked again"
        assert changed["metrics"]["answered"]["value"] == 0
        assert changed["metrics"]["cost_per_1000"] == {"value": None, "low": None, "high": None, "n": 0}
        assert ok("evaluate", *options)[0]["metrics"]["answered"]["value"] == 0, "and what it says now is kept"
    seconds = result["metrics"].pop("seconds")
    assert again[0]["metrics"].pop("seconds")["value"] == pytest.approx(seconds["value"], abs=0.05)
    assert {k: v for k, v in again[0].items() if k != "by"} == {k: v for k, v in result.items() if k != "by"}
    assert (result["approach"], result["set"], result["n"]) == ("acme-chat", "test", asked)
    assert result["metrics"]["wrongly_silent"]["value"] > 0
    assert result["metrics"]["rightly_silent"]["value"] > 0
    assert result["metrics"]["cites_proof"]["n"] == 0
    assert [(pair["a"], pair["b"]) for pair in result["pairs"]] == [
        ("acme-chat", "passage"),
        ("acme-chat", "extractive"),
    ]
    assert all(pair["n"] == asked and 0 <= pair["p_holm"] <= 1 for pair in result["pairs"])
    rows = (small / "answers" / "test" / "acme-chat.jsonl").read_text("utf-8").splitlines()
    assert len(rows) == asked


def test_own_questions_are_put_to_both(small: Path, tmp_path: Path) -> None:
    with LlmServer(knowing) as server:
        done = dalil(
            "evaluate",
            "--json",
            "-w",
            small,
            "--endpoint",
            server.base_url,
            "--questions",
            write_own(tmp_path / "own.csv"),
        )
    (result,) = lines(done)
    assert result["metrics"]["right"]["value"] == 1.0
    assert {pair["b"]: pair["difference"] for pair in result["pairs"]}["extractive"] == 0.0
    assert (
        json.loads((small / "answers" / "own" / "extractive.jsonl").read_text("utf-8").splitlines()[0])["id"] == "007"
    )


def test_an_endpoint_that_is_not_there_is_named_and_costs_no_hour(small: Path) -> None:
    done = dalil("evaluate", "--json", "-w", small, "--endpoint", "http://127.0.0.1:9/v1", "--model", "m")
    (result,) = lines(done)
    assert done.returncode == 0
    assert result["metrics"]["failed"]["value"] == 1.0
    assert result["pairs"] == []
    assert "Nobody answers at http://127.0.0.1:9/v1" in done.stderr
    assert "→" in done.stderr


def test_an_assistant_called_like_one_of_ours_leaves_our_answers_alone(small: Path) -> None:
    assert dalil("run", "-w", small).returncode == 0
    ours = small / "answers" / "test" / "extractive.jsonl"
    before = ours.read_bytes()
    (result,) = ok("evaluate", "--json", "-w", small, "--endpoint", "http://127.0.0.1:9/v1", "--model", "extractive")
    assert result["approach"] == "extractive-theirs"
    assert ours.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--endpoint", "localhost"], "expected an address like"),
        (["--endpoint", "http://user:sk-1@localhost/v1"], "api_key_env"),
        (["--endpoint", "http://localhost:1/v1", "--answers", "a.jsonl"], "Give one of --answers"),
    ],
)
def test_bad_options(small: Path, options: list[str], said: str) -> None:
    assert_said(dalil("evaluate", "-w", small, *options), 2, said)


def test_citations_in_a_file_of_answers_are_judged(small: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    rows = [{"id": "007", "answer": "Java", "citations": [{"document": "Delta", "quote": "Java"}]},
            {"id": "q7", "answer": "au poste 4512", "citations": ["applications.json#Alpha", "nowhere.pdf"]}]  # fmt: skip
    theirs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    own = write_own(tmp_path / "own.csv")
    done = dalil("evaluate", "--json", "-w", small, "--questions", own, "--answers", theirs)
    (result,) = lines(done)
    assert (result["metrics"]["cites_proof"]["value"], result["metrics"]["cites_proof"]["n"]) == (0.5, 2)
    assert "cites 'nowhere.pdf', which is no document here" in done.stderr
    assert {pair["b"] for pair in result["pairs"]} == {"passage", "extractive"}
    sheet = tmp_path / "theirs.csv"
    sheet.write_text("id,answer,citations\n007,Java,\nq7,au poste 4512,faq.md; Alpha\n", encoding="utf-8")
    (result,) = ok("evaluate", "--json", "-w", small, "--questions", own, "--answers", sheet)
    assert (result["metrics"]["cites_proof"]["value"], result["metrics"]["cites_proof"]["n"]) == (0.5, 2)


def test_our_own_answers_given_as_anothers_are_judged_alike(small: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes((small / "answers" / "test" / "extractive.jsonl").read_bytes())
    (theirs,) = ok("evaluate", "--json", "-w", small, "--answers", copy)
    (ours,) = ok("evaluate", "--json", "-w", small, "--approach", "extractive")
    for name in ("right", "wrong", "rightly_silent", "wrongly_silent", "cites_proof"):
        assert theirs["metrics"][name]["value"] == ours["metrics"][name]["value"]
    assert [pair["difference"] for pair in theirs["pairs"] if pair["b"] == "extractive"] == [0.0]


def test_i_do_not_know_in_a_file_of_answers_is_silence(small: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    rows = [
        {"id": "007", "answer": "I could not find this in the documents."},
        {"question": PHONE_QUESTION, "answer": "au poste 4512"},
    ]
    theirs.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = dalil("evaluate", "--json", "-w", small, "--questions", write_own(tmp_path / "own.csv"), "--answers", theirs)
    (result,) = lines(done)
    assert (result["metrics"]["wrongly_silent"]["value"], result["metrics"]["right"]["value"]) == (0.5, 0.5)
    assert "1 answers of theirs.jsonl say that they do not know" in done.stderr


def judged(small: Path, tmp_path: Path, theirs: Path) -> tuple[dict[str, float | None], str]:
    """Metric → value of a file of answers to the two own questions, and what was said of it."""
    done = dalil("evaluate", "--json", "-w", small, "--questions", write_own(tmp_path / "own.csv"), "--answers", theirs)
    (result,) = lines(done)
    return {name: figure["value"] for name, figure in result["metrics"].items()}, done.stderr


def test_a_damaged_row_costs_itself_only_and_is_counted(small: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(
        '{"id": "007", "answer": "COBOL"}\n'
        '{"id": "007", "answer": "Java", "seconds": "soon", "cost": NaN, "status": "sure"}\n'
        '["q7"]\n'
        '{"id": "q7", "answer": {"is": "an object"}}\n'
        '{"id": "q7"}\n' + '{"id": "nobody", "answer": "x"}\n' * 9 + '{"id": "q7", "ans',
        encoding="utf-8",
    )
    metrics, said = judged(small, tmp_path, theirs)
    assert (metrics["right"], metrics["failed"], metrics["seconds"]) == (0.5, 0.5, None)
    for line in (
        "left out, not an object of JSON: 2 (line 3, line 15)",
        "left out, `answer` is not there or no text: 2 (row 3, row 4)",
        "left out, no such question in the set: 9 (row 5, row 6, row 7, row 8, row 9, …)",
        "a question answered again, the last answer counts: 1 (row 2)",
        "`seconds` is no number from 0, taken as 0: 1 (row 2)",
        "`cost` is no number from 0, taken as 0: 1 (row 2)",
        "`status` is none of answered, abstained, which_one, failed, told by the answer: 1 (row 2)",
        "1 of 2 questions have no answer in theirs.jsonl: they count as failed",
    ):
        assert line in said


def test_a_table_of_answers_may_name_its_columns_in_another_language(small: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.csv"
    theirs.write_text(f"Question;Réponse\n{PHONE_QUESTION};au poste 4512\n", encoding="utf-8")
    metrics, _ = judged(small, tmp_path, theirs)
    assert (metrics["right"], metrics["failed"]) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "holds no answer"), ("nonsense\n", "holds no answer"), ('{"id": "x", "answer": "y"}\n', "No row of"),
     ('{"id": "007", "said": "Java"}\n', "has no column `answer`; found: id, said")],
    ids=["empty", "no JSON", "other questions", "no answers"],
)  # fmt: skip
def test_a_file_without_any_answer_is_refused(small: Path, tmp_path: Path, text: str, said: str) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(text, encoding="utf-8")
    own = write_own(tmp_path / "own.csv")
    assert_said(dalil("evaluate", "-w", small, "--questions", own, "--answers", theirs), 2, said)


def configured(small: Path, base_url: str) -> Path:
    path = small / "dalil.yaml"
    config = yaml.safe_load(path.read_text("utf-8"))
    config["models"] = {
        "far": {"endpoint": {"base_url": base_url, "model": "m", "max_retries": 0, "price_per_million_out": 500}}
    }
    config["approaches"] = [
        "passage",
        "extractive",
        {"kind": "rag", "model": "far"},
        {"kind": "endpoint", "model": "far"},
    ]
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return small


def test_run_measures_a_model_over_passages_and_asks_again_what_a_server_did_not_answer(small: Path) -> None:
    down = Reply("overloaded", status=503)
    with LlmServer([quoting] * 7 + [down, quoting]) as server:
        workspace = Workspace(configured(small, server.base_url))
        states = {state.name: state for state in workspace.run()}
        first = len(server.asked)
        (missing,) = (states["answers"].manifest or pytest.fail("no manifest")).dropped
        assert missing["what"] == "unanswered rag"
        assert missing["reason"].startswith("1 of ")
        told = {state.name: state.reason for state in Workspace(small).status()}
        assert told["answers"] == "unanswered rag"
        list(Workspace(small).run())
        assert len(server.asked) == first + 1, "only the one that failed is asked again"
        assert all(state.up_to_date for state in Workspace(small).status())
    report = json.loads((small / "report.json").read_text("utf-8"))
    rag = next(item for item in report["approaches"] if item["name"] == "rag")
    assert rag["metrics"]["cost_per_1000"]["value"] > 0
    assert rag["metrics"]["failed"]["value"] == 0
    assert rag["metrics"]["cites_proof"]["n"] > 0
    assert not list(small.glob("build/answers/*.damaged-*"))
