"""Answers computed from the rows of a manual's tables: one cell of a row, or the rows that share a value.

Only where the question says which manual (its scope, or words of its name), names a row in full and asks for a column:
anything less is a question for the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from dalil.answering.conflicts import MOST_SHOWN, Said, conflict
from dalil.answering.editions import same_subject, subject
from dalil.answering.proof import CELLS
from dalil.answering.proposal import Proposal
from dalil.language import measure, numbers_in, stands_in, stem, stems, words
from dalil.language.analysis import function_words
from dalil.lexicon import Lexicon, load_lexicon
from dalil.lexicon.parts import Cue, columns
from dalil.records import PART_MARK, Citation, Document, Field, Language, Option, Question

_NOTE = re.compile(r"\s*(?:\([^)]*\)|[*†,;].*)")
_UNIT = re.compile(r"^(?P<heading>.*?)\s*\((?P<unit>[^()]{1,12})\)$")
_MOST_STRANGE = 2
_MOST_READ = 400
"""So many words of a question are looked at; with more it is none about a cell."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A part with the stems that name it; `columns`: its fields but the first, which names it."""

    part: Document
    named: frozenset[str]

    @property
    def columns(self) -> tuple[Field, ...]:
        return self.part.fields[1:]


@dataclass(frozen=True)
class _Manual:
    """The rows of one text, and the words of its name that no manual of another thing has."""

    path: str
    name: str
    language: Language
    own_words: frozenset[str]
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as stems, with those that say which manual taken out; `plain` keeps the function words, for cues."""

    plain: tuple[str, ...]
    content: frozenset[str]
    written: str


class PartAnswerer:
    """Knows the parts of the texts of a workspace."""

    def __init__(self, parts: Sequence[Document]) -> None:
        by_text: dict[str, list[Document]] = defaultdict(list)
        for part in (part for part in parts if not part.fields[0].items):  # a list is not a row
            by_text[part.part_of].append(part)
        names = {path: same[0].name.partition(PART_MARK)[0] for path, same in by_text.items()}
        self._manuals = [
            _Manual(path, names[path], same[0].language, _own_words(path, names), tuple(_row(part) for part in same))
            for path, same in sorted(by_text.items())
        ]

    def propose(self, question: Question, hidden: Collection[str] = ()) -> Proposal | None:
        """The cell or the rows asked for, or None where the question is not surely one about them.

        Where no manual is named and those of several things have such a cell, the question which is meant."""
        meant = self._meant(question)
        unnamed = not meant and not question.scope
        manuals = self._manuals if unnamed else meant
        found = [(m, said) for m in manuals if m.path not in hidden and (said := _said(m, question.text))]
        if not found or (unnamed and len(found) == 1):
            return None
        if not all(same_subject(found[0][0].name, m.name) for m, _ in found[1:]):
            options = tuple(Option(m.name, m.path) for m, _ in found)
            return Proposal("field", options=options[:MOST_SHOWN], silence="which_document")
        answers = [said for _, said in found]
        if len({said.text for said in answers}) == 1:
            return answers[0]
        return conflict("field", [Said(said.text, said.citations[0]) for said in answers], answers[0].features)

    def _meant(self, question: Question) -> list[_Manual]:
        """The manual of the scope; else the only one of whose name the question says two words of its own, or its number.

        Several where they are editions of one, unless the question says which."""
        if question.scope:
            return [manual for manual in self._manuals if manual.path == question.scope]
        asked = words(question.text)[:_MOST_READ]
        said = set(asked) | _joined(asked)
        named = [m for m in self._manuals if _says(m.own_words, said)]
        if not all(same_subject(named[0].name, m.name) for m in named[1:]):
            return []
        told = [m for m in named if said & (frozenset(words(m.name)) - subject(m.name) - _shared(named))]
        return told or named


def _shared(manuals: Sequence[_Manual]) -> frozenset[str]:
    """The words that all their names have."""
    return frozenset.intersection(*(frozenset(words(m.name)) for m in manuals))


def _said(manual: _Manual, text: str) -> Proposal | None:
    lexicon = load_lexicon(manual.language)
    asked = _asked(text, manual, lexicon)
    return _listed(manual, asked, lexicon) or _cell(manual, asked, lexicon)


def _own_words(path: str, names: dict[str, str]) -> frozenset[str]:
    mine = set(words(names[path]))
    others = (words(name) for name in names.values() if name != names[path] and not same_subject(name, names[path]))
    return frozenset((mine | _joined(sorted(mine, key=str.isdigit))) - set[str]().union(*others))


def _joined(found: Sequence[str]) -> set[str]:
    """Letters and the number behind them as one word: "WL 180" is "WL180"."""
    letters = {word for word in found if word.isalpha() and len(word) <= 4}
    numbers = {word for word in found if word.isdigit()}
    return {a + b for a in letters for b in numbers}


def _says(own: frozenset[str], said: set[str]) -> bool:
    shared = own & said
    return len(shared) > 1 or any(any(c.isdigit() for c in word) and len(word) > 3 for word in shared)


def _row(part: Document) -> _Row:
    return _Row(part, frozenset(_content(_NOTE.sub("", part.fields[0].value), part.language)))


def _content(text: str, language: str) -> Iterator[str]:
    return (stem(word, language) for word in words(text) if word not in function_words(language))


def _asked(text: str, manual: _Manual, lexicon: Lexicon) -> _Asked:
    own = {stem(word, manual.language) for word in manual.own_words if any(map(str.isdigit, word))}
    plain = tuple(stem(word, manual.language) for word in words(text)[:_MOST_READ])
    content = frozenset(_content(text, manual.language)) - own - lexicon.question_stems
    return _Asked(plain, content, text)


def _cell(manual: _Manual, asked: _Asked, lexicon: Lexicon) -> Proposal | None:
    """The cell of the row that the question names with most words; None where two cells could be meant."""
    found: list[tuple[int, _Row, Field, frozenset[str]]] = []
    for row in manual.rows:
        if row.named and row.named <= frozenset(asked.plain):
            found += ((len(row.named), row, field, cues) for field, cues in _columns_asked(row, asked, manual.language))
    if not found:
        return None
    most = max(length for length, *_ in found)
    best = [item for item in found if item[0] == most]
    if len({tuple(words(field.value)) for _, _, field, _ in best}) > 1:
        return None
    _, row, field, cues = best[0]
    strange = _strange(asked, row.named | cues, lexicon, manual)
    if len(strange) > _MOST_STRANGE:
        return None
    return Proposal("field", _with_unit(field), (_cite(row.part, field),), features=_features(bool(cues), strange))


def _columns_asked(row: _Row, asked: _Asked, language: str) -> list[tuple[Field, frozenset[str]]]:
    """The columns that the question asks for, with the stems that say so; the only one of a row of two cells."""
    found = [(field, cues) for field in row.columns if (cues := _cues_said(field.name, asked.plain, language))]
    if not found and len(row.columns) == 1 and row.part.text.count(CELLS) == 1:
        return [(row.columns[0], frozenset())]
    return found


def _cues_said(column: str, plain: Sequence[str], language: str) -> frozenset[str]:
    """The stems of the question that ask for a column: its heading's own, or the cues of what it holds."""
    heading = tuple(stems(_heading(column), language))
    ways: set[Cue] = {heading} if heading else set()
    for known in columns(language):
        if any(stands_in(way, heading) for way in known.headings):
            ways |= known.cues
    return frozenset(part for way in ways if stands_in(way, plain) for part in way)


def _heading(column: str) -> str:
    match = _UNIT.match(column)
    return match["heading"] if match else column


def _listed(manual: _Manual, asked: _Asked, lexicon: Lexicon) -> Proposal | None:
    """The rows whose cell under an asked column is the figure that the question names, where they are of one table."""
    figures = _figures(asked.written)
    if not figures or not lexicon.which & set(words(asked.written)):
        return None
    tables: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    said: dict[str, frozenset[str]] = {}
    for row in manual.rows:
        for field in row.columns:
            cues = _cues_said(field.name, asked.plain, manual.language)
            if cues and _figures(field.value) and _figures(field.value) <= figures:
                tables[row.part.fields[0].name, field.name].append(row)
                said[field.name] = cues
    if len(tables) != 1:
        return None
    ((_, column), rows), = tables.items()  # fmt: skip
    strange = _strange(asked, said[column] | set(numbers_in(asked.written)), lexicon, manual)
    if len(strange) > _MOST_STRANGE + 1:
        return None
    text = " ; ".join(row.part.fields[0].value for row in rows)
    citations = tuple(_cite(row.part, row.part.fields[0]) for row in rows)
    return Proposal("field", text, citations, features=_features(True, strange))


def _figures(text: str) -> set[float]:
    """The numbers of a text, however their thousands are written."""
    return {found.number for written in numbers_in(text) if (found := measure(written))}


def _strange(asked: _Asked, explained: Iterable[str], lexicon: Lexicon, manual: _Manual) -> frozenset[str]:
    """The question's content stems that neither name the row or column nor the manual, nor belong to any question."""
    things = {stem(word, manual.language) for word in (*manual.own_words, *lexicon.which, *lexicon.count)}
    return asked.content - frozenset(explained) - things


def _features(cued: bool, strange: Collection[str]) -> dict[str, float]:
    """Those of a field of a record that is named exactly (see `TypedAnswerer`)."""
    return {
        "exact": 1.0, "typo": 0.0, "name_score": 1.0, "several": 0.0, "field_score": 1.6 if cued else 1.0,
        "margin": 1.0, "unexplained": min(1.0, len(strange) / 10), "beside": 0.0,
    }  # fmt: skip


def _with_unit(field: Field) -> str:
    """The value; a bare number with the unit that its column's heading gives."""
    match = _UNIT.match(field.name)
    bare = all(c.isdigit() or c in " .,\u00a0\u202f" for c in field.value)
    return f"{field.value} {match['unit']}" if match and bare else field.value


def _cite(part: Document, field: Field) -> Citation:
    """The cell's place in the text that the row is a part of."""
    name = part.name.partition(PART_MARK)[0]
    return Citation(part.part_of, name, "", part.page_of(field.start), part.offset + field.start,
                    part.offset + field.end, field.value)  # fmt: skip
