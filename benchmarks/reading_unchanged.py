"""Whether what a PDF's text layer already says rightly comes through unchanged: repair of Arabic, of cut words, running lines.

DALIL_CORPORA=… python benchmarks/reading_unchanged.py [--pages 10] [--show 5]

Each page of `w3c_i18n_site` is printed by Chromium (as in `reading.py`), whose Arabic seldom has a right text layer; so Arabic
paragraphs of XQuAD are drawn as well, each line's letters from the left without joining them, which PDFium reads rightly. A
paragraph that stands in PDFium's raw text, letter for letter, was right; it is unchanged where it stands in dalil's text too. Only
runs of white space count as one space, since lines are broken otherwise. `--pages`: so many pages a language instead of all;
`--show`: so many changed ones.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from textwrap import wrap

from reportlab.lib.pagesizes import A4

from public_sets import corpora
from reading import LANGUAGES, dalil_text, printed_pages, pypdfium2_text

DRAWN = "ar, letters drawn from the left"
NOT_ARABIC = re.compile(r"[^\u0621-\u063a\u0641-\u064a\u060c. ]+")
MARKS = re.compile("[\u064b-\u0652\u0640]")
SIZE, LEADING, MARGIN, WIDTH = 11, 18, 60, 75
FEWEST_CHARACTERS = 20
"""A shorter line may stand elsewhere on the page by chance."""


@dataclass
class Tally:
    """Paragraphs of a language: all, those that the text layer has rightly, and of these the ones that dalil changed."""

    every: list[str] = field(default_factory=list)
    right: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def add(self, truth: str, layer: str, read: str) -> None:
        layer, read = spaced(layer), spaced(read)
        every = [said for line in truth.split("\n") if len(said := spaced(line)) >= FEWEST_CHARACTERS]
        right = [said for said in every if said in layer]
        self.every += every
        self.right += right
        self.changed += [said for said in right if said not in read]

    def row(self) -> str:
        kept = 1 - len(self.changed) / len(self.right) if self.right else 1.0
        letters = 1 - size(self.changed) / size(self.right) if self.right else 1.0
        return (
            f"{len(self.every)} | {len(self.right)} ({size(self.right) / size(self.every):.0%} of the characters) | "
            f"{len(self.right) - len(self.changed)} ({kept:.2%}) | {letters:.2%}"
        )


def drawn_pages(folder: Path, most: int | None) -> Iterator[tuple[str, str, Path]]:
    """A file for each article of XQuAD in Arabic, a page for each of its paragraphs, of which what is not Arabic is left out."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("drawn", "DejaVuSans.ttf"))
    articles = json.loads((corpora() / "xquad" / "xquad.ar.json").read_text("utf-8"))["data"]
    for number, article in enumerate(articles[:most]):
        written = [arabic_only(paragraph["context"]) for paragraph in article["paragraphs"]]
        target = folder / f"drawn-{number}.pdf"
        canvas = Canvas(str(target), pagesize=A4)
        for paragraph in written:
            canvas.setFont("drawn", SIZE)
            for row, line in enumerate(wrap(paragraph, WIDTH)):
                canvas.drawRightString(A4[0] - MARGIN, A4[1] - MARGIN - row * LEADING, line[::-1])
            canvas.showPage()
        canvas.save()
        yield DRAWN, "\n".join(written), target


def arabic_only(text: str) -> str:
    """Letters, commas and full stops as they are printed: no marks, and no space before a comma."""
    return re.sub(r"[ ،.]*([،.]) *", r"\1 ", spaced(NOT_ARABIC.sub(" ", MARKS.sub("", text)))).strip()


def spaced(text: str) -> str:
    return " ".join(text.split())


def size(texts: Collection[str]) -> int:
    return sum(map(len, texts))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pages", type=int)
    asked.add_argument("--show", type=int, default=0)
    given = asked.parse_args()
    tallies = {f"{language}, Chromium": Tally() for language in LANGUAGES} | {DRAWN: Tally()}
    with tempfile.TemporaryDirectory() as folder:
        printed = (
            (f"{language}, Chromium", truth, pdf) for language, truth, pdf in printed_pages(Path(folder), given.pages)
        )
        for name, truth, pdf in chain(printed, drawn_pages(Path(folder), given.pages)):
            tallies[name].add(truth, pypdfium2_text(str(pdf)), dalil_text(str(pdf)))
    print("| | paragraphs | right in the text layer | of these unchanged | characters of these unchanged |")
    print("|---|---|---|---|---|")
    for name, tally in tallies.items():
        print(f"| {name} | {tally.row()} |")
    for name, tally in tallies.items():
        for said in tally.changed[: given.show]:
            print(f"{name}: {said}")


if __name__ == "__main__":
    main()
