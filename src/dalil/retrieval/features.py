"""What the re-ranker knows of a question and a passage: the legs' shares, and how the question's words stand there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

from dalil.language import sentence_spans, stem, words
from dalil.language.analysis import fold, function_words, spelled_words
from dalil.lexicon.saying import as_read_in
from dalil.records import Language, Passage

FEATURES = (
    "fused",
    "stems",
    "grams",
    "names",
    "dense",
    "covered",
    "exact",
    "sentence",
    "neighbours",
    "bigrams",
    "length",
)
LONGEST_WORDS = 200
HEAD = 2
Idf = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that fusion found, with its fused score and its share in each leg."""

    passage: Passage
    fused: float
    shares: Mapping[str, float]


class Met:
    """The words of passages met so far, as they are written: `forms`, folded; `stems`, of those that the question asks for.

    Each is looked at once for all passages. To stem is most of the work, so words are left out that cannot have a wanted stem:
    a French or English one begins like it, an Arabic one, which sheds prefixes too, holds it.
    """

    def __init__(self, language: str, wanted: Sequence[str]) -> None:
        self.forms: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        self._language = language
        self._wanted = set(wanted)
        self._heads = {one[:HEAD] for one in wanted}

    def meet(self, spelled: Set[str]) -> None:
        """Learn the words that are new."""
        new = list(spelled - self.forms.keys())
        folded = [word.lower() if word.isascii() else fold(word) for word in new]
        self.forms.update(zip(new, folded, strict=True))
        arabic = [at for at, word in enumerate(folded) if word > "\u0600"]
        alike = {at for one in self._wanted for at in arabic if one in folded[at]}
        alike.update(at for at, word in enumerate(folded) if word[:HEAD] in self._heads)
        for at in alike:
            if (one := stem(folded[at], self._language)) in self._wanted:
                self.stems[new[at]] = one


@dataclass(frozen=True)
class Asked:
    """The question's content words with their stems in a passage's language, how rare each is, and the passages' words so far."""

    words: Sequence[str]
    stems: Sequence[str]
    idf: Sequence[float]
    met: Met

    @property
    def total(self) -> float:
        return sum(self.idf) or 1.0

    def share(self, found: set[str], of: Sequence[str]) -> float:
        """The share of the question's rarity that is found."""
        if not found:
            return 0.0
        return sum(idf for idf, one in zip(self.idf, of, strict=True) if one in found) / self.total


def asked_in(text: str, language: str, languages: Sequence[Language], idf: Idf) -> Asked:
    """The question as passages of one language read it."""
    ignored = set[str]().union(*(function_words(one) for one in languages))
    every = list(dict.fromkeys(words(as_read_in(text, language, languages))[:LONGEST_WORDS]))
    content = [word for word in every if word not in ignored] or every
    stems = [stem(word, language) for word in content]
    return Asked(content, stems, [idf(one) for one in stems], Met(language, stems))


def features(asked: Asked, candidate: Candidate) -> list[float]:
    """The numbers of FEATURES, in that order, each about 0–1."""
    passage, stems = candidate.passage, asked.met.stems
    named = spelled_words(" ".join((passage.name, *passage.heading)))
    sentences = [spelled_words(passage.text[start:end]) for start, end in sentence_spans(passage.text)]
    spelled = set(named).union(*sentences)
    asked.met.meet(spelled)
    there = [[(place, stems[word]) for place, word in enumerate(sentence) if word in stems] for sentence in sentences]
    held = [{one for _, one in places} for places in there] or [set[str]()]
    every = {stems[word] for word in spelled & stems.keys()}
    forms = set(map(asked.met.forms.__getitem__, spelled))
    legs = [candidate.shares.get(leg, 0.0) for leg in ("stems", "grams", "names", "dense")]
    return [
        candidate.fused,
        *legs,
        asked.share(every, asked.stems),
        asked.share(forms, asked.words),
        max(asked.share(one, asked.stems) for one in held),
        max(asked.share(a | b, asked.stems) for a, b in zip(held, held[1:] or held, strict=False)),
        _neighbours(asked.stems, there),
        math.log1p(len(forms)) / 6,
    ]


def _neighbours(stems: Sequence[str], there: Sequence[Sequence[tuple[int, str]]]) -> float:
    """The share of the question's neighbouring content words that stand side by side, or with one word between."""
    pairs = set(itertools.pairwise(stems))
    found = {(a, b) for places in there for (i, a), (j, b) in itertools.pairwise(places) if j - i <= 2}
    return len(pairs & found) / len(pairs) if pairs else 0.0
