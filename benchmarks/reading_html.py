"""HTML reading: the main text of a real site's pages, as they are and made messy, beside trafilatura.

DALIL_CORPORA=… python benchmarks/reading_html.py

The truth is each page's own body without the parts that its author marked as menus, headers, footers, asides and forms.
*messy*: the same pages with every such mark gone (all is `div`, no id, class or role), as old content systems write them.
*portal*: the messy page below a list of links to all pages of the site in its language.
*one form*: the messy page inside one form and one layout table, as ASP.NET writes it.
`pip install trafilatura lxml_html_clean` adds its rows.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from html import escape
from importlib import import_module
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from dalil.collect.html import read_html
from dalil.collect.sources import list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.errors import SourceError
from dalil.language import words
from dalil.records import Document, Language
from public_sets import corpora

LANGUAGES: tuple[Language, ...] = ("fr", "ar", "en")
READING = ReadingSettings()
NOT_MAIN = "script, style, noscript, template, select, svg, nav, aside, header, footer, form, #sidebarExtras"
MARKS = re.compile(r"<(/?)(?:main|article|section|nav|aside|header|footer)\b([^>]*)>", re.IGNORECASE)
NAMES = re.compile(r"(<(?!html|link|meta)\w+[^>]*?)\s(?:id|class|role)\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)
BODY = re.compile(r"(<body[^>]*>)(.*)(</body>)", re.IGNORECASE | re.DOTALL)

Extract = Callable[[Path], str]


def truth_of(page: str) -> str:
    tree = LexborHTMLParser(page)
    for node in reversed(tree.css(NOT_MAIN)):
        if not (node.tag == "header" and node.css_first("h1")):
            node.decompose()
    return tree.body.text(separator=" ") if tree.body else ""


def messy(page: str) -> str:
    page = MARKS.sub(r"<\1div\2>", page)
    while NAMES.search(page):
        page = NAMES.sub(r"\1", page)
    return page


def one_form(page: str) -> str:
    return BODY.sub(r'\1<form action="x" method="post"><table><tr><td>\2</td></tr></table></form>\3', messy(page))


def portal(page: str, menu: str) -> str:
    return BODY.sub(lambda found: f"{found[1]}<div>{menu}</div>{found[2]}{found[3]}", messy(page))


def menu_of(pages: list[Path]) -> str:
    """The titles of a site's pages as a list of links, as a portal has it over every page."""
    titles = (LexborHTMLParser(page.read_text(encoding="utf-8")).css_first("title") for page in pages)
    return "<ul>" + "".join(f'<li><a href="#">{escape(title.text())}</a></li>' for title in titles if title) + "</ul>"


def dalil_text(path: Path) -> str:
    files, _ = list_sources([SourceSettings(path=str(path))], path.parent, READING)
    try:
        return next((d.text for d in read_html(files[0], LANGUAGES, READING) if isinstance(d, Document)), "")
    except SourceError:
        return ""


CHANGES: dict[str, Callable[[str, str], str]] = {
    "as they are": lambda page, menu: page,
    "messy": lambda page, menu: messy(page),
    "portal": portal,
    "one form": lambda page, menu: one_form(page),
}


def extractors() -> Iterator[tuple[str, Extract]]:
    yield "dalil", dalil_text
    try:
        trafilatura = import_module("trafilatura")
    except ImportError:
        print("(trafilatura is not installed)")
        return
    yield "trafilatura", lambda path: trafilatura.extract(path.read_text("utf-8"), include_comments=False) or ""
    yield (
        "trafilatura, for recall",
        lambda path: trafilatura.extract(path.read_text("utf-8"), favor_recall=True, include_comments=False) or "",
    )


def precision_recall(text: str, truth: str) -> tuple[float, float]:
    """Of the words, each as often as it stands there."""
    found, wanted = Counter(words(text)), Counter(words(truth))
    shared = (found & wanted).total()
    return shared / max(1, found.total()), shared / max(1, wanted.total())


def main() -> None:
    pages = sorted((corpora() / "w3c_i18n_site").rglob("*.html"))
    print("| pages | reader | pages read | empty | precision | recall | lowest recall | CPU ms a page |")
    print("|---|---|---|---|---|---|---|---|")
    menus = {
        end: menu_of([page for page in pages if page.suffixes[-2:] == list(end)])
        for end in {tuple(p.suffixes[-2:]) for p in pages}
    }
    with tempfile.TemporaryDirectory() as folder:
        for label, change in CHANGES.items():
            made = []
            for number, page in enumerate(pages):
                text = page.read_text(encoding="utf-8")
                place = Path(folder) / f"{label.replace(' ', '-')}-{number}.html"
                place.write_text(change(text, menus[tuple(page.suffixes[-2:])]), encoding="utf-8")
                made.append((place, truth_of(text)))
            for name, extract in extractors():
                started = time.process_time()
                texts = [extract(place) for place, _ in made]
                spent = 1000 * (time.process_time() - started) / len(made)
                scores = [precision_recall(text, truth) for text, (_, truth) in zip(texts, made, strict=True)]
                precision, recall = (sum(values) / len(scores) for values in zip(*scores, strict=True))
                empty = sum(not text.strip() for text in texts)
                lowest = min(recall for _, recall in scores)
                print(f"| {label} | {name} | {len(made)} | {empty} | {100 * precision:.1f} % | {100 * recall:.1f} % | {100 * lowest:.0f} % | {spent:.1f} |")  # fmt: skip


if __name__ == "__main__":
    main()
