"""Tables of web pages as rows that say their columns' names, with what spans filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from collecting import read_given

from dalil.dataset.parts import parts_of
from dalil.records import Document

PLAN = """<h1>Loader</h1><p>See below.</p><table><caption>Schedule</caption>
<thead><tr><th rowspan=2>Interval</th><th colspan=2>Work</th></tr><tr><th>Task: what</th><th>Time</th></tr></thead>
<tr><td rowspan=2>250 h</td><td>Check <b>oil</b></td><td>10&nbsp;min</td></tr>
<tr><td>Check<br>belt</td><td></td></tr>
<tr><th colspan=3>Every year</th></tr>
<tr><td>1 year</td><td colspan=2>All of it</td></tr><tr><td>2 years</td></tr></table><p>After.</p>"""


def page(tmp_path: Path, body: str, language: str = "en") -> Document:
    (document,), _ = read_given(tmp_path / "p.html", f'<html lang="{language}"><body>{body}</body></html>')
    return document


def test_rows_say_their_columns_and_spans_are_filled(tmp_path: Path) -> None:
    assert page(tmp_path, PLAN).text.split("\n") == [
        "Loader",
        "See below.",
        "Schedule",
        "Interval: 250 h | Work Task – what: Check oil | Work Time: 10 min",
        "Interval: 250 h | Work Task – what: Check belt | Work Time: –",
        "Every year",
        "Interval: 1 year | Work Task – what: All of it | Work Time: All of it",
        "Interval: 2 years | Work Task – what: – | Work Time: –",
        "After.",
    ]


def test_rows_are_typed_records_as_those_of_a_manual_are(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{name}</td><td>{price}</td><td>{days}</td></tr>" for name, price, days in
                   (("بطاقة", "75 درهم", "10 أيام"), ("جواز", "500 درهم", "7 أيام")))  # fmt: skip
    head = "<tr><td><b>الوثيقة</b></td><td><strong>الرسم</strong></td><td><b>الأجل</b></td></tr>"
    document = page(tmp_path, f"<table>{head}{rows}</table>", "ar")
    first, second = parts_of(document)
    assert first.path == "p.html#بطاقة"
    assert [(field.name, field.value) for field in second.fields] == [
        ("الوثيقة", "جواز"), ("الرسم", "500 درهم"), ("الأجل", "7 أيام"),
    ]  # fmt: skip
    assert document.text[second.offset :].startswith(second.text)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("<tr><td>a</td><td>b</td><td>c</td></tr><tr><td>1</td><td>2</td><td>3</td></tr>", "a | b | c\n1 | 2 | 3"),
        ("<tr><th></th><th>b</th><th>c</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>", "b | c\n1 | 2 | 3"),
        ("<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr>", "a | b\n1 | 2"),
        ("<tr><th>a</th><th>b</th><th>c</th></tr>", "a | b | c"),
    ],
    ids=["no header", "a column without a name", "two columns", "nothing below the header"],
)
def test_a_table_whose_columns_nothing_names_stays_as_it_is(tmp_path: Path, table: str, text: str) -> None:
    assert page(tmp_path, f"<table>{table}</table>").text == text


def test_a_table_for_the_layout_is_no_table(tmp_path: Path) -> None:
    inside = "<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>"
    body = f"<table><tr><th>x</th><th>y</th><th>z</th></tr><tr><td>{inside}</td><td>p</td><td>q</td></tr></table>"
    assert "a: 1 | b: 2 | c: 3" in page(tmp_path, body).text


def test_spans_that_no_page_has_cost_nothing(tmp_path: Path) -> None:
    rows = "<tr><td rowspan=99999999>1</td><td colspan=99999 rowspan=0>2</td><td rowspan=x>3</td></tr>" * 50
    document = page(tmp_path, f"<table><tr><th>a</th><th>b</th><th>c</th></tr>{rows}</table>")
    assert "2" in document.text
    assert len(document.text) < 20_000
