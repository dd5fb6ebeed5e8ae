"""Texts that are asked about wait in a nameless file: a text, its facts and what it is called take 20 KB each in memory."""

from __future__ import annotations

import pickle
from pathlib import Path

from dalil.dataset.sections import AskedText
from dalil.dataset.text_wordings import load_text_wordings
from dalil.store.nameless import Nameless


def texts_on_disk(folder: Path | None = None) -> Nameless[AskedText]:
    """Texts without their wordings, which a language has once."""
    return Nameless(_written, _read, folder)


def _written(text: AskedText) -> bytes:
    return pickle.dumps((text.document, text.name, text.facts))


def _read(kept: bytes) -> AskedText:
    document, name, facts = pickle.loads(kept)
    wordings = load_text_wordings(document.language)
    assert wordings is not None, "it was asked about in them"
    return AskedText(document, name, wordings, facts)
