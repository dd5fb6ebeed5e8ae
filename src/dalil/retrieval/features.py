"""What the re-ranker knows of a question and a passage: the legs' shares, and how the question's words stand there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

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
MOST_MET = 100_000
"""So many words of a language are remembered, in some 20 MB."""
Idf = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that fusion found, with its fused score and its share in each leg."""

    passage: Passage
    fused: float
    shares: Mapping[str, float]


class Met:
    """The words of passages met so far in a language, as they are written: `forms`, folded; and by their stems.

    To fold and stem is most of the work, and other questions meet the same words: each is looked at once in a process."""

    def __init__(self, language: str) -> None:
        self.forms: dict[str, str] = {}
        self._by_stem: dict[str, tuple[str, ...]] = {}
        self._language = language
        self._learning = Lock()

    def meet(self, spelled: set[str]) -> None:
        """Learn the words that are new."""
        if spelled <= self.forms.keys():
            return
        with self._learning:
            for word in spelled.difference(self.forms):
                folded = fold(word)
                one = stem(folded, self._language)
                self._by_stem[one] = (*self._by_stem.get(one, ()), word)
                self.forms[word] = folded

    def stems_among(self, spelled: set[str], wanted: Sequence[str]) -> dict[str, str]:
        """Those of the words met that have one of the stems, with it."""
        return {word: one for one in wanted for word in self._by_stem.get(one, ()) if word in spelled}


_met: dict[str, Met] = {}


def met_in(language: str) -> Met:
    """The words met in a language; too many are forgotten at once, but by the questions that are being answered."""
    found = _met.get(language)
    if found is None or len(found.forms) > MOST_MET:
        found = _met[language] = Met(language)
    return found


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
    return Asked(content, stems, [idf(one) for one in stems], met_in(language))


def features(asked: Asked, candidate: Candidate) -> list[float]:
    """The numbers of FEATURES, in that order, each about 0–1."""
    passage = candidate.passage
    named = spelled_words(" ".join((passage.name, *passage.heading)))
    sentences = [spelled_words(passage.text[start:end]) for start, end in sentence_spans(passage.text)]
    spelled = set(named).union(*sentences)
    asked.met.meet(spelled)
    stems = asked.met.stems_among(spelled, asked.stems)
    there = [
        []
        if stems.keys().isdisjoint(sentence)
        else [(at, stems[word]) for at, word in enumerate(sentence) if word in stems]
        for sentence in sentences
    ]
    held = [{one for _, one in places} for places in there] or [set[str]()]
    every = set(stems.values())
    forms = set(map(asked.met.forms.__getitem__, spelled))
    legs = [candidate.shares.get(leg, 0.0) for leg in ("stems", "grams", "names", "dense")]
    return [
        candidate.fused,
        *legs,
        asked.share(every, asked.stems),
        asked.share(forms, asked.words),
        max(asked.share(one, asked.stems) for one in held),
        max(
            (asked.share(a | b, asked.stems) for a, b in zip(held, held[1:] or held, strict=False) if a or b),
            default=0.0,
        ),
        _neighbours(asked.stems, there),
        math.log1p(len(forms)) / 6,
    ]


def _neighbours(stems: Sequence[str], there: Sequence[Sequence[tuple[int, str]]]) -> float:
    """The share of the question's neighbouring content words that stand side by side, or with one word between."""
    pairs = set(itertools.pairwise(stems))
    found = {(a, b) for places in there for (i, a), (j, b) in itertools.pairwise(places) if j - i <= 2}
    return len(pairs & found) / len(pairs) if pairs else 0.0
