"""The human sheet: it goes out blind, comes back however people treated it, and its agreement is what sklearn computes."""

from __future__ import annotations

import csv
import html
import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from sklearn.metrics import cohen_kappa_score

from dalil.errors import ConfigError
from dalil.evaluation.agreement import agreement, weighted_mean
from dalil.evaluation.human import human_object
from dalil.evaluation.ratings import RatedSheet, Rating, match, read_sheet
from dalil.evaluation.sheet import (
    COLUMNS,
    SCORES,
    Rateable,
    blind_code,
    draw,
    make_key,
    sheet_texts,
    texts_in,
    write_sheet,
)
from dalil.evaluation.wording import load_labels
from dalil.pipeline.shown_human import human_data
from dalil.records import Outcome
from small_workspace import assert_said, dalil, ok

SEED = 7


def rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


def answered(number: int, approach: str = "zinnia", outcome: Outcome = "right", given: str = "Java") -> Rateable:
    return Rateable(f"q{number}", approach, f"g{number}", "unseen", outcome, outcome == "right",
                    f"Quel est le langage n° {number} ?", "Java", given, "langage : Java")  # fmt: skip


def many(counts: dict[tuple[str, Outcome], int]) -> list[Rateable]:
    every = [key for key, count in counts.items() for _ in range(count)]
    return [answered(number, approach, outcome) for number, (approach, outcome) in enumerate(every)]


# Agreement


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("levels", "quadratic"), [(2, False), (5, True), (5, False)])
def test_kappa_is_that_of_sklearn(seed: int, levels: int, quadratic: bool) -> None:
    random = np.random.default_rng(seed)
    first = random.integers(0, levels, 40 + seed)
    second = np.where(random.random(len(first)) < 0.6, first, random.integers(0, levels, len(first)))
    groups = [f"g{n // 2}" for n in range(len(first))]
    found = agreement(first.tolist(), second.tolist(), groups, rng(), levels=levels, quadratic=quadratic)
    wanted = cohen_kappa_score(first, second, labels=range(levels), weights="quadratic" if quadratic else None)
    assert found.kappa.value == pytest.approx(wanted, abs=1e-12)
    low, value, high = found.kappa.low, found.kappa.value, found.kappa.high
    assert low is not None
    assert value is not None
    assert high is not None
    assert -1 <= low < value < high <= 1


def test_full_agreement_on_few_answers_is_not_certainty() -> None:
    scores = [0, 1] * 10
    found = agreement(scores, scores, [f"g{n}" for n in range(20)], rng(), levels=2)
    assert found.kappa.value == found.kappa.high == 1
    assert found.kappa.low is not None
    assert 0.4 < found.kappa.low < 0.9


def test_kappa_of_scorers_who_never_vary_cannot_be_told() -> None:
    found = agreement([1] * 20, [1] * 20, [f"g{n}" for n in range(20)], rng(), levels=2)
    assert found.observed.value == 1
    assert found.kappa.value is None
    assert agreement([], [], [], rng(), levels=2).n == 0


def test_questions_of_a_group_share_their_luck() -> None:
    """Each group agrees on 18 of 20, but only two groups hold wrong answers: how many of them are drawn decides kappa."""
    judged = [int(n // 20 >= 2) for n in range(240)]
    people = [1 - value if n % 20 < 2 else value for n, value in enumerate(judged)]
    alone = agreement(people, judged, [f"g{n}" for n in range(240)], rng(), levels=2).kappa
    together = agreement(people, judged, [f"g{n // 20}" for n in range(240)], rng(), levels=2).kappa
    assert alone.value == together.value
    assert _width(together) > 1.5 * _width(alone)


def _width(estimate: Any) -> float:
    return float(estimate.high - estimate.low)


def test_a_weighted_mean_stands_for_all_answers() -> None:
    found = weighted_mean([5, 5, 1], [45, 45, 10], ["a", "b", "c"], rng(), (1, 5))
    assert found.value == pytest.approx(4.6)
    alike = weighted_mean([5] * 20, [1.0] * 20, [f"g{n}" for n in range(20)], rng(), (1, 5))
    assert (alike.value, alike.high) == (5, 5)
    assert alike.low is not None
    assert 4 < alike.low < 4.9


# The sheet goes out


def test_the_draw_is_even_over_approaches_then_outcomes() -> None:
    answers = many({("a", "right"): 90, ("a", "wrong"): 4, ("a", "partly"): 30, ("b", "right"): 50})
    drawn = [answer for _, answer in draw(answers, 40, SEED)]
    assert Counter((a.approach, a.outcome) for a in drawn) == {
        ("a", "right"): 8, ("a", "wrong"): 4, ("a", "partly"): 8, ("b", "right"): 20,
    }  # fmt: skip
    assert len(draw(answers, 1000, SEED)) == len(answers)


def test_the_order_is_a_shuffle_by_the_seed() -> None:
    answers = many({("a", "right"): 50, ("b", "wrong"): 50})
    drawn = draw(answers, 60, SEED)
    assert drawn == draw(list(reversed(answers)), 60, SEED)
    assert [a for _, a in drawn] != [a for _, a in draw(answers, 60, SEED + 1)]
    assert 10 < sum(a.approach != b.approach for (_, a), (_, b) in pairwise(drawn)) < 50


def test_a_code_is_of_one_answer_of_one_run() -> None:
    codes = {blind_code(a.approach, a.id, s, a.given) for a in (answered(1), answered(1, "b"), answered(2), answered(1, given="COBOL"))
             for s in (1, 2)}  # fmt: skip
    assert len(codes) == 8


def test_nothing_in_the_file_names_the_approach_or_the_ruling(tmp_path: Path) -> None:
    written(tmp_path, many({("zinnia", "right"): 10, ("petunia", "wrongly_silent"): 10}))
    with zipfile.ZipFile(tmp_path / "sheet.xlsx") as book:
        everything = html.unescape("\n".join(book.read(name).decode("utf-8") for name in book.namelist()))
    assert "Quel est le langage n° 3 ?" in everything
    for word in ("zinnia", "petunia", "wrongly_silent", "unseen", str(tmp_path)):
        assert word not in everything


def written(folder: Path, answers: Sequence[Rateable], language: str = "fr") -> Any:
    path = folder / "sheet.xlsx"
    write_sheet(path, draw(answers, 120, SEED), language)
    return load_workbook(path).worksheets[1]


@pytest.mark.parametrize(("language", "right_to_left"), [("fr", None), ("en", None), ("ar", True), ("ary", True)])
def test_the_sheet_asks_for_1_to_5(language: str, right_to_left: bool | None, tmp_path: Path) -> None:
    sheet = written(tmp_path, many({("a", "right"): 5}), language)
    assert [cell.value for cell in sheet[1]] == [texts_in(language)["columns"][name] for name in COLUMNS]
    assert sheet.freeze_panes == "A2"
    assert bool(sheet.sheet_view.rightToLeft) is bool(right_to_left)
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row)
    rules = sheet.data_validations.dataValidation
    assert {str(rule.sqref) for rule in rules} == {"F2:F6", "G2:G6", "H2:H6"}
    assert {(rule.type, rule.operator, rule.formula1, rule.formula2) for rule in rules} == {
        ("whole", "between", "1", "5")
    }
    assert all(0 < len(rule.prompt) <= 255 for rule in rules), "what Excel shows of a prompt"


def test_words_of_a_document_stay_words(tmp_path: Path) -> None:
    hostile = ['=HYPERLINK("http://x")', "@SUM(1)", "a\x07b", "x" * 40_000, "+33 1"]
    sheet = written(tmp_path, [answered(n, given=text) for n, text in enumerate(hostile)])
    cells = {row[1].value: row[3] for row in sheet.iter_rows(min_row=2)}
    given = [cells[answered(n).question] for n in range(len(hostile))]
    assert {cell.data_type for cell in given} == {"s"}
    assert [cell.value for cell in given[:3]] == [hostile[0], hostile[1], "a b"]
    assert given[3].value.endswith("x […]")
    assert len(given[3].value) < 32_767


def test_the_sheet_says_the_same_in_every_language() -> None:
    shapes = [{name: list(value) if isinstance(value, dict) else type(value).__name__ for name, value in texts.items()}
              for texts in sheet_texts().values()]  # fmt: skip
    assert set(sheet_texts()) == {"fr", "en", "ar"}
    assert all(shape == shapes[0] for shape in shapes)
    assert len({len(texts["instructions"]) for texts in sheet_texts().values()}) == 1


# The sheet comes back


def filled(
    folder: Path, language: str = "fr", change: Callable[[list[list[Any]]], Any] | None = None
) -> list[list[Any]]:
    """The cells of a sheet of six answers, each scored 5, 4, 3; then changed."""
    sheet = written(folder, many({("a", "right"): 6}), language)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for row in rows[1:]:
        row[5:9] = [5, 4, 3, "vu"]
    if change:
        change(rows)
    return rows


def saved(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8-sig", mark: str = ",") -> Path:
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(path)
        return path
    stream = io.StringIO()
    csv.writer(stream, delimiter=mark).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def scores(sheet: RatedSheet) -> dict[str, tuple[int | None, ...]]:
    return {rating.code: tuple(getattr(rating, name) for name in SCORES) for rating in sheet.ratings}


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize(("name", "encoding", "mark"), [("s.xlsx", "", ""), ("s.csv", "utf-8-sig", ","),
                         ("s.csv", "utf-16", "\t"), ("s.csv", "windows", ";")])  # fmt: skip
def test_a_filled_sheet_is_read_in_any_form(language: str, name: str, encoding: str, mark: str, tmp_path: Path) -> None:
    if encoding == "windows":
        encoding = "cp1256" if language == "ar" else "cp1252"
    rows = filled(tmp_path, language)
    read = read_sheet(saved(tmp_path / name, rows, encoding, mark))
    assert scores(read) == {row[0]: (5, 4, 3) for row in rows[1:]}
    assert {rating.comment for rating in read.ratings} == {"vu"}
    assert (read.refused, read.blank) == ((), 0)


def test_rows_and_columns_may_be_moved_and_added(tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows[1:] = reversed(rows[1:])
        for number, row in enumerate(rows):
            row.reverse()
            row.insert(2, "humeur" if number == 0 else "calme")
        rows.insert(3, [None] * 10)
        rows.insert(0, ["Notes de Fatima"])
        rows += [[None] * 10] * 4
        for place in (6, 7):
            rows[1][place] = str(rows[1][place]).split(" (")[0].upper()

    rows = filled(tmp_path, change=change)
    read = read_sheet(saved(tmp_path / "s.xlsx", rows))
    assert set(scores(read).values()) == {(5, 4, 3)}
    assert [rating.row for rating in read.ratings] == [3, 4, 6, 7, 8, 9]
    assert read.blank == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_what_is_no_score_is_named_with_its_row(suffix: str, tmp_path: Path) -> None:
    def change(rows: list[list[Any]]) -> None:
        rows[1][5:8] = ["quatre", 7, 0]
        rows[2][5:8] = ["٤", " 2 ", "3,0"]
        rows[3][5:8] = [4.5, "", None]
        rows[4][0] = None
        rows[5][5:8] = [None, None, None]
        rows.append(["s0000000000000000", *rows[6][1:]])
        rows.append(rows[6])

    drawn = draw(many({("a", "right"): 6}), 120, SEED)
    key = make_key(drawn, many({("a", "right"): 6}), SEED)
    rows = filled(tmp_path, change=change)
    read = match(read_sheet(saved(tmp_path / f"s{suffix}", rows)), key)
    assert scores(read) == {rows[2][0]: (4, 2, 3), rows[6][0]: (5, 4, 3)}
    assert [(found.row, found.column, found.value) for found in read.refused] == [
        (2, "coherence", "quatre"), (2, "relevance", "7"), (2, "precision", "0"), (4, "coherence", "4.5"),
        (5, "code", ""), (8, "code", "s0000000000000000"), (9, "code", rows[6][0]),
    ]  # fmt: skip
    assert (read.unrated, read.missing) == (1, 1)


def _lose(name: str) -> Callable[[list[list[Any]]], Any]:
    return lambda rows: [row.pop(COLUMNS.index(name)) for row in rows]


def _twice(rows: list[list[Any]]) -> None:
    for row in rows:
        row.append(row[7])


@pytest.mark.parametrize(("change", "said"), [(_lose("code"), "no column 'Code'"), (_lose("precision"), "lacks Precision"),
                         (_twice, "two columns 'Précision")])  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused(change: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        read_sheet(saved(tmp_path / "s.xlsx", filled(tmp_path, change=change)))


@pytest.mark.parametrize(
    ("name", "data"), [("s.xlsx", b"not a zip"), ("s.docx", b""), ("s.csv", b""), ("none.csv", None)]
)
def test_a_file_that_cannot_be_read_is_said_so(name: str, data: bytes | None, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigError):
        read_sheet(tmp_path / name)


# What it says


def told(precision: Callable[[Rateable], int], answers: Sequence[Rateable], most: int = 120) -> dict[str, Any]:
    drawn = draw(answers, most, SEED)
    ratings = tuple(Rating(n, code, 5, 4, precision(answer)) for n, (code, answer) in enumerate(drawn, start=2))
    return human_object(make_key(drawn, answers, SEED), {"anna": RatedSheet(ratings, (), 0)}, SEED)


def test_means_are_weighted_back_to_all_answers() -> None:
    """Half of the sheet is wrong answers, a tenth of the answers is."""
    answers = many({("a", "right"): 180, ("a", "wrong"): 20})
    (row,) = told(lambda answer: 5 if answer.correct else 1, answers, 40)["approaches"]
    assert (row["n"], row["of"], row["covered"]) == (40, 200, 1.0)
    assert row["scores"]["precision"]["value"] == pytest.approx(0.9 * 5 + 0.1 * 1)
    assert row["scores"]["precision"]["low"] < 4.6 < row["scores"]["precision"]["high"]
    assert row["scores"]["relevance"]["value"] == 4


def test_outcomes_that_nobody_scored_are_not_hidden() -> None:
    (row,) = told(lambda _: 5, many({("a", "right"): 30, ("a", "wrong"): 10}), 1)["approaches"]
    assert row["n"] == 1
    assert row["covered"] in (0.25, 0.75)
    assert row["scores"]["precision"]["low"] is None, "one group bears no interval"


@pytest.mark.parametrize(("precision", "trust"), [
    (lambda answer: 4 if answer.correct else 3, "yes"),
    (lambda answer: 2 if answer.correct else 5, "no"),
    (lambda answer: 1 + 4 * (int(answer.id[1:]) % 2), "no"),
    (lambda _: 5, "no"),
])  # fmt: skip
def test_a_judge_that_people_contradict_is_not_trusted(precision: Callable[[Rateable], int], trust: str) -> None:
    judge = told(precision, many({("a", "right"): 30, ("a", "wrong"): 30}))["judge"]
    assert judge["trust"] == trust
    assert (judge["kappa"]["value"] >= 0.4) is (trust == "yes")


def test_trust_is_unclear_where_too_few_answers_show_it() -> None:
    judge = told(lambda answer: 5 if answer.correct else 1, many({("a", "right"): 3, ("a", "wrong"): 3}))["judge"]
    assert (judge["kappa"]["value"], judge["kappa"]["low"], judge["trust"]) == (1, None, "unclear")


# In a workspace


def fill(sheet: Path, copy: Path, root: Path, precision: Callable[[dict[str, Any]], int]) -> Path:
    """A person's copy of a sheet; the key tells what each code is."""
    key = {row["code"]: row for row in json.loads((root / "state" / "sheets" / "human.json").read_text())["rows"]}
    book = load_workbook(sheet)
    for row in book.worksheets[1].iter_rows(min_row=2):
        row[5].value, row[6].value, row[7].value = 5, 4, precision(key[row[0].value])
    book.save(copy)
    return copy


@pytest.fixture
def sheet(small: Path, tmp_path: Path) -> Path:
    (made,) = ok("evaluate", "--json", "-w", small, "--sheet-out", tmp_path / "human.xlsx", "--sheet-rows", "90")
    assert made["rows"] == 90
    assert made["approaches"] == {"extractive": 45, "passage": 45}
    assert made["key"] == "state/sheets/human.json"
    return tmp_path / "human.xlsx"


def test_out_and_back_with_two_raters(sheet: Path, small: Path, tmp_path: Path) -> None:
    shutil.rmtree(small / "build")
    fair = fill(sheet, tmp_path / "anna.xlsx", small, lambda row: 5 if row["correct"] else 2)
    cross = fill(sheet, tmp_path / "omar.xlsx", small, lambda row: 2 if row["correct"] else 5)
    (found,) = ok("evaluate", "--json", "-w", small, "--sheet-in", fair)
    assert (found["sheet"], found["judge"]["n"], found["judge"]["kappa"]["value"]) == ("human", 90, 1)
    assert found["raters"][0]["judge"]["differ"] == found["between"] == []
    assert {row["approach"]: row["n"] for row in found["approaches"]} == {"extractive": 45, "passage": 45}
    (both,) = ok("evaluate", "--json", "-w", small, "--sheet-in", fair, "--sheet-in", cross)
    assert [rater["judge"]["trust"] for rater in both["raters"]] == ["yes", "no"]
    (pair,) = both["between"]
    assert pair["precision"]["kappa"]["value"] < -0.5
    kept = json.loads((small / "state" / "ratings" / "anna.json").read_text())
    assert {(row["precision"], row["correct"]) for row in kept["ratings"]} == {(5, True), (2, False)}
    said = dalil("evaluate", "-w", small, "--sheet-in", cross)
    assert (said.returncode, said.stderr) == (0, "")
    assert "not to be trusted" in said.stdout


def test_the_report_says_what_people_said(sheet: Path, small: Path, tmp_path: Path) -> None:
    ok(
        "evaluate",
        "--json",
        "-w",
        small,
        "--sheet-in",
        fill(sheet, tmp_path / "omar.xlsx", small, lambda row: 2 if row["correct"] else 5),
    )
    (scores,) = (small / "state" / "ratings").glob("*.json")
    kept = json.loads(scores.read_text(encoding="utf-8"))
    kept["ratings"] = kept["ratings"][:60]
    scores.write_text(json.dumps(kept), encoding="utf-8")
    assert dalil("run", "-w", small).returncode == 0
    report = json.loads((small / "report.json").read_text(encoding="utf-8"))
    (human,) = report["human"]
    assert (human["people"], human["rated"], human["current"], human["judge"]["trust"]) == (1, 60, 60, "no")
    assert {row["approach"] for row in human["approaches"]} == {"extractive", "passage"}
    page, words = (
        html.unescape((small / "report.html").read_text(encoding="utf-8")),
        load_labels(report["language"])["human"],
    )
    assert words["title"] in page
    assert words["trust"]["no"] in page
    assert human_data(small / "state", {}, 42)[0]["current"] == 0, "answers of an earlier run are told apart"


def test_a_sheet_is_never_written_over(sheet: Path, small: Path, tmp_path: Path) -> None:
    assert_said(dalil("evaluate", "-w", small, "--sheet-out", sheet), 2, "may hold scores")
    elsewhere = tmp_path / "elsewhere" / "human.xlsx"
    assert_said(dalil("evaluate", "-w", small, "--sheet-out", elsewhere), 2, "another sheet of that name")
    assert not elsewhere.exists()
    (again,) = ok("evaluate", "--json", "-w", small, "--sheet-out", elsewhere, "--sheet-rows", "90")
    assert again["rows"] == 90, "the same sheet may be written again"
    assert_said(dalil("evaluate", "-w", small, "--sheet-out", tmp_path / "x.csv"), 2, "Excel workbook")
    wrong = dalil("evaluate", "-w", small, "--sheet-out", tmp_path / "y.xlsx", "--answers", sheet)
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)


def test_a_sheet_of_another_workspace_and_an_empty_one_are_refused(sheet: Path, small: Path, tmp_path: Path) -> None:
    assert_said(dalil("evaluate", "-w", small, "--sheet-in", sheet), 2, "no answer has a score")
    full = fill(sheet, tmp_path / "anna.xlsx", small, lambda _: 5)
    copy = shutil.copy(full, (tmp_path / "a").with_suffix(".xlsx"))
    (tmp_path / "b").mkdir()
    same = shutil.copy(full, tmp_path / "b" / "a.xlsx")
    assert_said(dalil("evaluate", "-w", small, "--sheet-in", copy, "--sheet-in", same), 2, "called 'a'")
    key = small / "state" / "sheets" / "human.json"
    key.write_text("{", encoding="utf-8")
    assert_said(dalil("evaluate", "-w", small, "--sheet-in", full), 2, "is damaged", "another workspace")
    key.unlink()
    assert_said(dalil("evaluate", "-w", small, "--sheet-in", full), 2, "another workspace")
