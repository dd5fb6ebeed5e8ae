"""Questions over records and texts: the whole field, lists, comparisons, the proving sentence, or silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dalil.answering.abstention import default_calibration
from dalil.answering.approaches import make_approach
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.lexicon import load_lexicon
from dalil.records import Answer, Document, Field, Passage, Question, Turn, content_id, make_document
from dalil.retrieval.index import Index, sync_index

ROWS = [
    {"nom": "6Tzen", "descriptif": "Téléservice des licences de taxi.", "statut si": "En production",
     "sites": "Rennes ; Brest", "version": "4.2.1", "acteurs": "Bureau des aides"},
    {"nom": "GéoParc", "descriptif": "Suivi des véhicules de la flotte.", "statut si": "En construction",
     "sites": "Brest", "version": "1.0"},
    {"nom": "Chronos", "descriptif": "Pointage des heures.", "statut si": "En production", "sites": "Nantes"},
    {"nom": "Chronos RH", "descriptif": "Congés et carrières.", "statut si": "En projet", "sites": "Rennes"},
    {"nom": "Sirius Paie Web", "descriptif": "Calcul de la paie.", "statut si": "En production", "version": "7"},
]  # fmt: skip
TEXT = (
    "Passeport. La demande de passeport se fait en ligne. Le timbre coûte trois cents dirhams pour un adulte. "
    "Le délai est de quinze jours. Le retrait se fait au guichet de la préfecture."
)


def record(row: dict[str, str]) -> Document:
    text, fields = "", []
    for name, value in row.items():
        text += f"{name} : "
        items = tuple(value.split(" ; ")) if " ; " in value or name == "sites" else ()
        fields.append(Field(name, value, len(text), len(text) + len(value), items))
        text += f"{value}\n"
    return make_document(f"apps.json#{row['nom']}", row["nom"], text, "fr", "apps.json", fields=tuple(fields))


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    documents = [*map(record, ROWS), make_document("passeport.md", "Passeport", TEXT, "fr", "passeport.md")]
    passages = [
        Passage(content_id(d.path, d.text), d.path, d.name, (), d.text, 0, len(d.text), None, "fr", 0)
        for d in documents
    ]
    folder: Path = tmp_path_factory.mktemp("index")
    sync_index(folder, documents, passages)
    index = Index(folder, ["fr"])
    knowledge = Knowledge(index, documents[:-1], load_lexicon("fr"), ["fr"], default_calibration())
    made = make_approach("extractive", "extractive", knowledge)
    assert isinstance(made, Extractive)
    yield made
    index.close()


def ask(approach: Extractive, text: str, scope: str = "") -> Answer:
    return next(approach.answer_many([Question("1", text, scope=scope)]))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Quel est le statut de 6Tzen ?", "En production"),
        ("statut geoparc", "En construction"),
        ("Qui gère 6Tzen ?", "Bureau des aides"),
        ("Où est déployé 6tzen ?", "Rennes ; Brest"),
        ("c'est quoi la version de 6 tzen svp", "4.2.1"),
        ("À quoi sert Chronos RH ?", "Congés et carrières."),
        ("A quoi sert chronos", "Pointage des heures."),
        ("quelle version de siriuspaie", "7"),
        ("quel est le satut de GeoPrac", "En construction"),
        ("Quels sont les applications à Brest ?", "6Tzen ; GéoParc"),
        ("Combien d'applications sont en production ?", "3"),
        ("Quelles applications sont en production à Rennes ?", "6Tzen"),
        ("Combien d'applications sont en projet à Rennes ?", "1"),
        ("Compare le statut de 6Tzen et de GéoParc", "6Tzen : En production ; GéoParc : En construction"),
        ("Est-ce que GéoParc est en production ?", "Non : En construction"),
    ],
)
def test_records_answer_whole_and_verbatim(approach: Extractive, question: str, answer: str) -> None:
    given = ask(approach, question)
    assert (given.status, given.answer) == ("answered", answer)
    assert given.citations
    assert given.confidence is not None
    assert 0 <= given.confidence <= 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Quelle est la version de Chronos RH ?", "n'indique pas la version"),
        ("Quel est le prix de 6Tzen ?", "n'indique pas le prix"),
        ("Quelle est la version de Photoshop ?", "Je ne trouve pas"),
        ("Quelle est la capitale de l'Australie ?", "Je ne trouve pas"),
    ],
)
def test_what_is_not_there_is_not_said(approach: Extractive, question: str, said: str) -> None:
    given = ask(approach, question)
    assert given.status == "abstained"
    assert said in given.answer
    assert given.citations == ()


def test_the_citation_is_the_source_verbatim(approach: Extractive) -> None:
    citation = ask(approach, "Où est déployé 6Tzen ?").citations[0]
    text = record(ROWS[0]).text
    assert text[citation.start : citation.end] == citation.quote == "Rennes ; Brest"
    assert citation.document == "apps.json#6Tzen"


def test_a_text_answers_with_its_proving_sentences(approach: Extractive) -> None:
    given = ask(approach, "Combien coûte le timbre du passeport pour un adulte ?")
    assert given.status == "answered"
    assert "trois cents dirhams" in given.answer
    assert len(given.answer.split()) <= 60
    citation = given.citations[0]
    assert TEXT[citation.start : citation.end] == given.answer


def test_the_proving_sentence_is_told_among_its_neighbours(approach: Extractive) -> None:
    (answer,) = approach.answer_many(
        [Question("1", "Comment se fait le retrait du passeport au guichet de la préfecture ?")]
    )
    (citation,) = answer.citations
    assert citation.exact is not None
    start, end = citation.exact
    assert TEXT[start:end].strip() == "Le retrait se fait au guichet de la préfecture."
    assert len(citation.quote) > end - start


def test_a_field_is_exact_as_it_is(approach: Extractive) -> None:
    (answer,) = approach.answer_many([Question("1", "Quelle est la version de 6Tzen ?")])
    assert [citation.exact for citation in answer.citations] == [None]


def test_scope_names_the_record(approach: Extractive) -> None:
    assert ask(approach, "Quel est le statut ?", "apps.json#Chronos RH").answer == "En projet"


def test_streaming_ends_with_the_answer(approach: Extractive) -> None:
    pieces = list(approach.stream(Question("1", "statut de 6Tzen")))
    assert isinstance(pieces[-1], Answer)
    assert "".join(p for p in pieces[:-1] if isinstance(p, str)) == pieces[-1].answer


@pytest.mark.parametrize("question", ["", "?", "de la", "x" * 100_000, "漢字", "6Tzen", "\n\n"])
def test_odd_questions_get_an_answer_or_silence(approach: Extractive, question: str) -> None:
    assert ask(approach, question).status in ("answered", "abstained", "which_one")


def test_a_hidden_record_does_not_exist(approach: Extractive) -> None:
    proposal = approach.propose(Question("1", "Quel est le statut de GéoParc ?"), {"apps.json#GéoParc"})
    assert proposal.text != "En construction" or proposal.path == "text"


@pytest.mark.parametrize(("before", "text", "said"), [
    ("Quel est le statut de 6Tzen ?", "Et sa version ?", "4.2.1"),
    ("Quel est le statut de 6Tzen ?", "Et celui de GéoParc ?", "En construction"),
    ("Quel est le statut de 6Tzen ?", "Quelle est la version de Sirius Paie Web ?", "7"),
    ("Quel est le statut de 6Tzen ?", "Combien coûte le timbre du passeport pour un adulte ?", "trois cents dirhams"),
])  # fmt: skip
def test_a_question_that_follows_another_is_answered_as_it_is_meant(
    approach: Extractive, before: str, text: str, said: str
) -> None:
    (answer,) = approach.answer_many([Question("1", text, history=(Turn(before, "En production"),))])
    assert answer.status == "answered"
    assert said in answer.answer
    assert answer.question == text
