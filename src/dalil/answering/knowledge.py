"""What approaches are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dalil.answering.abstention import Calibration
from dalil.lexicon import Lexicon
from dalil.records import Document, Language
from dalil.seams import Searcher


@dataclass(frozen=True)
class Knowledge:
    """What approaches are made from: the index, the typed records, the rows of texts' tables (`parts`), the languages, and
    what calibration learnt."""

    searcher: Searcher
    records: Sequence[Document]
    lexicon: Lexicon
    languages: Sequence[Language]
    calibration: Calibration
    parts: Sequence[Document] = ()
