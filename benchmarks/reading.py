"""PDF reading: characters, tables, scans and speed, beside other readers in one run.

DALIL_CORPORA=… python benchmarks/reading.py [characters tables scans speed | --speed [site arabic long corpora]]

`--speed` is the speed tables alone, under ten minutes on two free cores. Needs Chromium (prints the pages) and, for scans,
Tesseract with ara, fra, eng. pypdf and pdfplumber are packages of this benchmark only: their rows come where they are installed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from itertools import product
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from selectolax.lexbor import LexborHTMLParser

from dalil.collect.html import read_html
from dalil.collect.pdf import made_of, read_pdf
from dalil.collect.pdf_ocr import NOT_KEPT
from dalil.collect.pdf_worker import read
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.errors import SourceError
from dalil.records import Document, Dropped, Language
from public_sets import corpora
from reading_tables import (
    OTHER_SEEDS,
    SEED,
    Form,
    Rows,
    from_text,
    made_tables,
    scores,
    sill_2019,
    whole_lines,
    written,
)

LANGUAGES: tuple[Language, ...] = ("fr", "ar", "en")
PAGES = 10
FONTS = {
    "ar": ["Noto Naskh Arabic", "Noto Sans Arabic", "DejaVu Sans", "Noto Kufi Arabic"],
    "fr": ["serif"],
    "en": ["serif"],
}
PASSES = {"dalil": 5, "pypdfium2 alone": 5}
"""Passes over the files whose median counts; of the slow readers one."""
SETS = ("site", "arabic", "long", "corpora")
"""The rows of the table of pages a second."""
READING = ReadingSettings()
Reader = Callable[[str], str]


def source(path: Path) -> SourceFile:
    files, _ = list_sources([SourceSettings(path=str(path))], path.parent, READING)
    return files[0]


def dalil_text(path: str) -> str:
    return next((d.text for d in dalil_read(path, READING) if isinstance(d, Document)), "")


def dalil_read(path: str, reading: ReadingSettings) -> list[Document | Dropped]:
    try:
        return read_pdf(source(Path(path)), LANGUAGES, reading, NOT_KEPT)
    except SourceError as error:
        return [Dropped(path, error.message)]


def pypdfium2_text(path: str) -> str:
    import pypdfium2

    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def pypdf_text(path: str) -> str:
    pypdf = import_module("pypdf")
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def pdfplumber_text(path: str) -> str:
    with import_module("pdfplumber").open(path) as pdf:
        return "\n".join(page.extract_text() or "" for page in pdf.pages)


def readers() -> dict[str, Reader]:
    """The readers that are installed."""
    found: dict[str, Reader] = {"dalil": dalil_text, "pypdfium2 alone": pypdfium2_text}
    for name, module, reader in (("pypdf", "pypdf", pypdf_text), ("pdfplumber", "pdfplumber", pdfplumber_text)):
        try:
            import_module(module)
            found[name] = reader
        except ImportError:
            print(f"({name} is not installed, its figures are left out: pip install {name})", file=sys.stderr)
    return found


def print_to_pdf(html: Path, folder: Path) -> Path:
    """The page as Chromium prints it."""
    target = folder / f"{html.stem}.pdf"
    if target.exists():
        return target
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'chrome'}",
        "--no-pdf-header-footer",
    ]
    subprocess.run([chromium, *options, f"--print-to-pdf={target}", html.as_uri()], check=True, capture_output=True)
    return target


def printed_pages(folder: Path, most: int | None = PAGES) -> Iterator[tuple[str, str, Path]]:
    """(language, text of the HTML, PDF) of up to `most` pages a language; menus, pictures and tables taken out first."""
    site = corpora() / "w3c_i18n_site"
    for language in LANGUAGES:
        for number, page in enumerate(sorted(site.rglob(f"*.{language}.html"))[:most]):
            font = FONTS[language][number % len(FONTS[language])]
            html = folder / f"{language}-{number}.html"
            html.write_text(_main_part(page, language, font), encoding="utf-8")
            document = read_html(source(html), LANGUAGES, READING)[0]
            assert isinstance(document, Document)
            yield language, document.text, print_to_pdf(html, folder)


def _main_part(page: Path, language: str, font: str) -> str:
    tree = LexborHTMLParser(page.read_text(encoding="utf-8"))
    assert tree.body is not None
    for node in tree.css(
        "script, style, link, nav, aside, header, footer, table, img, svg, select, noscript, form, [hidden]"
    ):
        node.decompose()
    style = f"body {{ font-family: '{font}'; font-size: 11pt }} ol, ul {{ list-style: none }}"
    direction = "rtl" if language == "ar" else "ltr"
    head = f'<meta charset="utf-8"><title>Page</title><style>{style}</style>'
    return f'<html lang="{language}" dir="{direction}"><head>{head}</head>{tree.body.html}</html>'


def comparable(text: str) -> str:
    """Compatibility forms, marks, hyphens at line ends and list marks aside: characters and single spaces."""
    text = unicodedata.normalize("NFKC", re.sub("\ufffe(\r\n)?", "", text))
    text = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf") and c != "\u0640")
    return " ".join(re.sub(r"(?m)^\s*(?:-|\d+\.|•)\s", "", text).split())


def accuracy(text: str, truth: str) -> float:
    """1 − edits a character of the truth."""
    text, truth = comparable(text), comparable(truth)
    return max(0.0, 1 - Levenshtein.distance(text, truth) / len(truth))


def characters(folder: Path) -> None:
    pages = list(printed_pages(folder))
    print(
        f"\n| character accuracy, {len(pages)} printed pages | {' | '.join(LANGUAGES)} |\n|---|{'---|' * len(LANGUAGES)}"
    )
    for name, reader in readers().items():
        by_language: dict[str, list[tuple[float, int]]] = {language: [] for language in LANGUAGES}
        for language, truth, pdf in pages:
            by_language[language].append((accuracy(reader(str(pdf)), truth), len(truth)))
        figures = [_weighted(by_language[language]) for language in LANGUAGES]
        print(f"| {name} | {' | '.join(f'{100 * figure:.2f} %' for figure in figures)} |")


def _weighted(figures: list[tuple[float, int]]) -> float:
    return sum(figure * size for figure, size in figures) / sum(size for _, size in figures)


def tables(folder: Path) -> None:
    print("\n| tables printed by Chromium | tables | cells | cells exact | whole rows |\n|---|---|---|---|---|")
    for language in ("fr", "ar"):
        for ruled in (True, False):
            html, truth = made_tables(language, ruled, folder)
            pdf = print_to_pdf(html, folder)
            text = dalil_text(str(pdf))
            if not ruled:
                whole = whole_lines(truth, text)
                print(
                    f"| dalil, {language}, no lines (rows whole on one line, columns not told) | {len(truth)} | – | – | {100 * whole:.1f} % |"
                )
                continue
            for name, found in written(str(pdf), text).items():
                cells, rows, count = scores(truth, found)
                label = f"{name}, {language}, ruled, merged cells"
                print(f"| {label} | {len(truth)} | {count} | {100 * cells:.1f} % | {100 * rows:.1f} % |")
    forms: tuple[Form, ...] = ("one-line", "wrapped")
    for language, form in product(("fr", "ar"), forms):
        for label, seeds in (("", (SEED,)), (f", {len(OTHER_SEEDS)} other draws", OTHER_SEEDS)):
            truth, found = _unruled(language, form, seeds, folder)
            cells, rows, count = scores(truth, found)
            name = f"dalil, {language}, no lines, {form}{label}"
            print(f"| {name} | {len(truth)} | {count} | {100 * cells:.1f} % | {100 * rows:.1f} % |")
    sill_2019(dalil_text(str(corpora() / "pdf" / "fr_table_sill-2019.pdf")))


def _unruled(language: str, form: Form, seeds: Iterable[int], folder: Path) -> tuple[list[Rows], list[Rows]]:
    """What is in the tables of some draws, and what is read of them. A file whose titles are not all found has no table right."""
    truth: list[Rows] = []
    found: list[Rows] = []
    for seed in seeds:
        html, made = made_tables(language, False, folder, form, seed)
        read_tables = from_text(dalil_text(str(print_to_pdf(html, folder))))
        truth += made
        found += read_tables if len(read_tables) == len(made) else [[] for _ in made]
    return truth, found


def scans(folder: Path) -> None:
    print("\n| scanned page (200 dpi picture) | seconds a page | confidence | character accuracy |\n|---|---|---|---|")
    for language, _, pdf in list(printed_pages(folder))[::PAGES]:
        picture = _picture(pdf, folder / f"scan-{language}.pdf")
        truth = _first_page(dalil_read(str(pdf), READING))
        started = time.perf_counter()
        found = dalil_read(str(picture), ReadingSettings(ocr=True))
        seconds = time.perf_counter() - started
        note = next((d.reason for d in found if isinstance(d, Dropped)), "")
        confidence = re.search(r"confidence (\d+ %)", note)
        figure = accuracy(_first_page(found), truth)
        print(f"| {language} | {seconds:.1f} | {confidence.group(1) if confidence else '–'} | {100 * figure:.1f} % |")


def _picture(pdf: Path, target: Path) -> Path:
    """A PDF whose only page is a picture of the first page."""
    import pypdfium2
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    page = pypdfium2.PdfDocument(str(pdf))[0]
    canvas = Canvas(str(target), pagesize=page.get_size())
    canvas.drawImage(ImageReader(page.render(scale=200 / 72).to_pil()), 0, 0, *page.get_size())
    canvas.save()
    return target


def _first_page(found: Iterable[Document | Dropped]) -> str:
    document = next((item for item in found if isinstance(item, Document)), None)
    if document is None:
        return ""
    return document.text[: document.page_starts[1]] if len(document.page_starts) > 1 else document.text


def speed(folder: Path) -> None:
    """Both tables: what a page costs in processor time, and how many are read in a second on the clock."""
    speed_of(folder, SETS)


def speed_of(folder: Path, chosen: Collection[str]) -> None:
    """The same of some sets only (`SETS`); the table of processor time comes with all of them."""
    every = list(printed_pages(folder, most=None))
    pages_of = {language: [str(pdf) for found, _, pdf in every if found == language] for language in LANGUAGES}
    if set(chosen) == set(SETS):
        _processor_table(pages_of)
    prints = [pdf for pdfs in pages_of.values() for pdf in pdfs]
    long = _joined(prints, folder / "long.pdf")
    sets = {
        "site": (f"the whole site, {len(prints)} short files", prints),
        "arabic": (f"of these the {len(pages_of['ar'])} Arabic ones", pages_of["ar"]),
        "long": ("the first row as two long files", [long, long]),
        "corpora": ("corpora/pdf (tables, gazette)", [str(pdf) for pdf in sorted((corpora() / "pdf").glob("*.pdf"))]),
    }
    installed = readers()
    print(
        f"\n| pages a second on the clock, two processes | pages | {' | '.join(installed)} |\n|---|---|{'---|' * len(installed)}"
    )
    for label, files in (sets[name] for name in SETS if name in chosen):
        pages = sum(map(_page_count, files))
        shown = [f"{pages / _seconds(reader, files, PASSES.get(name, 1)):.0f}" for name, reader in installed.items()]
        print(f"| {label} | {pages} | {' | '.join(shown)} |", flush=True)


def _processor_table(pages_of: dict[Language, list[str]]) -> None:
    print("\n| pages a processor second, one process | pages | raw pypdfium2 | reading process | with laying out |")
    print("|---|---|---|---|---|")
    for language, pdfs in pages_of.items():
        count = sum(_page_count(pdf) for pdf in pdfs)
        figures = [count / _cpu_seconds(each, pdfs) for each in (pypdfium2_text, _read_alone, _read_and_laid_out)]
        print(f"| {language} | {count} | {' | '.join(f'{figure:.0f}' for figure in figures)} |", flush=True)


def _page_count(pdf: str) -> int:
    import pypdfium2

    return len(pypdfium2.PdfDocument(pdf))


def _joined(pdfs: Iterable[str], target: Path) -> str:
    import pypdfium2

    joined = pypdfium2.PdfDocument.new()
    for pdf in pdfs:
        joined.import_pages(pypdfium2.PdfDocument(pdf))
    joined.save(str(target))
    return str(target)


def _read_alone(path: str) -> None:
    read(path, READING.max_pages)


def _read_and_laid_out(path: str) -> None:
    """As `read_pdf`, without the process of its own that it reads in."""
    made_of(source(Path(path)), read(path, READING.max_pages), LANGUAGES, READING, NOT_KEPT)


def _cpu_seconds(reader: Callable[[str], object], files: list[str]) -> float:
    """For each file the least of five passes, added up."""
    total = 0.0
    for file in files:
        passes = []
        for _ in range(5):
            started = time.process_time()
            reader(file)
            passes.append(time.process_time() - started)
        total += min(passes)
    return total


def _seconds(reader: Reader, files: list[str], passes: int) -> float:
    """The median of some passes over the files in two processes that are warm."""
    times = []
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(reader, files[:1] * 2))
        for _ in range(passes):
            started = time.perf_counter()
            list(pool.map(reader, files))
            times.append(time.perf_counter() - started)
    return sorted(times)[passes // 2]


PARTS = {"characters": characters, "tables": tables, "scans": scans, "speed": speed}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument(
        "parts", nargs="*", metavar="PART", help="characters, tables, scans or speed; all of them, where none is named"
    )
    asked.add_argument(
        "--speed", nargs="*", choices=SETS, help="the speed tables alone; of some sets of files, where they are named"
    )
    given = asked.parse_args()
    if unknown := sorted(set(given.parts) - set(PARTS)):
        asked.error(f"no part is called {', '.join(unknown)}: {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as folder:
        if given.speed is not None:
            speed_of(Path(folder), given.speed or SETS)
            return
        for name in given.parts or PARTS:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    main()
