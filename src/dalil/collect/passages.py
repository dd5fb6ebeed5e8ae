"""Documents → Passages: sentences packed to about a number of words, never across a section's heading; records whole.

120 words with 30 of overlap is what measured best for a fixed reading budget (no overlap costs 8 points of nDCG@10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dalil.collect.regions import Region, regions_of
from dalil.config import PassageSettings
from dalil.language import identify, sentence_spans, words
from dalil.records import Document, Dropped, Language, Passage, content_id

_CHARACTERS_A_WORD = 40
_LONGEST_CHUNK = 400
_CHUNK = re.compile(rf"\S{{1,{_LONGEST_CHUNK}}}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A span that stays whole, with its weight in words."""

    start: int
    end: int
    words: int


@dataclass(frozen=True, slots=True)
class PassageSplitter:
    """Cuts a document into passages."""

    settings: PassageSettings

    def __call__(self, document: Document) -> list[Passage | Dropped]:
        """The passages of a document; every character but white space lies in at least one of them."""
        if not document.text.strip():
            return [Dropped(document.path, "no text")]
        spans = self._record(document) if document.fields else self._text(document)
        return [_passage(document, heading, start, end, i) for i, (heading, start, end) in enumerate(spans)]

    def _text(self, document: Document) -> list[tuple[tuple[str, ...], int, int]]:
        return [
            (region.heading, start, end)
            for region in regions_of(document, self.settings.words)
            for start, end in self._pack(self._sentences(document.text, region.start, region.end))
        ]

    def _record(self, document: Document) -> list[tuple[tuple[str, ...], int, int]]:
        """The whole record, or its fields packed; a field that is longer than a passage is cut at its sentences."""
        if weight(document.text) <= self.settings.words:
            return [((), *_trimmed(document.text, 0, len(document.text)))]
        spans: list[tuple[int, int]] = []
        short: list[_Unit] = []
        for line in _field_lines(document):
            unit = _unit(document.text, line.start, line.end)
            if unit.words <= self.settings.words:
                short.append(unit)
                continue
            spans += self._pack(short, overlap=0)
            short = []
            spans += self._pack(self._sentences(document.text, line.start, line.end))
        return [((), *span) for span in spans + self._pack(short, overlap=0)]

    def _sentences(self, text: str, start: int, end: int) -> list[_Unit]:
        units: list[_Unit] = []
        for left, right in sentence_spans(text[start:end]):
            unit = _unit(text, start + left, start + right)
            units += [unit] if unit.words <= 2 * self.settings.words else self._cut(text, unit)
        return units

    def _cut(self, text: str, unit: _Unit) -> list[_Unit]:
        """Pieces of a sentence that is too long, at its words."""
        chunks = [_unit(text, m.start(), m.end()) for m in _CHUNK.finditer(text, unit.start, unit.end)]
        size = max(1, self.settings.overlap or self.settings.words // 4)
        return [_joined(group) for group in _groups(chunks, size)]

    def _pack(self, units: Sequence[_Unit], overlap: int | None = None) -> list[tuple[int, int]]:
        """Spans of up to `words` words; each begins with the last units, of about `overlap` words, of the one before."""
        overlap = self.settings.overlap if overlap is None else overlap
        spans: list[tuple[int, int]] = []
        first, total = 0, 0
        for i, unit in enumerate(units):
            if i > first and total + unit.words > self.settings.words:
                spans.append((units[first].start, units[i - 1].end))
                first = self._back(units, i, min(overlap, self.settings.words // 2))
                total = sum(part.words for part in units[first:i])
            total += unit.words
        return [*spans, (units[first].start, units[-1].end)] if units else []

    def _back(self, units: Sequence[_Unit], i: int, overlap: int) -> int:
        """Where a passage that must hold unit `i` begins, so that it repeats about `overlap` words."""
        first, repeated = i, 0
        while first > 0 and repeated < overlap:
            more = repeated + units[first - 1].words
            if more > max(overlap, self.settings.words // 2) or more + units[i].words > self.settings.words:
                break
            first, repeated = first - 1, more
        return first


def weight(text: str) -> int:
    """How many words a text counts for; long strings without words count by their length."""
    return max(len(words(text)), len(text) // _CHARACTERS_A_WORD)


def _unit(text: str, start: int, end: int) -> _Unit:
    start, end = _trimmed(text, start, end)
    return _Unit(start, end, weight(text[start:end]))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _joined(units: Sequence[_Unit]) -> _Unit:
    return _Unit(units[0].start, units[-1].end, sum(unit.words for unit in units))


def _groups(units: Iterable[_Unit], size: int) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = [[]]
    total = 0
    for unit in units:
        if groups[-1] and total + unit.words > size:
            groups.append([])
            total = 0
        groups[-1].append(unit)
        total += unit.words
    return [group for group in groups if group]


def _field_lines(document: Document) -> list[Region]:
    """The span of each field with its name: from the end of the field before to its own end."""
    ends = [0, *(field.end for field in document.fields)]
    lines = [Region((), start, end) for start, end in pairwise(ends)]
    rest = document.text[ends[-1] :]
    return [*lines, Region((), ends[-1], len(document.text))] if rest.strip() else lines


def _passage(document: Document, heading: tuple[str, ...], start: int, end: int, ordinal: int) -> Passage:
    text = document.text[start:end]
    page, inside = document.page_of(start), tuple(at for at in document.page_starts if start < at < end)
    places = () if page is None else (str(page), *map(str, inside))  # the index tells passages apart by their ids
    return Passage(
        content_id(document.path, str(start), text, *places), document.path, document.name, heading, text, start, end,
        page, _language(document, text), ordinal, access=document.access, page_starts=inside,
    )  # fmt: skip


def _language(document: Document, text: str) -> Language:
    """What the words of the passage say, then its document's; names and codes of a record say nothing."""
    return document.language if document.fields else identify(text, (document.language,))
