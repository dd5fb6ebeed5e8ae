"""Steps, papers to bring and points of a text: answered whole and in order, asked back where several fit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.dataset.parts import parts_of
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Document, Language, Passage, Question, Section, content_id, make_document
from dalil.retrieval.index import Index, sync_index

LANGUAGES: list[Language] = ["fr", "ar", "en", "ary", "ary-Latn"]
PASSPORT = """Passeport biométrique
Il est valable cinq ans.

Documents à fournir
1. Formulaire imprimé et signé
2. Copie de la carte nationale
3. Une photo de face
"""
CARD = """Carte nationale
Elle est obligatoire.

Renouvellement
Les pièces dépendent du motif.

Carte expirée
- Ancienne carte
- Deux photos

Carte perdue
- Déclaration de perte
- Acte de naissance
"""
LICENCE = """رخصة السياقة
تسلم في خمسة عشر يوما.

الوثائق المطلوبة للتجديد
- الرخصة القديمة
- شهادة طبية
"""
ARABIC_CARD = """البطاقة الوطنية
تسلم في عشرة أيام.

الطلب الأول
- عقد الازدياد
- شهادة السكنى
"""
STARTING = ("Apply the parking brake.", "Turn the key to position 1.", "Wait for the lamp to go out.")
LOADER = "Corvex L20 Loader\nStarting the engine\n" + "".join(f"{i}. {s}\n" for i, s in enumerate(STARTING, 1))
PRESS = "Hadrian P7 Press\nStarting the engine\n1. Close the hood.\n2. Press the green button.\n"


def text(path: str, content: str, language: Language, *levels: int) -> Document:
    """A document whose first line, and each line behind an empty one, is a heading of the given level."""
    blocks = content.strip().split("\n\n")
    headings = [block.split("\n")[0] for block in blocks] if len(blocks) > 1 else content.split("\n")[:2]
    starts = [content.index(heading) for heading in headings]
    ends = [
        next((starts[j] for j in range(i + 1, len(levels)) if levels[j] <= levels[i]), len(content))
        for i in range(len(levels))
    ]
    sections = tuple(Section(h, n, a, b) for h, n, a, b in zip(headings, levels, starts, ends, strict=True))
    return make_document(path, headings[0], content, language, path, sections=sections)


DOCUMENTS = [
    text("passeport.md", PASSPORT, "fr", 1, 2),
    text("carte.md", CARD, "fr", 1, 2, 3, 3),
    text("licence.md", LICENCE, "ar", 1, 2),
    text("carte.ar.md", ARABIC_CARD, "ar", 1, 2),
    text("l20.md", LOADER, "en", 1, 2),
    text("p7.md", PRESS, "en", 1, 2),
]


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    passages = [
        Passage(content_id(d.path), d.path, d.name, (), d.text, 0, len(d.text), None, d.language, 0) for d in DOCUMENTS
    ]
    folder: Path = tmp_path_factory.mktemp("index")
    sync_index(folder, DOCUMENTS, passages)
    index = Index(folder, LANGUAGES)
    parts = [part for document in DOCUMENTS for part in parts_of(document)]
    yield Extractive(Knowledge(index, [], load_lexicon("fr"), LANGUAGES, default_calibration(), parts))
    index.close()


def ask(approach: Extractive, question: str, scope: str = "") -> Answer:
    return next(approach.answer_many([Question("1", question, scope=scope)]))


PAPERS = "1. Formulaire imprimé et signé\n2. Copie de la carte nationale\n3. Une photo de face"
RENEWAL = "- الرخصة القديمة\n- شهادة طبية"


@pytest.mark.parametrize(("question", "scope", "answer"), [
    ("Quels documents faut-il pour le passeport ?", "", PAPERS),
    ("Quels documents faut-il ?", "passeport.md", PAPERS),
    ("chnou lwra9 dyal passeport ?", "", PAPERS),
    ("bghit nsawb passeport, chno khasni?", "", PAPERS),
    ("Quels papiers pour une carte perdue ?", "", "- Déclaration de perte\n- Acte de naissance"),
    ("شنو الوثائق ديال رخصة السياقة؟", "", RENEWAL),
    ("ما هي الوثائق المطلوبة لتجديد رخصة السياقة؟", "", RENEWAL),
    ("How do I start the engine of the L20?", "", LOADER.split("\n", 2)[2].strip()),
    ("What are the steps to start the engine of this machine?", "p7.md", "1. Close the hood.\n2. Press the green button."),
    ("What is step 2 of starting the engine of the Corvex L20?", "", STARTING[1]),
])  # fmt: skip
def test_a_list_is_answered_whole_in_the_words_of_the_source(
    approach: Extractive, question: str, scope: str, answer: str
) -> None:
    given = ask(approach, question, scope)
    assert (given.status, given.answer) == ("answered", answer)
    cited = given.citations[0]
    source = next(document for document in DOCUMENTS if document.path == cited.document)
    assert source.text[cited.start : cited.end] == cited.quote == answer


@pytest.mark.parametrize(("question", "options"), [
    ("Que faut-il apporter pour renouveler la carte nationale ?", {("Carte expirée", "carte.md"), ("Carte perdue", "carte.md")}),
    ("How do I start the engine?", {("Corvex L20 Loader", "l20.md"), ("Hadrian P7 Press", "p7.md")}),
])  # fmt: skip
def test_several_that_fit_are_asked_back(approach: Extractive, question: str, options: set[tuple[str, str]]) -> None:
    given = ask(approach, question)
    assert given.status == "which_one"
    assert {(option.label, option.document) for option in given.options} == options


def test_a_word_that_names_another_text_is_not_passed_over(approach: Extractive) -> None:
    question = Question("1", "شنو خاصني باش نجدد لاكارط؟", "ary")
    assert RENEWAL not in approach.propose(question).text, "a card is no licence"


def test_a_step_that_is_not_there_is_not_said(approach: Extractive) -> None:
    assert ask(approach, "What is step 9 of starting the engine of the Corvex L20?").status == "abstained"


def test_no_list_answers_for_a_procedure_that_no_text_has(approach: Extractive) -> None:
    assert approach.propose(Question("1", "Quels documents faut-il pour un visa de tourisme ?")).path == "text"


def test_a_hidden_text_has_no_lists(approach: Extractive) -> None:
    proposal = approach.propose(Question("1", "Quels documents faut-il pour le passeport ?"), {"passeport.md"})
    assert PAPERS not in proposal.text
