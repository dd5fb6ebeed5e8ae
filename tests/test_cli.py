"""The command line's contracts: what is printed where, in which form, with which exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dalil import Workspace
from dalil.pipeline import STAGES
from small_workspace import (
    ANSWER_KEYS,
    CITATION_KEYS,
    NAMES,
    PHONE_QUESTION,
    assert_said,
    dalil,
    lines,
    ok,
    texts,
    write_own,
    write_sources,
)

HIT_KEYS = {"rank", "document", "name", "passage", "page", "start", "end", "score", "text"}


def test_search_prints_the_contracts_line_and_offsets_are_the_documents_own(built: Path) -> None:
    (found,) = ok("search", "--json", "-w", built, "-k", "3", PHONE_QUESTION)
    assert set(found) == {"id", "question", "hits"}
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, len(found["hits"]) + 1))
    documents = texts(built)
    for hit in found["hits"]:
        assert set(hit) == HIT_KEYS
        assert documents[hit["document"]][hit["start"] : hit["end"]] == hit["text"]
    assert found["hits"][0]["document"] == "faq.md"


def test_search_over_a_file_keeps_order_ids_and_scopes_and_counts_documents(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    rows = [{"id": "z", "question": "langage"}, {"question": "poste 4512"},
            {"id": 3, "question": "langage", "scope": "Iris"}]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found = ok("search", "--questions", path, "--documents", "-k", "4", "-w", built)
    assert [line["id"] for line in found] == ["z", "2", "3"]
    for line in found:
        documents = [hit["document"] for hit in line["hits"]]
        assert len(documents) == len(set(documents)) <= 4
    assert {hit["document"] for hit in found[2]["hits"]} == {"applications.json#Iris"}


def test_search_over_a_text_takes_a_question_a_line(built: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.txt").write_text(f"{PHONE_QUESTION}\n\nlangage de Delta\n", encoding="utf-8")
    found = ok("search", "--questions", tmp_path / "asked.txt", "-k", "1", "-w", built)
    assert [line["question"] for line in found] == [PHONE_QUESTION, "langage de Delta"]


def test_ask_prints_one_object_and_tells_its_approach_on_stderr(built: Path) -> None:
    done = dalil("ask", "--json", "-w", built, PHONE_QUESTION)
    (answer,) = lines(done)
    assert done.returncode == 0
    assert done.stderr.startswith("approach: ")
    assert set(answer) >= ANSWER_KEYS
    assert answer["status"] == "answered"
    assert "4512" in answer["answer"]
    assert set(answer["tokens"]) == {"in", "out"}
    documents = texts(built)
    assert answer["citations"]
    for citation in answer["citations"]:
        assert set(citation) == CITATION_KEYS
        assert documents[citation["document"]][citation["start"] : citation["end"]] == citation["quote"]


def test_an_abstention_is_done_and_names_no_proof(built: Path) -> None:
    (answer,) = ok("ask", "--json", "-w", built, "Quelle est la capitale de la Mongolie ?")
    assert answer["status"] == "abstained"
    assert answer["answer"]
    assert answer["citations"] == []


def test_silence_shows_what_is_nearest_by_its_headings_and_words(built: Path) -> None:
    question = "Quelle est la couleur du logo de Delta ?"
    (answer,) = ok("ask", "--json", "-w", built, question)
    assert answer["status"] == "abstained"
    said = dalil("ask", "-w", built, question).stdout.splitlines()
    assert said[0] == answer["answer"]
    titles, shown = said[1::2], said[2::2]
    assert len(titles) == len(shown) == len(answer["nearest"]) > 0
    whole = " ".join(" ".join(text.split()) for text in texts(built).values())
    assert all(title.startswith("    nearest: ") and title.endswith(")") for title in titles)
    assert all(text.strip(" …") in whole for text in shown)


def test_ask_takes_an_approach_and_a_scope_by_name(built: Path) -> None:
    done = dalil("ask", "--json", "-w", built, "--approach", "passage", "--scope", "Delta", "Quel est le langage ?")
    (answer,) = lines(done)
    assert answer["approach"] == "passage"
    assert {citation["document"] for citation in answer["citations"]} == {"applications.json#Delta"}
    assert done.stderr == ""


def test_each_line_of_the_answers_to_the_test_has_the_contracts_keys(built: Path) -> None:
    documents = texts(built)
    for name in ("passage", "extractive"):
        rows = [json.loads(line) for line in (built / "answers" / "test" / f"{name}.jsonl").read_text().splitlines()]
        assert rows
        for row in rows:
            assert set(row) >= ANSWER_KEYS
            assert row["status"] in ("answered", "abstained", "which_one", "failed")
            assert row["answer"]
            for cited in row["citations"]:
                assert documents[cited["document"]][cited["start"] : cited["end"]] == cited["quote"]


def test_status_run_report_dataset_collect_and_doctor_in_json(small: Path) -> None:
    status = ok("status", "--json", "-w", small)
    assert status[0]["stage"] == "documents"
    assert all(row["up_to_date"] and row["content"] and row["reason"] == "" for row in status)
    assert [row["content"] for row in ok("run", "--json", "-w", small)] == [row["content"] for row in status]
    assert ok("report", "--json", "--language", "en", "-w", small) == [{"report": str(small / "report.html")}]
    assert '<html lang="en"' in (small / "report.html").read_text(encoding="utf-8")
    shown = ok("dataset", "show", "--json", "--kind", "faq", "-n", "2", "-w", small)
    assert [row["kind"] for row in shown] == ["faq", "faq"]
    assert [row["stage"] for row in ok("collect", "--json", "-w", small)] == ["documents"]
    assert [row["stage"] for row in ok("dataset", "build", "--json", "-w", small)] == ["split"]
    assert [row["stage"] for row in ok("index", "--rebuild", "--json", "-w", small)] == ["index"]
    findings = {row["name"]: row for row in lines(dalil("doctor", "--json", "-w", small))}
    assert findings["workspace"]["ok"] is True
    assert all(row["mend"] for row in findings.values() if row["ok"] is False)


def test_run_puts_back_what_was_deleted_beside_dalil_yaml_and_what_an_older_setting_had(small: Path) -> None:
    report, answers = small / "report.html", small / "answers" / "test" / "passage.jsonl"
    before, page = answers.read_bytes(), (small / "dataset.html").read_bytes()
    for name in (report, answers, small / "dataset.html"):
        name.unlink()
    assert dalil("run", "-w", small).returncode == 0
    assert report.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert answers.read_bytes() == before
    assert (small / "dataset.html").read_bytes() == page
    settings, kept = (small / "dalil.yaml").read_text(), json.loads((small / "report.json").read_text())
    (small / "dalil.yaml").write_text(settings + "targets: {wrong: 0.3}\n")
    assert dalil("run", "-w", small).returncode == 0
    assert json.loads((small / "report.json").read_text()) != kept
    (small / "dalil.yaml").write_text(settings)
    assert dalil("run", "-w", small).returncode == 0
    assert json.loads((small / "report.json").read_text()) == kept


def test_run_ends_with_the_verdict_the_report_and_a_question_to_try(small: Path) -> None:
    done = dalil("run", cwd=small)
    assert done.returncode == 0
    assert "Report: report.html" in done.stdout
    assert 'dalil ask "' in done.stdout


def test_init_writes_once_and_refuses_the_second_time(tmp_path: Path) -> None:
    write_sources(tmp_path / "docs")
    first = dalil("init", "mine", "--sources", "docs", "--pairs", write_own(tmp_path / "own.csv"), cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "Own questions: 2." in first.stdout
    written = (tmp_path / "mine" / "dalil.yaml").read_bytes()
    assert_said(
        dalil("init", "mine", "--sources", "docs", cwd=tmp_path), 2, "exists already", "dalil run --workspace mine"
    )
    assert (tmp_path / "mine" / "dalil.yaml").read_bytes() == written
    (answer,) = ok("ask", "--json", "-w", tmp_path / "mine", PHONE_QUESTION)
    assert "4512" in answer["answer"]


def test_the_default_recipe_starts_from_an_installed_package(tmp_path: Path) -> None:
    assert dalil("init", "demo", "--recipe", "app-catalogue", cwd=tmp_path).returncode == 0
    assert_said(dalil("init", "other", "--recipe", "nothing", cwd=tmp_path), 2, "app-catalogue")
    assert len(ok("status", "--json", "-w", tmp_path / "demo")) == len(STAGES)


@pytest.mark.parametrize(
    "arguments",
    [["frob"], ["askk"], ["search"], ["search", "a", "--questions", "b.csv"], ["ask"], ["report", "--language", "de"],
     ["search", "-k", "0", "a"]],
)  # fmt: skip
def test_wrong_usage_exits_2(arguments: list[str], tmp_path: Path) -> None:
    done = dalil(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_every_verb_says_that_there_is_no_workspace(tmp_path: Path) -> None:
    for verb in (["run"], ["status"], ["collect"], ["dataset", "show"], ["index"], ["search", "x"], ["ask", "x"],
                 ["evaluate"], ["compare"], ["report"]):  # fmt: skip
        assert_said(dalil(*verb, "--offline", "--workspace", tmp_path), 2, "holds no dalil.yaml", "dalil init")


def test_the_library_is_the_same_door(built: Path, tmp_path: Path) -> None:
    root = shutil.copytree(built, tmp_path / "copy")
    workspace = Workspace(root)
    answer = workspace.ask(PHONE_QUESTION)
    assert answer.status == "answered"
    assert "4512" in answer.answer
    (row,) = ok("ask", "--json", "-w", built, PHONE_QUESTION)
    assert {**answer.as_row(), "seconds": 0} == {**row, "seconds": 0}
    assert len(NAMES) == sum("#" in path for path in texts(Path(root)))
