"""Questions in Darija, in both scripts, over records in French and pages in French and Arabic."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answering_rows import ask, document_of, extractive

from dalil.answering.extractive import Extractive
from dalil.records import Language, Question, make_document

DARIJA: tuple[Language, ...] = ("ar", "ary", "ary-Latn")
RECORDS = [
    {"nom": "Certificat négatif", "délai": "1 jour ouvrable", "validité": "90 jours", "coût": "230 dirhams",
     "documents à fournir": "Formulaire ; Carte nationale", "lieux": "Centre régional ; Portail en ligne"},
    {"nom": "Permis de construire", "délai": "30 jours ouvrables", "validité": "1 an", "coût": "20 dirhams par mètre",
     "documents à fournir": "Plan d'architecte ; Cahier", "lieux": "Guichet unique ; Plateforme"},
    {"nom": "Affiliation à l'AMO Tadamon", "délai": "10 jours ouvrables", "validité": "1 an", "coût": "Gratuit",
     "documents à fournir": "Livret de famille ; Carte nationale", "lieux": "Agence ; Bureau"},
]  # fmt: skip
PAGES: list[tuple[str, str, str, Language]] = [
    ("passeport.html", "Passeport biométrique", "Le passeport est demandé en ligne.\nUn passeport perdu est annulé et ne peut plus servir.", "fr"),
    ("permis.html", "تجديد رخصة السياقة", "تجدد رخصة السياقة لدى مركز تسجيل السيارات.\nواجب تجديد رخصة السياقة هو 400 درهم.", "ar"),
    ("mariage.html", "عقد الزواج", "يحضر شاهدان راشدان يوم توثيق عقد الزواج.", "ar"),
]  # fmt: skip


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    pages = [make_document(path, name, text, language, "pages") for path, name, text, language in PAGES]
    records = [document_of(row, "fr") for row in RECORDS]
    with extractive([*records, *pages], "fr", tmp_path_factory.mktemp("darija"), DARIJA) as made:
        yield made


@pytest.mark.parametrize(("question", "answer"), [
    ("ch7al taman certificat négatif ?", "230 dirhams"),
    ("fin nmchi l certificat negatif ?", "Centre régional ; Portail en ligne"),
    ("chno lwra9 dyal permis de construire ?", "Plan d'architecte ; Cahier"),
    ("ch7al kaytsenna lwa7ed f permis de construire ?", "30 jours ouvrables"),
    ("wach AMO Tadamon fabor ?", "Oui : Gratuit"),
    ("واش أمو تضامن فابور؟", "Oui : Gratuit"),
])  # fmt: skip
def test_a_record_in_french_is_answered_from(approach: Extractive, question: str, answer: str) -> None:
    given = ask(approach, question)
    assert (given.status, given.answer) == ("answered", answer)


@pytest.mark.parametrize(("question", "document", "said"), [
    ("tlef liya lpasport, wach n9der nkhdem bih ?", "passeport.html", "annulé"),
    ("بشحال تجديد البيرمي؟", "permis.html", "400"),
    ("bch7al ka yjedded lwa7ed lpermi ?", "permis.html", "400"),
    ("شحال ديال الشهود فالزواج؟", "mariage.html", "شاهدان"),
])  # fmt: skip
def test_the_page_is_found_in_whatever_language_it_is(
    approach: Extractive, question: str, document: str, said: str
) -> None:
    proposal = approach.look(next_question(question))
    assert proposal.hits[0].passage.document == document
    assert said in ask(approach, question).answer


def next_question(text: str) -> Question:
    return Question("1", text)


def test_a_word_in_darija_is_no_invented_name(approach: Extractive) -> None:
    assert approach.look(next_question("ch7al n9der nt3etel f permis de construire ?")).strangers == 0
    assert approach.look(next_question("ch7al kayswa WL180 ?")).strangers == 1


@pytest.mark.parametrize("question", [
    "Combien coûte le renouvellement du permis de conduire ?", "permis de conduire", "Quel est le délai du permis de chasse ?",
])  # fmt: skip
def test_another_thing_of_the_kind_is_not_the_record(approach: Extractive, question: str) -> None:
    cited = [citation.document for citation in ask(approach, question).citations]
    assert "list.json#Permis de construire" not in cited


@pytest.mark.parametrize("question", ["L'AMO Tadamon est-elle gratuite ?", "Quel est le coût de l'AMO Tadamon ?"])
def test_the_end_of_a_name_says_it(approach: Extractive, question: str) -> None:
    assert "Gratuit" in ask(approach, question).answer
