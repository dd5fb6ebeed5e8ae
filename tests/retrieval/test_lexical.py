"""What the lexical cache is given is what each leg reads, word by word."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dalil.records import Language, Passage, content_id
from dalil.retrieval import lexical_writing
from dalil.retrieval.lexical import LEGS, leg_terms

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


def assert_same(passages: list[Passage], known_pieces: int = 100_000) -> None:
    for one, row in zip(passages, lexical_writing._rows(enumerate(passages), known_pieces), strict=True):
        wanted = {
            leg: [term for term in leg_terms(leg, one) if term] for leg in LEGS
        }  # a lone diacritic folds to nothing
        assert {leg: row[leg].split() for leg in LEGS} == wanted


def test_each_leg_is_given_its_terms_in_the_language_of_the_passage() -> None:
    assert_same([passage("Cartes", "Les élections, l'ŒUVRE de Ali", "fr"), passage("Cards", "The elections of Ali", "en"),
                 passage("بطاقات", "والمدارس الجديدة", "ar")])  # fmt: skip


def test_more_words_than_are_remembered_are_analysed_the_same() -> None:
    assert_same([passage("Cartes", "un deux trois quatre cinq un deux trois", "fr") for _ in range(3)], known_pieces=3)


@pytest.mark.skipif("DALIL_CORPORA" not in os.environ, reason="real data: set DALIL_CORPORA to its folder")
def test_each_leg_is_given_its_terms_on_real_text() -> None:
    assert_same(list(real_passages()))
