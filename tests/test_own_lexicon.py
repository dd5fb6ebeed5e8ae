"""A workspace's own words for its fields: said in questions, understood in them, and refused where they are not enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from built_examples import build_examples
from dalil.answering.typed import TypedAnswerer
from dalil.config import ConceptSettings, DatasetSettings, parse_config
from dalil.errors import ConfigError
from dalil.lexicon import Lexicon, extended, load_lexicon
from dalil.pipeline.words import workspace_lexicon
from dalil.records import Document, Field, Question, make_document

OWN = {
    "actors": {"fields": ["resp_metier"], "cues": ["référent"]},
    "budget": {
        "fields": ["bdg"],
        "cues": ["budget annuel"],
        "label": "le budget annuel",
        "of_label": "du budget annuel",
    },
}


def records() -> list[Document]:
    made = []
    for name, owner, budget in (("Zephyr", "Anne", "120"), ("Borée", "Karim", "80"), ("Notos", "Lina", "45")):
        text = f"resp_metier : {owner}\nbdg : {budget}\n"
        at = text.index(budget)
        fields = (Field("resp_metier", owner, 14, 14 + len(owner)), Field("bdg", budget, at, at + len(budget)))
        made.append(make_document(f"c.json#{name}", name, text, "fr", "json", fields=fields))
    return made


def own(**given: object) -> Lexicon:
    return workspace_lexicon(parse_config({"language": ["fr"], "lexicon": given}, "dalil.yaml"))


def test_questions_say_and_answers_understand_the_words_that_were_added() -> None:
    lexicon = own(**OWN)
    made, _ = build_examples(records(), DatasetSettings(origins=["templates"]), "fr", [], 42, lexicon)
    asked = {e.question for e in made}
    assert "Qui gère Zephyr ?" in asked
    assert "Pour Zephyr, indiquez-moi le budget annuel." in asked
    answerer = TypedAnswerer(records(), lexicon, lambda _: True)
    for question, answer in (("Qui est le référent de Borée ?", "Karim"), ("Le budget annuel de Notos ?", "45")):
        found = answerer.propose(Question("1", question, "fr"))[1]
        assert found is not None
        assert found.text == answer


def test_without_them_a_field_is_called_by_its_own_name() -> None:
    made, _ = build_examples(records(), DatasetSettings(origins=["templates"]), "fr", [], 42)
    assert any("« bdg »" in e.question for e in made)


def test_a_new_concept_needs_its_label() -> None:
    with pytest.raises(ConfigError, match=r"lexicon\.budget") as error:
        own(budget={"fields": ["bdg"]})
    assert "status" in (error.value.hint or "")


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cues"):
        parse_config({"lexicon": {"status": {"cue": ["x"]}}}, str(tmp_path / "dalil.yaml"))


def test_a_label_of_the_workspace_goes_before_the_one_that_goes_with_the_field_s_name() -> None:
    own = extended(load_lexicon("fr"), {"sites": ConceptSettings(label="les agences", of_label="des agences")})
    assert own.concept_of("lieux").label == "les agences"
    assert load_lexicon("fr").concept_of("lieux").label == "les lieux"
