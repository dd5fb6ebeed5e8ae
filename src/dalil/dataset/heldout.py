"""Which examples are asked in the held-out test, with which fold's model, and which may be trained for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dalil.dataset.aggregates import is_aggregate
from dalil.dataset.groups import nodes_of, takes_part
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


def strata(examples: Sequence[Example], rows: Sequence[SplitRow], folds: int) -> list[HeldOut]:
    """The held-out questions, each in exactly one stratum. With one fold that fold is 0: the test side.

    Several folds: an example of a held-out wording is, by its hash, either unseen (asked in its own fold) or seen (asked
    in the next fold, whose model trained on its record). People's own questions and harvested ones are always unseen.
    """
    of_group = {row.group: row for row in rows}
    found = (_held(example, of_group.get(example.group), folds) for example in examples)
    return [item for item in found if item is not None]


def _held(example: Example, row: SplitRow | None, folds: int) -> HeldOut | None:
    if example.wording not in (HELD_OUT, OWN):
        return None
    if is_aggregate(example):
        return HeldOut(example.id, "aggregate", _hash("fold", example.id) % folds)
    if row is None:
        asked = not example.answerable and not takes_part(example)
        return HeldOut(example.id, "out_of_scope", _hash("fold", example.group) % folds) if asked else None
    if folds == 1:
        return _held_once(example, row)
    if not example.answerable:
        return HeldOut(example.id, "out_of_scope", row.fold)
    if example.wording == HELD_OUT and _hash("stratum", example.id) % 2:
        return HeldOut(example.id, "seen", (row.fold + 1) % folds)
    return HeldOut(example.id, "unseen", row.fold)


def _held_once(example: Example, row: SplitRow) -> HeldOut | None:
    """One test side: its groups are unseen; of trained groups the held-out wordings are seen, own questions not asked."""
    if row.side == "test":
        return HeldOut(example.id, "unseen" if example.answerable else "out_of_scope", 0)
    if row.side == "train" and example.wording == HELD_OUT and example.answerable:
        return HeldOut(example.id, "seen", 0)
    return None


def _hash(*parts: str) -> int:
    return int(content_id(*parts), 16)


def training_examples(examples: Sequence[Example], rows: Sequence[SplitRow], fold: int, folds: int) -> list[Example]:
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

    return [example for example in examples if may(example)]


def draw(held: Sequence[HeldOut], examples: Sequence[Example], limit: int) -> list[HeldOut]:
    """At most `limit` questions, evenly over strata, kinds and records; people's own are all kept, whatever the limit."""
    if len(held) <= limit:
        return list(held)
    by_id = {example.id: example for example in examples}
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


def _by_turns(items: Sequence[HeldOut], by_id: Mapping[str, Example]) -> list[HeldOut]:
    """In the order of hashes, but every record's first question before any record's second."""
    turn: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, str, HeldOut]] = []
    for item in sorted(items, key=lambda item: content_id("draw", item.example_id)):
        group = by_id[item.example_id].group
        ranked.append((turn[group], content_id("draw", item.example_id), item))
        turn[group] += 1
    return [item for _, _, item in sorted(ranked, key=lambda entry: entry[:2])]
