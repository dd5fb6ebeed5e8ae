"""`dalil dataset review`: a sheet out, people's rulings back in, the examples changed by them, the share counted."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from records_by_hand import own, record

from dalil import Workspace
from dalil.artefacts import read_records
from dalil.dataset.gold import Corpus
from dalil.dataset.review import (
    Review,
    Ruling,
    apply_reviews,
    draw_for_review,
    keep_reviews,
    read_reviews,
    review_code,
    review_share,
)
from dalil.dataset.review_sheet import COLUMNS, read_review_sheet, sheet_row, sheet_texts, texts_in, write_review_sheet
from dalil.errors import ConfigError, WorkError
from dalil.lexicon import load_lexicon
from dalil.records import Evidence, Example
from small_workspace import assert_said, dalil, lines, ok

DELTA = record("Delta", {"langage": "Java", "base": "Oracle"})
ASKED = replace(own("Quel est le langage de Delta ?", DELTA.path, answer="Java", ident="d"),
                evidence=(Evidence(DELTA.path, DELTA.text.index("Java"), DELTA.text.index("Java") + 4),),
                field="langage", values=("Java",), group=DELTA.path)  # fmt: skip


def review(example: Example, ruling: Ruling, question: str = "", answer: str = "") -> Review:
    return Review(review_code(example), example.id, example.question, example.answer, ruling, question, answer)


def by_code(*reviews: Review) -> dict[str, Review]:
    return {made.code: made for made in reviews}


def test_a_rejected_pair_goes_and_a_corrected_one_keeps_what_it_is() -> None:
    other = own("Et Alpha ?", ident="a")
    rulings = by_code(review(other, "rejected"), review(ASKED, "corrected", "Langage de Delta, au fait ?"))
    kept, dropped = apply_reviews([ASKED, other], rulings)
    assert kept == [replace(ASKED, question="Langage de Delta, au fait ?")]
    assert [(drop.what, drop.reason) for drop in dropped] == [("a: Et Alpha ?", "rejected in a review")]


def test_a_corrected_answer_finds_its_new_proof_or_keeps_none() -> None:
    corpus = Corpus([DELTA], load_lexicon("fr"))
    ((proved,), _) = apply_reviews([ASKED], by_code(review(ASKED, "corrected", "", "Oracle")), corpus)
    (evidence,) = proved.evidence
    assert (proved.field, proved.values, DELTA.text[evidence.start : evidence.end]) == ("base", ("Oracle",), "Oracle")
    ((free,), _) = apply_reviews([ASKED], by_code(review(ASKED, "corrected", "", "Un langage ancien")), corpus)
    assert (free.answer, free.field, free.values, free.evidence) == ("Un langage ancien", "", (), ())
    assert (free.group, free.documents, free.origin) == (ASKED.group, ASKED.documents, ASKED.origin)


def test_a_question_without_an_answer_may_be_given_one() -> None:
    silent = replace(own("Prix de Delta ?", DELTA.path, answer=""), answerable=False)
    assert apply_reviews([silent], by_code(review(silent, "accepted")))[0] == [silent]
    ((told,), _) = apply_reviews([silent], by_code(review(silent, "corrected", "", "12 euros")))
    assert (told.answerable, told.answer) == (True, "12 euros")


def test_reviews_follow_each_other_and_hold_for_what_was_read(tmp_path: Path) -> None:
    once = replace(ASKED, question="Langage ?")
    rulings = by_code(review(ASKED, "corrected", "Langage ?"), review(once, "corrected", "Le langage de Delta ?"))
    ((twice,), _) = apply_reviews([ASKED], rulings)
    assert twice.question == "Le langage de Delta ?"
    keep_reviews(tmp_path, rulings.values())
    assert review_share(tmp_path, [twice, own("Autre ?")]).share == 0.5
    assert review_share(tmp_path, [twice]).stale == 0
    changed = replace(ASKED, answer="Python")
    assert apply_reviews([changed], rulings)[0] == [changed]
    assert (review_share(tmp_path, [changed]).reviewed, review_share(tmp_path, [changed]).stale) == (0, 1)


def test_corrections_that_go_in_a_circle_end() -> None:
    other = replace(ASKED, question="Langage ?")
    rulings = by_code(review(ASKED, "corrected", "Langage ?"), review(other, "corrected", ASKED.question))
    assert apply_reviews([ASKED], rulings)[0] == [ASKED]


def test_a_later_review_replaces_an_earlier_one(tmp_path: Path) -> None:
    assert keep_reviews(tmp_path, [review(ASKED, "accepted")]) == 0
    assert keep_reviews(tmp_path, [review(ASKED, "rejected")]) == 1
    assert [kept.ruling for kept in read_reviews(tmp_path).values()] == ["rejected"]
    assert review_share(tmp_path, []).rejected == 1
    (tmp_path / "reviews.jsonl").write_text('{"code": ', encoding="utf-8")
    with pytest.raises(WorkError, match="damaged"):
        read_reviews(tmp_path)


def test_what_is_drawn_is_spread_over_kinds_and_was_not_reviewed() -> None:
    every = [replace(own(f"Q{n} ?", ident=str(n)), kind="rare" if n < 3 else "frequent") for n in range(50)]
    drawn = draw_for_review(every, {}, 10, 1)
    assert Counter(example.kind for example in drawn) == {"rare": 3, "frequent": 7}
    done = by_code(*(review(example, "accepted") for example in drawn))
    assert not {e.id for e in draw_for_review(every, done, 50, 1)} & {e.id for e in drawn}


# The sheet


def filled(
    path: Path,
    changes: dict[str, dict[str, str]],
    language: str = "fr",
    change: Callable[[list[list[Any]]], Any] | None = None,
) -> Path:
    """A sheet of ASKED and two others, filled in by id and column."""
    every = {e.id: e for e in (ASKED, own("=Qui ?", ident="q"), own("Où ?", ident="o"))}
    rows = [sheet_row(example, {DELTA.path: DELTA}, texts_in(language)) for example in every.values()]
    for row, ident in zip(rows, every, strict=True):
        for column, text in changes.get(ident, {}).items():
            row[COLUMNS.index(column)] = text
    if change:
        change(rows)
    write_review_sheet(path, rows, language)
    return path


KNOWN = {review_code(e): e for e in (ASKED, own("=Qui ?", ident="q"), own("Où ?", ident="o"))}


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("name", ["s.xlsx", "s.csv"])
def test_a_sheet_goes_out_and_comes_back(language: str, name: str, tmp_path: Path) -> None:
    yes, no = {"fr": ("o", "N"), "en": ("Yes", "no"), "ar": ("ن", "لا")}[language]
    path = filled(tmp_path / name, {"d": {"accept": yes, "comment": "vu"}, "q": {"accept": no}}, language)
    read = read_review_sheet(path, KNOWN, "anna")
    assert [(r.id, r.ruling, r.comment, r.reviewer) for r in read.reviews] == [
        ("d", "accepted", "vu", "anna"), ("q", "rejected", "", "anna"),
    ]  # fmt: skip
    assert (read.refused, read.empty) == ([], 1)


def test_the_sheet_shows_the_proof_and_runs_no_formula(tmp_path: Path) -> None:
    sheet = load_workbook(filled(tmp_path / "s.xlsx", {})).active
    assert [cell.value for cell in sheet[2]][1:5] == ["Quel est le langage de Delta ?", "Java", "Java", DELTA.path]
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("=Qui ?", "s")
    table = filled(tmp_path / "s.csv", {}).read_text(encoding="utf-8-sig")
    assert [row[1] for row in csv.reader(table.splitlines())][2] == " =Qui ?"


def test_what_cannot_be_used_is_named_with_its_row(tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows.append([*rows[0]])
        rows.append(["r0000000000000000", *rows[0][1:]])

    changes = {"d": {"new_answer": "Ada"}, "q": {"accept": "peut-être"}, "o": {"answer": "ici", "accept": "o"}}
    read = read_review_sheet(filled(tmp_path / "s.xlsx", changes, change=change), KNOWN, "anna")
    assert [(r.id, r.ruling, r.new_answer) for r in read.reviews] == [("d", "corrected", "Ada")]
    assert [(p.line, p.reason.split(":")[0]) for p in read.refused] == [
        (3, "'peut-être' is neither y nor n"), (4, "the column Answer was changed"), (5, "the code stands twice"),
        (6, "no example here has the code 'r0000000000000000'"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("mark", "ruling"), [("✓", "accepted"), ("نعم", "accepted"), ("✗", "rejected"), ("Non", "rejected")]
)
def test_people_tick_as_they_do(mark: str, ruling: str, tmp_path: Path) -> None:
    read = read_review_sheet(filled(tmp_path / "s.csv", {"d": {"accept": mark}}), KNOWN, "anna")
    assert [r.ruling for r in read.reviews] == [ruling]


@pytest.mark.parametrize("data", [b"question,answer\nQ,R\n", b"", b"\0"])
def test_a_file_that_is_no_sheet_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(data)
    with pytest.raises(ConfigError, match="not a review sheet"):
        read_review_sheet(tmp_path / "s.csv", KNOWN, "anna")


def test_the_texts_are_there_in_three_languages() -> None:
    assert {tuple(texts["columns"]) for texts in sheet_texts().values()} == {COLUMNS}
    assert len({tuple(texts) for texts in sheet_texts().values()}) == 1


# In a workspace


def test_out_and_back_changes_the_examples_that_are_built_next(small: Path, tmp_path: Path) -> None:
    (made,) = ok("dataset", "review", "--json", "-w", small, "--sheet-out", tmp_path / "s.xlsx", "--sheet-rows", "12")
    assert made["rows"] == 12
    assert_said(dalil("dataset", "review", "-w", small, "--sheet-out", tmp_path / "s.xlsx"), 2, "may hold reviews")
    assert_said(dalil("dataset", "review", "-w", small, "--sheet-in", tmp_path / "s.xlsx"), 2, "No row has a ruling")
    before = read_records(Example, Workspace(small).runner.folder("examples") / "examples.jsonl")
    known = {review_code(example): example for example in before}
    book = load_workbook(tmp_path / "s.xlsx")
    cells = list(book.active.iter_rows(min_row=2))
    codes = [str(row[0].value) for row in cells]
    for row in cells:
        row[5].value = "o"
    cells[0][5].value = "n"
    cells[1][6].value = "Une question bien posée ?"
    book.save(tmp_path / "anna.xlsx")
    (read,) = ok("dataset", "review", "--json", "-w", small, "--sheet-in", tmp_path / "anna.xlsx")
    assert read["rulings"] == {"accepted": 10, "corrected": 1, "rejected": 1}
    assert (read["reviewed"], read["of"], read["rejected"]) == (11, len(before) - 1, 1)
    after = {e.id: e for e in read_records(Example, Workspace(small).runner.folder("examples") / "examples.jsonl")}
    gone, reworded = known[codes[0]], known[codes[1]]
    assert gone.id not in after
    assert after[reworded.id] == replace(reworded, question="Une question bien posée ?")
    assert {e.id for e in before} - set(after) == {gone.id}
    said = dalil("dataset", "review", "-w", small)
    assert (said.returncode, said.stdout.startswith(f"Reviewed by people: 11 of {len(after)} pairs")) == (0, True)
    (status,) = [row for row in lines(dalil("status", "--json", "-w", small)) if row["stage"] == "examples"]
    assert status["up_to_date"]
    assert {"what": f"{gone.id}: {gone.question}", "reason": "rejected in a review"} in status["dropped"]
    (again,) = ok("dataset", "review", "--json", "-w", small, "--sheet-out", tmp_path / "t.csv", "--sheet-rows", "5000")
    assert again["rows"] == len(after) - 11
    kept = [json.loads(line) for line in (small / "state" / "reviews.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["reviewer"] for row in kept} == {"anna"}


def test_without_reviews_nothing_changes(small: Path) -> None:
    (found,) = ok("dataset", "review", "--json", "-w", small)
    assert (found["reviewed"], found["share"]) == (0, 0)
    assert all(row["up_to_date"] for row in lines(dalil("status", "--json", "-w", small)))


def test_the_commands_of_the_page_run_as_they_stand_there(small: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text(encoding="utf-8")
    typed = [line.split("#")[0].split() for line in re.findall(r"^dalil .*", page, re.MULTILINE)]
    assert len(typed) == 9
    for words in typed:
        done = dalil(*words[1:], cwd=small)
        assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    assert (small / "review.xlsx").is_file()
    assert "rtl" in (small / "page.html").read_text(encoding="utf-8")
    assert len(json.loads((small / "clean.json").read_text(encoding="utf-8"))) > 50
