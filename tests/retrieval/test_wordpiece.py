"""Word pieces of a text are those that tokenizers itself finds in its folded words."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil.language import words
from dalil.retrieval.wordpiece import MAX_TOKENS, UNKNOWN, WordPiece, train_wordpiece

TEXTS = ["L'application de l’été 3.7.8, _deux_fois", "المدرسة الجديدة ﷺ", "", " \n", "nobody 漢字 wrote this",
         "une application " * 400, "x" * 300, "mot-clé\u00a0mot\u2009clé"]  # fmt: skip


@pytest.fixture
def pieces(tmp_path: Path) -> WordPiece:
    train_wordpiece(["application applications été mot clé deux fois une école", "المدرسة الجديدة"] * 3, tmp_path / "t")
    return WordPiece(tmp_path / "t")


def by_tokenizers(path: Path, text: str) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    ids = tokenizer.encode(" ".join(words(text)), add_special_tokens=False).ids[:MAX_TOKENS]
    return [one for one in ids if one != tokenizer.token_to_id(UNKNOWN)]


def test_ids_are_those_of_tokenizers(pieces: WordPiece, tmp_path: Path) -> None:
    for _ in range(2):  # met for the first time, and known
        assert [ids.tolist() for ids in pieces.ids(TEXTS)] == [by_tokenizers(tmp_path / "t", text) for text in TEXTS]


def test_what_is_forgotten_is_found_again(pieces: WordPiece, tmp_path: Path) -> None:
    forgetful = WordPiece(tmp_path / "t", most_known=2)
    found = [ids.tolist() for ids in pieces.ids(TEXTS)]
    assert [ids.tolist() for text in TEXTS for ids in forgetful.ids([text])] == found
