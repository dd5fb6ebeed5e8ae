"""Language identification, sentence by sentence, on public sets and on Darija that nobody here wrote.

DALIL_CORPORA=… DALIL_DARIJA=… python benchmarks/language.py [development]

Half of the sentences (by md5) is for development and shows its errors; without an argument the other half is measured.
DALIL_DARIJA (where it is set) is a folder with `ongoing/*.csv` and `MAC corpus.csv`: see language.md for their places.
"""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import md5
from importlib import resources
from pathlib import Path

from dalil.collect.html import read_html
from dalil.collect.sources import list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.language import identify, sentence_spans, words
from dalil.records import Document, Language
from public_sets import corpora, load

EVERY: tuple[Language, ...] = ("fr", "ar", "en", "ary", "ary-Latn")
WORDS = 4
"""Sentences of fewer words are left out: a name or a number has no language."""
CODE = re.compile(r"[<>{}|=\[\]\\]")
ENDED = re.compile(r"[.!?؟…:;؛][\"'»”’)]*$")
SHOWN = 25
Said = tuple[str, Language, str]


def sentences(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in sentence_spans(text))


def question_sets() -> Iterator[Said]:
    for name in ("piaf_fr", "xquad_ar", "xquad_en"):
        documents, asked = load(name)
        for document in documents:
            yield from ((name, document.language, sentence) for sentence in sentences(document.text))
        yield from ((f"{name}, questions", documents[0].language, one.question) for one in asked)


def site() -> Iterator[Said]:
    """A site whose files are named after their language: `name.ar.html`."""
    folder, reading = corpora() / "w3c_i18n_site", ReadingSettings()
    files, _ = list_sources([SourceSettings(path=str(folder))], folder, reading)
    for file in files:
        language = Path(file.path).suffixes[0].removeprefix(".") if file.path.endswith(".html") else ""
        if language in EVERY:
            pages = [page for page in read_html(file, EVERY, reading) if isinstance(page, Document)]
            for sentence in (sentence for page in pages for sentence in sentences(page.text)):
                prose = ENDED.search(sentence) and not CODE.search(sentence)
                kind = "sentences" if prose else "titles, lists, tables, code"
                yield f"w3c_{language}, {kind}", language, sentence


def darija() -> Iterator[Said]:
    if not (folder := os.environ.get("DALIL_DARIJA")):
        return
    for path in sorted(Path(folder).glob("ongoing/*.csv")):
        for row in rows(path):
            yield "DODa, Latin script", "ary-Latn", row["darija"] or ""
            yield "DODa, Arabic script", "ary", row["darija_ar"] or ""
    for row in rows(Path(folder) / "MAC corpus.csv"):
        if row["class"] in ("dialectal", "standard"):
            yield f"MAC, {row['class']}", "ary" if row["class"] == "dialectal" else "ar", row["tweets"] or ""


def rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


def recipe() -> Iterator[Said]:
    """The questions of the recipe `idarati`, in the language that their author gave: short ones too, never split."""
    text = resources.files("dalil").joinpath("recipes/idarati/questions.jsonl").read_text("utf-8")
    for row in map(json.loads, text.splitlines()):
        yield f"idarati, {row['language']}", row["language"], row["question"]


def is_development(text: str) -> bool:
    return md5(text.encode("utf-8")).digest()[0] < 128


def report(said: list[Said]) -> list[tuple[Said, Language]]:
    """Prints a row for each set, without and with `expected`, and returns what went wrong without."""
    began = time.perf_counter()
    found = [identify(text) for _, _, text in said]
    seconds = time.perf_counter() - began
    wrong = [(one, guess) for one, guess in zip(said, found, strict=True) if one[1] != guess]
    totals, missed = Counter(name for name, _, _ in said), Counter(one[0] for one, _ in wrong)
    told = Counter(name for name, language, text in said if identify(text, EVERY) == language)
    print("| set | sentences | right | right, all five expected | taken for |\n|---|---|---|---|---|")
    for name, n in sorted(totals.items()):
        taken = ", ".join(f"{k} {v}" for k, v in Counter(guess for one, guess in wrong if one[0] == name).most_common())
        print(f"| {name} | {n} | {1 - missed[name] / n:.4f} | {told[name] / n:.4f} | {taken} |")
    print(f"\n{len(said) / seconds:.0f} sentences a second, one core\n")
    return wrong


def labelled() -> list[Said]:
    """Every sentence once; one that stands in pages of several languages was left untranslated and has no label."""
    every = [*question_sets(), *site(), *darija()]
    languages: dict[str, set[Language]] = {}
    for name, language, text in every:
        if name.startswith("w3c"):
            languages.setdefault(text, set()).add(language)
    return [s for s in dict.fromkeys(every) if len(words(s[2])) >= WORDS and len(languages.get(s[2], ())) < 2]


def main() -> None:
    looking = "development" in sys.argv[1:]
    wrong = report([one for one in labelled() if is_development(one[2]) == looking])
    report(list(recipe()))
    for name in sorted({one[0] for one, _ in wrong}) if looking else ():
        for one, guess in [pair for pair in wrong if pair[0][0] == name][:SHOWN]:
            print(name, guess, one[2][:160], sep="\t")


if __name__ == "__main__":
    main()
