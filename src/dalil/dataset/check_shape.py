"""The shape of a dataset: how long its answers are, how its kinds are balanced, how much of it has no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from dalil.dataset.pair import Located, Pair, column, unknown_phrases
from dalil.language import fold, identify, words

FEWEST_WORDS, MOST_WORDS = 20, 200
_SILENCE = tuple(map(fold, (
    "je ne sais pas", "je ne trouve pas", "je n'ai pas trouvé", "n'est pas précisé", "pas d'information", "pas dans les documents",
    "i don't know", "i do not know", "i cannot find", "i can't find", "not in the documents", "no information",
    "لا أعرف", "لا أجد", "لا أعلم", "غير متوفر", "لا توجد معلومات", "ما عرفتش", "ما لقيتش", "ma l9itch", "ma3raftch",
)))  # fmt: skip
_LONGEST_SILENCE = 40


@dataclass(frozen=True, slots=True)
class Lengths:
    """Words of the answers that are free text; `typed`: answers that are a field's value, and short by nature."""

    answers: int
    typed: int
    shortest: int
    median: float
    p90: float
    longest: int
    short: list[Located]
    long: list[Located]

    @property
    def within(self) -> float | None:
        """The share of free answers of 20 to 200 words."""
        return 1 - (len(self.short) + len(self.long)) / self.answers if self.answers else None


def lengths(rows: Iterable[Located]) -> Lengths:
    """Count the words of each answer that is one."""
    answered = [row for row in rows if not is_silent(row.pair)]
    free = [row for row in answered if not row.pair.extra.get("values")]
    counts = [len(words(row.pair.answer)) for row in free]
    p90 = quantiles(counts, n=10)[-1] if len(counts) > 1 else float(sum(counts))
    short = [row for row, count in zip(free, counts, strict=True) if count < FEWEST_WORDS]
    long = [row for row, count in zip(free, counts, strict=True) if count > MOST_WORDS]
    return Lengths(len(free), len(answered) - len(free), min(counts, default=0), median(counts) if counts else 0.0,
                   round(p90, 1), max(counts, default=0), short, long)  # fmt: skip


def is_silent(pair: Pair) -> bool:
    """Whether the right reply is that it is not known: as the row says, or because its short answer says so."""
    if not pair.answerable:
        return True
    if pair.answer in unknown_phrases():
        return True
    said = fold(pair.answer).replace("’", "'")
    return len(words(said)) <= _LONGEST_SILENCE and any(cue in said for cue in _SILENCE)


@dataclass(frozen=True, slots=True)
class Balance:
    """Rows by kind of question ("" where the row does not say) and by language."""

    kinds: dict[str, int]
    languages: dict[str, int]

    @property
    def largest(self) -> tuple[str, float] | None:
        """The most frequent kind and its share; None where no row says its kind."""
        named = {kind: count for kind, count in self.kinds.items() if kind}
        if not named:
            return None
        kind = max(named, key=lambda name: (named[name], name))
        return kind, named[kind] / sum(self.kinds.values())


def balance(rows: Sequence[Located]) -> Balance:
    """Count kinds and languages; a language that is not said is found out."""
    kinds = Counter(_said(row.pair, "kind") for row in rows)
    languages = Counter(_said(row.pair, "language") or identify(row.pair.question) for row in rows)
    return Balance(dict(kinds.most_common()), dict(languages.most_common()))


def _said(pair: Pair, name: str) -> str:
    value = column(pair, name)
    return value if isinstance(value, str) else ""
