"""The published checklist, line by line with what was found, and what to do about it, in a reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any

from dalil.dataset.check import Checked
from dalil.dataset.check_split import NEAR_ENOUGH, SHARES
from dalil.tables import read_table

ENOUGH, BETTER = 100, 500
COVERED = 0.9
WITHIN = 0.9
LARGEST_KIND = 0.5
FEWEST_NEGATIVES, MOST_NEGATIVES = 0.05, 0.3
SPLIT_BOUNDS = tuple(share + sign * NEAR_ENOUGH for share in SHARES.values() for sign in (-1, 1))
NAMED = 10
FINEST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `ok` is None where it cannot be told; `gate`: the command fails where it is not met."""

    name: str
    ok: bool | None
    found: str
    gate: bool = False


@cache
def _texts() -> dict[str, Any]:
    found: dict[str, Any] = read_table(resources.files(__package__).joinpath("checklist.yaml").read_text("utf-8"))
    return found


class Said:
    """The texts of one language with their figures; Darija reads Arabic, any language without texts English.

    `kind`: what a kind of question is called there.
    """

    def __init__(self, language: str, kind_name: Callable[[str], str]) -> None:
        every = _texts()
        self.kind = kind_name
        self._texts = every.get("ar" if language == "ary" else language, every["en"])

    def line(self, key: str, ok: bool | None, found: Sequence[str], **facts: Any) -> Line:
        """A line of the checklist; what was found is joined."""
        return Line(
            self._said("lines", key, facts),
            ok,
            self._texts["numbers"]["joined"].join(found),
            gate=key in ("valid", "leaks"),
        )

    def found(self, key: str, **facts: Any) -> str:
        return self._said("found", key, facts)

    def advice(self, key: str, **facts: Any) -> str:
        return self._said("advice", key, facts)

    def share(self, value: float, *bounds: float) -> str:
        """A share (0–1) in percents, told from every bound that it is held to."""
        return str(self._texts["numbers"]["percent"]).format(n=self.percents(value, *bounds))

    def percents(self, value: float, *bounds: float) -> str:
        """Whole percents where these lie where the exact share lies: above, on or below each bound, none and all.

        Else as many decimals as that takes: 4.8 is not 5 where 5 is asked for.
        """
        places = [_place(100 * value, bound) for bound in (0, 1, *bounds)]
        texts = [f"{100 * value:.{decimals}f}" for decimals in range(FINEST_DECIMALS + 1)]
        told = (text for text in texts if [_place(float(text), bound) for bound in (0, 1, *bounds)] == places)
        return next(told, texts[-1]).replace(".", self._texts["numbers"]["decimal"])

    def _said(self, group: str, key: str, facts: dict[str, Any]) -> str:
        figures = {name: self._number(value) if isinstance(value, int) else value for name, value in facts.items()}
        return str(self._texts[group][key]).format(**figures)

    def _number(self, value: int) -> str:
        text = f"{value:,}" if value >= 10_000 else str(value)
        return text.replace(",", self._texts["numbers"]["thousands"])


def _place(percents: float, bound: float) -> int:
    """-1 below the bound, 0 on it, 1 above it; what only the machine's arithmetic tells apart counts as on it."""
    apart = round(percents - 100 * bound, FINEST_DECIMALS)
    return (apart > 0) - (apart < 0)


def checklist(checked: Checked, language: str = "en", kind_name: Callable[[str], str] = str) -> list[Line]:
    """Every line of the checklist, in its order."""
    say = Said(language, kind_name)
    parts = (_size, _valid, _unique, _covered, _types, _precise, _lengths, _negatives, _split, _leaks)
    return [part(checked, say) for part in parts]


def _size(checked: Checked, say: Said) -> Line:
    count = len(checked.rows)
    better = [] if count >= BETTER or count <= ENOUGH else [say.found("better", n=BETTER)]
    return say.line("size", count > ENOUGH, [say.found("examples", n=count), *better], n=ENOUGH)


def _valid(checked: Checked, say: Said) -> Line:
    count = len(checked.problems)
    return say.line("valid", count == 0, [say.found("errors", n=count) if count else say.found("no_error")])


def _unique(checked: Checked, say: Said) -> Line:
    counts = {name: len(getattr(checked.repeats, name)) for name in ("exact", "near", "conflicting")}
    return say.line("unique", not any(counts.values()), [say.found("repeats", **counts)])


def _covered(checked: Checked, say: Said) -> Line:
    line = partial(say.line, "covered", share=say.share(COVERED))
    if checked.coverage is None:
        return line(None, [say.found("no_documents")])
    name = "records" if checked.coverage.records.of else "texts"
    part = checked.coverage.records if name == "records" else checked.coverage.texts
    without = [say.found("without", names=_named(part.missing))] if part.missing else []
    found = [say.found(name, n=part.covered, of=part.of), *without]
    return line(part.share is not None and part.share > COVERED, found)


def _types(checked: Checked, say: Said) -> Line:
    kinds = [kind for kind in checked.balance.kinds if kind]
    if not checked.expected_kinds:
        said = say.found("kinds", n=len(kinds)) if kinds else say.found("no_kinds")
        return say.line("types", None, [said, say.found("no_catalogue")])
    missing, count = checked.missing_kinds, len(checked.expected_kinds)
    said = say.found("missing", names=", ".join(map(say.kind, missing))) if missing else say.found("all_kinds", n=count)
    return say.line("types", not missing, [said])


def _precise(checked: Checked, say: Said) -> Line:
    facts, conflicts = checked.grounding, len(checked.repeats.conflicting)
    found = [say.found("ungrounded", n=len(facts.ungrounded), of=facts.checked)] if facts.checked else []
    found += [say.found("unproved", n=facts.without)] if facts.without else []
    found += [say.found("two_answers", n=conflicts)] if conflicts else []
    good = True if facts.checked else None
    return say.line("precise", False if facts.ungrounded or conflicts else good, found or [say.found("no_answer")])


def _lengths(checked: Checked, say: Said) -> Line:
    facts = checked.lengths
    typed = [say.found("typed", n=facts.typed)] if facts.typed else []
    if facts.within is None:
        return say.line("lengths", None, [say.found("no_free"), *typed])
    found = say.found("within", share=say.share(facts.within, WITHIN), of=facts.answers, short=len(facts.short),
                      long=len(facts.long), median=f"{facts.median:g}")  # fmt: skip
    return say.line("lengths", facts.within >= WITHIN, [found, *typed])


def _negatives(checked: Checked, say: Said) -> Line:
    share = _negative_share(checked)
    found = say.found("negatives", n=checked.negatives, share=say.share(share, FEWEST_NEGATIVES, MOST_NEGATIVES))
    return say.line("negatives", share >= FEWEST_NEGATIVES, [found], share=say.share(FEWEST_NEGATIVES))


def _negative_share(checked: Checked) -> float:
    return checked.negatives / len(checked.rows) if checked.rows else 0.0


def _split(checked: Checked, say: Said) -> Line:
    shares, groups = checked.split.shares, checked.split.groups
    if not shares:
        return say.line("split", None, [say.found("no_side")])
    counted = groups or {side: n for side, n in checked.split.sides.items() if side}
    form = "shares_groups" if groups else "shares_rows"
    said = say.found(
        form, shares=" / ".join(say.percents(shares[side], *SPLIT_BOUNDS) for side in SHARES), n=sum(counted.values())
    )
    return say.line("split", checked.split.near_80_10_10, [said])


def _leaks(checked: Checked, say: Said) -> Line:
    certificate = checked.split.certificate
    if certificate is None and not checked.split.leaks:
        return say.line("leaks", None, [say.found("empty_side" if checked.split.shares else "none_held")])
    likest = (certificate or {}).get("highest_similarity")
    alike = [say.found("likest", share=say.share(likest["value"]))] if likest else []
    return say.line("leaks", checked.leaks == 0, [say.found("leaks", n=checked.leaks), *alike])


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def recommendations(checked: Checked, language: str = "en", kind_name: Callable[[str], str] = str) -> list[str]:
    """What to do, the gravest first."""
    say = Said(language, kind_name)
    return [*_mend(checked, say.advice), *_improve(checked, say), *_deepen(checked, say)]


def _mend(checked: Checked, advice: Callable[..., str]) -> Iterator[str]:
    if checked.problems:
        yield advice("problems")
    if checked.leaks:
        yield advice("leaks")
    if checked.repeats.exact or checked.repeats.near:
        yield advice("repeats", n=len(checked.repeats.exact) + len(checked.repeats.near))
    if checked.repeats.conflicting:
        yield advice("conflicting")
    if checked.grounding.ungrounded:
        yield advice("ungrounded")


def _improve(checked: Checked, say: Said) -> Iterator[str]:
    count = len(checked.rows)
    if 0 < count < BETTER:
        yield say.advice("few" if count > ENOUGH else "too_few", n=count, better=BETTER)
    if checked.coverage and (missing := (*checked.coverage.records.missing, *checked.coverage.texts.missing)):
        yield say.advice("uncovered", names=_named(missing))
    if checked.missing_kinds:
        yield say.advice("missing_kinds", names=", ".join(map(say.kind, checked.missing_kinds)))


def _deepen(checked: Checked, say: Said) -> Iterator[str]:
    count = len(checked.rows)
    if (largest := checked.balance.largest) and largest[1] > LARGEST_KIND and len(checked.balance.kinds) > 1:
        yield say.advice("balance", kind=say.kind(largest[0]), share=say.share(largest[1], LARGEST_KIND))
    share = _negative_share(checked)
    if count and share < FEWEST_NEGATIVES:
        yield say.advice("more_negatives")
    if share > MOST_NEGATIVES:
        yield say.advice("fewer_negatives", share=say.share(share, MOST_NEGATIVES))
    if checked.lengths.short and (checked.lengths.within or 0.0) < WITHIN:
        yield say.advice("short", n=len(checked.lengths.short))
    if checked.lengths.long:
        yield say.advice("long", n=len(checked.lengths.long))
    if checked.coverage and (short := checked.coverage.short):
        yield say.advice("short_descriptions", names=_named(short))
    if count and not checked.split.shares:
        yield say.advice("hold_out")
    if checked.split.shares and not checked.split.near_80_10_10:
        yield say.advice("resplit")
