"""What the re-ranker knows of a question and a passage: the legs' shares, and how the question's words stand there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dalil.language import sentence_spans, stem, words
from dalil.language.analysis import function_words
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


@dataclass(frozen=True)
class Asked:
    """The question's content words with their stems in a passage's language, and how rare each is."""

    words: Sequence[str]
    stems: Sequence[str]
    idf: Sequence[float]

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
    every = list(dict.fromkeys(words(text)[:LONGEST_WORDS]))
    content = [word for word in every if word not in ignored] or every
    stems = [stem(word, language) for word in content]
    return Asked(content, stems, [idf(one) for one in stems])


def features(asked: Asked, candidate: Candidate) -> list[float]:
    """The numbers of FEATURES, in that order, each about 0–1."""
    passage = candidate.passage
    sentences = [words(passage.text[start:end]) for start, end in sentence_spans(passage.text)]
    forms = set(words(" ".join((passage.name, *passage.heading)))).union(*sentences)
    stems = _wanted(forms, passage.language, set(asked.stems))
    there = [[(place, stems[word]) for place, word in enumerate(sentence) if word in stems] for sentence in sentences]
    held = [{one for _, one in places} for places in there] or [set[str]()]
    every = set(stems.values())
    legs = [candidate.shares.get(leg, 0.0) for leg in ("stems", "grams", "names", "dense")]
    return [
        candidate.fused,
        *legs,
        asked.share(every, asked.stems),
        asked.share(forms, asked.words),
        max(asked.share(found, asked.stems) for found in held),
        max(asked.share(a | b, asked.stems) for a, b in zip(held, held[1:] or held, strict=False)),
        _neighbours(asked.stems, there),
        math.log1p(len(forms)) / 6,
    ]


def _wanted(forms: Iterable[str], language: str, wanted: set[str]) -> dict[str, str]:
    """Those of a passage's words that have one of the wanted stems, with it.

    Only words that begin like one are stemmed, which is most of the work (Arabic sheds prefixes: all of its words).
    """
    heads = {one[:HEAD] for one in wanted}
    alike = ((word, stem(word, language)) for word in forms if word[:HEAD] in heads or word > "\u0600")
    return {word: one for word, one in alike if one in wanted}


def _neighbours(stems: Sequence[str], there: Sequence[Sequence[tuple[int, str]]]) -> float:
    """The share of the question's neighbouring content words that stand side by side, or with one word between."""
    pairs = set(itertools.pairwise(stems))
    found = {(a, b) for places in there for (i, a), (j, b) in itertools.pairwise(places) if j - i <= 2}
    return len(pairs & found) / len(pairs) if pairs else 0.0
