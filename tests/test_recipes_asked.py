"""`dalil ask` over each recipe as it is shipped: in each of its languages something is answered rightly, and something refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from dalil import Workspace
from dalil.config import load_config
from dalil.initialise import initialise, recipes
from small_workspace import ok

ASKED = {
    "app-catalogue": {
        "fr": (
            ("Qui assure la maîtrise d'ouvrage de 6Tzen ?", "Bureau des autorisations de transport"),
            "Combien coûte la licence annuelle de 6Tzen ?",
        ),
    },
    "idarati": {
        "fr": (
            ("Combien coûte le livret de famille ?", "50 dirhams"),
            "Comment obtenir une carte de séjour pour un étranger ?",
        ),
        "ar": (("كم رسم التسجيل الأول في السجل التجاري؟", "150 درهما"), "كيف أحصل على رخصة الصيد البحري؟"),
        "ary": (("بشحال السجل العدلي؟", "10 dirhams"), "شنو خاصني باش ندير فيزا ديال كندا؟"),
        "ary-Latn": (("bch7al extrait d'acte de naissance ?", "2 dirhams"), "chnou khassni bach n7el pharmacie ?"),
    },
    "machine-manuals": {
        "en": (
            ("How long must the compressor cool down before I touch the separator vessel?", "30 minutes"),
            "What colour is the MC 75 painted?",
        ),
        "fr": (
            ("Quelle est la capacité du réservoir de carburant de la MP 18 ?", "24 l"),
            "Quel est le numéro de fax de Rocval ?",
        ),
    },
    "code-qa": {
        "en": (
            ("Why is my list None after items = items.sort()?", "sorts a list in place and returns None"),
            "How do I train a random forest with scikit-learn?",
        ),
    },
    "domain-embeddings": {
        "fr": (
            ("Quelle vitamine aide à absorber le fer ?", "La vitamine C"),
            "Comment traiter une carie sur une dent de lait ?",
        ),
    },
}
"""Recipe → language → what it says with a part of the right answer, and what its documents do not say."""
HOW_TO = {
    "idarati": (
        ("Comment renouveler la carte nationale ?", "Les pièces dépendent du motif"),
        ("Comment faire une mutation de carte grise ?", "faite par l'acheteur au centre immatriculateur"),
        ("Que faire en cas de passeport perdu ?", "La perte est déclarée au commissariat"),
    ),
}
"""What who comes first asks of a recipe, with a part of the answer."""


@pytest.fixture(scope="module", params=recipes())
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the recipe, as `dalil init` leaves it: the first question builds what answers need."""
    folder = tmp_path_factory.mktemp("recipes") / str(request.param)
    return initialise(folder, recipe=request.param, sources=(), pairs=None).config.parent


def test_a_shipped_recipe_answers_and_refuses_in_each_of_its_languages(shipped: Path) -> None:
    assert set(ASKED[shipped.name]) == set(load_config(shipped / "dalil.yaml").language)
    asked = Workspace(shipped)
    for language, ((known, right), unknown) in ASKED[shipped.name].items():
        said = asked.ask(known, "extractive")
        assert said.status == "answered", (language, known, said.confidence)
        assert right in said.answer, (language, known, said.answer)
        assert said.citations, (language, known)
        silent = asked.ask(unknown, "extractive")
        assert silent.status == "abstained", (language, unknown, silent.answer)
    (row,) = ok("ask", "--json", "-w", shipped, "--approach", "extractive", known)
    assert (row["status"], row["answer"]) == (said.status, said.answer)
    for question, part in HOW_TO.get(shipped.name, ()):
        assert part in asked.ask(question, "extractive").answer, question
