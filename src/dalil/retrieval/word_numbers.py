"""Passages as numbers of their words, by sentence: each word is folded and stemmed once, each passage read once while an index is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dalil.language import sentence_spans, stem
from dalil.language.analysis import fold, spelled_words
from dalil.records import Language, Passage
from dalil.retrieval.growing import Growing
from dalil.retrieval.lexical import named
from dalil.retrieval.lexical_pieces import hashed_grams
from dalil.retrieval.postings import Hashes, Ints

MOST_WORDS, MOST_PASSAGES = 200_000, 20_000
"""So many words of a language and so many passages are remembered, in some 50 MB."""
Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """`words` of the text, and how many each of its sentences has; those `named` in its name and headings; how many `forms` in all."""

    words: Numbers
    sentences: list[int]
    named: Numbers
    forms: int


class WordNumbers:
    """The words of one language's passages, numbered as they were met: of each its folded form and its stem, by number too.

    Of each form whether it `has_digit`, and its distinct 4-grams by their hashes: those of form n stand in `grams_of` from
    `grams_from[n]` on."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.forms: dict[str, int] = {}
        self.stems: dict[str, int] = {}
        self.form_of = Growing(np.int32)
        self.stem_of = Growing(np.int32)
        self.has_digit = Growing(np.bool_)
        self.grams_of = Growing(np.uint64)
        self.grams_from = Growing(np.int64, [0])
        self._numbers: dict[str, int] = {}
        self._read: dict[str, ReadPassage] = {}

    @property
    def is_full(self) -> bool:
        return len(self._numbers) > MOST_WORDS or len(self._read) > MOST_PASSAGES

    def read(self, passages: Sequence[Passage]) -> list[ReadPassage]:
        """The passages, those that were not met before read now."""
        new = [passage for passage in passages if passage.id not in self._read]
        names = [spelled_words(named(passage)) for passage in new]
        texts = [[spelled_words(one.text[a:b]) for a, b in sentence_spans(one.text)] for one in new]
        self._learn(set(chain.from_iterable((*names, *chain.from_iterable(texts)))))
        self._read.update(zip([passage.id for passage in new], self._numbered(names, texts), strict=True))
        return [self._read[passage.id] for passage in passages]

    def _learn(self, spelled: set[str]) -> None:
        new = [word for word in spelled if word not in self._numbers]
        folded = list(map(fold, new))
        self._learn_forms(list(dict.fromkeys(form for form in folded if form not in self.forms)))
        self.form_of.add([self.forms.setdefault(form, len(self.forms)) for form in folded])
        self.stem_of.add([self.stems.setdefault(stem(form, self.language), len(self.stems)) for form in folded])
        self._numbers.update(zip(new, range(len(self._numbers), len(self._numbers) + len(new)), strict=True))

    def _learn_forms(self, new: Sequence[str]) -> None:
        hashes, counts = distinct_grams(new)
        self.grams_from.add(len(self.grams_of) + np.cumsum(counts))
        self.grams_of.add(hashes)
        self.has_digit.add([any(map(str.isdigit, form)) for form in new])

    def _numbered(
        self, names: Sequence[Sequence[str]], texts: Sequence[Sequence[Sequence[str]]]
    ) -> Iterator[ReadPassage]:
        """Passages whose words are known, each by its name and its sentences."""
        spelled = [list(chain(*sentences, name)) for name, sentences in zip(names, texts, strict=True)]
        ends = np.cumsum(list(map(len, spelled)))
        words = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(spelled)), dtype=np.int32)
        forms = _distinct(
            self.form_of[words], np.repeat(np.arange(len(spelled)), list(map(len, spelled))), len(spelled)
        )
        for name, sentences, every, count in zip(names, texts, np.split(words, ends[:-1]), forms, strict=False):
            middle = len(every) - len(name)
            yield ReadPassage(every[:middle], list(map(len, sentences)), every[middle:], count)


def distinct_grams(folded: Sequence[str]) -> tuple[Hashes, Ints]:
    """The hashes of each word's distinct 4-grams, word after word, and how many each has. A word that folds to nothing has one."""
    bordered = [word or "_" for word in folded]
    hashes = hashed_grams(bordered)
    owner = np.repeat(np.arange(len(bordered)), [max(1, len(word) - 1) for word in bordered])
    order = np.lexsort((hashes, owner))
    hashes, owner = hashes[order], owner[order]
    first = np.append(True, (hashes[1:] != hashes[:-1]) | (owner[1:] != owner[:-1]))[: len(hashes)]
    return hashes[first], np.bincount(owner[first], minlength=len(bordered))


def _distinct(numbers: Numbers, owner: Ints, count: int) -> list[int]:
    """How many different numbers each owner has."""
    keys = owner << 32 | numbers
    keys.sort()
    owners = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]] >> 32
    counts: list[int] = np.bincount(owners, minlength=count).tolist()
    return counts


class Reader:
    """The words and passages that an index's questions have met, by language."""

    def __init__(self) -> None:
        self._by_language: dict[Language, WordNumbers] = {}
        self._reading = Lock()

    def read(self, language: Language, passages: Sequence[Passage]) -> tuple[WordNumbers, list[ReadPassage]]:
        """The passages of a language with the words that they are numbers of. Too many are forgotten at once."""
        with self._reading:
            known = self._by_language.get(language)
            if known is None or known.is_full:
                known = self._by_language[language] = WordNumbers(language)
            return known, known.read(passages)
