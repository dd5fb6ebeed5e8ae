from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalil.evaluation.values import comparable, figures, forms, number_value, statements


@pytest.mark.parametrize(
    "written",
    ["2019-03-04", "04/03/2019", "4/3/2019", "04.03.2019", "4 mars 2019", "le 4 Mars 2019", "March 4, 2019", "4th March 2019",
     "٤ مارس ٢٠١٩", "2019-03-04T00:00:00"],
)  # fmt: skip
def test_one_date_however_it_is_written(written: str) -> None:
    assert "@2019-03-04" in forms(written)


def test_months_of_the_maghreb_and_the_mashriq_are_one() -> None:
    assert forms("14 غشت 2020") == forms("14 أوت 2020") == forms("14 أغسطس 2020") == ("@2020-08-14",)


def test_a_version_is_no_date() -> None:
    assert forms("2020-06-23-02") == ("2020", "06", "23", "02")


@pytest.mark.parametrize(
    "written", ["1840", "1 840", "1\u202f840", "1.840", "1,840", "1 840,0", "1.840,00", "1,840.0", "١٨٤٠", "١٬٨٤٠"]
)
def test_one_number_however_it_is_written(written: str) -> None:
    assert forms(written, loose=True) == ("1840",)


def test_decimals_and_versions() -> None:
    assert number_value("0.125") == "0.125"
    assert number_value("12,50") == number_value("12.5") == "12.5"
    assert number_value("3.7.8") is None
    assert number_value("7zip") is None
    assert forms("3.10") != forms("3.1")
    assert forms("v3.7.8") == ("3.7.8",)
    assert forms("-5 °C")[0] == "-5"


def test_years_side_by_side_are_two_numbers() -> None:
    assert forms("2018 2019") == ("2018", "2019")
    assert forms("entre 1 840 et 2 000 agents") == ("entre", "1840", "et", "2000", "agents")


def test_signs_that_belong_to_a_word() -> None:
    assert forms("C++") != forms("C") != forms("C#")
    assert forms("GPL-3.0+") != forms("GPL-3.0")


def test_the_numbering_of_a_list_is_no_figure() -> None:
    assert figures("1. Rennes\n2. Nantes\nen 2019") == {"2019"}


def test_longest_value_wins_and_stands_alone() -> None:
    known = {forms(value): [value] for value in ("GPL-2.0", "GPL-2.0-only", "2.4")}
    text = "GPL-2.0-only"
    assert [s.forms for s in statements(text, comparable(text), known)] == [forms("GPL-2.0-only")]
    text = "GPL-2.0-or-later, 2.4-beta"
    assert statements(text, comparable(text), known) == []


@given(st.text())
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    tokens = comparable(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(st.integers(0, 10**12))
def test_separators_do_not_change_a_number(number: int) -> None:
    assert number_value(f"{number:,}") == number_value(str(number)) == str(number)
    assert forms(f"{number:,}".replace(",", "\u00a0"), loose=True) == (str(number),)
