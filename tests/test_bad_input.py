"""Bad input: a clear sentence, the next command, the right exit code, and nothing good is lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from small_workspace import (
    FAQ,
    PHONE_QUESTION,
    add_setting,
    answers,
    artefacts,
    assert_kept,
    assert_said,
    dalil,
    lines,
    ok,
    write_sources,
    write_workspace,
)

BINARY = bytes(range(256)) * 8


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert_said(
        dalil("init", "a", "--sources", "empty", cwd=tmp_path), 2, "No readable file in empty: nothing is there"
    )
    assert_said(dalil("init", "a", "--sources", "nowhere", cwd=tmp_path), 2, "nowhere does not exist")
    assert_said(dalil("init", "a", cwd=tmp_path), 2, "--sources PATH")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "notes.md").write_bytes(BINARY)
    (tmp_path / "bad" / "manual.pdf").write_bytes(b"junk")
    (tmp_path / "bad" / "program.exe").write_bytes(BINARY)
    assert_said(dalil("init", "a", "--sources", "bad", cwd=tmp_path), 2, "notes.md", "NUL bytes", "not a PDF", ".exe")
    assert not (tmp_path / "a").exists()


def test_three_broken_files_beside_a_good_one_cost_only_themselves(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "good.md").write_text(FAQ, encoding="utf-8")
    (docs / "notes.md").write_bytes(BINARY)
    (docs / "list.json").write_text("{", encoding="utf-8")
    (docs / "manual.pdf").write_bytes(b"%PDF-1.7 broken")
    assert dalil("init", "w", "--sources", "docs", cwd=tmp_path).returncode == 0
    done = dalil("collect", "--json", "-w", tmp_path / "w")
    (row,) = lines(done)
    assert done.returncode == 0
    assert row["counts"]["documents"] == 1
    assert {drop["what"] for drop in row["dropped"]} == {"notes.md", "list.json", "manual.pdf"}
    assert all(drop["reason"] for drop in row["dropped"])
    (found,) = ok("search", "--json", "-k", "1", "-w", tmp_path / "w", PHONE_QUESTION)
    assert "4512" in found["hits"][0]["text"]


def test_sources_that_all_fail_leave_the_index_of_before(small: Path) -> None:
    before = artefacts(small)
    for path in (small / "sources").iterdir():
        path.write_bytes(BINARY)
    assert_said(dalil("run", "-w", small), 1, "No document could be read", "faq.md", "mend the files")
    assert_kept(before, small)
    write_sources(small / "sources")
    assert "4512" in answers(small)


@pytest.mark.parametrize("question", ["How do I renew a passport in Ottawa?", "كيف أجدد جواز السفر؟", "????", " "])
def test_a_question_in_another_language_or_none_is_an_honest_silence(question: str, built: Path) -> None:
    done = dalil("ask", "--json", "-w", built, question)
    assert done.returncode == 0, done.stderr
    (answer,) = lines(done)
    assert answer["status"] == "abstained"
    assert answer["answer"]
    assert dalil("search", "--json", "-w", built, question).returncode == 0


@pytest.mark.parametrize(
    "question", ["x", "ا", "6", "y" * 100_000, "le la de du et", "ከዚህ በፊት ምን ነበር", "これは何ですか", "👍"]
)
def test_a_question_that_asks_nothing_is_an_honest_silence(question: str, built: Path) -> None:
    done = dalil("ask", "--json", "-w", built, question)
    assert done.returncode == 0, done.stderr
    (answer,) = lines(done)
    assert (answer["status"], answer["citations"]) == ("abstained", [])
    assert answer["answer"]


@pytest.mark.parametrize("copies", [1, 5])
def test_one_passage_or_the_same_one_often_is_a_corpus(copies: int, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for n in range(copies):
        (tmp_path / "s" / f"{n}.md").write_text("La piscine ouvre à sept heures le mardi.\n", encoding="utf-8")
    (tmp_path / "dalil.yaml").write_text("language: [fr]\nsources: [{path: s}]\n", encoding="utf-8")
    (known,) = ok("ask", "--json", "-w", tmp_path, "À quelle heure ouvre la piscine le mardi ?")
    assert (known["status"], known["answer"]) == ("answered", "La piscine ouvre à sept heures le mardi.")
    (unknown,) = ok("ask", "--json", "-w", tmp_path, "Qui a gagné la coupe ?")
    assert unknown["status"] == "abstained"


def test_an_index_of_another_version_is_made_again(small: Path) -> None:
    path = small / "build" / "index" / "index.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE meta SET value='99' WHERE key='schema'")
    done = dalil("ask", "--json", "-w", small, PHONE_QUESTION)
    assert done.returncode == 0, done.stderr
    assert "4512" in lines(done)[0]["answer"]
    assert "has format 99" in done.stderr
    assert list(path.parent.glob("damaged-*-index.sqlite"))


@pytest.mark.parametrize(
    ("settings", "parts"),
    [
        ("langage: [fr]", ["unknown key `langage`", "nearest: `language`"]),
        ("a: [", ["not valid YAML", "line"]),
        ("split: {test: 2}", ["`split.test`", "given: 2"]),
        ("approaches: [oracle]", ["approaches"]),
        ("\x00", ["not valid YAML"]),
    ],
)
def test_wrong_settings_are_named(settings: str, parts: list[str], small: Path) -> None:
    before = artefacts(small)
    add_setting(small, settings)
    for verb in ("run", "status"):
        assert_said(dalil(verb, "-w", small), 2, *parts)
    assert dalil("doctor", "-w", small).returncode == 1
    assert_kept(before, small)


def test_names_that_are_not_there(built: Path) -> None:
    assert_said(dalil("run", "--upto", "nope", "-w", built), 2, "no stage 'nope'", "documents, passages, index")
    assert_said(dalil("ask", "x", "--approach", "nope", "-w", built), 2, "passage, extractive")
    assert_said(dalil("ask", "x", "--scope", "nope", "-w", built), 2, "'nope' must name one document")
    assert_said(dalil("dataset", "show", "--kind", "nope", "-w", built), 2, "kinds here: ")


def test_a_source_that_vanished(small: Path) -> None:
    before = artefacts(small)
    shutil.rmtree(small / "sources")
    for verb in (["run"], ["status"], ["ask", PHONE_QUESTION]):
        assert_said(dalil(*verb, "-w", small), 2, "`sources` does not exist", "mend `sources`")
    assert_kept(before, small)


def pairs(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("a.csv", "foo,bar\n1,2\n", "no column `question` (found: `foo`, `bar`)"),
        ("a.csv", "", "no column `question`"),
        ("a.csv", BINARY, "not a text"),
        ("a.xlsx", BINARY, "not an Excel workbook"),
        ("a.jsonl", '{"question": "x"}\n{"quest', "line 2 is not JSON"),
        ("a.json", "[1, 2]", "row 1 is not an object"),
        ("a.docx", BINARY, "files of this kind (.docx) are not read"),
    ],
)
def test_files_of_questions_that_cannot_be_read(name: str, text: str | bytes, part: str, built: Path,
                                                tmp_path: Path) -> None:  # fmt: skip
    path = pairs(tmp_path / name, text)
    assert_said(dalil("evaluate", "-w", built, "--questions", path), 2, part, "question")
    assert_said(dalil("search", "-w", built, "--questions", path), 2, part, "question")
    assert_said(dalil("init", tmp_path / "new", "--sources", built / "sources", "--pairs", path), 2, part)
    assert not (tmp_path / "new").exists()


def test_files_of_questions_that_are_not_there_or_hold_none(built: Path, tmp_path: Path) -> None:
    header = pairs(tmp_path / "header.csv", "question,answer\n")
    for verb in ("evaluate", "search"):
        assert_said(dalil(verb, "-w", built, "--questions", tmp_path / "no.csv"), 2, "no such file")
        assert_said(dalil(verb, "-w", built, "--questions", header), 2, "holds no question")
    assert_said(dalil("search", "-w", built, "--questions", pairs(tmp_path / "b.txt", BINARY)), 2, "cannot be read")
    assert_said(dalil("evaluate", "-w", built, "--answers", tmp_path / "no.jsonl"), 2, "no such file")
    theirs = pairs(tmp_path / "theirs.jsonl", json.dumps({"id": "nobody", "answer": "x"}))
    assert_said(dalil("evaluate", "-w", built, "--answers", theirs), 2, "No row of", "answers a question of the set")


def test_a_question_about_a_document_that_can_be_several(tmp_path: Path) -> None:
    root = write_workspace(tmp_path / "w")
    for place in ("north", "south"):
        (root / "sources" / place).mkdir()
        (root / "sources" / place / "guide.md").write_text(f"# Guide\n\nLe guide du {place}.\n", encoding="utf-8")
    own = pairs(tmp_path / "own.csv", "question,answer,document\nQuel guide ?,le guide,guide.md\n")
    assert_said(dalil("evaluate", "-w", root, "--questions", own), 2, "north/guide.md, south/guide.md", "whole path")
    assert_said(dalil("ask", "x", "--scope", "guide.md", "-w", root), 2, "north/guide.md, south/guide.md")
    settings = (root / "dalil.yaml").read_text(encoding="utf-8")
    assert "dataset: {" in settings
    (root / "dalil.yaml").write_text(settings.replace("dataset: {", f"dataset: {{pairs: [{own}], "), encoding="utf-8")
    assert_said(dalil("run", "-w", root), 2, "own.csv, question 1", "north/guide.md")
    own.unlink()
    assert_said(dalil("run", "-w", root), 2, "own.csv is not there", "dataset.pairs")
