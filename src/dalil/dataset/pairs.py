"""People's own questions: a file → Examples, with what was dropped, ignored and worth a warning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dalil.dataset.columns import COLUMNS, QUESTION, as_flag, as_language, as_page, as_text, named_columns
from dalil.dataset.gold import Corpus
from dalil.dataset.tables import read_rows
from dalil.errors import ConfigError
from dalil.language import find_personal, identify, masked, words
from dalil.lexicon import load_lexicon
from dalil.records import Document, Dropped, Example, Language, Origin, PersonalKind

__all__ = ["QuestionFile", "read_questions", "read_rows"]

LONG_ANSWER_WORDS = 200
NO_KIND = "question"
_SHOWN = 5


@dataclass(frozen=True)
class QuestionFile:
    """The questions of a file. `ignored_columns`: column → how many values were not used."""

    examples: list[Example]
    dropped: list[Dropped]
    ignored_columns: dict[str, int]
    warnings: list[str]


@dataclass
class _Reading:
    """One pass over a file's rows: the columns by their contract names, and notes by kind."""

    path: Path
    columns: dict[str, str]
    expected: Sequence[Language]
    origin: Origin
    corpus: Corpus | None
    notes: dict[str, list[str]] = field(default_factory=dict)

    def cell(self, row: Mapping[str, Any], column: str) -> Any:
        header = self.columns.get(column)
        return row.get(header) if header is not None else None

    def note(self, kind: str, example_id: str) -> None:
        self.notes.setdefault(kind, []).append(example_id)


def read_questions(path: Path, documents: Sequence[Document] | None, *, expected: Sequence[Language],
                   origin: Origin = "pairs", masked_kinds: Collection[PersonalKind] = ()) -> QuestionFile:  # fmt: skip
    """The questions of a file (see `read_rows` for its kinds). `documents`: what a question may be about, if known.

    `masked_kinds`: personal data that is masked here as it was in the documents.

    Raises ConfigError where no column is the question's, where the file cannot be read, and where a question's document
    can be several.
    """
    rows = [_masked(row, masked_kinds) for row in read_rows(path)] if masked_kinds else read_rows(path)
    headers = list(dict.fromkeys(key for row in rows for key in row))
    columns = named_columns(headers)
    if QUESTION not in columns:
        found = ", ".join(f"`{header}`" for header in headers) or "none"
        raise ConfigError(
            f"{path} has no column `question` (found: {found}).",
            hint=f"name a column `question`; also known: {' '.join(name for name in COLUMNS if name != QUESTION)}",
        )
    language = expected[0] if expected else "fr"
    corpus = None if documents is None else Corpus(documents, load_lexicon(language))
    reading = _Reading(path, columns, expected, origin, corpus)
    examples: list[Example] = []
    dropped: list[Dropped] = []
    for number, row in enumerate(rows, start=1):
        example = _example(reading, row, number)
        if example is None:
            dropped.append(Dropped(f"{path.name} row {number}", "the question is empty"))
            continue
        examples.append(example)
    return QuestionFile(examples, dropped, _ignored(rows, columns), _warnings(reading, examples))


def _masked(row: Mapping[str, Any], kinds: Collection[PersonalKind]) -> dict[str, Any]:
    return {
        key: masked(value, find_personal(value, kinds)) if isinstance(value, str) and key != "id" else value
        for key, value in row.items()
    }


def _example(reading: _Reading, row: Mapping[str, Any], number: int) -> Example | None:
    question = as_text(reading.cell(row, QUESTION))
    if not question:
        return None
    name = as_text(reading.cell(row, "id")) or str(number)
    answer = as_text(reading.cell(row, "answer"))
    scope = _scope(reading, as_text(reading.cell(row, "scope")), name)
    example = Example(
        id=name,
        question=question,
        answer=answer,
        kind=as_text(reading.cell(row, "kind")) or NO_KIND,
        language=as_language(reading.cell(row, "language")) or identify(question, reading.expected),
        origin=reading.origin,
        answerable=_answerable(reading, row, answer, name),
        documents=_documents(reading, row, scope, name),
        page=as_page(reading.cell(row, "page")),
        scope=scope,
    )
    return reading.corpus.prove(example) if reading.corpus else example


def _answerable(reading: _Reading, row: Mapping[str, Any], answer: str, name: str) -> bool:
    """As the file says; else whether an answer is given, where the file has answers at all."""
    cell = reading.cell(row, "answerable")
    flag = as_flag(cell)
    if flag is None and as_text(cell):
        reading.note("`answerable` is neither true nor false, and was passed over", name)
    if flag is False and answer:
        reading.note("said to be unanswerable, yet with an answer", name)
    if flag is not None:
        return flag
    if not answer and "answer" in reading.columns:
        reading.note("without an answer: taken as unanswerable (a column `answerable` can say otherwise)", name)
        return False
    return True


def _documents(reading: _Reading, row: Mapping[str, Any], scope: str, name: str) -> tuple[str, ...]:
    """What the question is about: the document given, else the one that it is asked within."""
    if given := as_text(reading.cell(row, "document")):
        return (_document(reading, given, name),)
    return (scope,) if reading.corpus and reading.corpus.holds(scope) else ()


def _scope(reading: _Reading, given: str, name: str) -> str:
    """The path of the document that the question is asked within, named whole or in part; "" where none is given."""
    return _document(reading, given, name, in_part=True) if given else ""


def _document(reading: _Reading, given: str, name: str, *, in_part: bool = False) -> str:
    """The document's path; as given, with a note, where no document is called so."""
    if reading.corpus is None:
        return given
    found = reading.corpus.resolve(given, f"{reading.path.name}, question {name}", in_part=in_part)
    if found is None:
        reading.note("about a document that is not among the sources", f"{name} ({given})")
    return found or given


def _ignored(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> dict[str, int]:
    used = set(columns.values())
    counts = Counter(key for row in rows for key, value in row.items() if key not in used and as_text(value))
    return dict(sorted(counts.items()))


def _warnings(reading: _Reading, examples: Sequence[Example]) -> list[str]:
    seen: dict[tuple[str, ...], str] = {}
    ids: Counter[str] = Counter(example.id for example in examples)
    for example in examples:
        if len(words(example.answer)) > LONG_ANSWER_WORDS:
            reading.note(f"with an answer of more than {LONG_ANSWER_WORDS} words", example.id)
        first = seen.setdefault((" ".join(words(example.question)), example.scope, *example.documents), example.id)
        if first != example.id:
            reading.note("asked before in the same words", f"{example.id} (as {first})")
        if ids[example.id] > 1:
            reading.note("with an id that another one has too", example.id)
    found = []
    for kind, names in reading.notes.items():
        listed = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
        found.append(f"{len(names)} question{'s' if len(names) > 1 else ''} {kind}: {listed}")
    return found if examples else [*found, f"{reading.path.name} has a header and no question"]
