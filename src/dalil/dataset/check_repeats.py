"""Questions that stand twice: in the same words, in nearly the same words, or with two different answers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dalil.dataset.check_shape import is_silent
from dalil.dataset.near import near_pairs, shingles
from dalil.dataset.pair import Located, Pair, column
from dalil.language import fold
from dalil.language.analysis import function_words

ALIKE = 0.8
_ENDS = " ?؟!.,;:…\u00a0\u202f"
_TOKEN = re.compile(r"[^\W_]+[+#]*")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A row and the earlier one that it repeats; `similarity` is the share of words of the two questions in common, 0–1."""

    row: Located
    of: Located
    similarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """`exact` and `near` have the answer of the earlier row too; `conflicting` ask the same and answer something else."""

    exact: list[Repeat]
    near: list[Repeat]
    conflicting: list[Repeat]

    def cleaned(self, rows: Iterable[Located]) -> list[Located]:
        """The rows without exact and near repeats; those that conflict stay: which one is right is not known."""
        gone = {id(repeat.row) for repeat in (*self.exact, *self.near)}
        return [row for row in rows if id(row) not in gone]


def plain(text: str) -> str:
    """A text without case, accents, runs of space and the signs at its end. C++ and C# stay two."""
    return trimmed(fold(text))


def trimmed(folded: str) -> str:
    """A folded text without runs of space and the signs at its end."""
    return " ".join(folded.split()).strip(_ENDS)


def asked(pair: Pair) -> tuple[str, ...]:
    """What a question is, with the document it is asked within, and what was said and read before it."""
    said = (text for turn in pair.history for text in (turn.question, turn.answer))
    scope = column(pair, "scope")
    return (
        plain(pair.question),
        plain(pair.context),
        plain(scope if isinstance(scope, str) else ""),
        *map(plain, said),
    )


def repeats(rows: Sequence[Located], seed: int = 0) -> Repeats:
    """Every repeat among the rows, in their order; each row stands at most once under `exact` or `near`."""
    first: dict[tuple[str, ...], Located] = {}
    whole: dict[tuple[tuple[str, ...], str], Located] = {}
    exact, conflicting, kept = list[Repeat](), list[Repeat](), list[Located]()
    for row in rows:
        question, answer = asked(row.pair), plain(row.pair.answer)
        before = whole.setdefault((question, answer), row)
        if before is not row:
            exact.append(Repeat(row, before))
            continue
        kept.append(row)
        earlier = first.setdefault(question, row)
        if earlier is not row:
            conflicting.append(Repeat(row, earlier))
    return Repeats(exact, _near(kept, seed), conflicting)


def _near(rows: Sequence[Located], seed: int) -> list[Repeat]:
    """Rows of one answer whose questions share most words, and all names and numbers."""
    by_answer: dict[tuple[str, ...], list[Located]] = defaultdict(list)
    for row in rows:
        by_answer[(plain(row.pair.answer), *asked(row.pair)[1:])].append(row)
    found: list[Repeat] = []
    for bucket in (rows for rows in by_answer.values() if len(rows) > 1):
        sets = [shingles([sorted(set(_tokens(row.pair.question)))], 1) for row in bucket]
        for i, j, alike in near_pairs(sets, ALIKE, seed):
            early, late = bucket[min(i, j)], bucket[max(i, j)]
            if _same_matter(early.pair, late.pair):
                found.append(Repeat(late, early, round(alike, 4)))
    unique = {id(repeat.row): repeat for repeat in reversed(found)}
    order = {id(row): place for place, row in enumerate(rows)}
    return sorted(unique.values(), key=lambda repeat: order[id(repeat.row)])


def _tokens(text: str) -> list[str]:
    return [fold(token) for token in _TOKEN.findall(text)]


def _same_matter(a: Pair, b: Pair) -> bool:
    """Whether two like questions can be about one thing; another wording that was made on purpose is no repeat."""
    for name in ("documents", "document", "group", "wording"):
        if a.extra.get(name) != b.extra.get(name):
            return False
    if is_silent(a) and _matter(a.question) != _matter(b.question):
        return False  # that both have no answer does not say that they ask for one thing
    return _names(a.question) == _names(b.question)


def _matter(question: str) -> set[str]:
    return {word for word in _tokens(question) if not _is_function_word(word)}


def _names(question: str) -> set[str]:
    """What tells one thing from another: words with a digit or a capital, the first too unless it is a function word."""
    tokens = list(_TOKEN.finditer(question))
    return {
        fold(token.group()) for place, token in enumerate(tokens)
        if any(c.isdigit() for c in token.group())
        or (any(c.isupper() for c in token.group()) and (place or not _is_function_word(token.group())))
    }  # fmt: skip


def _is_function_word(word: str) -> bool:
    return any(fold(word) in function_words(language) for language in ("fr", "en", "ar"))
