"""The records that cross the walls between rooms. Nothing else does.

Frozen, JSON-ready, texts in NFC, paths POSIX, ids blake2b of content (16 hex digits). Offsets are code points of the
document's text, end exclusive; pages count from 1.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import blake2b
from typing import Any, Literal, TypeVar

Language = Literal["fr", "ar", "en", "ary", "ary-Latn"]
"""French, Arabic, English, Darija in Arabic script, Darija in Latin script."""

Origin = Literal["pairs", "harvest", "templates", "sections"]
"""Who wrote an example: the organisation's people, its own documents (FAQs), dalil from its records or from its texts."""

WrittenKind = Literal[
    "definition", "status", "domain", "actors", "sites", "other", "comparative", "listing", "count",
    "yes_no", "minimum", "maximum",
    "section", "value_of_label", "row", "cell", "entries", "value", "step", "procedure", "list", "documents",
]  # fmt: skip
"""Kinds of answerable questions that dalil writes: of records, then of texts (a definition may be of either)."""

Stratum = Literal["seen", "unseen", "aggregate", "out_of_scope"]
"""seen: the record was trained, the wording held out; unseen: its whole group is absent from training;
aggregate: needs several records; out_of_scope: provably unanswerable."""

Status = Literal["answered", "abstained", "which_one", "failed"]
Outcome = Literal["right", "partly", "wrong", "rightly_silent", "wrongly_silent", "failed"]
Side = Literal["train", "validation", "test"]

PersonalKind = Literal["email", "phone", "iban", "card", "id", "name", "address", "birth"]
"""Personal data: addresses of e-mail, numbers of telephones, accounts, cards and persons; what a field says it holds."""

PUBLIC = ("public",)
PART_MARK = " › "
"""Between a document's name and that of a record which is a part of it."""


def content_id(*parts: str) -> str:
    """blake2b of the parts, 16 hex digits. Parts are separated, so ("ab", "c") and ("a", "bc") differ."""
    return content_id_of(parts)


def content_id_of(parts: Iterable[str]) -> str:
    """`content_id` of parts that need not be in memory together."""
    digest = blake2b(digest_size=8)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\x1f")
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a document. `level` counts from 1; the span covers heading, body and sub-sections."""

    heading: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record. `text[start:end]` of its document is `value`, verbatim; `items`: its parts, if a list."""

    name: str
    value: str
    start: int
    end: int
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A source text with sections, or a typed record with fields (`fields` empty: a text).

    `path` is what users call it: the path from its source's root, with `#key` for a record of a catalogue.
    `page_starts[i]` is the offset where page i + 1 begins (PDF), empty where there are no pages. A record that is
    a part of a text (a row of a manual's table) has that text's path in `part_of`: its text stands there at `offset`.
    """

    id: str
    path: str
    name: str
    text: str
    language: Language
    origin: str
    sections: tuple[Section, ...] = ()
    fields: tuple[Field, ...] = ()
    page_starts: tuple[int, ...] = ()
    licence: str = ""
    access: tuple[str, ...] = PUBLIC
    part_of: str = ""
    offset: int = 0

    @property
    def source(self) -> str:
        """The file part of the path: all records of one catalogue share it."""
        return self.path.split("#", 1)[0]

    def page_of(self, offset: int) -> int | None:
        """The page (from 1) that holds the code point at `offset`, or None where there are no pages."""
        if not self.page_starts:
            return None
        return max(1, sum(start <= offset for start in self.page_starts))

    def field(self, name: str) -> Field | None:
        """The field of that exact name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def is_named_by(self, name: str) -> bool:
        """Whether the field of that name holds the record's own name."""
        found = self.field(name)
        return found is not None and " ".join(found.value.split()) == self.name


def make_document(path: str, name: str, text: str, language: Language, origin: str, **more: Any) -> Document:
    """A document with its content id (path, name and text)."""
    return Document(content_id(path, name, text), path, name, text, language, origin, **more)


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece: `text` is the document's text from `start` to `end`; `name` and `heading` travel with it.

    `page` is the page on which it begins, `page_starts` the offsets of the document inside it where further pages begin.
    """

    id: str
    document: str
    name: str
    heading: tuple[str, ...]
    text: str
    start: int
    end: int
    page: int | None
    language: Language
    ordinal: int
    field: str = ""
    access: tuple[str, ...] = PUBLIC
    page_starts: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """The page (from 1) that holds the code point of the document at `offset`, or None where there are no pages."""
        return None if self.page is None else self.page + sum(start <= offset for start in self.page_starts)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where an answer stands: a span of a document's text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its gold answer.

    `documents` are the records or files it is about (several for an aggregate); `field` the record's field that holds
    the answer; `values` the gold as typed items (one for a plain value, several for a list), empty for free text.
    `wording` names the family of its wording ("own" for people's questions). `group` is set by the split.
    `expects` is "which_one" where the right reply is a question back. `scope` is the document that it is asked within.
    """

    id: str
    question: str
    answer: str
    kind: str
    language: Language
    origin: Origin
    answerable: bool
    documents: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    field: str = ""
    values: tuple[str, ...] = ()
    wording: str = "own"
    group: str = ""
    page: int | None = None
    expects: Status = "answered"
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a user asks. `scope` is the document or record it is about, where the user chose one."""

    id: str
    text: str
    language: Language | None = None
    history: tuple[Turn, ...] = ()
    scope: str = ""
    access: tuple[str, ...] = PUBLIC


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with its rank (from 1) and fused score.

    `legs`: what each leg of the search gave it, as a share of the most that the leg could give for that question.
    """

    rank: int
    passage: Passage
    score: float
    legs: Mapping[str, float] = field(default_factory=dict, compare=False)

    def as_row(self) -> dict[str, Any]:
        """The contract's form of a hit."""
        p = self.passage
        return {"rank": self.rank, "document": p.document, "name": p.name, "passage": p.id, "page": p.page,
                "start": p.start, "end": p.end, "score": round(self.score, 6), "text": p.text}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """The proof beside an answer: `quote` is the document's text from `start` to `end`, verbatim.

    `exact`: start and end of the sentence that proves it, where the quote holds its neighbours too: what is highlighted.
    """

    document: str
    name: str
    passage: str
    page: int | None
    start: int
    end: int
    quote: str
    exact: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice offered by a `which_one` answer."""

    label: str
    document: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an approach says. `answer` is always the string that a reader sees; `confidence` 0–1 calibrated, or None.

    `reason` says why it failed or abstained (for the report, not for the reader of the answer).
    """

    id: str
    question: str
    approach: str
    status: Status
    answer: str
    confidence: float | None = None
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Hit, ...] = ()
    options: tuple[Option, ...] = ()
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    currency: str = "EUR"
    reason: str = ""

    def as_row(self) -> dict[str, Any]:
        """The contract's form: a line of `dalil ask --json` and of answers/<set>/<approach>.jsonl."""
        row = to_row(self)
        row["nearest"] = [hit.as_row() for hit in self.nearest]
        row["tokens"] = {"in": row.pop("tokens_in"), "out": row.pop("tokens_out")}
        row["seconds"] = round(self.seconds, 6)
        return row


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that did not pass a stage, with the reason: counted and named, never lost in silence.

    `passing`: the reason is this machine at this moment (its time, its memory, a file being written), so that another try may go better.
    """

    what: str
    reason: str
    passing: bool = False


Record = TypeVar("Record")


_PLAIN = frozenset({str, int, float, bool, types.NoneType})


def to_row(record: Any) -> dict[str, Any]:
    """A record as a plain dictionary (tuples become lists), ready for JSON."""
    return {
        name: value if type(value := getattr(record, name)) in _PLAIN else _plain(value)
        for name in _names(typing.cast(typing.Hashable, type(record)))
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return to_row(value) if dataclasses.is_dataclass(value) else value


@cache
def _names(kind: typing.Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _revivers(kind: typing.Any) -> dict[str, Callable[[Any], Any]]:
    """What makes the value of a field of the one that JSON gives back, where that is another."""
    hints = typing.get_type_hints(kind).items()
    return {name: revive for name, hint in hints if (revive := _reviver(hint)) is not None}


def _reviver(hint: Any) -> Callable[[Any], Any] | None:
    """None: the value is as it was."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return partial(from_row, hint) if _revivers(typing.cast(typing.Hashable, hint)) else lambda row: hint(**row)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return _reviver(next(arg for arg in typing.get_args(hint) if arg is not types.NoneType))
    if typing.get_origin(hint) is tuple:
        revive = _reviver(typing.get_args(hint)[0])
        return tuple if revive is None else lambda items: tuple(map(revive, items))
    return None


def from_row(kind: type[Record], row: Mapping[str, Any]) -> Record:
    """The record of a dictionary made by `to_row`. Raises TypeError on an unknown or missing field."""
    values = dict(row)
    for name, revive in _revivers(typing.cast(typing.Hashable, kind)).items():
        if values.get(name) is not None:
            values[name] = revive(values[name])
    return kind(**values)
