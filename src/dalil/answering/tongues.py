"""Typed answers where catalogues are in several languages: each catalogue reads a question in its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

from dalil.answering.entities import EXACT
from dalil.answering.proposal import Proposal
from dalil.answering.reading import Reading
from dalil.answering.typed import TypedAnswerer
from dalil.lexicon import Lexicon
from dalil.records import Document, Language, Question

Read = tuple[Reading, Proposal | None]


class TypedInEachLanguage:
    """Knows the records of a workspace. `lexicon`: of its main language, with those of its other ones (`others`)."""

    def __init__(self, records: Sequence[Document], lexicon: Lexicon, knows: Callable[[str], bool],
                 languages: Sequence[Language]) -> None:  # fmt: skip
        self._answerers = [
            TypedAnswerer(group, spoken, knows, languages) for spoken, group in _by_language(records, lexicon)
        ]
        self.ignored = frozenset[str]().union(*(one.ignored for one in self._answerers))

    def is_record(self, path: str) -> bool:
        """Whether the document of that path is a typed record."""
        return any(one.is_record(path) for one in self._answerers)

    def read(self, question: Question, hidden: Collection[str] = ()) -> Reading:
        """The question as those read it who know best what it names."""
        return max((one.read(question, hidden) for one in self._answerers), key=_names)

    def propose(self, question: Question, hidden: Collection[str] = ()) -> Read:
        """A typed answer of the catalogues that know best what is named, and that are asked in their own words."""
        return max((one.propose(question, hidden) for one in self._answerers), key=_knows)


def _by_language(records: Sequence[Document], lexicon: Lexicon) -> list[tuple[Lexicon, list[Document]]]:
    """The main language's records first; sources in a language that has no lexicon here are read in the main one."""
    by_source: dict[str, list[Document]] = defaultdict(list)
    for record in records:
        by_source[record.source].append(record)
    spoken = {other.language: other for other in lexicon.others}
    groups: dict[str, tuple[Lexicon, list[Document]]] = {lexicon.language: (lexicon, [])}
    for group in by_source.values():
        language, _ = Counter(record.language for record in group).most_common(1)[0]
        own = spoken.get(language, lexicon)
        groups.setdefault(own.language, (own, []))[1].extend(group)
    return list(groups.values())


def _knows(read: Read) -> tuple[bool, float, bool]:
    reading, proposal = read
    return proposal is not None, _names(reading), not reading.by_sound


def _names(reading: Reading) -> float:
    return max((mention.score for mention in reading.mentions if mention.how == EXACT), default=0.0)
