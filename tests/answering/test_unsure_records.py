"""Where a record is hardly the one that is meant, the texts are asked too; what a record lacks is not sought elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from answering_rows import document_of, extractive

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.records import Question, make_document

RECORDS = [
    document_of({"nom": "Permis de construire", "délai": "30 jours", "coût": "20 dirhams", "lieux": "Commune"}, "fr"),
    document_of({"nom": "Livret de famille", "coût": "50 dirhams", "lieux": "Commune"}, "fr"),
]
LICENCE = (
    "La conduite demande un âge de 18 ans. Le permis est délivré en 15 jours après l'examen. "
    "Le duplicata du permis de conduire se demande au centre."
)


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    documents = [*RECORDS, make_document("conduite.md", "Conduite automobile", LICENCE, "fr", "conduite.md")]
    default = default_calibration()
    careful = default.thresholds | {"field": replace(default.thresholds["field"], value=0.75)}
    calibration = replace(default, thresholds=careful)
    with extractive(documents, "fr", tmp_path_factory.mktemp("index"), calibration=calibration) as made:
        yield made


ASKED = Question("1", "Quel est le délai du permis délivré après l'examen ?")


def test_an_unsure_record_gives_way_to_a_sure_text(approach: Extractive) -> None:
    record, text = approach.considered(ASKED)
    assert (record.path, record.text) == ("field", "30 jours")
    assert approach.propose(ASKED) == text
    answer = next(approach.answer_many([ASKED]))
    assert answer.status == "answered"
    assert "15 jours" in answer.answer


def test_a_sure_record_is_the_only_one_considered(approach: Extractive) -> None:
    (proposal,) = approach.considered(Question("1", "Quel est le délai du permis de construire ?"))
    assert proposal.text == "30 jours"


def test_what_a_record_lacks_is_not_sought_in_texts(approach: Extractive) -> None:
    (proposal,) = approach.considered(Question("1", "Quel est le délai du livret de famille ?"))
    assert proposal.text == ""


def test_where_neither_is_sure_the_record_stays_what_would_be_said(approach: Extractive) -> None:
    record, _ = approach.considered(ASKED, {"conduite.md"})
    assert approach.propose(ASKED, {"conduite.md"}) == record


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [("Où se demande le duplicata du permis de conduire ?", "not sure enough", "La réponse est peut-être dans les passages les plus proches, mais je n'en suis pas sûr."),
     ("Quel est le permis de pêche norvégien du ministre ?", "hardly in the documents", "Je ne trouve pas la réponse dans les documents.")],
)  # fmt: skip
def test_silence_says_whether_the_documents_may_answer(
    tmp_path_factory: pytest.TempPathFactory, asked: str, reason: str, said: str
) -> None:
    document = make_document("conduite.md", "Conduite automobile", LICENCE, "fr", "conduite.md")
    default = default_calibration()
    never = default.thresholds | {"text": replace(default.thresholds["text"], value=1.1)}
    calibration = replace(default, thresholds=never)
    with extractive([document], "fr", tmp_path_factory.mktemp("index"), calibration=calibration) as approach:
        answer = next(approach.answer_many([Question("1", asked)]))
    assert (answer.status, answer.reason, answer.answer) == ("abstained", reason, said)
    assert [hit.passage.document for hit in answer.nearest] == ["conduite.md"]
