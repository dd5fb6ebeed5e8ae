"""Which examples are asked in the held-out test, with which fold's model, and which may be trained for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from sys import intern

from dalil.dataset.aggregates import is_aggregate
from dalil.dataset.groups import takes_part
from dalil.dataset.joins import nodes_of
from dalil.dataset.sides import SplitRow
from dalil.dataset.wordings import HELD_OUT
from dalil.records import Example, Stratum, content_id

OWN = "own"


@dataclass(frozen=True, slots=True)
class HeldOut:
    """An example of the test: asked with the model (and calibration) for which `fold` is held out."""

    example_id: str
    stratum: Stratum
    fold: int


@dataclass(frozen=True, slots=True)
class Askable:
    """An example that may be asked, as far as its stratum hangs on it. `number`: its place among all examples."""

    number: int
    id: str
    kind: str
    origin: str
    group: str
    wording: str
    answerable: bool
    is_aggregate: bool
    takes_part: bool


def askable(examples: Iterable[Example]) -> list[Askable]:
    """Those that may be asked in the test."""
    return [found for number, example in enumerate(examples) if (found := as_askable(number, example))]


def as_askable(number: int, example: Example) -> Askable | None:
    """None where the example's wording is one that is trained. Its texts are those of thousands: each is kept once."""
    if example.wording not in (HELD_OUT, OWN):
        return None
    kind, origin, group, wording = map(intern, (example.kind, example.origin, example.group, example.wording))
    return Askable(number, example.id, kind, origin, group, wording, example.answerable, is_aggregate(example),
                   takes_part(example))  # fmt: skip


def strata(asked: Iterable[Askable], rows: Sequence[SplitRow], folds: int) -> list[HeldOut]:
    """The held-out questions, each in exactly one stratum. With one fold that fold is 0: the test side.

    Several folds: an example of a held-out wording is, by its hash, either unseen (asked in its own fold) or seen (asked
    in the next fold, whose model trained on its record). People's own questions and harvested ones are always unseen.
    """
    of_group = {row.group: row for row in rows}
    found = (_held(example, of_group.get(example.group), folds) for example in asked)
    return [item for item in found if item is not None]


def _held(example: Askable, row: SplitRow | None, folds: int) -> HeldOut | None:
    if example.is_aggregate:
        return HeldOut(example.id, "aggregate", _hash("fold", example.id) % folds)
    if row is None:
        asked = not example.answerable and not example.takes_part
        return HeldOut(example.id, "out_of_scope", _hash("fold", example.group) % folds) if asked else None
    if folds == 1:
        return _held_once(example, row)
    if not example.answerable:
        return HeldOut(example.id, "out_of_scope", row.fold)
    if example.wording == HELD_OUT and _hash("stratum", example.id) % 2:
        return HeldOut(example.id, "seen", (row.fold + 1) % folds)
    return HeldOut(example.id, "unseen", row.fold)


def _held_once(example: Askable, row: SplitRow) -> HeldOut | None:
    """One test side: its groups are unseen; of trained groups the held-out wordings are seen, own questions not asked."""
    if row.side == "test":
        return HeldOut(example.id, "unseen" if example.answerable else "out_of_scope", 0)
    if row.side == "train" and example.wording == HELD_OUT and example.answerable:
        return HeldOut(example.id, "seen", 0)
    return None


def _hash(*parts: str) -> int:
    return int(content_id(*parts), 16)


def training_examples(examples: Iterable[Example], rows: Sequence[SplitRow], fold: int, folds: int) -> list[Example]:
    """What `may_be_trained`."""
    return list(filter(may_be_trained(rows, fold, folds), examples))


def may_be_trained(rows: Sequence[SplitRow], fold: int, folds: int) -> Callable[[Example], bool]:
    """What may be trained (and calibrated on) while `fold` is held out: no held-out wording, no group of that fold.

    An aggregate needs all its records trained; those that people asked are never trained. Negatives of no record are
    told apart by their wording alone.
    """

    def trained(row: SplitRow) -> bool:
        return row.fold != fold if folds > 1 else row.side == "train"

    groups = {row.group for row in rows if trained(row)}
    names = {row.name for row in rows if trained(row)}

    def may(example: Example) -> bool:
        if example.wording == HELD_OUT:
            return False
        if is_aggregate(example):
            return example.wording != OWN and names.issuperset(nodes_of(example))
        return example.group in groups or not takes_part(example)

    return may


def draw(held: Sequence[HeldOut], asked: Iterable[Askable], limit: int) -> list[HeldOut]:
    """At most `limit` questions, evenly over strata, kinds and records; people's own are all kept, whatever the limit."""
    if len(held) <= limit:
        return list(held)
    by_id = {example.id: example for example in asked}
    kept = {item.example_id for item in held if by_id[item.example_id].origin == "pairs"}
    buckets: Mapping[tuple[str, str], list[HeldOut]] = defaultdict(list)
    for item in held:
        if item.example_id not in kept:
            buckets[item.stratum, by_id[item.example_id].kind].append(item)
    queues = [_by_turns(items, by_id) for _, items in sorted(buckets.items())]
    turns = max((len(queue) for queue in queues), default=0)
    in_turn = [queue[turn].example_id for turn in range(turns) for queue in queues if turn < len(queue)]
    kept.update(in_turn[: max(0, limit - len(kept))])
    return [item for item in held if item.example_id in kept]


def _by_turns(items: Sequence[HeldOut], by_id: Mapping[str, Askable]) -> list[HeldOut]:
    """In the order of hashes, but every record's first question before any record's second."""
    turns: list[list[HeldOut]] = []
    asked: dict[str, int] = defaultdict(int)
    for item in sorted(items, key=lambda item: _hash("draw", item.example_id)):
        group = by_id[item.example_id].group
        if asked[group] == len(turns):
            turns.append([])
        turns[asked[group]].append(item)
        asked[group] += 1
    return list(chain.from_iterable(turns))
