"""Darija said in the words of documents: by spelling, by sound, without what is written onto a word."""

from __future__ import annotations

import pytest

from dalil.language.analysis import function_words
from dalil.lexicon.darija import in_words_of, is_darija, is_spelled_by_sound, rendering
from dalil.lexicon.saying import said_for
from dalil.records import Language

EXPECTED: tuple[Language, ...] = ("fr", "ar", "ary", "ary-Latn")


@pytest.mark.parametrize("spelled", ["wra9", "lwra9", "wraq", "lwraq", "الوراق", "وراقي", "فالوراق"])
def test_a_word_is_met_by_its_sound_and_without_what_is_written_onto_it(spelled: str) -> None:
    found = rendering(spelled)
    assert found is not None
    assert found.of("fr") == ("documents", "pieces")
    assert found.of("ar") == ("الوثاءق".replace("ء", "ي"),)


@pytest.mark.parametrize(("question", "french"), [
    ("ch7al taman dial passport ?", "combien cout passeport"),
    ("wach n9der nsafer b recipissé ?", "est ce que puis je voyager voyage recepisse"),
    ("فين كيتعطى الباسبور؟", "lieux كيتعطى passeport"),
    ("بشحال تجديد البيرمي؟", "cout renouvellement permis de conduire"),
])  # fmt: skip
def test_a_question_is_said_in_french(question: str, french: str) -> None:
    assert in_words_of(question, "fr") == french


def test_french_words_between_stay_french() -> None:
    text = "permis de construire et certificat de résidence dans la commune"
    assert in_words_of(text, "fr") == text


def test_no_function_word_of_french_is_taken_for_darija_by_its_sound() -> None:
    spelled = {word for word in function_words("fr") if (found := rendering(word)) and found.ways}
    assert spelled == set()


def test_words_that_say_nothing_by_themselves_are_left_out() -> None:
    assert said_for("chno hiya validité ?", EXPECTED).words == {"validite": ()}
    assert list(said_for("chno hiya", EXPECTED).words) == ["chno", "hiya"]


def test_other_languages_are_read_as_they_are_written() -> None:
    assert not is_darija("Combien coûte le passeport ?", EXPECTED)
    assert said_for("Combien coûte le passeport ?", ("fr", "ary-Latn")).words == dict.fromkeys(
        ["combien", "coute", "le", "passeport"], ()
    )
    assert not is_darija("ch7al passeport dyal drari ?", ("fr", "en"))


@pytest.mark.parametrize(("word", "letters"), [
    ("n9der", True), ("wra9", True), ("3ndi", True), ("7al", True), ("wl180", False), ("6tzen", False), ("2018", False), ("mc75", False),
])  # fmt: skip
def test_digits_that_are_letters_name_nothing(word: str, letters: bool) -> None:
    assert is_spelled_by_sound(word) is letters
