"""The split of a dataset: its shares, and what of the test was trained (a leak)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dalil.dataset.certificate import certificate
from dalil.dataset.check_repeats import asked
from dalil.dataset.groups import AGGREGATE_PREFIX
from dalil.dataset.pair import SPLITS, Located, documents_of
from dalil.dataset.unanswerable import ALONE_PREFIXES
from dalil.dataset.wordings import HELD_OUT
from dalil.records import Example, content_id

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}
NEAR_ENOUGH = 0.05
_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Leak:
    """A held-out row, the trained row that gives it away, and how."""

    row: Located
    of: Located
    reason: str


@dataclass(frozen=True, slots=True)
class SplitCheck:
    """Rows by side ("" none), leaks, and the certificate of the held-out rows that nothing trained may touch (or None).

    `groups`: groups by side where the rows say theirs; the shares are then those of groups, which are what is split.
    """

    sides: dict[str, int]
    groups: dict[str, int]
    leaks: list[Leak]
    certificate: dict[str, Any] | None

    @property
    def shares(self) -> dict[str, float]:
        """Share of each side among the groups (else the rows) that lie on one."""
        counts = self.groups or self.sides
        total = sum(count for side, count in counts.items() if side)
        return {side: counts.get(side, 0) / total for side in SPLITS} if total else {}

    @property
    def near_80_10_10(self) -> bool | None:
        """Whether each share is within five points; None where there is no split."""
        return (
            all(abs(self.shares[side] - share) <= NEAR_ENOUGH + _LEAST for side, share in SHARES.items())
            if self.shares
            else None
        )


def split_check(rows: Sequence[Located]) -> SplitCheck:
    """Leaks: the same question on two sides; the same group or record, unless the row says that its record was trained."""
    sides, groups = dict(Counter(row.side for row in rows)), _groups_by_side(rows)
    train = [row for row in rows if row.side == "train"]
    held = [row for row in rows if row.side in ("validation", "test")]
    if not train or not held:
        return SplitCheck(sides, groups, [], None)
    leaks = _same(train, held, lambda row: ["\n".join(asked(row.pair))], "the same question was trained")
    unseen = [row for row in held if _is_unseen(row)]
    taken = {id(leak.row) for leak in leaks}
    rest = [row for row in unseen if id(row) not in taken]
    leaks += _same([row for row in train if not _is_aggregate(row)], rest, _groups, "its group or record was trained")
    made = certificate([_example(row) for row in train], [_example(row) for row in unseen])
    return SplitCheck(sides, groups, leaks, made)


def _groups_by_side(rows: Sequence[Located]) -> dict[str, int]:
    """Negatives of no record and questions over several are groups of their own that no split deals out."""
    kept = {(row.side, row.pair.text("group")) for row in rows if row.side == "train" or _is_unseen(row)}
    alone = (*ALONE_PREFIXES, AGGREGATE_PREFIX)
    return dict(Counter(side for side, group in kept if side and group and not group.startswith(alone)))


def _is_unseen(row: Located) -> bool:
    """Whether nothing of the row's record may be trained: not where only the wording is held out, nor over many records."""
    stratum = row.pair.text("stratum")
    if stratum:
        return stratum == "unseen"
    return row.pair.text("wording") != HELD_OUT and not _is_aggregate(row)


def _is_aggregate(row: Located) -> bool:
    return len(documents_of(row.pair)) > 1


def _groups(row: Located) -> list[str]:
    group = row.pair.text("group")
    return [f"group {group}"] if group else [f"document {name}" for name in documents_of(row.pair) if "#" in name]


def _same(train: Sequence[Located], held: Sequence[Located], keys: Any, reason: str) -> list[Leak]:
    known: dict[str, Located] = {}
    for row in train:
        for key in keys(row):
            known.setdefault(key, row)
    found = ((row, next((known[key] for key in keys(row) if key in known), None)) for row in held)
    return [Leak(row, of, reason) for row, of in found if of is not None]


def _example(row: Located) -> Example:
    pair = row.pair
    group = pair.text("group") or content_id(*asked(pair))
    return Example(row.place, pair.question, pair.answer, pair.text("kind"), "fr", "pairs", pair.answerable,
                   tuple(documents_of(pair)), group=group)  # fmt: skip
