"""The tokenizer of the scratch embedder: WordPiece over our folded words, so that Arabic, accents and case are one form."""

from __future__ import annotations

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
KNOWN_PIECES = 300_000


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
    """Texts as ids of word pieces; pieces never seen are left out. `most_known`: pieces between spaces that are remembered, about."""

    def __init__(self, path: Path, most_known: int = KNOWN_PIECES) -> None:
        from tokenizers import Tokenizer

        tokenizer: Any = Tokenizer.from_file(str(path))
        self.size: int = tokenizer.get_vocab_size()
        self._unknown: int = tokenizer.token_to_id(UNKNOWN) or 0
        self._known = _Known(tokenizer.model)
        self._most_known = most_known

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """The ids of each text, in order.

        No word reaches over a space, so a text's ids are those of its pieces between spaces, and a piece is looked at once.
        """
        if len(self._known) > self._most_known:
            self._known.clear()
        return [self._ids(text.split()[:MAX_PIECES]) for text in texts]

    def _ids(self, pieces: Sequence[str]) -> Ids:
        ids = np.frombuffer(b"".join(map(self._known.__getitem__, pieces)), dtype=np.int32)[:MAX_TOKENS]
        return np.asarray(ids[ids != self._unknown])


class _Known(dict[str, bytes]):
    """The ids of pieces met so far, as the bytes of an array: put together they are those of a text, ten times as fast as
    lists."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __missing__(self, piece: str) -> bytes:
        # The tokenizer would wake its threads for a word or two.
        ids = [token.id for word in " ".join(words(piece)).split() for token in self._model.tokenize(word)]
        found = self[piece] = np.array(ids, dtype=np.int32).tobytes()
        return found
