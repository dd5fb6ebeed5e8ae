"""Arabic of PDF files: judged by where letters stand, correct text unchanged."""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import nan

import pytest

from dalil.collect.pdf_arabic import repair_letters, repair_marks, repair_numbers
from dalil.collect.pdf_visual import Seen, is_arabic_page, visual_lines

SIZE, WIDTH = 10.0, 5.0


def boxes(visual: str, text: str) -> dict[int, tuple[float, float]]:
    """Left and right of each character of a text, from what stands on the page from left to right."""
    places: dict[int, tuple[float, float]] = {}
    for i, character in enumerate(visual):
        place = next(p for p, c in enumerate(text) if c == character and p not in places)
        places[place] = (WIDTH * i, WIDTH * (i + 1))
    return places


def test_a_word_whose_letters_come_from_left_to_right_is_turned() -> None:
    visual = "ريدم"
    assert repair_letters("ريدم", boxes(visual, "ريدم").get) == "مدير"


def test_a_correct_word_stays() -> None:
    assert repair_letters("مدير", boxes("ريدم", "مدير").get) == "مدير"


def test_a_ligature_of_lam_and_alef_is_put_right_only_where_it_is_one_glyph() -> None:
    one_glyph = {0: (20.0, 25.0), 1: (20.0, 25.0), 2: (15.0, 20.0)}
    assert repair_letters("الم", one_glyph.get) == "لام"
    assert repair_letters("الم", boxes("ملا", "الم").get) == "الم"


def test_a_number_reads_from_left_to_right_and_a_full_stop_left_of_it_follows() -> None:
    text = "المواد من 75 إلى .80"
    stop = text.index(".")
    places = {stop: (0.0, 5.0), stop + 1: (5.0, 10.0), stop + 2: (10.0, 15.0)}
    assert repair_numbers(text, places.get) == "المواد من 75 إلى 80."
    turned = "في 95.15 من القانون"
    at = turned.index("9")
    visual = {at: (30.0, 35.0), at + 1: (35.0, 40.0), at + 2: (25.0, 30.0), at + 3: (15.0, 20.0), at + 4: (20.0, 25.0)}
    assert repair_numbers(turned, visual.get) == "في 15.95 من القانون"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("المتعلق بالتجارة) نص خيالي(، المواد", "المتعلق بالتجارة (نص خيالي)، المواد"),
        ("المتعلق بالتجارة (نص خيالي)، المواد", "المتعلق بالتجارة (نص خيالي)، المواد"),
        ("لغة Pythonميزات فريدة", "لغة Python ميزات فريدة"),
        ("صفحات الويب ، وغيرها", "صفحات الويب، وغيرها"),
        ("A (note) in English", "A (note) in English"),
    ],
)
def test_brackets_and_spaces_of_a_line(line: str, right: str) -> None:
    assert repair_marks(line) == right


Placed = tuple[str, float, float]
"""A character, its left and its baseline."""


def row(visual: str, baseline: float = 0.0) -> list[Placed]:
    """What stands on one line from left to right; spaces stand nowhere, as PDFium adds them."""
    return [(character, nan if character == " " else WIDTH * i, baseline) for i, character in enumerate(visual)]


def read(lines: list[list[Placed]]) -> list[str]:
    """The lines that are seen, from PDFium's lines in its order."""
    placed = [each for line in lines for each in line]
    text = "".join(character for character, _, _ in placed) + " "
    lefts, baselines = [left for _, left, _ in placed], [baseline for _, _, baseline in placed]
    seen = Seen(text, [*lefts, nan], [*(left + WIDTH for left in lefts), nan], [*baselines, nan])
    starts = [0, *accumulate(map(len, lines))]
    found = visual_lines(seen, [(range(start, end), SIZE) for start, end in pairwise(starts)])
    return ["".join(text[place] for place in line) for line in found]


def test_a_line_is_read_from_the_right_with_latin_words_and_numbers_from_the_left() -> None:
    assert read([row(".HTML ةغل نم 3.5 رادصإ")]) == ["إصدار 3.5 من لغة HTML."]
    assert read([row("W3C عقوم يف")]) == ["في موقع W3C"]


def test_parts_of_one_line_that_come_in_another_order_are_one_line() -> None:
    first = row("بيولا ليودت")
    parts = [each for each in first if each[1] >= 25], [each for each in first if each[1] < 25]
    assert read([parts[0], row("دوكينوي", 20.0), parts[1]]) == ["تدويل الويب", "يونيكود"]


def test_marks_over_letters_are_left_out_and_part_no_word() -> None:
    assert read([[*row("اديأ"), ("\u064b", 4.0, 0.0)]]) == ["أيدا"]


def test_two_letters_of_one_ligature_come_in_the_order_that_they_are_read() -> None:
    assert read([[("م", 0.0, 0.0), ("ا", 5.0, 0.0), ("ل", 5.0, 0.0), ("س", 10.0, 0.0)]]) == ["سلام"]


def test_which_pages_are_arabic() -> None:
    assert is_arabic_page("دليل المرتفق HTML")
    assert not is_arabic_page("The word دليل in English")
    assert not is_arabic_page("12 34")
