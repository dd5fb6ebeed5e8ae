"""What people's own gold answers mean in the documents: the document they name, the field or the words that prove them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from dalil.dataset.fields import name_key
from dalil.dataset.scopes import matching_scopes
from dalil.errors import ConfigError
from dalil.language import Token, fold, stands_in, stems, tokenise, words
from dalil.lexicon import Lexicon
from dalil.records import Document, Evidence, Example, Field

_PARTS = re.compile(r"\s+;\s+|\s*\n\s*")
_NAMED = re.compile(r"\s*[:：]\s+|\s+[:：]\s*")


class Corpus:
    """The documents that own questions may name: their names are held, and of those that are asked about the words."""

    def __init__(self, documents: Sequence[Document], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._documents = documents
        self._named: dict[str, tuple[int, str]] = {}
        self._known: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._tokens: dict[str, list[Token]] = {}
        self._parts: dict[str, list[str]] = {}
        self._document_names: dict[str, list[str]] = defaultdict(list)
        sources: dict[str, None] = {}
        for place, document in enumerate(documents):
            self._named[document.path] = place, document.name
            self._document_names[name_key(document.name)].append(document.path)
            if document.fields:
                sources.setdefault(document.source)
                self._names[name_key(document.name)].append(document.path)
        for path in [*self._named, *sources]:
            for form in _forms_of_path(path):
                self._add(form, path)

    def _add(self, form: str, path: str) -> None:
        if path not in self._known[form]:
            self._known[form].append(path)

    def resolve(self, given: str, where: str, *, in_part: bool = False) -> str | None:
        """The path of what a question calls its document: a path, a file's name, a record's name. None where unknown.

        `in_part`: a part of a name will do. Raises ConfigError naming the candidates where there are several; `where`
        says which row asked.
        """
        if given in self._named:
            return given
        by_path = next((self._known[form] for form in _forms_of_path(given) if form in self._known), None)
        found = by_path or (self._document_names.get(name_key(given), []) if name_key(given) else [])
        if not found and in_part:
            found = self._scopes(given)
        if len(found) > 1:
            listed = ", ".join(found[:5]) + (" …" if len(found) > 5 else "")
            raise ConfigError(
                f"{where}: the document {given!r} can be any of {len(found)}: {listed}.",
                hint="write its whole path",
            )
        return found[0] if found else None

    def holds(self, path: str) -> bool:
        """Whether a document has that very path."""
        return path in self._named

    def _document(self, path: str) -> Document | None:
        return self._documents[self._named[path][0]] if path in self._named else None

    def _scopes(self, given: str) -> list[str]:
        if given not in self._parts:
            named = ((path, name) for path, (_, name) in self._named.items())
            self._parts[given] = matching_scopes(given, named)
        return self._parts[given]

    def prove(self, example: Example) -> Example:
        """The example with field, values, documents and evidence, as far as its answer is found in the documents."""
        if not example.answer or not example.answerable:
            return example
        document = self._document(example.documents[0]) if len(example.documents) == 1 else None
        if document is not None and (field := self._field(document, example)):
            span = Evidence(document.path, field.start, field.end)
            return replace(example, field=field.name, values=field.items or (field.value,), evidence=(span,))
        return self._several(example) or (self._quoted(document, example) if document else example)

    def _field(self, document: Document, example: Example) -> Field | None:
        """The field whose value is the answer; of several the one that the question's words ask for, if they do."""
        asked = tuple(stems(example.question, self._lexicon.language))
        parts = _as_set(_PARTS.split(example.answer))
        found = [
            field
            for field in document.fields
            if words(field.value) == words(example.answer) != [] or (field.items and _as_set(field.items) == parts)
        ]
        if len(found) < 2:
            return found[0] if found else None
        scored = sorted(((self._spoken(field, asked), i) for i, field in enumerate(found)), reverse=True)
        return found[scored[0][1]] if scored[0][0] > scored[1][0] else None

    def _spoken(self, field: Field, asked: tuple[str, ...]) -> float:
        concept = self._lexicon.concept_of(field.name)
        return sum(stands_in(cue, asked) for cue in concept.cues) + 0.3 * sum(
            stands_in(cue, asked) for cue in concept.weak
        )

    def _several(self, example: Example) -> Example | None:
        """A listing of record names, or `Name : value ; Name : value`; None where the answer is neither."""
        parts = [part.strip() for part in _PARTS.split(example.answer) if part.strip()]
        if len(parts) < 2:
            return None
        records = [self._record(part) for part in parts]
        if all(records):
            paths = tuple(record.path for record in records if record)
            return replace(example, documents=paths, values=tuple(parts))
        named = [_NAMED.split(part, maxsplit=1) for part in parts]
        pairs = [(record, pair[1]) for pair in named if len(pair) == 2 and (record := self._record(pair[0]))]
        return self._comparison(example, pairs) if len(pairs) == len(parts) else None

    def _comparison(self, example: Example, pairs: Sequence[tuple[Document, str]]) -> Example:
        common = set.intersection(*({f.name for f in _with_value(record, value)} for record, value in pairs))
        asked = tuple(stems(example.question, self._lexicon.language))
        fields = [field for field in pairs[0][0].fields if field.name in common]
        chosen = max(fields, key=lambda field: self._spoken(field, asked)).name if fields else ""
        held = [(record, found) for record, _ in pairs if (found := record.field(chosen))]
        return replace(
            example,
            documents=tuple(record.path for record, _ in pairs),
            values=tuple(value for _, value in pairs),
            field=chosen,
            evidence=tuple(Evidence(record.path, found.start, found.end) for record, found in held),
        )

    def _record(self, name: str) -> Document | None:
        """The only record of that name."""
        found = self._names.get(name_key(name), []) if name_key(name) else []
        return self._document(found[0]) if len(found) == 1 else None

    def _quoted(self, document: Document, example: Example) -> Example:
        """The answer's words, where they stand in a row in the document's text (its page, if known, first)."""
        wanted = words(example.answer)
        if document.path not in self._tokens:
            self._tokens[document.path] = tokenise(document.text)
        tokens = self._tokens[document.path]
        spans = [
            (tokens[i].start, tokens[i + len(wanted) - 1].end)
            for i in range(len(tokens) - len(wanted) + 1)
            if tokens[i].form == wanted[0] and [t.form for t in tokens[i : i + len(wanted)]] == wanted
        ] if wanted else []  # fmt: skip
        if not spans:
            return example
        on_page = [span for span in spans if example.page and document.page_of(span[0]) == example.page]
        start, end = (on_page or spans)[0]
        return replace(example, evidence=(Evidence(document.path, start, end),))


def _forms_of_path(path: str) -> list[str]:
    """How people write a path: whole, then from each folder on, down to the file's name; with the record's key."""
    source, hash_mark, key = path.partition("#")
    pieces = PurePosixPath(source).parts
    return [fold("/".join(pieces[i:]) + hash_mark + key) for i in range(len(pieces))]


def _as_set(items: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(item)) for item in items if words(item))


def _with_value(record: Document, value: str) -> list[Field]:
    wanted = tuple(words(value))
    return [field for field in record.fields if wanted and tuple(words(field.value)) == wanted]
