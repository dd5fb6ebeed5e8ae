"""Grounding: the numbers, dates, names and addresses of an answer stand in its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.dataset.check_shape import is_silent
from dalil.dataset.pair import Located, Pair, documents_of
from dalil.language import fold, is_right_to_left, numbers_in, words
from dalil.records import Document

Figures = Callable[[str], set[str]]
"""A text → the numbers and dates that it states, one form each; a date begins with @."""

EVIDENCE_COLUMNS = ("evidence", "quote", "proof", "passage", "source_text", "preuve")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.,/-])\+?\(?\d(?:[ .()\-\u00a0\u202f]{0,2}\d){7,14}(?![\w/]|[.,]\d)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STOPS = '.!?؟:;\n•–—"«»“”('


@dataclass(frozen=True, slots=True)
class Ungrounded:
    """An answer that states what its evidence does not: kind of fact → the facts as written."""

    row: Located
    missing: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Grounding:
    """`checked`: answers with evidence; `without`: answers that have none to be checked against."""

    checked: int
    without: int
    ungrounded: list[Ungrounded]


def grounding(rows: Iterable[Located], documents: Mapping[str, Document], figures: Figures) -> Grounding:
    """Check each answerable row. `documents`: by path, for rows that name their document and quote nothing."""
    checked = without = 0
    found: list[Ungrounded] = []
    for row in rows:
        if not row.pair.answer or is_silent(row.pair):
            continue
        evidence = evidence_of(row.pair, documents)
        if not evidence:
            without += 1
            continue
        checked += 1
        missing = missing_facts(row.pair.answer, [*evidence, row.pair.question], figures)
        if missing:
            found.append(Ungrounded(row, missing))
    return Grounding(checked, without, found)


def evidence_of(pair: Pair, documents: Mapping[str, Document]) -> list[str]:
    """The texts that prove a pair: quoted ones, what is read with it, else its documents whole. Empty: nothing is known."""
    texts = [pair.context] if pair.context else []
    for name in EVIDENCE_COLUMNS:
        value = pair.extra.get(name)
        texts += [value] if isinstance(value, str) else _quotes(value)
    named = documents_of(pair)
    known = [documents[path] for path in named if path in documents]
    if not texts:
        texts += [document.text for document in known]
    if not texts:
        return []
    counted = [str(len(named))] if pair.text("kind") == "count" else []
    return [*texts, *(document.name for document in known), *(path.rpartition("#")[2] for path in named), *counted]


def _quotes(value: object) -> list[str]:
    items = value if isinstance(value, list) else []
    return [
        item if isinstance(item, str) else str(item.get("quote") or "")
        for item in items
        if isinstance(item, str | dict)
    ]


def missing_facts(answer: str, evidence: Sequence[str], figures: Figures) -> dict[str, list[str]]:
    """Kind → the facts of the answer that no text of the evidence states."""
    text = "\n".join(evidence)
    flat, digits, known = fold(text), re.sub(r"\D", "", text), set(words(text))
    addresses = [match.rstrip(".,;)") for match in _ADDRESS.findall(answer)]
    rest = _ADDRESS.sub(" ", answer)
    phones = [match.group() for match in _PHONE.finditer(rest)]
    rest = _PHONE.sub(" ", rest)
    stated = figures(rest) - figures(text) - set(numbers_in(text))
    found = {
        "addresses": [a for a in addresses if fold(a) not in flat]
        + [p for p in phones if re.sub(r"\D", "", p)[-8:] not in digits],
        "dates": sorted(figure[1:] for figure in stated if figure.startswith("@")),
        "numbers": sorted(figure for figure in stated if not figure.startswith("@")),
        "names": [name for name in names_in(rest) if not known.issuperset(words(name))],
    }
    return {kind: list(dict.fromkeys(facts)) for kind, facts in found.items() if facts}


def names_in(text: str) -> list[str]:
    """Words that look like names: a capital inside a sentence, a capital inside a word, Latin words in Arabic text."""
    arabic = is_right_to_left(text)
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        before = text[: match.start()].rstrip(" \u00a0\u202f*-")
        begins = not before or before[-1] in _STOPS
        inner = any(c.isupper() for c in word[1:]) and not word.isupper()
        if len(word) > 1 and (
            inner or (word[0].isupper() and not begins) or (arabic and word.isascii() and word.isalpha())
        ):
            found.append(word)
    return found
