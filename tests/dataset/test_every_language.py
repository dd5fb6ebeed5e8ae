"""A language is data: every lexicon and wordings file says the same things in its own words."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest
import yaml
from records_by_hand import record

from dalil.dataset.fields import catalogues
from dalil.dataset.templates import record_examples
from dalil.dataset.wordings import FAMILIES, Wordings, load_wordings
from dalil.language import identify, is_right_to_left, words
from dalil.lexicon import load_lexicon, phrases
from dalil.records import Language

LANGUAGES: tuple[Language, ...] = ("fr", "en", "ar")
OF_FIELDS = {"name", "de", "label", "of_label"}
OF_AGGREGATES = {
    "comparative": OF_FIELDS | {"other", "de_other"},
    "listing": {"value", "label", "of_label"},
    "count": {"value", "label", "of_label"},
} | {key: {"label", "of_label"} for key in ("maximum", "minimum", "latest", "earliest")}
NEEDED: dict[str, set[str]] = {"comparative": {"name", "other"}, "listing": {"value"}, "count": {"value"}}


def file_of(package: str, language: str) -> dict[str, Any]:
    text = resources.files(package).joinpath(f"{language}.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def wordings_of(language: str) -> Wordings:
    found = load_wordings(language)
    assert found is not None
    return found


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.mark.parametrize("package", ["dalil.lexicon", "dalil.dataset.wordings"])
def test_every_language_has_both_files_with_the_same_keys(package: str) -> None:
    shipped = {item.name for item in resources.files(package).iterdir() if re.fullmatch(r"[a-z]{2}\.yaml", item.name)}
    assert shipped == {f"{language}.yaml" for language in LANGUAGES}
    assert len({tuple(sorted(file_of(package, language))) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_concept_exists_in_every_language_with_the_same_kind(language: str) -> None:
    ours, french = file_of("dalil.lexicon", language)["concepts"], file_of("dalil.lexicon", "fr")["concepts"]
    assert {name: c["kind"] for name, c in ours.items()} == {name: c["kind"] for name, c in french.items()}
    assert all(
        {"kind", "fields", "cues", "label", "de"} <= set(c) <= {*french["status"], "yields", "several", "named"}
        for c in ours.values()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_of_a_lexicon_is_text(language: str) -> None:
    data = file_of("dalil.lexicon", language)
    lists = [data[key] for key in ("things", "joins", "excludes", "which", "count", "count_verbs", "yes_no",
                                   "yes_no_first", "most", "least", "asks_what", "compares", "since", "in_time", "when", "around")]  # fmt: skip
    lists += [c.get(part, []) for c in data["concepts"].values() for part in ("fields", "cues", "weak", "yields")]
    assert {name for c in data["concepts"].values() for name in c.get("yields", [])} <= set(data["concepts"])
    assert all(isinstance(item, str) for items in lists for item in items), "quote yes, no, on and off in YAML"
    assert all(item.count("…") == 1 for item in data["around"])
    assert load_lexicon(language).language == language
    assert phrases(language)["unknown"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_field_is_found_by_every_name_that_its_concept_lists(language: str) -> None:
    lexicon, given = load_lexicon(language), file_of("dalil.lexicon", language)["concepts"]
    by_stems: dict[str, list[str]] = {}
    for name, concept in given.items():
        for field in concept["fields"]:
            by_stems.setdefault(" ".join(words(field)), []).append(name)
    alone = {field: names[0] for field, names in by_stems.items() if len(names) == 1}
    missed = {
        field: lexicon.concept_of(field).name for field in alone if lexicon.concept_of(field).name != alone[field]
    }
    assert not missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_questions_are_asked_in_every_language(language: str) -> None:
    ours, french = wordings_of(language), wordings_of("fr")
    assert (ours.fields.keys(), ours.aggregates.keys()) == (french.fields.keys(), french.aggregates.keys())
    concepts = {concept.name for concept in load_lexicon(language).concepts}
    kinds = {concept.kind for concept in load_lexicon(language).concepts}
    assert set(ours.fields) <= concepts | kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_wording_differs_and_has_only_known_placeholders(language: str) -> None:
    found = wordings_of(language)
    for name, templates in found.fields.items():
        assert len(set(templates)) == len(FAMILIES), name
        assert all("name" in placeholders(text) for text in templates), name
        assert all(placeholders(text) <= OF_FIELDS for text in templates), name
    for name, templates in found.aggregates.items():
        assert len(set(templates)) == len(FAMILIES), name
        for text in templates:
            assert NEEDED.get(name, set()) <= placeholders(text) <= OF_AGGREGATES[name], text
            assert placeholders(text) & {"label", "of_label"}, text
    for checks in (found.yes_no, found.yes_no_several):
        assert len(set(checks)) == len(FAMILIES)
        assert all({"name", "value"} <= placeholders(text) <= OF_FIELDS | {"value"} for text in checks)
    assert placeholders(found.field_label) == placeholders(found.of_field_label) == {"field"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_off_topic_halves_are_large_apart_and_in_their_language(language: str) -> None:
    train, held_out = wordings_of(language).off_topic["train"], wordings_of(language).off_topic["held_out"]
    assert len({*train, *held_out}) == len(train) + len(held_out) >= 60
    assert all(is_right_to_left(text) == (language == "ar") for text in (*train, *held_out))
    assert sum(identify(text) == language for text in train) >= 0.8 * len(train)


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_thousands_of_invented_names_in_the_script_of_the_language(language: str) -> None:
    first, middle, last = wordings_of(language).syllables
    assert len({a + b + c for a in first for b in middle for c in last}) > 5000
    assert all(is_right_to_left(part) == (language == "ar") for part in (*first, *last))


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Quelle est la licence d'Ansible ?"),
        ("en", "What is the licence of Ansible?"),
        ("ar", "ما رخصة Ansible؟"),
    ],
)
def test_a_record_is_asked_about_in_the_language_asked_for(language: Language, question: str) -> None:
    field = {"fr": "licence", "en": "license", "ar": "الرخصة"}[language]
    document = record("Ansible", {field: "GPL"}, language=language)
    ((known,), _) = catalogues([document], load_lexicon(language), wordings_of(language))
    made = record_examples(document, known.fields, language, 5)
    assert question in {example.question for example in made}
    assert {example.answer for example in made} >= {"GPL"}


def test_a_field_that_no_concept_knows_is_called_by_its_own_name_in_each_language() -> None:
    assert load_lexicon("fr").concept_of("zigzag").label == "« zigzag »"
    assert load_lexicon("en").concept_of("zigzag").label == "“zigzag”"
    assert load_lexicon("ar").concept_of("zigzag").label == "«zigzag»"


def test_darija_understands_arabic_fields_in_arabic_script_and_french_ones_in_latin_script() -> None:
    assert load_lexicon("ary").concept_of("المدة").name == "duration"
    assert load_lexicon("ary-Latn").concept_of("délai").name == "duration"


def test_a_field_that_only_repeats_the_names_is_not_asked_about_whatever_it_is_called() -> None:
    made = [record(name, {"العنوان": name, "المدينة": city}, language="ar")
            for name, city in (("رخصة البناء", "فاس"), ("شهادة الإقامة", "طنجة"))]  # fmt: skip
    ((known,), dropped) = catalogues(made, load_lexicon("ar"), wordings_of("ar"))
    assert set(known.fields) == {"المدينة"}
    assert "outils.json: field العنوان" in {item.what for item in dropped}
