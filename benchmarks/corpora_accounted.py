"""Every file of the public data: read or dropped, and what of it was left out, with the reasons.

DALIL_CORPORA=… python benchmarks/corpora_accounted.py [--each]

`--each` adds a line a file. Exit 1 where a file that lies there is neither read nor dropped with a reason.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from dalil.collect.read import Reader
from dalil.collect.sources import list_sources
from dalil.config import ReadingSettings, SourceSettings
from dalil.records import Document, Dropped
from public_sets import corpora

READING = ReadingSettings()
_FIGURES = re.compile(r"\d[\d,.]*")
_EXAMPLE = re.compile(r"(: ).{25,}$", re.DOTALL)
_SHOWN = 3


@dataclass
class Account:
    """What became of the files of one kind."""

    files: int = 0
    read: int = 0
    documents: int = 0
    records: int = 0
    pages: int = 0
    characters: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)

    def add(self, made: list[Document | Dropped]) -> None:
        documents = [item for item in made if isinstance(item, Document)]
        left_out = [item for item in made if isinstance(item, Dropped)]
        self.files += 1
        self.read += bool(documents)
        self.documents += sum(not d.fields for d in documents)
        self.records += sum(bool(d.fields) for d in documents)
        self.pages += sum(len(d.page_starts) for d in documents)
        self.characters += sum(len(d.text) for d in documents)
        (self.parts if documents else self.dropped).update(kind_of(item.reason) for item in left_out)


def kind_of(reason: str) -> str:
    """A reason without its figures and what it quotes, so that the same ones are counted together."""
    return _EXAMPLE.sub(r"\1…", _FIGURES.sub("N", reason))


def listed(counts: Counter[str]) -> str:
    return "; ".join(f"{reason} ({count})" for reason, count in counts.most_common()) or "–"


def account(root: Path) -> tuple[dict[str, Account], dict[str, list[Document | Dropped]]]:
    """Kind → its account, and file → what it gave. A file that the listing refuses has its reason as the only thing."""
    files, refused = list_sources([SourceSettings(path=str(root))], root, READING)
    reader = Reader(("fr", "ar", "en"), READING)
    made: dict[str, list[Document | Dropped]] = {item.what: [item] for item in refused}
    kinds = {item.what: Path(item.what).suffix.removeprefix(".") or "without a suffix" for item in refused}
    for file in files:
        made[file.path], kinds[file.path] = reader(file), file.kind
    accounts: dict[str, Account] = defaultdict(Account)
    for path, given in made.items():
        accounts[kinds[path]].add(given)
    return accounts, made


def main() -> None:
    root = corpora()
    accounts, made = account(root)
    there = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    print(
        "| kind | files | read | texts | records | pages | characters | not read, because | left out of what was read |\n|---|---|---|---|---|---|---|---|---|"
    )
    for kind, one in sorted(accounts.items()):
        print(f"| {kind} | {one.files} | {one.read} | {one.documents} | {one.records} | {one.pages or '–'} | {one.characters:,} | "
              f"{listed(one.dropped)} | {listed(one.parts)} |")  # fmt: skip
    if "--each" in sys.argv[1:]:
        for path, given in sorted(made.items()):
            reasons = [item.reason for item in given if isinstance(item, Dropped)]
            print(f"{path}: {sum(isinstance(item, Document) for item in given)} read; {'; '.join(reasons[:_SHOWN])}")
    silent = sorted(there - made.keys())
    read = sum(one.read for one in accounts.values())
    print(
        f"\n{len(there)} files, {read} read, {sum(one.files - one.read for one in accounts.values())} not read with the reason, {len(silent)} unaccounted for."
    )
    if silent:
        raise SystemExit(f"neither read nor named: {', '.join(silent[:20])}")


if __name__ == "__main__":
    main()
