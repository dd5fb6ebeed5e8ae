"""Answers made elsewhere, read from a file: JSON lines, JSON, CSV or XLSX with `id` or `question`, and `answer`."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from dalil.answering.silence import says_unknown
from dalil.dataset.columns import as_text, named_columns
from dalil.dataset.gold import Corpus
from dalil.errors import ConfigError
from dalil.language import fold
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Citation, Document, Example, Status

Note = Callable[[str], None]
ROWS_NAMED = 5


@dataclass(frozen=True)
class GivenAnswers:
    """The answers of a file. `cites`: some of them cite, so that citing the proof can be judged; `priced`: what they cost is told."""

    answers: Sequence[Answer]
    cites: bool
    priced: bool


class _Tally:
    """What is wrong with which rows: told once a reason, with the first of them."""

    def __init__(self, file: str, note: Note) -> None:
        self._file, self._note = file, note
        self._rows: dict[str, list[str]] = defaultdict(list)

    def add(self, reason: str, row: str) -> None:
        self._rows[reason].append(row)

    def tell(self) -> None:
        for reason, rows in self._rows.items():
            more = ", …" if len(rows) > ROWS_NAMED else ""
            self._note(f"note: {self._file}: {reason}: {len(rows)} ({', '.join(rows[:ROWS_NAMED])}{more})")


def read_answers(path: Path, examples: Sequence[Example], documents: Sequence[Document], note: Note) -> GivenAnswers:
    """The answers to these questions. An empty one, and one that says that it does not know, is silence.

    Of `status`, `seconds`, `cost` and `citations` what is there is read. A row that cannot be used costs its question
    only, and is counted by its reason. Raises ConfigError where nothing fits.
    """
    tally = _Tally(path.name, note)
    rows = _rows(path, tally)
    if not rows:
        raise ConfigError(f"{path} holds no answer.", hint="columns `id` or `question`, and `answer`")
    if not any("answer" in row for row in rows):
        raise ConfigError(f"{path} has no column `answer`; found: {', '.join(rows[0])}.",
                          hint="columns `id` or `question`, and `answer`")  # fmt: skip
    by_id = {example.id: example for example in examples}
    by_text = {fold(example.question): example for example in examples}
    cited = _Cited(documents, note)
    found: dict[str, Answer] = {}
    for number, row in enumerate(rows, start=1):
        where = f"row {number}"
        example = by_id.get(as_text(row.get("id"))) or by_text.get(fold(as_text(row.get("question"))))
        if example is None:
            tally.add("left out, no such question in the set", where)
        elif "answer" not in row or isinstance(row["answer"], dict):
            tally.add("left out, `answer` is not there or no text", where)
        else:
            if example.id in found:
                tally.add("a question answered again, the last answer counts", where)
            citations = cited.read(row.get("citations"), f"{path.name} {where}")
            found[example.id] = _answer(row, example, path.stem, citations, tally, where)
    tally.tell()
    _tell(path, examples, found, note)
    priced = any(row.get("cost") not in (None, "") for row in rows)
    return GivenAnswers(list(found.values()), any(answer.citations for answer in found.values()), priced)


def _answer(row: Mapping[str, Any], example: Example, label: str, citations: tuple[Citation, ...], tally: _Tally,
            where: str) -> Answer:  # fmt: skip
    text, given = as_text(row["answer"]), row.get("status")
    told: Status = "abstained" if not text or says_unknown(text) else "answered"
    if given and given not in get_args(Status):
        tally.add(f"`status` is none of {', '.join(get_args(Status))}, told by the answer", where)
    status = cast("Status", given) if given in get_args(Status) else told
    seconds, cost = (_number(row.get(name), name, tally, where) for name in ("seconds", "cost"))
    return Answer(example.id, example.question, label, status, text, citations=citations, seconds=seconds, cost=cost)


def _tell(path: Path, examples: Sequence[Example], found: Mapping[str, Answer], note: Note) -> None:
    if not found:
        raise ConfigError(
            f"No row of {path} answers a question of the set.", hint="columns `id` or `question`, and `answer`"
        )
    if missing := len(examples) - len(found):
        note(f"note: {missing} of {len(examples)} questions have no answer in {path.name}: they count as failed")
    if unknown := sum(answer.status == "abstained" and bool(answer.answer) for answer in found.values()):
        note(f"note: {unknown} answers of {path.name} say that they do not know: they count as silent")


class _Cited:
    """What rows cite, looked up in the documents: a name or path, or an object with `document` and perhaps `start` and
    `end`, or `quote`. Without a place in it the whole document is cited."""

    def __init__(self, documents: Sequence[Document], note: Note) -> None:
        self._corpus = Corpus(documents, load_lexicon("fr"))
        self._by_path = {document.path: document for document in documents}
        self._note = note

    def read(self, value: Any, where: str) -> tuple[Citation, ...]:
        found = (self._citation(item, where) for item in _as_list(value))
        return tuple(citation for citation in found if citation is not None)

    def _citation(self, item: Any, where: str) -> Citation | None:
        given: Mapping[str, Any] = item if isinstance(item, Mapping) else {"document": item}
        name = str(given.get("document") or "")
        try:
            path = self._corpus.resolve(name, where) if name else None
        except ConfigError as error:
            self._note(f"note: {error.message}")
            return None
        document = self._by_path.get(path or "")
        if document is None:
            self._note(f"note: {where} cites {name or str(item)!r}, which is no document here")
            return None
        start, end = _place(given, document)
        return Citation(document.path, document.name, "", document.page_of(start), start, end, document.text[start:end])


def _place(given: Mapping[str, Any], document: Document) -> tuple[int, int]:
    """Offsets where they are given and lie in the text; where the quote stands; else the whole text."""
    start, end = given.get("start"), given.get("end")
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(document.text):
        return start, end
    quote = str(given.get("quote") or "")
    place = document.text.find(quote) if quote else -1
    return (place, place + len(quote)) if place >= 0 else (0, len(document.text))


def _as_list(value: Any) -> list[Any]:
    """A list as it is; a cell's text as JSON, else parted at `;` and newlines."""
    if value is None or value == "":
        return []
    if not isinstance(value, str):
        return list(value) if isinstance(value, list) else [value]
    try:
        read = json.loads(value)
    except ValueError:
        return [part.strip() for part in re.split(r"[;\n]", value) if part.strip()]
    return read if isinstance(read, list) else [read]


def _number(value: Any, column: str, tally: _Tally, where: str) -> float:
    """A number of a row; 0 where it is none (times and costs are told, not judged)."""
    try:
        found = float(value or 0.0)
    except (TypeError, ValueError):
        found = -1.0
    if 0.0 <= found < math.inf:
        return found
    tally.add(f"`{column}` is no number from 0, taken as 0", where)
    return 0.0


def _rows(path: Path, tally: _Tally) -> list[dict[str, Any]]:
    """The rows by the contract's names of columns, whatever theirs are called."""
    from dalil.dataset.tables import read_rows

    rows = read_rows(path, lambda line: tally.add("left out, not an object of JSON", line))
    names = named_columns(dict.fromkeys(str(key) for row in rows for key in row))
    plain = {given: column for column, given in names.items() if column in ("id", "question", "answer")}
    return [{plain.get(str(key), fold(str(key))): value for key, value in row.items()} for row in rows]
