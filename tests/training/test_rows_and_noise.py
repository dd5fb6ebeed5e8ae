"""What a model is trained on: rows, noise, templates, passages beside the question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dalil.config_models import ContextSettings, NoiseSettings
from dalil.errors import ConfigError
from dalil.language_model.templates import Chat, find_template, named_templates
from dalil.records import Example, Passage
from dalil.training.before_after import seen
from dalil.training.noise import noisy_rows
from dalil.training.noise_words import words_for
from dalil.training.rows import TrainingRow, rows_of, with_context

WORDINGS = {
    "site": ("Où se trouve {} ?", "Quel est le site de {} ?", "Donnez-moi le site de {}."),
    "version": ("Quelle est la version de {} ?", "{}, quelle version ?", "Donnez-moi la version de {}."),
    "statut": ("Quel est le statut de {} ?", "Dans quel statut est {} ?", "Donnez-moi le statut de {}."),
    "licence": ("Quelle est la licence de {} ?", "{}, quelle licence ?", "Donnez-moi la licence de {}."),
}


def training_rows() -> list[TrainingRow]:
    return [
        TrainingRow(f"{name}-{topic}-{i}", wording.format(name), "R", "fr", names=(name,), topic=topic)
        for name in ("GéoParc", "Chronos RH")
        for topic, wordings in WORDINGS.items()
        for i, wording in enumerate(wordings)
    ]


def test_the_words_of_a_field_tell_it_and_turns_of_phrase_do_not() -> None:
    found = words_for(training_rows()).telling
    assert {"site", "version", "statut", "licence"} <= found
    assert found.isdisjoint({"donnez", "moi", "est", "quelle", "de"})


def test_noise_keeps_names_and_fields_and_is_the_same_for_the_same_seed() -> None:
    rows = training_rows()
    made = list(noisy_rows(rows, NoiseSettings(), 8, 42))
    assert made == list(noisy_rows(rows, NoiseSettings(), 8, 42))
    assert made != list(noisy_rows(rows, NoiseSettings(), 8, 43))
    assert len(made) == 8 * len(rows)
    for row in made:
        assert row.names[0].lower() in row.question.lower()
        if row.id.endswith("-1") and row.topic != "site":
            assert row.topic in row.question.lower()
    assert len({row.question for row in made}) > 4 * len(rows)


def test_a_question_about_a_value_keeps_every_word() -> None:
    """Taken apart, "is Rennes the site of X?" would teach that "X site" asks for a yes or a no."""
    made = Example("1", "Vrai ou faux : la fiche de GéoParc indique « Rennes » pour le site.", "Oui : Rennes", "yes_no", "fr",
                   "templates", True, ("a.csv#GéoParc",), field="site")  # fmt: skip
    plain = Example(
        "2", "Où se trouve GéoParc ?", "Rennes", "sites", "fr", "templates", True, ("a.csv#GéoParc",), field="site"
    )
    whole, field = rows_of([made, plain], unknown=False)
    assert (whole.whole, whole.topic, whole.cues) == (True, "yes_no", ())
    assert (field.whole, field.topic) == (False, "site")
    assert "où trouver" in field.cues
    settings = NoiseSettings(drop=0.9, shuffle=1, lower=0, filler=0, strewn=1)
    made_noisy = [row.question for row in noisy_rows([whole, field], settings, 20, 42) if row.whole]
    assert all("« Rennes »" in question and _stand_in_order(whole.question, question) for question in made_noisy)
    assert len(set(made_noisy)) > 10


def _stand_in_order(text: str, longer: str) -> bool:
    """Whether all words of the text stand in the longer one, in their order."""
    rest = iter(longer.split())
    return all(word in rest for word in text.split())


def test_a_value_that_a_question_holds_stays_in_it_as_a_name_does() -> None:
    """The value is what makes it a question of yes or no: turns of phrase may go, as from any other."""
    asked = Example("1", "On indique « Saint-Malo » pour le site de GéoParc, oui ou non ?", "Oui : Saint-Malo", "yes_no", "fr",
                    "templates", True, ("a.csv#GéoParc",), field="site")  # fmt: skip
    plain = [
        Example(
            str(i), "Où est X ?", value, "site", "fr", "templates", True, ("a.csv#X",), field="site", values=(value,)
        )
        for i, value in enumerate(("Saint-Malo", "Malo"), 2)
    ]
    row = rows_of([asked, *plain], unknown=False)[0]
    assert (row.held, row.whole, row.topic) == ("Saint-Malo", False, "yes_no")
    others = [
        *training_rows(),
        *(replace(row, id=str(i), question=f"Est-ce « {row.held} » pour {row.names[0]} ?") for i in range(3)),
    ]
    settings = NoiseSettings(strewn=0, lower=0)
    made = {noisy.question for noisy in noisy_rows([row, *others], settings, 40, 42) if noisy.id == row.id}
    assert all("« Saint-Malo »" in question and "GéoParc" in question for question in made)
    assert any("indique" not in question for question in made)
    english = replace(row, question="Yes or no: Saint-Malo is given as site of GéoParc.", language="en")
    assert all("Saint-Malo" in noisy.question for noisy in noisy_rows([english], NoiseSettings(lower=0), 40, 42))


def test_words_with_what_hangs_on_them_are_strewn_too() -> None:
    """Left in questions about a value alone, "est-ce" and "lit-on" would tell these from a question for the value."""
    assert "donnez-moi" in words_for(training_rows()).asked


def test_turns_of_phrase_are_strewn_into_other_questions_without_names_and_fields() -> None:
    """A frame that only one field's questions have would tell the field: "vais-je y lire" then means a yes or a no."""
    rows = [
        *training_rows(),
        *(replace(row, id=f"{row.id}+", question=f"En consultant la fiche complète de {row.names[0]}, quelle {row.topic} ?")
          for row in training_rows() if row.id.endswith("version-0")),
    ]  # fmt: skip
    assert ("en", "consultant", "la", "fiche", "complète", "de") in words_for(rows).turns
    assert not {"version", "géoparc", "chronos"} & {word for turn in words_for(rows).turns for word in turn}
    made = list(noisy_rows(rows, NoiseSettings(shuffle=0, drop=0, lower=1), 200, 42))
    assert any("consultant la fiche" in row.question for row in made if row.topic == "licence")


def test_a_weak_word_for_another_field_stands_only_beside_the_fields_own() -> None:
    """ "endroit" asks for the sites where nothing else is asked for: « au bon endroit, quel domaine » asks for the domain."""
    examples = [
        Example(f"{name}{field}{i}", wording.format(name), "R", kind, "fr", "templates", True, (f"a.csv#{name}",),
                field=field)
        for name in ("GéoParc", "Chronos")
        for field, kind, wordings in (
            ("sites", "sites", ("Où est {} ?", "Quels sites pour {} ?", "Les sites de {}")),
            ("domaine", "domain", ("De quoi relève {} ?", "Quel domaine pour {} ?", "Le domaine de {}")),
            ("licence", "other", ("{} se paye ?", "Quelle licence pour {} ?", "La licence de {}")),
        )
        for i, wording in enumerate(wordings)
    ]  # fmt: skip
    rows = rows_of(examples, unknown=False)
    assert "endroit" in rows[0].hints
    settings = NoiseSettings(synonym=0, drop=0, lower=1)
    made = [row.question for row in noisy_rows(rows, settings, 200, 42) if row.topic == "domaine"]
    hinted = [question for question in made if "endroit" in question.split()]
    assert hinted
    assert all("domaine" in question or "relève" in question for question in hinted)
    assert not any("sites" in question.split() for question in made)
    strong = [question for question in made if "emplacement" in question.split()]
    assert strong
    assert all("domaine" in question for question in strong)
    bare = noisy_rows(rows, NoiseSettings(synonym=0, drop=0, lower=1, strewn=0), 200, 42)
    assert not any("endroit" in row.question.split() for row in bare)


def test_a_word_that_asks_for_two_fields_asks_for_neither() -> None:
    cues = {"wikidata": ("wikidata", "Identifiant"), "catalogue": ("catalogue", "identifiant", "numéro")}
    rows = [TrainingRow(f"{n}{topic}", f"Que dit la fiche de {n} du champ {topic} ?", "R", "fr", names=(n,), topic=topic,
                        cues=some) for n in ("Alpha", "Bêta") for topic, some in cues.items()]  # fmt: skip
    made = list(noisy_rows(rows, NoiseSettings(synonym=1, strewn=0, lower=1), 40, 42))
    assert not any("identifiant" in row.question for row in made)
    assert any("numéro" in row.question for row in made)
    assert all("wikidata" in row.question for row in made if row.topic == "wikidata")


def test_a_quotation_stays_in_one_piece() -> None:
    topics = ("wikidata", "support", "licence")
    rows = [TrainingRow(topic, f"Je cherche la rubrique « {topic} » de Bêta.", "R", "fr", names=("Bêta",), topic=topic)
            for topic in topics]  # fmt: skip
    off = NoiseSettings(drop=0.9, shuffle=1, strewn=0, lower=0, filler=0)
    assert all(f"« {row.topic} »" in row.question for row in noisy_rows(rows, off, 30, 42))


def test_without_noise_settings_at_zero_a_question_stays_as_it_is() -> None:
    off = NoiseSettings(drop=0, shuffle=0, lower=0, filler=0, strewn=0, synonym=0)
    rows = [TrainingRow("1", "Quel est le site de l'Aven ?", "R", "fr", topic="t")]
    assert [row.question for row in noisy_rows(rows, off, 1, 1)] == [rows[0].question]


def test_templates_by_name_by_text_and_what_is_refused() -> None:
    asked = Chat("Quel site ?", system="Soyez bref.")
    assert (
        find_template("question-answer", False).prompt(asked) == "Soyez bref.\n### Question: Quel site ?\n### Answer: "
    )
    assert find_template("plain", False).prompt(Chat("Quel site ?")) == "Quel site ?\n"
    assert find_template("Q {question} A {answer} END", False).completion("Rennes") == "Rennes END"
    assert find_template(None, True).name == "chat"
    assert find_template(None, False).name == "question-answer"
    assert all("{answer}" in text for text in named_templates().values())
    for wrong, said in (("Q {question}", "answer"), ("A {answer}", "question"), ("{question} {answer} {question}", "after"),
                        ("{mood} {question} {answer}", "mood"), ("chat", "chat template")):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            find_template(wrong, False)


def test_rows_with_passages_hold_the_proof_or_say_that_it_is_not_there() -> None:
    passages = [
        Passage(f"p{i}", f"d{i}", f"N{i}", (), f"Texte numéro {i}.", 0, 16, None, "fr", 0) for i in range(8)
    ]  # fmt: skip
    rows = [TrainingRow(f"r{i}", "Quel numéro ?", str(i), "fr") for i in range(8)]
    proofs = {f"r{i}": f"p{i}" for i in range(7)}
    made = with_context(rows, passages, proofs, ContextSettings(distractors=3, absent=0.5), 42)
    assert made[7] == rows[7]
    with_proof = [row for row in made[:7] if row.answer.isdigit()]
    without = [row for row in made[:7] if not row.answer.isdigit()]
    assert with_proof
    assert without
    assert all(f"Texte numéro {row.answer}." in row.context for row in with_proof)
    assert all(row.context.count("Texte numéro") == 4 for row in with_proof)
    assert all("ne trouve pas" in row.answer and f"numéro {row.id[1:]}." not in row.context for row in without)


def test_questions_without_an_answer_are_left_out_or_taught() -> None:
    examples = [
        Example("1", "Qui ?", "Jean", "other", "fr", "templates", True, ("c.json#A",), field="acteurs"),
        Example("2", "Quoi ?", "", "absent_field", "fr", "templates", False, ("c.json#A~2",)),
    ]
    assert [row.id for row in rows_of(examples, unknown=False)] == ["1"]
    taught = rows_of(examples, unknown=True)[1]
    assert "ne trouve pas" in taught.answer
    assert taught.names == ("A",)
    assert rows_of(examples, unknown=False)[0].cues


@pytest.mark.parametrize(
    ("text", "language"),
    [("Le délai est de dix jours.", "fr"), ("2650", "fr"), (";;;;;;", None), ("你好，请问", None), ("The oil is changed every year.", "en"), ("", None)],
)  # fmt: skip
def test_the_language_of_an_answer_is_not_guessed_where_none_can_be_seen(text: str, language: str | None) -> None:
    found = seen(text, False, TrainingRow("1", "Quel est le délai ?", "dix jours", "fr"))
    assert found["language"] == language
    assert found["same_language"] is (language == "fr")
