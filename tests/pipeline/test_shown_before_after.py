"""Answers before and after training are judged like every other, and how they are said is counted."""

from __future__ import annotations

from typing import Any

import pytest

from dalil.evaluation.conduct import conduct
from dalil.lexicon import phrases
from dalil.pipeline.shown_before_after import judged_samples
from dalil.records import Example, Field, Language, make_document

TEXT = "nom : Delta\nlangage : Java"
DELTA = make_document("a.json#Delta", "Delta", TEXT, "fr", "file",
                      fields=(Field("nom", "Delta", 6, 11), Field("langage", "Java", 22, 26)))  # fmt: skip
ASKED = "Quel est le langage de Delta ?"
EXAMPLE = Example(
    "e", ASKED, "Java", "other", "fr", "templates", True, (DELTA.path,), field="langage", values=("Java",)
)

ROW: dict[str, Any] = {"stratum": "seen", "question": ASKED, "expected": "Java", "language": "fr"}


def said(text: str) -> dict[str, Any]:
    return {"text": text, "language": "fr", "same_language": True, "truncated": False, "asks_back": False, "words": 1}


def test_each_answer_is_judged_against_its_example() -> None:
    samples = [ROW | {"before": said("Cobol"), "after": said("Java")}, ROW | {"before": None, "after": said("Java")},
               ROW | {"question": "Et quoi d'autre ?", "before": said(""), "after": said("Java")}]  # fmt: skip
    first, bare, gone = judged_samples(samples, [DELTA], [EXAMPLE])
    assert [first[when]["outcome"] for when in ("before", "after")] == ["wrong", "right"]
    assert bare["before"] is None
    assert [gone[when]["outcome"] for when in ("before", "after")] == [None, None]


def test_what_the_model_says_when_it_does_not_know_is_silence() -> None:
    (found,) = judged_samples([ROW | {"before": said(""), "after": said(phrases("fr")["unknown"])}], [DELTA], [EXAMPLE])
    assert [found[when]["outcome"] for when in ("before", "after")] == ["wrongly_silent", "wrongly_silent"]


@pytest.mark.parametrize(("text", "language", "friendly"), [
    ("Bonjour, il faut deux photos.", "fr", True),
    ("Il faut deux photos, s'il vous plaît.", "fr", True),
    ("Il faut deux photos.", "fr", False),
    ("مرحبا بك، خاصك جوج تصاور.", "ary", True),
    ("Merhba, khassek jouj tsawer.", "ary-Latn", True),
    ("يجب تقديم صورتين.", "ar", False),
    ("Thank you for asking. Two photos.", "en", True),
    ("Bonjour", "en", False),
])  # fmt: skip
def test_courtesy_is_told_by_the_words_of_the_language(text: str, language: Language, friendly: bool) -> None:
    assert conduct(text, language, "Deux photos.")["friendly"] is friendly


@pytest.mark.parametrize(("text", "expected", "rightly"), [
    ("Est-elle perdue ou expirée ?", "Perdue ou expirée ?", True),
    ("Il faut deux photos.", "Perdue ou expirée ?", False),
    ("Deux photos ?", "Deux photos.", False),
    ("واش ضاعت؟", "واش ضاعت ولا تسالات؟", True),
    ("", "Perdue ?", None),
])  # fmt: skip
def test_asking_back_is_right_where_the_expected_answer_does(text: str, expected: str, rightly: bool | None) -> None:
    assert conduct(text, "fr", expected)["asks_rightly"] is rightly


def test_simplicity_is_the_mean_length_of_a_sentence() -> None:
    assert conduct("Un deux trois. Quatre cinq.", "fr", "")["sentence_words"] == 2.5
    assert conduct("…", "fr", "")["sentence_words"] is None
