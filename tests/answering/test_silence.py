"""An answer that says "not" is no silence; one that says that it does not know is."""

from __future__ import annotations

import pytest

from dalil.answering.silence import says_unknown
from dalil.lexicon import phrases


@pytest.mark.parametrize(
    "text",
    [
        "Je ne sais pas.",
        "Les documents ne contiennent pas cette information.",
        "I don't know.",
        "This information is not given in the documents.",
        "لا أعرف.",
        "لا تتضمن الوثائق هذه المعلومة.",
        "ما عرفتش، سمح ليا.",
    ],
)
def test_not_knowing_is_silence(text: str) -> None:
    assert says_unknown(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ce médicament n'est pas indiqué chez l'enfant.",
        "These bottles do not contain lead.",
        "The basic licence does not provide telephone support.",
        "لا تتضمن الرسوم ثمن الطابع.",
        "Non : En construction",
    ],
)
def test_a_negative_answer_is_an_answer(text: str) -> None:
    assert not says_unknown(text)


@pytest.mark.parametrize("language", ["fr", "en", "ar", "ary", "ary-Latn"])
@pytest.mark.parametrize("key", ["unknown", "perhaps"])
def test_what_dalil_itself_says_is_silence_to_who_judges_it(language: str, key: str) -> None:
    assert says_unknown(phrases(language)[key])
