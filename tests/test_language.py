"""Words are compared folded, stemmed in their language, in sentences that know abbreviations."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dalil.language import (
    clean,
    content_words,
    fold,
    identify,
    is_right_to_left,
    numbers_in,
    sentence_spans,
    stems,
    tokenise,
    words,
)
from dalil.language.analysis import _MARKS


def test_people_who_type_without_accents_find_the_same_words() -> None:
    assert words("L'Hébergé, ŒUVRE") == ["l", "heberge", "oeuvre"]
    assert stems("Les sécurités installées", "fr") == stems("les securites installees", "fr")


def test_arabic_variants_are_one_word() -> None:
    assert fold("الأَمَلُ") == fold("الامل")
    assert fold("مدرسة") == fold("مدرسه")
    assert fold("٢٠٢٤") == "2024"
    assert stems("والمدارس", "ar") == stems("المدارس", "ar")


def test_arabic_marks_in_a_number_keep_it_one_word() -> None:
    assert words("الثمن ٣٫٥ درهم") == ["الثمن", "3.5", "درهم"]
    assert words("١٬٠٠٠ و ١٢٫٥٠") == ["1,000", "و", "12.50"]
    assert numbers_in("١٢٫٥٠ درهم") == numbers_in("12,50 DH") == ["12.50"]


def test_versions_and_licences_stay_whole_and_unstemmed() -> None:
    assert words("version 3.7.8 (GPL-2.0-only)") == ["version", "3.7.8", "gpl", "2.0", "only"]
    assert stems("6Tzen", "fr") == ["6tzen"]


_PLAINLY = re.compile(rf"[^\W_]*\d+(?:[.,٫٬]\d+)+|(?:[^\W_]|[{_MARKS}])+")
"""What a word is, one choice at a time: slow."""


@given(st.text(alphabet="aé_1٣²٫.,- \u0301\u064b\u0640\u06d6م½\u200c", max_size=40) | st.text(max_size=80))
def test_words_are_read_as_they_are_defined(text: str) -> None:
    assert words(text) == [fold(word) for word in _PLAINLY.findall(text)]


@given(st.text(max_size=80))
def test_tokens_stand_where_they_say(text: str) -> None:
    assert [fold(text[token.start : token.end]) for token in tokenise(text)] == [token.form for token in tokenise(text)]


@given(st.text(alphabet="Ab é.؟?!\n1", max_size=80))
def test_sentences_cover_every_letter_once_and_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(spans[i][1] <= spans[i + 1][0] for i in range(len(spans) - 1))
    outside = "".join(text[i] for i in range(len(text)) if not any(a <= i < b for a, b in spans))
    assert outside.strip() == ""


def test_sentences_know_abbreviations_and_arabic_marks() -> None:
    text = "Voir art. 5 du code. Selon M. Alaoui, oui ! Et après ? ما هذا؟ هذا كتاب."
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "Voir art. 5 du code.", "Selon M. Alaoui, oui !", "Et après ?", "ما هذا؟", "هذا كتاب.",
    ]  # fmt: skip


def test_sentences_know_arabic_abbreviations_and_lettered_clauses() -> None:
    text = "حضر د. أحمد العلوي. انظر ص. 12 من القانون. ص.ب. 85 الرباط.\nأ. بطاقة الهوية. صدر سنة 2019 م. وبعدها عدل."
    assert [text[a:b] for a, b in sentence_spans(text)] == [
        "حضر د. أحمد العلوي.", "انظر ص. 12 من القانون.", "ص.ب. 85 الرباط.", "أ. بطاقة الهوية.", "صدر سنة 2019 م.",
        "وبعدها عدل.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quelles sont les pièces à fournir pour la carte ?", "fr"),
        ("What are the documents for the card?", "en"),
        ("ما هي الوثائق المطلوبة من أجل البطاقة؟", "ar"),
        ("شنو خاصني باش نجدد لاكارط ديالي؟", "ary"),
        ("chno khassni bach njdd lakart dyali", "ary-Latn"),
    ],
)
def test_languages_are_told_apart(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ch7al khassni nkhelles f extrait d'acte de naissance ?", "ary-Latn"),
        ("ma3reftch fin n7et le dossier de demande", "ary-Latn"),
        ("واش ممكن نجيب شهادة الميلاد من المقاطعة؟", "ary"),
        ("ماعرفتش هاد الورقة فالمقاطعة", "ary"),
        ("Le numéro 3 et le 7ème étage, d'après l'avis", "fr"),
        ("They don't need the 3rd copy, it's Omar's", "en"),
        ("يتم إرسال الملف إلى «Ministry of Health» قبل نهاية الشهر", "ar"),
    ],
)
def test_borrowed_words_ordinals_and_quoted_names_do_not_mislead(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize("text", ["cnss", "md5sum", "K9 Mail", "a-b@tbs.sct.gc", "https://kht.example/bghit"])
def test_one_odd_word_or_an_address_is_no_darija(text: str) -> None:
    assert identify(text, ("fr",)) == "fr"


@pytest.mark.parametrize("text", ["الخدمة: رخصة السكن، الخدمة: شهادة الإقامة", "صافي الدخل مازال قيد الدراسة"])
def test_words_that_standard_arabic_has_too_do_not_make_darija(text: str) -> None:
    assert identify(text, ("fr", "ar")) == "ar"


def test_a_very_long_text_is_judged_by_all_of_its_parts() -> None:
    preface, body = (
        "They are the words of the author and his friends. ",
        "Ce sont les mots de cette langue et les siens. ",
    )
    assert identify(preface * 2000 + body * 100_000) == "fr"
    assert identify("x" * 50_000_000) == "fr", "one word without end costs no time"


def test_expected_darija_needs_one_cue_only() -> None:
    assert identify("simana dima") == "fr"
    assert identify("simana dima", ("ary-Latn", "fr")) == "ary-Latn"


def test_where_words_do_not_decide_the_expected_language_does() -> None:
    assert identify("Ansible 2.4", ["fr"]) == "fr"
    assert identify("6Tzen", ["en", "fr"]) == "en"
    assert identify("", ["ar"]) in ("ar", "fr")


def test_direction_numbers_and_control_characters() -> None:
    assert is_right_to_left("ما هذا")
    assert not is_right_to_left("what")
    assert numbers_in("1 840 agents, ٣ sites, 2,5 ans") == ["1840", "3", "2.5"]
    assert clean("a\r\nb\x00\tc   d") == "a\nb c d"
    assert content_words("quelle est la licence de 7zip", "fr") == ["licence", "7zip"]
