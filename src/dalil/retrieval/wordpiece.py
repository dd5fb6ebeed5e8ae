"""The tokenizer of the scratch embedder: WordPiece over our folded words, so that Arabic, accents and case are one form."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dalil.language import words

Ids = NDArray[np.int32]
VOCABULARY = 16_000
UNKNOWN = "[UNK]"
MAX_TOKENS, MAX_PIECES = 512, 4096
"""Of a longer text the beginning counts: passages are shorter, and a pasted page is no question."""
KNOWN_PIECES = 100_000
"""About so many pieces of text between spaces are remembered."""


def train_wordpiece(texts: Sequence[str], path: Path) -> None:
    """Learn a vocabulary from the texts and write it as tokenizers' JSON.

    The characters inside words are named beforehand: else the trainer numbers them in the order of a hash table, breaks
    ties by those numbers, and no two vocabularies of the same texts are the same.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer: Any = Tokenizer(models.WordPiece(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    folded = [" ".join(words(text)) for text in texts]
    inside = sorted({f"##{character}" for text in folded for character in text if character != " "})
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY, special_tokens=[UNKNOWN, *inside], limit_alphabet=VOCABULARY, show_progress=False
    )
    tokenizer.train_from_iterator(folded, trainer)
    tokenizer.save(str(path))


class WordPiece:
    """Texts as ids of word pieces; pieces never seen are left out."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(path))
        self._unknown: int = self._tokenizer.token_to_id(UNKNOWN) or 0
        self._known: dict[str, list[int]] = {}

    @property
    def size(self) -> int:
        return int(self._tokenizer.get_vocab_size())

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """The ids of each text, in order.

        No word reaches over a space, so a text's ids are those of its pieces between spaces, and a piece is looked at once.
        """
        split = [text.split()[:MAX_PIECES] for text in texts]
        self._learn(set[str]().union(*split))
        return [self._joined(pieces) for pieces in split]

    def _learn(self, pieces: set[str]) -> None:
        if len(self._known) > KNOWN_PIECES:
            self._known.clear()
        new = list(pieces - self._known.keys())
        folded = [" ".join(words(piece)) for piece in new]
        found = self._tokenizer.encode_batch_fast(folded, add_special_tokens=False)  # without offsets
        self._known.update((piece, made.ids) for piece, made in zip(new, found, strict=True))

    def _joined(self, pieces: Sequence[str]) -> Ids:
        every = itertools.chain.from_iterable(map(self._known.__getitem__, pieces))
        ids: Ids = np.fromiter(itertools.islice(every, MAX_TOKENS), dtype=np.int32)
        return np.asarray(ids[ids != self._unknown], dtype=np.int32)
