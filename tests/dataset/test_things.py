"""Questions in the words of what is asked about: software is deployed, a procedure is applied for; names and numbers agree."""

from __future__ import annotations

import pytest
from records_by_hand import record

from built_examples import build_examples
from dalil.answering.tongues import TypedInEachLanguage
from dalil.config import DatasetSettings, parse_config
from dalil.dataset.fields import Catalogue, catalogues
from dalil.dataset.text_sentences import spoken_facts
from dalil.dataset.text_wordings import load_text_wordings
from dalil.dataset.wordings import FAMILIES, Wordings, load_wordings
from dalil.dataset.yes_no import yes_no_examples
from dalil.lexicon import load_lexicon, thing_of
from dalil.pipeline.words import other_lexicons, workspace_lexicon
from dalil.records import Document, Language, Question

PROCEDURE: dict[Language, tuple[str, dict[str, str]]] = {
    "fr": ("Casier judiciaire", {"administration": "Tribunal", "lieux": "Rabat", "coût": "10 dirhams", "délai": "2 jours",
           "documents à fournir": "Carte nationale", "contact": "casier@exemple.ma", "description": "Bulletin du casier"}),
    "en": ("Criminal record extract", {"administration": "Court", "places": "Rabat", "fee": "10 dirhams", "processing time": "2 days",
           "required documents": "Identity card", "contact": "court@example.org", "description": "Extract of the record"}),
    "ar": ("السجل العدلي", {"الإدارة": "المحكمة", "الأماكن": "الرباط", "الرسوم": "10 دراهم", "الأجل": "يومان",
           "الوثائق المطلوبة": "البطاقة الوطنية", "جهة الاتصال": "court@example.org", "الوصف": "مستخرج من السجل"}),
}  # fmt: skip


def spoken(language: str) -> Wordings:
    found = load_wordings(language)
    assert found is not None
    return found


def catalogue(language: Language, *documents: Document) -> Catalogue:
    known, _ = catalogues(documents, load_lexicon(language), spoken(language))
    return known[0]


def test_a_catalogue_is_of_the_thing_whose_fields_it_has() -> None:
    assert thing_of(["name", "sites", "licence"]) == "software"
    assert thing_of(["name", "sites", "documents", "legal"]) == "procedure"
    assert thing_of(["name", "sites", "price"]) == thing_of(["licence", "legal"]) == ""


@pytest.mark.parametrize("language", PROCEDURE)
def test_things_are_the_same_in_every_language_and_each_wording_names_the_record(language: Language) -> None:
    ours, french = spoken(language).things, spoken("fr").things
    assert {thing: set(own) for thing, own in ours.items()} == {thing: set(own) for thing, own in french.items()}
    for templates in (templates for own in ours.values() for templates in own.values()):
        assert len(set(templates)) == len(FAMILIES)
        assert all("{name}" in template for template in templates)


@pytest.mark.parametrize("language", PROCEDURE)
def test_a_procedure_is_asked_about_in_its_own_words_and_those_are_understood(language: Language) -> None:
    name, fields = PROCEDURE[language]
    asked = record(name, fields, language=language)
    config = parse_config({"language": [language]}, "dalil.yaml")
    other = record("Livret", dict.fromkeys(fields, "Autre"), language=language)
    answerer = TypedInEachLanguage([asked, other], workspace_lexicon(config), lambda _: True, config.language)
    missed = []
    for field in catalogue(language, asked).fields.values():
        for question in (field.ask(name, family) for family in FAMILIES):
            _, proposal = answerer.propose(Question("1", question))
            if proposal is None or proposal.text != fields[field.name]:
                missed.append((question, proposal and proposal.text))
    assert not missed, missed


def test_nobody_asks_where_a_procedure_is_deployed() -> None:
    wheres = [catalogue("fr", record(name, {"sites": "Rabat", other: "x"})).fields["sites"].ask(name, "w4")
              for name, other in (("Ansible", "licence"), ("Casier judiciaire", "base légale"), ("Rabot", "prix"))]  # fmt: skip
    assert wheres == [
        "Où Ansible est-il déployé ?",
        "Donnez-moi les lieux où aller pour « Casier judiciaire ».",
        "Où se trouve Rabot ?",
    ]


def test_a_name_of_plain_words_is_quoted_and_a_name_of_its_own_is_not() -> None:
    french = spoken("fr")
    assert [french.said(n) for n in ("Extrait d'acte", "Chronos RH", "Git", "Passeport")] == ["« Extrait d'acte »", "Chronos RH", "Git", "Passeport"]  # fmt: skip
    assert french.of("Extrait d'acte") == "d'"
    assert spoken("ar").said("جواز السفر") == "جواز السفر"


@pytest.mark.parametrize(("field", "label"), [("lieux", "les lieux"), ("sites", "les sites"), ("lieu", "le lieu"), ("coût", "le coût"), ("responsables", "les responsables"), ("responsable", "le responsable")])  # fmt: skip
def test_a_field_is_called_as_it_is_named(field: str, label: str) -> None:
    concept = load_lexicon("fr").concept_of(field)
    assert (concept.label, concept.several) == (label, label.startswith("les "))


def test_a_check_agrees_with_what_it_checks() -> None:
    cities = [record(f"R{i}", {"sites": ["Rennes", "Brest"][i % 2], "statut": "x"}) for i in range(6)]
    states = [record(f"R{i}", {"sites": "x", "statut": ["Actif", "Arrêté"][i % 2]}) for i in range(6)]
    of_cities, of_states = (
        {e.question for e in yes_no_examples(catalogue("fr", *made), spoken("fr"), 1)} for made in (cities, states)
    )
    assert of_cities
    assert all("parmi les sites" in question for question in of_cities)
    assert of_states
    assert all("le statut" in question and "parmi" not in question for question in of_states)


MIXED = [record(name, {"prix": price}, source="s.json") for name, price in
         (("Passeport", "500 dirhams"), ("Visa", "90 dirhams"), ("رخصة السياقة", "400 درهم"), ("Permis", "30 dirhams"))]  # fmt: skip


@pytest.mark.parametrize("languages", [["fr", "ar"], ["fr"]])
def test_a_name_in_arabic_letters_is_asked_about_in_arabic_or_not_at_all_and_answered_either_way(
    languages: list[str],
) -> None:
    config = parse_config({"language": languages}, "dalil.yaml")
    lexicon, others = workspace_lexicon(config), other_lexicons(config)
    made, dropped = build_examples(MIXED, DatasetSettings(negatives=0), "fr", [], 42, lexicon, others)
    about = [e for e in made if "s.json#رخصة السياقة" in e.documents and e.kind == "other"]
    assert {e.language for e in about} == ({"ar"} if "ar" in languages else set())
    assert ("not asked about: a name in a script that `fr` does not write" in {d.reason for d in dropped}) == (
        "ar" not in languages
    )
    answerer = TypedInEachLanguage(MIXED, lexicon, lambda _: True, config.language)
    _, proposal = answerer.propose(Question("1", "Quel est le prix de رخصة السياقة ?"))
    assert proposal is not None
    assert proposal.text == "400 درهم"


@pytest.mark.parametrize(("sentence", "asks"), [
    ("Les droits s'élèvent à 50 dirhams.", "à combien s'élèvent {subject}"),
    ("Le droit s'élève à 50 dirhams.", "à combien s'élève {subject}"),
    ("Les timbres coûtent 20 dirhams.", "combien coûtent {subject}"),
    ("La garantie est de 12 mois.", "de combien est {subject}"),
])  # fmt: skip
def test_a_figure_is_asked_for_with_the_verb_of_its_number(sentence: str, asks: str) -> None:
    wordings = load_text_wordings("fr")
    assert wordings is not None
    (fact,) = spoken_facts(sentence, wordings)
    assert dict(fact.asked)["ask"] == asks
