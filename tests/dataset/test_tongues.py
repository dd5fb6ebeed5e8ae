"""Catalogues in two languages: each is asked about, and reads questions, in its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from records_by_hand import record

from built_examples import build_examples
from dalil.answering.tongues import TypedInEachLanguage
from dalil.config import DatasetSettings, parse_config
from dalil.lexicon import load_lexicon
from dalil.pipeline.words import other_lexicons, workspace_lexicon
from dalil.records import Document, Question

CONFIG = parse_config({"language": ["fr", "ar"]}, "dalil.yaml")
FRENCH = [("Permis de pêche", "Commune", "30 dirhams"), ("Carte de chasse", "Eaux et forêts", "60 dirhams"), ("Visa", "Commune", "90 dirhams")]  # fmt: skip
ARABIC = [("رخصة السياقة", "مركز التسجيل", "500 درهم"), ("شهادة السكنى", "الجماعة", "20 درهما"), ("جواز السفر", "الجماعة", "300 درهم")]  # fmt: skip


def documents() -> list[Document]:
    french = [record(n, {"administration": a, "prix": p}, source="actes.json") for n, a, p in FRENCH]
    arabic = [record(n, {"الإدارة": a, "الكلفة": p}, source="services.json", language="ar") for n, a, p in ARABIC]
    return [*french, *arabic]


def test_each_catalogue_is_asked_about_in_its_own_language() -> None:
    lexicon, others = workspace_lexicon(CONFIG), other_lexicons(CONFIG)
    settings = DatasetSettings(negatives=0.3)
    made, _ = build_examples(documents(), settings, "fr", [], 42, lexicon, others)
    of_records = [e for e in made if e.documents]
    assert all((e.language == "ar") == e.documents[0].startswith("services.json") for e in of_records)
    assert {e.language for e in of_records} == {"fr", "ar"}
    mixed = [
        e.question for e in of_records if e.language == "fr" and any("\u0621" <= c <= "\u064a" for c in e.question)
    ]
    assert mixed == []
    without = Counter((e.kind, e.language) for e in made if not e.documents)
    assert all(without[kind, language] for kind in ("invented_record", "off_topic") for language in ("fr", "ar"))


def test_without_its_lexicon_a_catalogue_is_asked_about_in_the_first_language() -> None:
    made, _ = build_examples(documents(), DatasetSettings(negatives=0), "fr", [], 42)
    assert {e.language for e in made} == {"fr"}


@pytest.mark.parametrize(("question", "answer"), [
    ("ما ثمن جواز السفر؟", "300 درهم"),
    ("من يشرف على رخصة السياقة؟", "مركز التسجيل"),
    ("Quel est le prix de Carte de chasse ?", "60 dirhams"),
    ("ما ثمن Visa؟", "90 dirhams"),
])  # fmt: skip
def test_each_catalogue_reads_a_question_in_its_own_language(question: str, answer: str) -> None:
    answerer = TypedInEachLanguage(documents(), workspace_lexicon(CONFIG), lambda _: True, CONFIG.language)
    _, proposal = answerer.propose(Question("1", question))
    assert proposal is not None
    assert proposal.text == answer
    assert all(answerer.is_record(document.path) for document in documents())


def test_a_field_named_in_another_language_means_what_it_means_there() -> None:
    french = replace(load_lexicon("fr"), others=(load_lexicon("en"),))
    assert french.concept_of("owner").name == load_lexicon("en").concept_of("owner").name == "actors"
    assert french.concept_of("owner").label == load_lexicon("fr").concept_of("acteurs").label
    assert load_lexicon("fr").concept_of("owner").name == "field:owner"
