"""French said in Arabic and back, by terms and by what Darija's table gives for both."""

from __future__ import annotations

import pytest

from dalil.lexicon.crossing import crossed, in_words_across
from dalil.lexicon.saying import as_read_in, said_for
from dalil.records import Language

BOTH: tuple[Language, ...] = ("fr", "ar", "ary", "ary-Latn")


@pytest.mark.parametrize(("question", "spoken", "said"), [
    ("كم ثمن جواز السفر؟", "ar", "combien cout passeport"),
    ("أين رخصة السياقة؟", "ar", "lieux permis de conduire"),
    ("متى تجدد رخصة البناء؟", "ar", "quand renouvellement permis de construire"),
    ("Quel délai pour le permis de conduire ?", "fr", "ما اجل pour le رخصه السياقه"),
])  # fmt: skip
def test_terms_are_met_by_their_stems_the_longest_first(question: str, spoken: Language, said: str) -> None:
    assert in_words_across(question, spoken) == said


def test_words_of_one_term_say_it_together() -> None:
    said = said_for("كم ثمن جواز السفر؟", BOTH)
    assert said.spoken == "ar"
    assert said.words["جواز"] == said.words["السفر"] == (("passeport",),)
    assert ("cout",) in said.words["ثمن"]
    assert said.words["كم"] == ()  # it asks, and is looked for nowhere


def test_the_table_of_darija_gives_pairs_by_pivot() -> None:
    assert any("majoration" in way for ways in said_for("ما هي الغرامة؟", BOTH).words.values() for way in ways)


def test_only_where_both_languages_are_expected() -> None:
    assert crossed("Combien coûte le passeport ?", ("fr", "en")) is None
    assert crossed("How much is a passport?", ("fr", "ar", "en")) is None
    assert set(said_for("Combien coûte le passeport ?", ("fr",)).words.values()) == {()}


def test_a_question_is_read_as_it_is_in_its_own_language() -> None:
    question = "Combien coûte le passeport ?"
    assert as_read_in(question, "fr", BOTH) == question
    assert as_read_in(question, "en", BOTH) == question
    assert "جواز" in as_read_in(question, "ar", BOTH)
