"""What the lexical legs read of texts: pieces between spaces, each analysed once. No word reaches over a space."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from dalil.language import stem, words
from dalil.language.analysis import function_words
from dalil.records import Language, Passage
from dalil.retrieval.lexical import LEGS, named
from dalil.retrieval.merging import Block, Numbers, Vocabulary, counted
from dalil.retrieval.postings import PRIME, Hashes, Ints, hashed

KNOWN_PIECES = 300_000
NUMBER = np.dtype(np.int32)
"""Of a piece."""


@dataclass
class _Terms:
    """A leg's terms of all pieces, by number: those of piece i stand from `ends[i]` to `ends[i + 1]`."""

    vocabulary: Vocabulary
    terms: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    ends: Ints = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def learn(self, terms: Sequence[Sequence[str]]) -> None:
        """The terms of each piece that follows."""
        self.learn_hashed(hashed(list(chain.from_iterable(terms))), list(map(len, terms)))

    def learn_hashed(self, hashes: Hashes, counts: Sequence[int]) -> None:
        """The same by their hashes, and how many each piece has."""
        self.terms = np.concatenate((self.terms, self.vocabulary.numbers(hashes)))
        self.ends = np.concatenate((self.ends, self.ends[-1] + np.cumsum(counts, dtype=np.int64)))

    def forget(self) -> None:
        self.terms, self.ends = self.terms[:0], self.ends[:1]

    def count(self, passages: Sequence[bytes]) -> Block:
        """The postings of passages, each given as the numbers of its pieces."""
        pieces = np.frombuffer(b"".join(passages), dtype=NUMBER)
        rows = np.repeat(np.arange(len(passages)), [len(one) // NUMBER.itemsize for one in passages])
        starts = self.ends[pieces]
        counts = self.ends[pieces + 1] - starts
        stops = np.cumsum(counts)
        terms = self.terms[np.repeat(starts - stops + counts, counts) + np.arange(counts.sum())]
        owners = np.repeat(rows, counts)
        return counted(terms, owners, np.bincount(owners, minlength=len(passages)).astype(np.int32))


class _Numbered(dict[str, bytes]):
    """Numbers of the pieces of texts in one language, as the bytes of an array: put together they are those of a text. A new
    one gets the next number of all."""

    def __init__(self, language: Language, pieces: Pieces) -> None:
        self._language, self._pieces = language, pieces

    def __missing__(self, piece: str) -> bytes:
        number = self[piece] = NUMBER.type(self._pieces.next_number(piece, self._language)).tobytes()
        return number


class Pieces:
    """Pieces of texts met so far, with their terms in each leg."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary], most: int = KNOWN_PIECES) -> None:
        """`most`: about so many pieces are remembered."""
        self._most = most
        self._terms = {leg: _Terms(vocabularies[leg]) for leg in LEGS}
        self._numbers: dict[Language, _Numbered] = {}
        self._count = 0
        self._new: list[tuple[str, Language]] = []

    def next_number(self, piece: str, language: Language) -> int:
        """The number of a piece that is met for the first time; `_learn` analyses it."""
        self._new.append((piece, language))
        return self._count + len(self._new) - 1

    def counted(self, passages: Iterable[Passage]) -> dict[str, Block]:
        """Each leg's postings of the passages."""
        self._forget()
        names, texts = self._split(passages)
        self._learn()
        both = [name + text for name, text in zip(names, texts, strict=True)]
        return {leg: self._terms[leg].count(names if leg == "names" else both) for leg in LEGS}

    def _split(self, passages: Iterable[Passage]) -> tuple[list[bytes], list[bytes]]:
        """The pieces of each passage's name with its headings, and of its text, by number."""
        names, texts = [], []
        for passage in passages:
            known = self._numbers.get(passage.language)
            if known is None:
                known = self._numbers[passage.language] = _Numbered(passage.language, self)
            names.append(b"".join(map(known.__getitem__, named(passage).split())))
            texts.append(b"".join(map(known.__getitem__, passage.text.split())))
        return names, texts

    def _learn(self) -> None:
        """Analyse the pieces that are new."""
        folded = [[word for word in words(piece) if word] for piece, _ in self._new]
        languages = [language for _, language in self._new]
        read = list(zip(folded, languages, strict=True))
        self._terms["stems"].learn([[stem(word, language) for word in found] for found, language in read])
        self._terms["names"].learn([
            [word for word in found if word not in function_words(language)] for found, language in read
        ])  # fmt: skip
        grams = [sum(max(1, len(word) - 1) for word in found) for found in folded]
        self._terms["grams"].learn_hashed(hashed_grams(list(chain.from_iterable(folded))), grams)
        self._count += len(self._new)
        self._new.clear()

    def _forget(self) -> None:
        """Where very many are known, begin anew."""
        if self._count > self._most:
            self._count = 0
            self._numbers.clear()
            for terms in self._terms.values():
                terms.forget()


def hashed_grams(folded: Sequence[str]) -> Hashes:
    """The hashes of the words' 4-grams, as `hashed` gives them; the 4-grams themselves are never made."""
    bordered = "".join([f"_{word}_" for word in folded])
    codes = np.frombuffer((bordered + "\0\0\0").encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    lengths = np.fromiter(map(len, folded), dtype=np.int64, count=len(folded)) + 2
    starts = np.cumsum(lengths) - lengths
    shorter = np.repeat(lengths == 3, lengths)
    fourth = np.where(shorter, np.uint64(0), codes[3:])
    sums = codes[:-3] * PRIME + codes[1:-2] * PRIME**2 + codes[2:-1] * PRIME**3 + fourth * PRIME**4
    grams = np.maximum(lengths - 3, 1)
    stops = np.cumsum(grams)
    found: Hashes = sums[np.repeat(starts - stops + grams, grams) + np.arange(grams.sum())]
    return found
