"""Where a record is hardly the one that is meant, the texts are asked too; what a record lacks is not sought elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from answering_rows import document_of

from dalil.answering.abstention import default_calibration
from dalil.answering.extractive import Extractive
from dalil.answering.knowledge import Knowledge
from dalil.lexicon import load_lexicon
from dalil.records import Passage, Question, content_id, make_document
from dalil.retrieval.index import Index, sync_index

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
    passages = [
        Passage(content_id(d.path, d.text), d.path, d.name, (), d.text, 0, len(d.text), None, "fr", 0)
        for d in documents
    ]
    folder: Path = tmp_path_factory.mktemp("index")
    sync_index(folder, documents, passages)
    index = Index(folder, ["fr"])
    default = default_calibration()
    careful = default.thresholds | {"field": replace(default.thresholds["field"], value=0.75)}
    calibration = replace(default, thresholds=careful)
    yield Extractive(Knowledge(index, RECORDS, load_lexicon("fr"), ["fr"], calibration))
    index.close()


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
