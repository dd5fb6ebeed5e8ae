"""What the judge knows of the documents: the values of every field, the names of every source, and what a gold means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from dalil.evaluation.values import Forms, comparable, forms, number_value, places
from dalil.language import stems
from dalil.lexicon import load_lexicon
from dalil.records import Document, Example, Field

GoldKind = Literal["text", "yes_no", "values", "listing", "count", "comparative"]
YES = frozenset({"oui", "yes", "نعم", "ايه", "اه", "iyeh"})
NO = frozenset({"non", "no", "لا", "lla"})
_NOT_NUMBERS = ("version", "identifier")
_PARTS = re.compile(r"\s*(?:;|؛|\n|\|)\s*")
_COMMAS = re.compile(r"\s*[,،]\s*")


@dataclass(frozen=True, slots=True)
class Known:
    """The values of a field, or the names of a source: comparable words → the ways they are written."""

    written: dict[Forms, list[str]]
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """What a gold answer means: `values` in the order of `documents` for a comparison, `known` what else can be stated."""

    kind: GoldKind
    values: tuple[str, ...]
    documents: tuple[Document, ...] = ()
    field: str = ""
    known: Known | None = None


class Catalogue:
    """Looks up documents, field values and record names. Built once; what it computes is kept."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._by_key = {key: document for document in documents for key in (document.path, document.id)}
        self._sources: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            if document.fields:
                self._sources[document.source].append(document)
        self._fields: dict[tuple[str, str], Known] = {}
        self._names: dict[str, Known] = {}

    def document(self, key: str) -> Document | None:
        """The document of that path or id."""
        return self._by_key.get(key)

    def path(self, key: str) -> str:
        """The path of a document given by path or id; the key itself where it is unknown."""
        document = self._by_key.get(key)
        return document.path if document else key

    def values_of(self, source: str, field: str) -> Known:
        """Every value (item, for lists) that a field has in a source. Numbers are compared as numbers where all are."""
        if (source, field) not in self._fields:
            found = [item for document in self._sources.get(source, ()) for item in _items(document.field(field))]
            language = next((document.language for document in self._sources.get(source, ())), "fr")
            loose = _numeric(found) and load_lexicon(language).concept_of(field).name not in _NOT_NUMBERS
            self._fields[source, field] = _known(found, loose)
        return self._fields[source, field]

    def names_of(self, source: str) -> Known:
        """The names of a source's records."""
        if source not in self._names:
            self._names[source] = _known((document.name for document in self._sources.get(source, ())), False)
        return self._names[source]

    def read(self, example: Example) -> Gold:
        """What the gold answer of an answerable example means. Own questions carry no type: it is found in the records."""
        documents = tuple(d for d in map(self.document, example.documents) if d is not None)
        given = example.values or (example.answer.strip(),)
        shape = _shape(example.kind, given)
        if shape == "yes_no" and len(documents) == 1 and documents[0].field(example.field):
            return Gold(shape, given, documents, example.field, self.values_of(documents[0].source, example.field))
        if shape:
            return Gold(shape, given, documents)
        return self._typed(example, documents) or Gold(
            "text", (example.answer or " ; ".join(example.values),), documents
        )

    def _typed(self, example: Example, documents: tuple[Document, ...]) -> Gold | None:
        values, listed = example.values, example.kind in ("listing", "list")
        if values and listed and (listing := self._listing(values)):
            return listing
        if values and len(documents) == len(values) >= 2 and example.field and not listed:
            return self._comparison(documents, values, example.field)
        if values and (len(documents) > 1 or not example.field):
            return self._listing(values) or Gold("values", values, documents)
        if len(documents) == 1 and documents[0].fields:
            return self._field_gold(example, documents[0])
        if values:
            return Gold("values", values, documents, example.field)
        parts = tuple(part for part in _PARTS.split(example.answer.strip()) if part)
        return self._named_values(parts) or (self._listing(parts) if len(parts) > 1 or listed else None)

    def _field_gold(self, example: Example, document: Document) -> Gold | None:
        """A gold that is the value of one of the record's fields is typed, whoever wrote the question."""
        field = document.field(example.field) or _asked(document, example)
        values = example.values or (tuple(_items(field)) if field else ())
        if field is None or not values:
            return Gold("values", values, (document,), example.field) if values else None
        return Gold("values", values, (document,), field.name, self.values_of(document.source, field.name))

    def _comparison(self, documents: tuple[Document, ...], values: tuple[str, ...], field: str) -> Gold:
        known = self.values_of(documents[0].source, field) if documents[0].fields else None
        return Gold("comparative", values, documents, field, known)

    def _listing(self, values: tuple[str, ...]) -> Gold | None:
        """A listing where every value names a record of one source."""
        wanted = {forms(value) for value in values}
        for source in self._sources:
            known = self.names_of(source)
            if wanted <= known.written.keys():
                return Gold("listing", values, known=known)
        return None

    def _named_values(self, parts: tuple[str, ...]) -> Gold | None:
        """`Debian : 10 ; CentOS : 7.6` where both are records of one source that hold these values in one field."""
        pairs = [re.split(r"\s*[:：=]\s+|\s+[:：=]\s*", part, maxsplit=1) for part in parts]
        if len(parts) < 2 or any(len(pair) != 2 for pair in pairs):
            return None
        for records in self._sources.values():
            by_name = {forms(document.name): document for document in reversed(records)}
            documents = tuple(by_name[forms(name)] for name, _ in pairs if forms(name) in by_name)
            fields = [{f.name for f in _same_value(d, v)} for d, (_, v) in zip(documents, pairs, strict=False)]
            if len(documents) == len(pairs) and (shared := set.intersection(*fields)):
                return self._comparison(documents, tuple(value for _, value in pairs), min(shared))
        return None


def _shape(kind: str, given: Sequence[str]) -> Literal["count", "yes_no"] | None:
    """A gold of one word that is yes or no, or the number of a count."""
    found = forms(given[0], True) if len(given) == 1 else ()
    if len(found) != 1:
        return None
    if found[0] in YES | NO:
        return "yes_no"
    return "count" if kind == "count" and number_value(found[0]) else None


def _items(field: Field | None) -> tuple[str, ...]:
    if field is None:
        return ()
    return field.items or ((field.value,) if field.value.strip() else ())


def _asked(document: Document, example: Example) -> Field | None:
    """The field that holds the answer; of several, the one that the question's words ask for, and the name last."""
    lexicon, asked = load_lexicon(document.language), stems(example.question, document.language)
    found = list(_same_value(document, example.answer))

    def cues(field: Field) -> tuple[bool, int]:
        spoken = {cue for cue in lexicon.concept_of(field.name).cues if places(tuple(asked), cue)}
        return lexicon.concept_of(field.name).name != "name", len(spoken)

    return max(found, key=cues, default=None) if len(found) != 1 else found[0]


def _same_value(document: Document, answer: str) -> Iterator[Field]:
    """The fields of a record whose value is the answer, as a whole or as the set of its items."""
    whole = forms(answer)
    parts = [{forms(part) for part in split.split(answer.strip()) if part} for split in (_PARTS, _COMMAS)]
    for field in document.fields:
        if whole and (forms(field.value) == whole or {forms(item) for item in field.items} in parts):
            yield field


def _known(values: Iterable[str], loose: bool) -> Known:
    written: dict[Forms, list[str]] = {}
    for value in dict.fromkeys(values):
        if key := forms(value, loose):
            written.setdefault(key, []).append(value)
    return Known(written, loose)


def _numeric(values: Sequence[str]) -> bool:
    """Whether all are numbers, and no two of them are one number with other digits (3.1 and 3.10 are versions)."""
    strict: dict[str, str] = {}
    for value in values:
        tokens = comparable(value)
        number = number_value(tokens[0].form.lstrip("-")) if len(tokens) == 1 else None
        if number is None or strict.setdefault(forms(value, True)[0], tokens[0].form) != tokens[0].form:
            return False
    return bool(values)
