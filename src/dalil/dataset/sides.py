"""Which side and which fold each group lies on: balanced, and sticky by the names of its members.

A trained member never moves to test: where groups merge and one was trained, all of it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dalil.artefacts import read_records, write_records
from dalil.config import SplitSettings
from dalil.records import Side, content_id

AUTO_FOLDS = 5
FEWEST_TEST_GROUPS = 30
_FIRST_KEPT: tuple[Side, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class SplitRow:
    """A member (a document's path, or a question without one), its group, and where the group lies."""

    name: str
    group: str
    side: Side
    fold: int


def fold_count(settings: SplitSettings, groups: int) -> int:
    """1 where one test side is measured; else the number of folds (auto: where that side would hold too few groups)."""
    if settings.folds != "auto":
        return max(1, settings.folds)
    return AUTO_FOLDS if round(settings.test * groups) < FEWEST_TEST_GROUPS else 1


def assign(groups: Mapping[str, Sequence[str]], settings: SplitSettings, seed: int,
           previous: Sequence[SplitRow] = ()) -> list[SplitRow]:  # fmt: skip
    """A row for each member of each group (group → its members' names); side and fold are both always given.

    Members of `previous` keep theirs; new groups go, in the order of a seeded hash, to the emptiest fold and to the side
    that is farthest below its share.
    """
    folds = fold_count(settings, len(groups))
    folds = folds if folds > 1 else AUTO_FOLDS
    known = {row.name: row for row in previous}
    renumber = _other_folds(previous, folds)
    sides: dict[str, Side] = {}
    fold_of: dict[str, int] = {}
    for group, names in groups.items():
        rows = [known[name] for name in names if name in known]
        if rows:
            sides[group] = min((row.side for row in rows), key=_FIRST_KEPT.index)
            if not renumber:
                fold_of[group] = _most_common(row.fold for row in rows)
    fresh = sorted(groups, key=lambda group: content_id(str(seed), group))
    _fill_sides(sides, [group for group in fresh if group not in sides], settings)
    _fill_folds(fold_of, [group for group in fresh if group not in fold_of], folds)
    return [SplitRow(name, g, sides[g], fold_of[g]) for g in sorted(groups) for name in sorted(groups[g])]


def _most_common(folds: Iterable[int]) -> int:
    counts = Counter(folds)
    return min(counts, key=lambda fold: (-counts[fold], fold))


def _other_folds(previous: Sequence[SplitRow], folds: int) -> bool:
    """Whether the rows were made for another number of folds: then folds are dealt anew (sides stay)."""
    highest = max((row.fold for row in previous), default=folds - 1)
    return highest >= folds or (highest < folds - 1 and len({row.group for row in previous}) >= 2 * folds)


def _fill_sides(sides: dict[str, Side], fresh: Sequence[str], settings: SplitSettings) -> None:
    total = len(sides) + len(fresh)
    test = max(1.0, settings.test * total) if total > 1 else 0.0
    validation = settings.validation * total
    share: dict[Side, float] = {"train": total - test - validation, "test": test, "validation": validation}
    filled = Counter(sides.values())
    for group in fresh:
        side = max(share, key=lambda side: share[side] - filled[side])
        sides[group] = side
        filled[side] += 1


def _fill_folds(fold_of: dict[str, int], fresh: Sequence[str], folds: int) -> None:
    filled = Counter(fold_of.values())
    for group in fresh:
        fold = min(range(folds), key=lambda fold: (filled[fold], fold))
        fold_of[group] = fold
        filled[fold] += 1


def read_split(path: Path) -> list[SplitRow]:
    """The rows of a split file. Raises WorkError where it is damaged."""
    return read_records(SplitRow, path)


def write_split(path: Path, rows: Sequence[SplitRow]) -> None:
    """Write the rows, atomically. Rows of the file whose members `rows` lack stay: a record that comes back keeps its side."""
    now = {row.name for row in rows}
    gone = [row for row in read_split(path) if row.name not in now] if path.exists() else []
    write_records(path, sorted([*rows, *gone], key=lambda row: (row.group, row.name)))
