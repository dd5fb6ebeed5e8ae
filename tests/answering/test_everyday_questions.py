"""Questions as people ask them: with words around what is asked, of one of two things alike, by codes, in their own language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answering_rows import answering, ask, extractive

from dalil.answering.extractive import Extractive
from dalil.answering.terms import query_terms
from dalil.lexicon.everyday import is_everyday
from dalil.records import Language, Question, make_document

LOADER = """Code | Meaning
E12 | The oil pressure is too low.

Tow the machine at 5 km/h at most.

The engine holds 16 l of oil. The engine oil lamp goes out when the engine runs."""
COMPRESSOR = "The machine may be towed at 80 km/h at most."
CARD_FR = "Le remplacement d'une carte perdue coûte 125 dirhams."
CARD_AR = "تعويض بطاقة ضائعة يكلف 125 درهما."
ROWS = [
    {"nom": "ParaFlux", "statut": "En production", "acteurs": "Maîtrise d'ouvrage — Secrétariat général ; Support — Centre de services",
     "hébergement": "SaaS éditeur"},
    {"nom": "GéoParc", "statut": "En production", "acteurs": "Maîtrise d'ouvrage — Direction de l'environnement ; Support — Pôle exploitation",
     "hébergement": "Centre de données"},
]  # fmt: skip


@pytest.fixture(scope="module")
def manuals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    pages = [
        make_document("loader.pdf", "WL 180 Wheel Loader: Operation Manual", LOADER, "en", "manuals"),
        make_document("compressor.pdf", "MC 75 Compressor: Instruction Manual", COMPRESSOR, "en", "manuals"),
    ]
    with extractive(pages, "en", tmp_path_factory.mktemp("manuals")) as made:
        yield made


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    with answering(ROWS, "fr", tmp_path_factory.mktemp("roles")) as made:
        yield made


@pytest.mark.parametrize(("word", "language", "everyday"), [
    ("veux", "fr", True), ("petites", "fr", True), ("jai", "fr", True), ("visa", "fr", False), ("passeport", "fr", False),
    ("going", "en", True), ("true", "en", True), ("torque", "en", False), ("استطيع", "ar", True), ("رخصة", "ar", False),
])  # fmt: skip
def test_everyday_words_are_told_by_their_forms(word: str, language: str, everyday: bool) -> None:
    assert is_everyday(word, [language]) == everyday


def test_an_everyday_word_that_no_document_has_weighs_little() -> None:
    known = {"passeport", "perdu"}
    terms = query_terms("jai perdu mon passeport, urgence", ["fr"], lambda _: 4.0, lambda stem: stem in known)
    assert terms.weights == {"jai": pytest.approx(0.6), "perdu": 4.0, "passeport": 4.0, "urgenc": 4.0}
    assert terms.unknown == pytest.approx(4.6)
    assert terms.topic == {"perdu", "passeport", "urgenc"}


def test_the_machine_that_is_named_is_meant_and_no_other_of_its_kind(manuals: Extractive) -> None:
    assert "5 km/h" in manuals.propose(Question("1", "How fast may the loader be towed?")).text
    assert "80 km/h" in manuals.propose(Question("2", "How fast may the compressor be towed?")).text


def test_a_code_that_stands_nowhere_is_not_answered_with_another(manuals: Extractive) -> None:
    assert "E12" in manuals.propose(Question("1", "What does code E12 mean?")).text
    assert manuals.propose(Question("2", "What does code E55 mean?")).text == ""


def test_one_word_may_stand_within_a_way_of_asking(manuals: Extractive) -> None:
    assert "16 l" in manuals.propose(Question("1", "how much engine oil goes in the loader")).text


def test_what_is_read_best_comes_before_its_translation(tmp_path_factory: pytest.TempPathFactory) -> None:
    pages = [
        make_document("carte.fr.html", "Carte nationale", CARD_FR, "fr", "pages"),
        make_document("carte.ar.html", "البطاقة الوطنية", CARD_AR, "ar", "pages"),
    ]
    asked = {"jai perdu ma carte nationale combien ca coute": "fr", "ضاعت بطاقتي الوطنية كم يكلف تعويضها": "ar"}
    with extractive(pages, "fr", tmp_path_factory.mktemp("both"), ("ar",)) as made:
        for question, language in asked.items():
            assert made.propose(Question("1", question)).citations[0].document == f"carte.{language}.html"


@pytest.mark.parametrize(("question", "answer"), [
    ("qui assure le support de ParaFlux ?", "Centre de services"),
    ("Pour quelles applications la direction de l'environnement est-elle un acteur ?", "GéoParc"),
    ("c'est quoi les logiciels hébergés en saas chez l'éditeur", "ParaFlux"),
])  # fmt: skip
def test_roles_parts_of_values_and_values_in_other_words(catalogue: Extractive, question: str, answer: str) -> None:
    given = ask(catalogue, question)
    assert (given.status, given.answer) == ("answered", answer)


def test_the_holder_of_a_role_is_cited_where_it_stands(catalogue: Extractive) -> None:
    cited = ask(catalogue, "qui assure le support de ParaFlux ?").citations[0]
    text = "\n".join(f"{name} : {value}" for name, value in ROWS[0].items())
    assert text[cited.start : cited.end] == cited.quote == "Centre de services"


def test_a_word_is_met_by_a_form_with_one_letter_more_at_its_end() -> None:
    terms = query_terms("Comment suivre ma demande ?", ["fr"], lambda _: 1.0, lambda _: True)
    assert terms.weights.keys() == {"suivr", "demand"}
    assert terms.stems_of("Le suivi se fait en ligne.", "fr").count("suivr") == 1
    assert "demand" not in terms.stems_of("Les dames sont servies.", "fr")


@pytest.mark.parametrize(("question", "languages", "codes"), [
    ("What does E55 mean?", ["en"], {"e55"}),
    ("what is in the WL180 manual", ["en"], set()),
    ("wra9 E55 ?", ["fr", "ary-Latn"], {"e55"}),
    ("Combien de temps, 24h ou 10km ?", ["fr"], set()),
])  # fmt: skip
def test_codes_are_told_from_words_and_amounts(question: str, languages: list[Language], codes: set[str]) -> None:
    known = {"wl", "180"}
    assert query_terms(question, languages, lambda _: 1.0, lambda stem: stem in known).codes == codes
