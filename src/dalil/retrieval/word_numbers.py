"""Passages as numbers of their words, by sentence: each word is folded and stemmed once, each passage read once while an index is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dalil.language import sentence_spans, stem
from dalil.language.analysis import fold, spelled_words
from dalil.language.grams import grams
from dalil.records import Language, Passage
from dalil.retrieval.lexical import named

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

    Of each form whether it `has_digit`, and its 4-grams by number: those of form n stand in `grams_of` from `grams_from[n]` on."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.forms: dict[str, int] = {}
        self.stems: dict[str, int] = {}
        self.form_of: Numbers = np.zeros(0, dtype=np.int32)
        self.stem_of: Numbers = np.zeros(0, dtype=np.int32)
        self.has_digit: NDArray[np.bool_] = np.zeros(0, dtype=bool)
        self.grams: dict[str, int] = {}
        self.grams_of: Numbers = np.zeros(0, dtype=np.int32)
        self.grams_from: Numbers = np.zeros(1, dtype=np.int32)
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
        for passage, name, sentences in zip(new, names, texts, strict=True):
            self._read[passage.id] = self._numbered(name, sentences)
        return [self._read[passage.id] for passage in passages]

    def _learn(self, spelled: set[str]) -> None:
        new = [word for word in spelled if word not in self._numbers]
        folded = list(map(fold, new))
        self._learn_forms(list(dict.fromkeys(form for form in folded if form not in self.forms)))
        forms = [self.forms.setdefault(form, len(self.forms)) for form in folded]
        stems = [self.stems.setdefault(stem(form, self.language), len(self.stems)) for form in folded]
        self.form_of = np.concatenate((self.form_of, np.array(forms, dtype=np.int32)))
        self.stem_of = np.concatenate((self.stem_of, np.array(stems, dtype=np.int32)))
        self._numbers.update(zip(new, range(len(self._numbers), len(self._numbers) + len(new)), strict=True))

    def _learn_forms(self, new: Sequence[str]) -> None:
        made = [[self.grams.setdefault(gram, len(self.grams)) for gram in grams(form)] for form in new]
        ends = self.grams_from[-1] + np.cumsum([len(one) for one in made], dtype=np.int32)
        self.grams_of = np.concatenate((self.grams_of, np.array(list(chain.from_iterable(made)), dtype=np.int32)))
        self.grams_from = np.concatenate((self.grams_from, ends))
        digits = [any(map(str.isdigit, form)) for form in new]
        self.has_digit = np.concatenate((self.has_digit, np.array(digits, dtype=bool)))

    def _numbered(self, name: Iterable[str], sentences: Sequence[Sequence[str]]) -> ReadPassage:
        words = list(map(self._numbers.__getitem__, chain.from_iterable(sentences)))
        there = list(map(self._numbers.__getitem__, name))
        every = np.array([*words, *there], dtype=np.int32)
        forms = len(set(self.form_of[every].tolist()))
        return ReadPassage(every[: len(words)], list(map(len, sentences)), every[len(words) :], forms)


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
