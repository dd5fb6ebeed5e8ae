"""A question as typed answers read it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from dalil.answering.entities import Mention
from dalil.lexicon.darija import is_spelled_by_sound


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as the typed answerer reads it: stems one a token, and the records it names.

    `by_sound`: it is in Darija, whose digits are letters."""

    written: tuple[str, ...]
    forms: tuple[str, ...]
    stems: tuple[str, ...]
    mentions: tuple[Mention, ...]
    by_sound: bool = False

    def without_names(self) -> str:
        """The question's words without the records' names: what the answer must speak of beyond the name."""
        covered = {i for m in self.mentions for i in range(m.start, m.end)}
        return " ".join(word for i, word in enumerate(self.written) if i not in covered)

    def strangers(self, places: Iterable[int], knows: Callable[[str], bool], ignored: Collection[str]) -> float:
        """How many words at these places (at most 2) look like names and stand nowhere.

        A name has a capital or a digit; in a script without capitals any word may be one."""
        named = (i for i in places if self._may_name(i))
        return float(min(2, sum(self.stems[i] not in ignored and not knows(self.stems[i]) for i in named)))

    def _may_name(self, place: int) -> bool:
        if self.by_sound and is_spelled_by_sound(self.forms[place]):
            return False
        return not self.written[place][:1].islower() or any(map(str.isdigit, self.written[place]))

    def rest(self, *spans: tuple[int, int]) -> list[str]:
        """The stems outside the mentions and the given spans."""
        covered = {i for m in self.mentions for i in range(m.start, m.end)}
        covered |= {i for start, end in spans for i in range(start, end)}
        return [s for i, s in enumerate(self.stems) if i not in covered]


def unexplained(rest: Sequence[str], cues: Collection[str], ignored: Collection[str]) -> list[str]:
    """The stems that neither speak for the field asked nor belong to any question."""
    return [s for s in rest if s not in cues and s not in ignored and len(s) > 1]
