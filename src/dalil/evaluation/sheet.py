"""The human sheet goes out: answers drawn evenly, named by blind codes, written as a workbook that a person can score."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from itertools import zip_longest
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from dalil.artefacts import disk_errors
from dalil.records import Answer, Outcome, Stratum, content_id
from dalil.tables import read_table

COLUMNS = ("code", "question", "expected", "given", "proof", "coherence", "relevance", "precision", "comment")
SCORES = ("coherence", "relevance", "precision")
SCALE = range(1, 6)
WIDTHS = (20, 40, 40, 60, 60, 12, 12, 12, 40)
MAX_CELL = 32_000  # characters; a cell of Excel holds 32,767
MORE = " […]"

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rateable:
    """One judged answer, as a person could score it. `id` is the question's; `correct`: right or rightly silent."""

    id: str
    approach: str
    group: str
    stratum: Stratum
    outcome: Outcome
    correct: bool
    question: str
    expected: str
    given: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """What a code stands for. It never leaves the workspace."""

    code: str
    id: str
    approach: str
    group: str
    stratum: Stratum
    outcome: Outcome
    correct: bool


@dataclass(frozen=True, slots=True)
class Key:
    """The codes of one sheet, and how many answers of each approach and outcome it was drawn from."""

    seed: int
    rows: tuple[KeyRow, ...]
    totals: dict[str, dict[str, int]]


@cache
def sheet_texts() -> dict[str, Any]:
    """The texts of the sheet by language."""
    path = resources.files("dalil.evaluation") / "templates" / "sheet.yaml"
    texts: dict[str, Any] = read_table(path.read_text(encoding="utf-8"))
    return texts


def texts_in(language: str) -> dict[str, Any]:
    """The texts in a language; Darija reads Arabic, any language without texts English."""
    every = sheet_texts()
    texts: dict[str, Any] = every.get("ar" if language == "ary" else language, every["en"])
    return texts


def given_text(answer: Answer) -> str:
    """What a reader sees of an answer: its text, and what it offers to choose from."""
    return "\n".join([answer.answer, *(f"- {option.label}" for option in answer.options)])


def blind_code(approach: str, question: str, seed: int, given: str) -> str:
    """The name of an answer (its approach, the question's id, its text) on the sheet. The answer's text is in it, so that a later run's sheet is never mistaken for this.

    The letter in front keeps spreadsheets from reading a code of digits as a number.
    """
    return "s" + content_id(approach, question, str(seed), given)


def draw(answers: Iterable[Rateable], most: int, seed: int) -> list[tuple[str, Rateable]]:
    """At most `most` answers with their codes, as even over approaches, then over outcomes, as there are answers.

    A code is a hash with the seed in it, so that the order of the codes is a shuffle.
    """
    strata: dict[str, dict[str, list[tuple[str, Rateable]]]] = defaultdict(lambda: defaultdict(list))
    for code, answer in sorted(
        ((blind_code(answer.approach, answer.id, seed, answer.given), answer) for answer in answers), key=itemgetter(0)
    ):
        strata[answer.approach][answer.outcome].append((code, answer))
    by_approach = [in_turn(list(by_outcome.values())) for by_outcome in strata.values()]
    return sorted(list(in_turn([list(rows) for rows in by_approach]))[:most], key=itemgetter(0))


def in_turn(lists: Sequence[Sequence[Item]]) -> Iterator[Item]:
    """The first of each list, then the second of each, and so on."""
    for rank in zip_longest(*lists):
        yield from (item for item in rank if item is not None)


def make_key(drawn: Sequence[tuple[str, Rateable]], answers: Iterable[Rateable], seed: int) -> Key:
    """The key of a drawn sheet."""
    counts = Counter((answer.approach, answer.outcome) for answer in answers)
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for (approach, outcome), count in sorted(counts.items()):
        totals[approach][outcome] = count
    rows = (KeyRow(code, a.id, a.approach, a.group, a.stratum, a.outcome, a.correct) for code, a in drawn)
    return Key(seed, tuple(rows), dict(totals))


def write_sheet(path: Path, drawn: Sequence[tuple[str, Rateable]], language: str) -> None:
    """Write the workbook: the instructions, and one row an answer. Raises WorkError where it cannot be written."""
    from openpyxl import Workbook

    texts = texts_in(language)
    book = Workbook()
    book.properties.creator = "dalil"
    _write_instructions(book.active, texts)
    _write_answers(book.create_sheet(texts["sheet"]), drawn, texts)
    stream = BytesIO()
    book.save(stream)
    _write_bytes(path, stream.getvalue())


def _write_bytes(path: Path, data: bytes) -> None:
    """Beside and renamed, as every file."""
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _write_instructions(sheet: Any, texts: Mapping[str, Any]) -> None:
    sheet.title = texts["how"]
    sheet.sheet_view.rightToLeft = texts["direction"] == "rtl"
    sheet.column_dimensions["A"].width = 110
    for number, text in enumerate(texts["instructions"], start=1):
        _put(sheet, number, 1, text)


def _write_answers(sheet: Any, drawn: Sequence[tuple[str, Rateable]], texts: Mapping[str, Any]) -> None:
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, name in enumerate(COLUMNS, start=1):
        _put(sheet, 1, place, texts["columns"][name])
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(1, place).fill = PatternFill("solid", fgColor="DDE6EE")
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS[place - 1]
    for number, (code, answer) in enumerate(drawn, start=2):
        shown = (code, answer.question, answer.expected, answer.given, answer.proof)
        for place, text in enumerate((*shown, *[""] * (len(COLUMNS) - len(shown))), start=1):
            _put(sheet, number, place, text)
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = texts["direction"] == "rtl"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    _ask_for_scores(sheet, len(drawn) + 1, texts)


def _put(sheet: Any, row: int, column: int, text: str) -> None:
    """A wrapped cell of text. A text that begins with = stays a text: it is someone's words, not a formula."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    clean = ILLEGAL_CHARACTERS_RE.sub(" ", text)
    cell = sheet.cell(row, column)
    if clean:
        cell.value = clean if len(clean) <= MAX_CELL else clean[:MAX_CELL] + MORE
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _ask_for_scores(sheet: Any, last: int, texts: Mapping[str, Any]) -> None:
    """Whole numbers 1–5 in the three columns, with the meaning of the scale shown on the cell."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for name in SCORES:
        rule = DataValidation("whole", formula1=str(SCALE[0]), formula2=str(SCALE[-1]), operator="between",
                              allow_blank=True, showErrorMessage=True, showInputMessage=True,
                              error=texts["refused"], prompt=texts["prompts"][name])  # fmt: skip
        letter = get_column_letter(COLUMNS.index(name) + 1)
        rule.add(f"{letter}2:{letter}{max(last, 2)}")
        sheet.add_data_validation(rule)
