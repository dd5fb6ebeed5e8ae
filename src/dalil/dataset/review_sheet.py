"""The review sheet goes out as XLSX or CSV and comes back, whatever was moved or added; what cannot be used is named."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from dalil.artefacts import disk_errors, write_text
from dalil.dataset.decoding import Problem
from dalil.dataset.raw import read_raw
from dalil.dataset.review import Review, Ruling, review_code
from dalil.errors import ConfigError
from dalil.language import columns_by_title, fold
from dalil.records import Document, Example
from dalil.tables import read_table

COLUMNS = ("code", "question", "answer", "evidence", "document", "accept", "new_question", "new_answer", "comment")
SUFFIXES = (".xlsx", ".csv")
WIDTHS = (20, 40, 40, 60, 24, 12, 40, 40, 40)
MAX_CELL = 32_000  # characters; a cell of Excel holds 32,767
_YES = frozenset(map(fold, ("y", "yes", "o", "oui", "ok", "x", "1", "true", "vrai", "ن", "نعم", "✓", "✔", "✅")))
_NO = frozenset(map(fold, ("n", "no", "non", "0", "false", "faux", "ل", "لا", "✗", "✘", "❌")))


@cache
def sheet_texts() -> dict[str, Any]:
    """The texts of the sheet by language."""
    texts: dict[str, Any] = read_table(resources.files(__package__).joinpath("review.yaml").read_text("utf-8"))
    return texts


def texts_in(language: str) -> dict[str, Any]:
    """The texts in a language; Darija reads Arabic, any language without texts English."""
    every = sheet_texts()
    texts: dict[str, Any] = every.get("ar" if language == "ary" else language, every["en"])
    return texts


def sheet_row(example: Example, documents: Mapping[str, Document], texts: Mapping[str, Any]) -> list[str]:
    """What a person reads of one example; the columns to fill in are empty."""
    spans = (documents[e.document].text[e.start : e.end] for e in example.evidence if e.document in documents)
    quote = "\n\n".join(dict.fromkeys(spans))
    answer = example.answer if example.answerable else example.answer or texts["nothing"]
    shown = (review_code(example), example.question, answer, quote, "\n".join(example.documents))
    return [*(text[:MAX_CELL] for text in shown), "", "", "", ""]


def write_review_sheet(path: Path, rows: Sequence[Sequence[str]], language: str) -> None:
    """Write the sheet by its suffix. Raises ConfigError on another one, WorkError where it cannot be written."""
    if path.suffix.lower() not in SUFFIXES:
        raise ConfigError(f"{path}: a review sheet is {' or '.join(SUFFIXES)}.", hint=f"--sheet-out {path.stem}.xlsx")
    texts = texts_in(language)
    titles = [texts["columns"][name] for name in COLUMNS]
    if path.suffix.lower() == ".csv":
        stream = io.StringIO()
        csv.writer(stream).writerows([titles, *([_harmless(cell) for cell in row] for row in rows)])
        write_text(path, "\ufeff" + stream.getvalue())
        return
    data = _workbook(titles, rows, texts)
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
        beside.write_bytes(data)
        beside.replace(path)


def _harmless(cell: str) -> str:
    """A spreadsheet runs a cell that begins like a formula: a space before it keeps it a text."""
    return f" {cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _workbook(titles: Sequence[str], rows: Iterable[Sequence[str]], texts: Mapping[str, Any]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = texts["sheet"]
    for number, row in enumerate([titles, *rows], start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            if text:
                cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", text)
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.cell(1, COLUMNS.index("accept") + 1).comment = Comment(texts["how"], "dalil", width=360, height=120)
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = texts["direction"] == "rtl"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class ReviewedSheet:
    """A sheet as it came back. `empty`: rows that nobody ruled on; `refused`: what was not used, by row and reason."""

    reviews: list[Review]
    refused: list[Problem]
    empty: int


def read_review_sheet(path: Path, known: Mapping[str, Example], reviewer: str) -> ReviewedSheet:
    """The rulings of a filled sheet. `known`: code → the example. Raises ConfigError where it is no review sheet."""
    raw = read_raw(path)
    names = _names()
    reviews: dict[str, Review] = {}
    refused, empty, is_sheet = list(raw.problems), 0, False
    for line, given in raw.rows:
        row = {names[fold(key).strip()]: _cell(value) for key, value in given.items() if fold(key).strip() in names}
        is_sheet = is_sheet or {"code", "accept"} <= row.keys()
        code = row.get("code", "")
        untouched = not any(row.get(name) for name in ("accept", "new_question", "new_answer"))
        if untouched and not (code in known and _changed_in_place(row, known[code])):
            empty += bool(code)
            continue
        made = _ruled(row, known.get(code), reviewer)
        if code in reviews:
            made = "the code stands twice"
        if isinstance(made, str):
            refused.append(Problem(path.name, line, made))
        else:
            reviews[code] = made
    if not is_sheet:
        raise ConfigError(f"{path} is not a review sheet: no columns `{_title('code')}` and `{_title('accept')}`.",
                          hint="dalil dataset review --sheet-out FILE.xlsx writes one")  # fmt: skip
    return ReviewedSheet(list(reviews.values()), refused, empty)


def _title(column: str) -> str:
    return str(sheet_texts()["en"]["columns"][column])


@cache
def _names() -> dict[str, str]:
    return columns_by_title(COLUMNS, [texts["columns"] for texts in sheet_texts().values()])


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _ruled(row: Mapping[str, str], example: Example | None, reviewer: str) -> Review | str:
    """The review of a row, or why it cannot be used."""
    if example is None:
        return f"no example here has the code {row.get('code', '')!r}: it changed since, or the sheet is another workspace's"
    if column := _changed_in_place(row, example):
        return f"the column {_title(column)} was changed: write it under {_title('new_' + column)}"
    said = fold(row.get("accept", ""))
    if said not in _YES | _NO | {""}:
        return f"{row.get('accept')!r} is neither y nor n"
    new_question, new_answer = (_changed(row.get(f"new_{n}", ""), getattr(example, n)) for n in ("question", "answer"))
    ruling: Ruling = "rejected" if said in _NO else "accepted"
    if new_question or new_answer:
        ruling = "corrected"
    return Review(review_code(example), example.id, example.question, example.answer, ruling, new_question, new_answer,
                  row.get("comment", ""), reviewer)  # fmt: skip


def _changed_in_place(row: Mapping[str, str], example: Example) -> str:
    """The column that someone wrote over instead of beside, "" where none was."""
    nothing = {texts["nothing"] for texts in sheet_texts().values()} if not example.answerable else set()
    for column, texts in (("question", {example.question}), ("answer", {example.answer, *nothing})):
        given = " ".join(row.get(column, "").split())
        if given and given not in {" ".join(text[:MAX_CELL].split()) for text in texts}:
            return column
    return ""


def _changed(text: str, before: str) -> str:
    return "" if text == before.strip() else text
