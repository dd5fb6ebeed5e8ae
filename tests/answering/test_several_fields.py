"""Several fields of a record asked for in one question, and a record that the question takes out."""

from __future__ import annotations

import pytest
from answering_rows import document_of

from dalil.answering.proposal import Proposal
from dalil.answering.typed import TypedAnswerer
from dalil.lexicon import load_lexicon
from dalil.records import Language, Question

ROWS: dict[Language, list[dict[str, str]]] = {
    "fr": [
        {"nom": "Kiblog", "statut": "En production", "version": "4.2", "domaines et sous domaines": "Finances",
         "sites": "Rennes ; Brest", "criticité": "Forte"},
        {"nom": "Kiblog RH", "statut": "En projet", "sites": "Brest ; Vannes", "domaines et sous domaines": "Paie",
         "criticité": "Faible"},
    ],
    "en": [{"name": "Kiblog", "status": "In production", "version": "4.2", "sites": "Rennes ; Brest"}],
    "ar": [{"الاسم": "Kiblog", "الحالة": "الإنتاج", "الإصدار": "4.2"}],
}  # fmt: skip


def said(language: Language, question: str) -> Proposal | None:
    records = [document_of(row, language) for row in ROWS[language]]
    return TypedAnswerer(records, load_lexicon(language), lambda _: True).propose(Question("1", question))[1]


@pytest.mark.parametrize(("language", "question", "text"), [
    ("fr", "Quel est le statut et la version de Kiblog ?", "statut : En production\nversion : 4.2"),
    ("fr", "Donne les sites et le statut de Kiblog", "sites : Rennes ; Brest\nstatut : En production"),
    ("fr", "Quelle est la version, le statut et la criticité de Kiblog ?",
     "version : 4.2\nstatut : En production\ncriticité : Forte"),
    ("fr", "Quel est le statut et la version de Kiblog RH ?",
     "statut : En projet\nLa fiche de Kiblog RH n'indique pas la version."),
    ("fr", "Quels sont les domaines et sous domaines de Kiblog ?", "Finances"),
    ("fr", "Quel est le statut de Kiblog ?", "En production"),
    ("en", "What are the status and the version of Kiblog?", "status : In production\nversion : 4.2"),
    ("ar", "ما هي الحالة والإصدار ل Kiblog؟", "الحالة : الإنتاج\nالإصدار : 4.2"),
])  # fmt: skip
def test_each_field_is_answered_whole_under_its_name(language: Language, question: str, text: str) -> None:
    found = said(language, question)
    assert found is not None
    assert found.text == text
    assert all(citation.quote in text for citation in found.citations)


def test_a_record_that_is_excluded_is_not_the_one_asked_about() -> None:
    found = said("fr", "Quel est le statut de Kiblog, pas de Kiblog RH ?")
    assert found is not None
    assert found.text == "En production"


def test_a_list_without_what_another_record_shares_is_not_the_whole_list() -> None:
    found = said("fr", "Quels sont les sites de Kiblog mais pas de Kiblog RH ?")
    assert found is not None
    assert found.text == ""
