"""Tables for benchmarks/reading.py: made from real words, printed, read, and scored cell by cell."""

from __future__ import annotations

import contextlib
import csv
import json
import random
import re
from collections.abc import Iterable
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz

from dalil.language import clean, fold
from public_sets import corpora

TABLES = 20
SEED = 42
OTHER_SEEDS = (7, 11, 23)
"""Of draws that the reader was not developed on."""
SHORT = 20
NAMES = {
    "fr": ["Secteur", "Logiciel", "Usage", "Version", "Licence"],
    "ar": ["القطاع", "العملية", "الشرح", "الرسم", "الأجل"],
}
TITLE = {"fr": "Tableau", "ar": "القائمة"}
Rows = list[list[tuple[str, str]]]
"""For each row the (column, value) pairs that are not empty."""


Form = Literal["merged", "one-line", "wrapped"]
"""Merged left cells, empty cells and wrapped texts; short texts that are not wrapped; wrapped texts without merged cells."""


def made_tables(
    language: str, ruled: bool, folder: Path, form: Form = "merged", seed: int = SEED
) -> tuple[Path, list[Rows]]:
    """A page of tables of one form, and what is in them."""
    one_line, merged = form == "one-line", form == "merged"
    draw = random.Random(seed)
    texts = [_short(text) for text in _texts(language)] if one_line else _texts(language)
    parts, truth = [], []
    for number in range(TABLES):
        names = NAMES[language][: draw.randint(4, 5)]
        groups = [(draw.choice(texts)[:24].strip(), draw.randint(1, 5)) for _ in range(draw.randint(2, 7))]
        parts.append(
            f"<h2>{TITLE[language]} {chr(65 + number)}</h2><table><tr>{''.join(f'<th>{n}</th>' for n in names)}</tr>"
        )
        rows: Rows = []
        for left, size in groups:
            for i in range(size):
                values = [left, *_values(draw, texts, len(names) - 1)]
                cells = [f'<td rowspan="{size}">{escape(left)}</td>'] if i == 0 and merged else []
                cells = cells if merged else [f"<td>{escape(left)}</td>"]
                parts.append(f"<tr>{''.join([*cells, *(f'<td>{escape(v)}</td>' for v in values[1:])])}</tr>")
                rows.append([(name, value) for name, value in zip(names, values, strict=True) if value])
        parts.append("</table>")
        truth.append(rows)
    border = "border: 1px solid #333; " if ruled else ""
    font = "Noto Naskh Arabic" if language == "ar" else "Noto Sans"
    style = f"body {{ font-family: '{font}'; font-size: 9pt }} table {{ border-collapse: collapse; width: 100% }} th, td {{ {border}padding: 3px; text-align: start; vertical-align: top{'; white-space: nowrap' if one_line else ''} }}"
    direction = "rtl" if language == "ar" else "ltr"
    html = folder / f"tables-{language}-{'ruled' if ruled else 'plain'}-{form}-{seed}.html"
    html.write_text(f'<html lang="{language}" dir="{direction}"><meta charset="utf-8"><style>{style}</style>{"".join(parts)}</html>', encoding="utf-8")  # fmt: skip
    return html, truth


def _texts(language: str) -> list[str]:
    if language == "ar":
        passages = json.loads((corpora() / "xquad" / "xquad.ar.json").read_text(encoding="utf-8"))["data"]
        words = " ".join(p["context"] for a in passages[:20] for p in a["paragraphs"]).split()
        words = [word for word in map(clean, words) if all("\u0621" <= c <= "\u064a" for c in word)]
        return [" ".join(words[i : i + 4 + i % 5]) for i in range(0, 6000, 9)]
    with (corpora() / "catalogues" / "sill-2020.csv").open(encoding="utf-8", newline="") as stream:
        return [" ".join(row["fonction"].split())[:70] for row in csv.DictReader(stream) if len(row["fonction"]) > 12]


def _short(text: str) -> str:
    """Its first words, as far as a column is wide."""
    return " ".join(text[:SHORT].split(" ")[:-1]) if len(text) > SHORT else text


def _values(draw: random.Random, texts: list[str], count: int) -> list[str]:
    """Two texts, then figures; one in eight is empty."""
    figures = [f"{draw.randint(2, 99)}.{draw.randint(0, 9)}", str(draw.randint(100, 999)), f"{draw.randint(2, 30)}/10"]
    values = [draw.choice(texts).strip(), draw.choice(texts).strip(), *draw.sample(figures, count - 2)]
    return [values[0], *("" if draw.random() < 0.125 else value for value in values[1:])]


def written(pdf: str, text: str) -> dict[str, list[Rows]]:
    """What each reader makes of the tables, in the order of the page."""
    found = {"dalil": from_text(text)}
    with contextlib.suppress(ImportError):
        found["pdfplumber, merged cells filled"] = _from_pdfplumber(pdf)
    return found


def whole_lines(truth: list[Rows], text: str) -> float:
    """Without ruling lines: the share of rows whose own cells stand in order on one line (merged left cells aside)."""
    lines = ["".join(line.split()) for line in text.split("\n")]
    rows = [[value for _, value in row[1:]] for table in truth for row in table]
    patterns = [re.compile(".*".join(re.escape("".join(value.split())) for value in row)) for row in rows]
    return sum(any(pattern.search(line) for line in lines) for pattern in patterns) / len(rows)


def from_text(text: str) -> list[Rows]:
    tables: list[Rows] = []
    for line in text.split("\n"):
        if any(line.startswith(f"{title} ") and len(line) == len(title) + 2 for title in TITLE.values()):
            tables.append([])
        elif tables:
            pairs = [part.partition(": ") for part in line.split(" | ")]
            tables[-1].append([(name, value) if value else ("", name) for name, _, value in pairs])
    return tables


def _from_pdfplumber(path: str) -> list[Rows]:
    """Its tables of drawn lines; a table without the header of names goes on with the one before."""
    tables: list[Rows] = []
    names: list[str] = []
    before: list[str] = []
    with import_module("pdfplumber").open(path) as pdf:
        for table in (table for page in pdf.pages for table in page.extract_tables()):
            rows = [[None if cell is None else " ".join(cell.split()) for cell in row] for row in table]
            if any(cell for cell in rows[0]) and {fold(cell or "") for cell in rows[0]} & {
                fold(n) for known in NAMES.values() for n in [*known, *(k[::-1] for k in known)]
            }:
                names, before = [cell or "" for cell in rows[0]], []
                tables.append([])
                rows = rows[1:]
            for row in rows:
                before = [
                    above if cell is None else cell
                    for cell, above in zip(row, [*before, *[""] * len(row)], strict=False)
                ]
                tables[-1].append([(name, cell) for name, cell in zip(names, before, strict=False) if cell])
    return tables


def scores(truth: list[Rows], found: list[Rows]) -> tuple[float, float, int]:
    """Share of cells and of rows that are exact (spaces and tatweel aside), and the number of cells. Rows are paired by likeness."""
    cells = rows = right_cells = right_rows = 0
    for expected, made in zip(truth, [*found, *[[] for _ in truth]], strict=False):
        start = 0
        for row in expected:
            window = range(start, min(len(made), start + 4))
            best = max(window, key=lambda i: fuzz.ratio(_joined(row), _joined(made[i])), default=None)
            pairs = {_same(pair) for pair in made[best]} if best is not None else set()
            hits = sum(_same(pair) in pairs for pair in row)
            start = best + 1 if best is not None and hits else start
            cells, right_cells = cells + len(row), right_cells + hits
            rows, right_rows = rows + 1, right_rows + (hits == len(row) == len(pairs))
    return right_cells / cells, right_rows / rows, cells


def _joined(row: Iterable[tuple[str, str]]) -> str:
    return " ".join(value for _, value in row)


def _same(pair: tuple[str, str]) -> tuple[str, str]:
    first, second = ("".join(text.replace("\u0640", "").split()) for text in pair)
    return first, second


def sill_2019(text: str) -> None:
    """A real table whose truth nobody wrote down: how many of its rows are named, and how many rows there are."""
    rows = [line for line in text.split("\n") if " | " in line]
    named = [line for line in rows if "LOGICIEL: " in line and "FONCTIONNALITÉ: " in line]
    print(
        f"\nSILL 2019 (8 pages, merged cells, real): {len(rows)} rows, {len(named)} with software and function by name."
    )
