"""The scratch embedder at work: a text is the sum of its word pieces' vectors, at unit length. numpy and tokenizers only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dalil.retrieval.wordpiece import WordPiece

TOKENIZER, TABLE, TRAINED_ON = "tokenizer.json", "table.npy", "trained_on.npy"
_FEW = 100
"""For so many texts the pieces' vectors are read where they lie; for more the whole table, which takes as long as a question."""
Floats = NDArray[np.float32]


class StaticEmbedder:
    """One vector a word piece, summed. A text without a known piece is the zero vector: like nothing.

    Its files are read with the first text. Its id is its folder's name: what it was trained on.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.id = folder.name.rsplit("-", 1)[-1]

    @cached_property
    def _pieces(self) -> WordPiece:
        return WordPiece(self._folder / TOKENIZER)

    @cached_property
    def _stored(self) -> NDArray[np.floating]:
        stored: NDArray[np.floating] = np.load(self._folder / TABLE, mmap_mode="r").view(np.ndarray)
        return stored

    @cached_property
    def _table(self) -> Floats:
        return np.asarray(self._stored, dtype=np.float32)

    @property
    def dimensions(self) -> int:
        return int(self._stored.shape[1])

    def encode_query(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dimensions) of questions."""
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dimensions) of passages."""
        found = self._pieces.ids(texts)
        table = self._stored if len(texts) <= _FEW else self._table
        made = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, ids in enumerate(found):
            if len(ids):
                made[row] = table[ids].astype(np.float32, copy=False).sum(axis=0)
        norms = np.sqrt((made**2).sum(axis=1, keepdims=True))
        return np.asarray(np.divide(made, norms, out=made, where=norms > 0), dtype=np.float32)
