"""A question as typed answers read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dalil.answering.entities import Mention


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the typed answerer reads it: stems one a token, and the records it names."""

    forms: tuple[str, ...]
    stems: tuple[str, ...]
    mentions: tuple[Mention, ...]

    def rest(self, *spans: tuple[int, int]) -> list[str]:
        """The stems outside the mentions and the given spans."""
        covered = {i for m in self.mentions for i in range(m.start, m.end)}
        covered |= {i for start, end in spans for i in range(start, end)}
        return [s for i, s in enumerate(self.stems) if i not in covered]


def unexplained(rest: Sequence[str], cues: Collection[str], ignored: Collection[str]) -> list[str]:
    """The stems that neither speak for the field asked nor belong to any question."""
    return [s for s in rest if s not in cues and s not in ignored and len(s) > 1]
