"""What the lexical cache is given is what each leg reads, word by word."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dalil.records import Language, Passage, content_id
from dalil.retrieval.lexical import LEGS, leg_terms
from dalil.retrieval.lexical_pieces import Pieces
from dalil.retrieval.merging import Vocabulary
from dalil.retrieval.postings import hashed

SETS: tuple[tuple[str, Language], ...] = (("piaf_fr/piaf-v1.0.json", "fr"), ("squad2_dev_en/dev-v2.0-half.json", "en"),
                                          ("xquad/xquad.ar.json", "ar"))  # fmt: skip


def passage(name: str, text: str, language: Language) -> Passage:
    return Passage(content_id(name, text), f"{name}#1", name, ("Élections",), text, 0, len(text), None, language, 0)


def real_passages() -> Iterator[Passage]:
    for path, language in SETS:
        data = json.loads((Path(os.environ["DALIL_CORPORA"]) / path).read_text(encoding="utf-8"))
        for article in data["data"]:
            for paragraph in article["paragraphs"]:
                yield passage(article.get("title", ""), paragraph["context"], language)


def assert_same(passages: list[Passage], at_once: int = 1000, most: int = 100_000) -> None:
    vocabularies = {leg: Vocabulary() for leg in LEGS}
    pieces = Pieces(vocabularies, most)
    for start in range(0, len(passages), at_once):
        part = passages[start : start + at_once]
        for leg, block in pieces.counted(part).items():
            hashes = vocabularies[leg].known[np.argsort(vocabularies[leg].number)]
            found: dict[tuple[int, int], int] = {}
            for side, times in ((block.once, np.ones(len(block.once.rows), dtype=np.uint8)), (block.more, block.times)):
                keys = zip(side.rows.tolist(), np.repeat(hashes[side.terms], side.counts).tolist(), strict=True)
                found |= dict(zip(keys, times.tolist(), strict=True))
            assert block.times.min(initial=2) >= 2
            wanted = [Counter(hashed(leg_terms(leg, one)).tolist()) for one in part]
            assert found == {(row, term): said for row, terms in enumerate(wanted) for term, said in terms.items()}
            assert block.lengths.tolist() == [terms.total() for terms in wanted]


def test_each_leg_is_given_its_terms_in_the_language_of_the_passage() -> None:
    assert_same([passage("Cartes", "Les élections, l'ŒUVRE de Ali", "fr"), passage("Cards", "The elections of Ali", "en"),
                 passage("بطاقات", "والمدارس الجديدة", "ar")])  # fmt: skip


def test_a_lone_diacritic_is_no_word_and_short_words_are_their_own_4_gram() -> None:
    assert_same([passage("", "\u0301 a ab abc", "fr")])
    assert leg_terms("grams", passage("", "\u0301 a ab", "fr"))[-2:] == ["_a_", "_ab_"]


def test_more_words_than_are_remembered_are_analysed_the_same() -> None:
    assert_same(
        [passage("Cartes", "un deux trois quatre cinq un deux trois", "fr") for _ in range(3)], at_once=1, most=3
    )


@pytest.mark.skipif("DALIL_CORPORA" not in os.environ, reason="real data: set DALIL_CORPORA to its folder")
def test_each_leg_is_given_its_terms_on_real_text() -> None:
    assert_same(list(real_passages()))
