"""Texts as comparable words: numbers as numbers, dates as dates, and which known values a text states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dalil.language import Token, tokenise
from dalil.language.months import month_number

Forms = tuple[str, ...]
"""The comparable words of a value: what two ways of writing it share."""

_ONE_TO_ONE = str.maketrans({"٫": ".", "٬": ",", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "−": "-", "\u2011": "-"})
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_ISO = re.compile(r"(?<![\d.-])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T[\d:.]+Z?)?(?!\d|[-.]\d)")
_DAY_FIRST = re.compile(r"(?<![\d.-])(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d|[-.]\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:er|ère|st|nd|rd|th)?\s+(?:de\s+|of\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?(\d{4})(?!\d)"
)
_MONTH_DAY = re.compile(r"(?<!\w)([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_SPACED = re.compile(r"(?<![\w.,])(?<!\d )\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![\w]| \d)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_VERSION = re.compile(r"v(?=\d)")
_IDENTIFIER = re.compile(r"\d|\w[@/_.-]\w")
_ENUMERATION = re.compile(r"(?:^|\n)[ \t]*$")


@lru_cache(maxsize=20_000)
def comparable(text: str, loose: bool = False) -> tuple[Token, ...]:
    """The words of a text, folded, with spans in it; dates become `@2019-03-04`, `1 840` becomes `1840`.

    `loose` reads every number as a number (`1.840,0` = `1840`); without it 3.10 and 3.1 differ, as versions do.
    A `+` or `#` at the end of a word belongs to it (C++, GPL-3.0+), a `v` before a number does not.
    """
    plain = text.translate(_ONE_TO_ONE).translate(_DIGITS)
    special = sorted(_dates(plain), key=lambda token: token.start)
    special += [
        Token(_number_form(m.group().replace(" ", ""), loose), m.start(), m.end())
        for m in _SPACED.finditer(plain)
        if not _overlaps(special, m.start(), m.end())
    ]
    rest = (token for token in tokenise(plain) if not _overlaps(special, token.start, token.end))
    return tuple(sorted([*special, *(_finish(plain, token, loose) for token in rest)], key=lambda token: token.start))


def forms(text: str, loose: bool = False) -> Forms:
    """The comparable words of a text without their places."""
    return tuple(token.form for token in comparable(text, loose))


def number_value(written: str) -> str | None:
    """A number in one form (no separators of thousands, decimal point, no idle zeros), None for what is none.

    One separator before exactly three digits separates thousands (1.840 and 1,840 are 1840), unless 0 stands before it.
    """
    if not _NUMBER.fullmatch(written):
        return None
    groups = re.split(r"[.,]", written)
    marks = re.sub(r"\d", "", written)
    decimal = ""
    thousands = len(marks) == 1 and len(groups[-1]) == 3 and len(groups[0]) <= 3 and groups[0].strip("0")
    if (len(marks) == 1 and not thousands) or (len(set(marks)) == 2 and marks.count(marks[-1]) == 1):
        decimal = groups.pop()
    if any(len(group) != 3 for group in groups[1:]):
        return None
    whole = "".join(groups).lstrip("0") or "0"
    decimal = decimal.rstrip("0")
    return f"{whole}.{decimal}" if decimal else whole


def figures(text: str) -> set[str]:
    """The numbers and dates that a text states, in one form each; the numbering of a list's lines is none."""
    found = set()
    for token in comparable(text):
        numbering = text[token.end : token.end + 1] in (".", ")") and _ENUMERATION.search(text[: token.start])
        written = token.form.lstrip("-")
        if token.form.startswith("@") or (_NUMBER.fullmatch(written) and not numbering):
            found.add(("-" if token.form != written else "") + (number_value(written) or written))
    return found


@dataclass(frozen=True, slots=True)
class Statement:
    """A known value found in a text: its forms and the words (start, end) where it stands."""

    forms: Forms
    start: int
    end: int


def statements(text: str, tokens: tuple[Token, ...], known: Mapping[Forms, Iterable[str]],
               masked: frozenset[int] = frozenset(), gold: frozenset[Forms] = frozenset()) -> list[Statement]:  # fmt: skip
    """The known values (forms → ways of writing) that the text states, longest first and never overlapping.

    A value of `gold` may stand on `masked` words, any other may not: a record's own name states no other value.
    """
    lengths = sorted({len(key) for key in known if key}, reverse=True)
    sequence = tuple(token.form for token in tokens)
    found: list[Statement] = []
    for length in lengths:
        for start in range(len(sequence) - length + 1):
            key = sequence[start : start + length]
            place = range(start, start + length)
            if key in known and (key in gold or not masked.intersection(place)):
                span = (tokens[start].start, tokens[start + length - 1].end)
                if any(stands(text, *span, written) for written in known[key]):
                    found.append(Statement(key, start, start + length))
    found.sort(key=lambda item: (item.start - item.end, item.forms not in gold, item.start))
    taken: set[int] = set()
    kept = []
    for item in found:
        if not taken.intersection(range(item.start, item.end)):
            taken.update(range(item.start, item.end))
            kept.append(item)
    return sorted(kept, key=lambda item: item.start)


def stands(text: str, start: int, end: int, written: str) -> bool:
    """Whether text[start:end] states the value: a letter or two must stand as written, and 2.4 is not in 2.4-beta."""
    if len(written) <= 2 and not written.isdigit() and text[start:end] != written:
        return False
    if not _IDENTIFIER.search(written):
        return True
    glue = "-._@/" if "/" in written else "-._@"
    left = start >= 2 and text[start - 1] in glue and text[start - 2].isalnum()
    right = end + 1 < len(text) and text[end] in glue and text[end + 1].isalnum()
    return not left and not right


def places(sequence: Forms, part: Forms) -> list[range]:
    """Where `part` stands in the sequence."""
    width = len(part)
    return [range(i, i + width) for i in range(len(sequence) - width + 1) if width and sequence[i : i + width] == part]


def _dates(plain: str) -> list[Token]:
    found: list[Token] = []
    for pattern, order in ((_ISO, "ymd"), (_DAY_FIRST, "dmy"), (_DAY_MONTH, "dmy"), (_MONTH_DAY, "mdy")):
        for match in pattern.finditer(plain):
            part = dict(zip(order, match.groups(), strict=True))
            day, year = int(part["d"]), int(part["y"])
            month = int(part["m"]) if part["m"].isdigit() else month_number(part["m"]) or 0
            if month > 12 >= day and pattern is _DAY_FIRST:
                day, month = month, day
            if 1 <= month <= 12 and 1 <= day <= 31 and not _overlaps(found, match.start(), match.end()):
                found.append(Token(f"@{year:04}-{month:02}-{day:02}", match.start(), match.end()))
    return found


def _finish(plain: str, token: Token, loose: bool) -> Token:
    form = _VERSION.sub("", token.form) if _VERSION.match(token.form) else token.form
    end = token.end
    while plain[end : end + 1] in ("+", "#") and plain[end : end + 1]:
        end += 1
    tail = plain[token.end : end]
    start = token.start
    if _NUMBER.fullmatch(form):
        form = _number_form(form, loose)
        if plain[start - 1 : start] == "-" and (start < 2 or plain[start - 2] in " (:=\n"):
            start, form = start - 1, f"-{form}"
    return Token(form + tail, start, end)


def _number_form(written: str, loose: bool) -> str:
    return (number_value(written) if loose else None) or written.replace(",", ".")


def _overlaps(tokens: Iterable[Token], start: int, end: int) -> bool:
    return any(token.start < end and start < token.end for token in tokens)
