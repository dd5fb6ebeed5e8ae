"""What a text says that can be asked: headed paragraphs, definitions, values, lists and steps, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dalil.dataset.text_lines import Body, Line
from dalil.dataset.text_lists import BULLET, STEP, is_row, marked, runs, unmarked_list
from dalil.dataset.text_sentences import spoken_facts
from dalil.dataset.text_tables import Table, cells_of, tables
from dalil.dataset.text_wordings import TextWordings
from dalil.language import sentence_spans, words
from dalil.lexicon import Lexicon
from dalil.lexicon.lists import asks_for_papers
from dalil.records import Dropped

MOST_WORDS = 60
"""A longer answer cannot be quoted whole."""
_FEWEST_WORDS, _MOST_TOPIC_WORDS = 6, 12
_MOST_LABEL_WORDS, _MOST_VALUE_WORDS = 5, 25
_ROW = re.compile(r"(?P<label>[^|:：.!?؟]{2,80}?)\s+\|\s+(?P<value>[^|]+)")
_LABEL = re.compile(r"(?P<label>[^|:：.!?؟,;،؛\d]{2,60}?)\s*[:：]\s+(?P<value>[^|]*[^|:：])")
_QUESTION = ("?", "؟")
_FULL_STOPS = '.!…»”")'
_NEAR = 3
"""Characters between two lines of one paragraph, or of two with an empty line between: code in between is no quote."""


@dataclass(frozen=True, slots=True)
class TextFact:
    """A fact of a text: `asked` is what a question about it names, `spans` where the answer stands, `items` a list's parts.

    `of`: of a step, how many steps there are."""

    kind: str
    asked: tuple[tuple[str, str], ...]
    spans: tuple[tuple[int, int], ...]
    items: tuple[str, ...] = ()
    of: int = 0


def facts_of(body: Body, name: str, wordings: TextWordings, lexicon: Lexicon) -> Iterator[TextFact | Dropped]:
    """Every fact beneath one heading ("" where it is the document's own) of the document called `name`."""
    steps, bullets = runs(body.lines, STEP), runs(body.lines, BULLET)
    plain = [line for line in body.lines if not marked(line)]
    if body.heading and not body.heading.endswith(_QUESTION) and _sayable(body.heading):
        yield from _listed(body, steps, bullets, plain, lexicon)
        if len(plain) == len(body.lines):
            yield from _section(body)
    for table in tables(plain):
        yield from _tabled(table, wordings.plain_columns | set(words(name)))
    header = _header(plain)
    for line in plain:
        if line is not header and cells_of(line) is None:
            yield from _labelled(line, body.heading, wordings) or spoken_facts_of(line, wordings)


def spoken_facts_of(line: Line, wordings: TextWordings) -> list[TextFact]:
    """Definitions and values in the sentences of a line."""
    found = spoken_facts(line.text, wordings)
    return [TextFact(f.kind, f.asked, ((line.start + f.start, line.start + f.end),)) for f in found]


def _sayable(heading: str) -> bool:
    return 0 < len(words(heading)) <= _MOST_TOPIC_WORDS


def _section(body: Body) -> Iterator[TextFact | Dropped]:
    """A heading with a paragraph or two beneath it."""
    lines = body.lines
    count = sum(len(words(line.text)) for line in lines)
    if any(map(is_row, lines)) or count < _FEWEST_WORDS or lines[-1].text[-1] not in _FULL_STOPS:
        return
    if count > MOST_WORDS:
        yield Dropped(body.heading, f"a section of over {MOST_WORDS} words")
    elif all(after.start - before.end <= _NEAR for before, after in pairwise(lines)):
        yield TextFact("section", (("topic", body.heading),), ((lines[0].start, lines[-1].end),))


def _listed(body: Body, steps: Sequence[Sequence[Line]], bullets: Sequence[Sequence[Line]], plain: Sequence[Line],
            lexicon: Lexicon) -> Iterator[TextFact | Dropped]:  # fmt: skip
    """The steps or the list under a heading; of several under one heading nobody can say which is meant."""
    lists = [*steps, *bullets]
    papers = asks_for_papers(body.heading, lexicon)
    if papers and not lists and unmarked_list(plain):
        lists = [list(plain)]
    if len(lists) > 1:
        yield Dropped(body.heading, f"{len(lists)} lists under one heading")
    if len(lists) != 1 or any(is_row(line) for line in lists[0]):
        return
    run, numbered = lists[0], bool(steps)
    if papers or not numbered:
        yield from _whole("documents" if papers else "list", body.heading, run)
        return
    yield from _whole("procedure", body.heading, run)
    for number, line in enumerate(run, start=1):
        asked = (("topic", body.heading), ("number", str(number)))
        yield TextFact("step", asked, ((line.start, line.end),), of=len(run))


def _whole(kind: str, heading: str, run: Sequence[Line]) -> Iterator[TextFact | Dropped]:
    if sum(len(words(line.text)) for line in run) > MOST_WORDS:
        yield Dropped(heading, f"a list of over {MOST_WORDS} words, not asked for as a whole")
        return
    items = tuple(line.text.rstrip(" ;.,") for line in run)
    yield TextFact(kind, (("topic", heading),), tuple((line.start, line.end) for line in run), items)


def _tabled(table: Table, plain: frozenset[str]) -> Iterator[TextFact]:
    """Each cell of a table, and who shares a value. Of two columns, one headed "value" (or the document's name) tells
    nothing that the row's name does not."""
    columns = len(table.rows[0])
    for name, cell in table.cells():
        if columns == 2 and words(cell.column) and set(words(cell.column)) <= plain:
            yield TextFact("value_of_label", (("label", name.value),), (cell.span,))
        elif len(words(cell.value)) <= _MOST_VALUE_WORDS:
            yield TextFact("cell", (("row", name.value), ("column", cell.column)), (cell.span,))
    for cell, names in table.sharing():
        asked = (("key", table.key), ("value", cell.value), ("column", cell.column))
        yield TextFact("entries", asked, tuple(name.span for name in names), tuple(name.value for name in names))


def _header(lines: Sequence[Line]) -> Line | None:
    """The first of three rows or more, where it alone has no figure behind its bar: it names the columns."""
    rows = [line for line in lines if is_row(line)]
    figures = [any(c.isdigit() for c in line.text.rpartition(" | ")[2]) for line in rows]
    return rows[0] if len(rows) > 2 and not figures[0] and all(figures[1:]) else None


def _labelled(line: Line, heading: str, wordings: TextWordings) -> list[TextFact]:
    """A line `Label: value` or a table's row of two cells, with a value that is short. A label in capitals is a warning."""
    found = _ROW.fullmatch(line.text) or _LABEL.fullmatch(line.text)
    if found is None or sentence_spans(found["value"])[1:]:
        return []
    label, value = found["label"].strip(), found["value"].strip()
    first = words(label)[:1]
    short = (
        0 < len(words(label)) <= (_MOST_TOPIC_WORDS if is_row(line) else _MOST_LABEL_WORDS)
        and 0 < len(words(value)) <= _MOST_VALUE_WORDS
    )
    if not short or first[0] in wordings.captions or not label[0].isalpha() or label[0].islower() or label.isupper():
        return []
    start = line.start + found.start("value")
    asked = (("topic", heading), ("label", label)) if heading else (("label", label),)
    return [TextFact("row" if heading else "value_of_label", asked, ((start, start + len(value)),))]
