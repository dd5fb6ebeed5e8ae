"""Extractive answers over a small catalogue written by hand, rows as its file would hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dalil.answering.abstention import Calibration, default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Document, Field, Language, Passage, Question, content_id, make_document
from dalil.retrieval.index import Index, sync_index

Row = dict[str, str]


def document_of(row: Row, language: Language) -> Document:
    """A record; ` ; ` parts the items of a list."""
    text, fields = "", []
    for name, value in row.items():
        start = len(text) + len(name) + 3
        items = tuple(value.split(" ; ")) if " ; " in value else ()
        fields.append(Field(name, value, start, start + len(value), items))
        text += f"{name} : {value}\n"
    name = next(iter(row.values()))
    return make_document(f"list.json#{name}", name, text, language, "list.json", fields=tuple(fields))


@contextmanager
def answering(rows: Sequence[Row], language: Language, folder: Path) -> Iterator[Extractive]:
    """The approach over an index of the rows in the folder."""
    with extractive([document_of(row, language) for row in rows], language, folder) as approach:
        yield approach


@contextmanager
def extractive(documents: Sequence[Document], language: Language, folder: Path,
               asked_in: Sequence[Language] = (), calibration: Calibration | None = None) -> Iterator[Extractive]:  # fmt: skip
    """The approach over an index of the documents, cut at their empty lines; `asked_in`: the languages of questions beside;
    `calibration`: the shipped one where none is given."""
    sync_index(folder, documents, [passage for document in documents for passage in _passages(document)])
    languages = [language, *asked_in]
    index = Index(folder, languages)
    records = [document for document in documents if document.fields]
    yield Extractive(Knowledge(index, records, load_lexicon(language), languages, calibration or default_calibration()))
    index.close()


def _passages(document: Document) -> Iterator[Passage]:
    start = 0
    for ordinal, text in enumerate(document.text.split("\n\n")):
        yield Passage(content_id(document.path, str(ordinal)), document.path, document.name, (), text, start, start + len(text),
                      None, document.language, ordinal, access=document.access)  # fmt: skip
        start += len(text) + 2


def ask(approach: Extractive, text: str) -> Answer:
    """The answer to one question."""
    return next(approach.answer_many([Question("1", text)]))
