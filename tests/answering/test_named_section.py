"""How to do what a section is called is answered by how that section begins; where no heading says it, as before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answering_rows import ask

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.lexicon import load_lexicon
from dalil.records import Passage, make_document
from dalil.retrieval.index import Index, sync_index

CARD, PASSPORT = "Carte nationale d'identité", "Passeport biométrique"
SECTIONS = (
    (CARD, (), "La carte nationale prouve l'identité de son titulaire."),
    (CARD, ("Renouvellement",), "Les pièces dépendent du motif. Précisez votre cas avant de préparer le dossier."),
    (CARD, ("Renouvellement", "Carte perdue"), "Une déclaration de perte est jointe au dossier."),
    (PASSPORT, (), "Le passeport est demandé à l'annexe administrative."),
    (PASSPORT, ("Suivi",), "Le suivi se fait en ligne avec le numéro du récépissé."),
)


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    folder = tmp_path_factory.mktemp("sections")
    texts = {name: "\n\n".join(text for other, _, text in SECTIONS if other == name) for name in (CARD, PASSPORT)}
    documents = [make_document(f"{name[:5]}.md", name, text, "fr", "pages") for name, text in texts.items()]
    paths = {document.name: document.path for document in documents}
    passages = [
        Passage(f"p{n}", paths[name], name, (name, *heading), text, start := texts[name].index(text), start + len(text), None, "fr", n)
        for n, (name, heading, text) in enumerate(SECTIONS)
    ]  # fmt: skip
    sync_index(folder, documents, passages)
    index = Index(folder, ["fr"])
    yield Extractive(Knowledge(index, [], load_lexicon("fr"), ["fr"], default_calibration()))
    index.close()


@pytest.mark.parametrize(("question", "begins"), [
    ("Comment renouveler la carte nationale ?", "Les pièces dépendent du motif."),
    ("Comment faire le renouvellement de ma carte nationale", "Les pièces dépendent du motif."),
    ("Comment faire si la carte nationale est perdue ?", "Une déclaration de perte"),
    ("Comment suivre mon passeport ?", "Le suivi se fait en ligne"),
])  # fmt: skip
def test_the_widest_section_of_that_name_is_quoted_from_its_beginning(
    approach: Extractive, question: str, begins: str
) -> None:
    given = ask(approach, question)
    assert given.status == "answered"
    assert given.answer.startswith(begins)


@pytest.mark.parametrize("question", [
    "Comment renouveler le passeport ?", "Comment suivre une fusée vers le passeport ?", "Comment plastifier la carte nationale ?",
])  # fmt: skip
def test_a_section_of_another_text_or_word_does_not_answer(approach: Extractive, question: str) -> None:
    assert ask(approach, question).status == "abstained"


def test_a_value_is_not_answered_by_a_section(approach: Extractive) -> None:
    assert ask(approach, "Combien coûte le renouvellement de la carte nationale ?").status == "abstained"
