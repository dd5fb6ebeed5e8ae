"""Yes-or-no questions: whether a record's field holds a value, its own or one that only other records have.

Only of fields whose values recur ("En production"), so that the question makes sense; a no is a near miss, and proved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from dalil.dataset.fields import AskedField, Catalogue, name_key
from dalil.dataset.wordings import Wordings, families, template
from dalil.language import words
from dalil.lexicon import phrases
from dalil.records import Document, Evidence, Example, Field, content_id

YES_NO = "yes_no"
_LONGEST_VALUE_WORDS = 6
_FEWEST_HOLDERS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """A value that a record's field is asked for; `holds` says whether it is there."""

    record: Document
    field: Field
    asked: AskedField
    value: str
    holds: bool


def yes_no_examples(catalogue: Catalogue, wordings: Wordings, count: int) -> Iterator[Example]:
    """One check a record, in `count` trained wordings and the held-out one."""
    return checked_examples(yes_no_checks(catalogue), wordings, count)


def checked_examples(checks: Iterable[Check], wordings: Wordings, count: int) -> Iterator[Example]:
    """Each check in every wording."""
    return (_example(check, wordings, family) for check in checks for family in families(count))


def yes_no_checks(catalogue: Catalogue) -> list[Check]:
    """One check a record, of fields and values in turn by their hash."""
    recurring = {name: _recurring(catalogue, name) for name in catalogue.fields}
    first = (min(_checks(record, catalogue, recurring), key=_order, default=None) for record in catalogue.records)
    return [check for check in first if check is not None]


def _recurring(catalogue: Catalogue, field: str) -> dict[tuple[str, ...], str]:
    """The values of a field that several records hold, and that name none: as words → as first written."""
    names = {name_key(record.name) for record in catalogue.everything}
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    written: dict[tuple[str, ...], str] = {}
    for record in catalogue.everything:
        for item in _items(record.field(field)):
            key = tuple(words(item))
            holders[key].add(record.path)
            written.setdefault(key, item.strip())
    return {
        key: value
        for key, value in written.items()
        if 0 < len(key) <= _LONGEST_VALUE_WORDS
        and len(holders[key]) >= _FEWEST_HOLDERS
        and not _says_yes_or_no(key)
        and name_key(value) not in names
    }


def _items(found: Field | None) -> tuple[str, ...]:
    return (found.items or (found.value,)) if found else ()


def _says_yes_or_no(key: tuple[str, ...]) -> bool:
    """A value with a yes or a no in it would answer the question in its own way."""
    return not _yes_or_no().isdisjoint(key)


@cache
def _yes_or_no() -> frozenset[str]:
    said = (phrases(language)[which] for language in ("fr", "en", "ar") for which in ("yes", "no"))
    return frozenset(word for phrase in said for word in words(phrase))


def _checks(record: Document, catalogue: Catalogue,
            recurring: dict[str, dict[tuple[str, ...], str]]) -> Iterator[Check]:  # fmt: skip
    """Every second field is asked for a value of its own, the others for one of other records."""
    for name, asked in catalogue.fields.items():
        found = record.field(name)
        own = {tuple(words(item)) for item in _items(found)}
        held = [set(mine) for mine in own]
        values = recurring[name]
        if found is None or len(values) < 2 or any(_says_yes_or_no(key) for key in own):
            continue
        wanted = bool(int(content_id("yes", record.path, name), 16) % 2)
        for key in values:
            if (key in own) == wanted and (wanted or not any(mine.issuperset(key) for mine in held)):
                yield Check(record, found, asked, values[key], wanted)


def _order(check: Check) -> str:
    return content_id("check", check.record.path, check.asked.name, check.value)


def _example(check: Check, wordings: Wordings, family: str) -> Example:
    record, asked = check.record, check.asked
    said = phrases(wordings.language)["yes" if check.holds else "no"]
    return Example(
        id=content_id("templates", YES_NO, record.path, asked.name, check.value, family),
        question=template(wordings.yes_no_several if asked.several else wordings.yes_no, family).format(
            name=wordings.said(record.name),
            de=wordings.of(record.name),
            label=asked.label,
            of_label=asked.of_label,
            value=check.value,
        ),
        answer=f"{said} : {check.field.value}",
        kind=YES_NO,
        language=wordings.language,
        origin="templates",
        answerable=True,
        documents=(record.path,),
        evidence=(Evidence(record.path, check.field.start, check.field.end),),
        field=asked.name,
        values=(said,),
        wording=family,
    )
