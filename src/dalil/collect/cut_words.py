"""Whether a hyphen at a line's end is a word's own ("multi-support") or only cuts it ("informa-tion"): the document tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise

from dalil.tables import read_table

_CUT = re.compile(r"(?P<head>(?:[^\W\d_]+[-'’])*[^\W\d_]+)-$")
_TAIL = re.compile(r"[^\W\d_]+(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_WORD, _LONGEST_WORD = 3, 100


@dataclass(frozen=True, slots=True)
class CutWords:
    """The words of a document as it writes them within its lines, by how often; what its line ends cut is told by them."""

    words: Mapping[str, int] = field(default_factory=dict)
    hyphenates: bool | None = None
    """Whether line ends cut words here: of those that the document also writes elsewhere, some are written without a hyphen. None:
    no line end tells."""

    @staticmethod
    def of(lines: Iterable[str]) -> CutWords:
        """From the lines as they stand on the pages, one after another."""
        texts = [line.strip() for line in lines]
        cuts: list[tuple[str, str]] = []
        for i, (line, after) in enumerate(pairwise(texts)):
            if line[-1:] == "-" and after[:1].islower() and (cut := _cut(line, after)):
                cuts.append(cut)
                texts[i], texts[i + 1] = (
                    _CUT.sub("", texts[i]),
                    _TAIL.sub("", after, count=1),
                )  # its pieces are no words
        if not cuts:
            return NOTHING_CUT
        found: Counter[str] = Counter()
        for word in _WORD.findall("\n".join(texts).casefold()):
            found[word] += 1
            if "-" in word:
                found.update(word.split("-"))
        known = CutWords(found)
        told = [own for cut in cuts if (own := known._written(*cut)) is not None]
        return CutWords(found, not all(told) if told else None)

    def is_own(self, before: str, after: str) -> bool:
        """Whether the hyphen that ends `before` belongs to the word that goes on in `after`."""
        cut = _cut(before, after)
        if cut is None:
            return True
        written = self._written(*cut)
        if written is not None:
            return written
        head, tail = cut
        last = head.rpartition("-")[2]
        if tail in _table()["behind"] or last in _table()["before"]:
            return True
        if self.hyphenates is not None:
            return not self.hyphenates
        return all(len(part) >= _SHORTEST_WORD and part in self.words for part in (last, tail))

    def _written(self, head: str, tail: str) -> bool | None:
        """Whether the document writes the word with the hyphen elsewhere, and more often than without; None where it does neither."""
        apart, joined = self.words.get(f"{head}-{tail}", 0), self.words.get(head + tail, 0)
        return None if apart == joined else apart > joined


NOTHING_CUT = CutWords()
"""For a text without cut words, or before any is known."""


def _cut(before: str, after: str) -> tuple[str, str] | None:
    """What stands before and behind a hyphen at a line's end, in small letters."""
    if before[-1:] != "-":
        return None
    head, tail = _CUT.search(before[-_LONGEST_WORD:]), _TAIL.match(after)
    if head is None or tail is None:
        return None
    return re.split("['’]", head["head"])[-1].casefold(), tail.group().casefold()


@cache
def _table() -> dict[str, frozenset[str]]:
    text = resources.files(__package__).joinpath("cut_words.yaml").read_text("utf-8")
    return {key: frozenset(words.split()) for key, words in read_table(text).items()}
