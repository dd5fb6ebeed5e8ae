"""What a stage took in and made, in a reader's words: plain counts on one line, each author's or approach's on a line of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dalil.evaluation.wording import Words


@dataclass(frozen=True, slots=True)
class CountLine:
    """Counts by their names; `head` is who wrote or answered, with the `total`, and empty on the line of plain counts."""

    head: str
    total: int
    counts: tuple[tuple[str, int], ...]


def counted(counts: Mapping[str, int], say: Words) -> list[CountLine]:
    """The counts of a stage in lines. A name is plain, or "origin:kind", or "approach:outcome"; zeros say nothing."""
    plain: list[tuple[str, int]] = []
    parts: dict[str, list[tuple[str, int]]] = {}
    for key, count in counts.items():
        head, colon, name = key.partition(":")
        if count and colon:
            parts.setdefault(head, []).append((_part(head, name, say), count))
        elif count:
            plain.append((_first_known(("values.stratum", "counts"), key, say), count))
    lines = [CountLine("", 0, tuple(plain))] if plain else []
    for head, found in parts.items():
        ordered = tuple(sorted(found, key=lambda part: -part[1]))
        lines.append(CountLine(say.name("values.origin", head), sum(count for _, count in found), ordered))
    return lines


def _part(head: str, name: str, say: Words) -> str:
    of_origin = say.name("values.origin", head) != head
    return say.name("values.kind", name) if of_origin else _first_known(("metrics", "staleness"), name, say)


def _first_known(groups: tuple[str, ...], key: str, say: Words) -> str:
    return next((found for group in groups if (found := say.name(group, key)) != key), key)
