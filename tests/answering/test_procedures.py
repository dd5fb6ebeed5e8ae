"""Administrative procedures: what to bring, where, how long it holds, and what "how many" counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from answering_rows import answering, ask

from dalil.answering.extractive import Extractive
from dalil.records import Language, Question

Rows = list[dict[str, str]]
FRENCH: Rows = [
    {"nom": "Certificat négatif", "délai": "1 jour ouvrable", "validité": "90 jours", "coût": "230 dirhams",
     "documents à fournir": "Formulaire de demande ; Carte nationale", "base légale": "Loi 17-97",
     "lieux": "Centre régional ; Portail en ligne"},
    {"nom": "Permis de construire", "délai": "30 jours ouvrables", "validité": "1 an", "coût": "Gratuit",
     "documents à fournir": "Plan d'architecte ; Carte nationale", "base légale": "Loi 12-90", "lieux": "Guichet unique"},
    {"nom": "Casier judiciaire", "délai": "2 jours ouvrables", "validité": "3 mois", "coût": "Gratuit",
     "documents à fournir": "Carte nationale ; Demande signée", "base légale": "Loi 22-01", "lieux": "Tribunal ; Mairie"},
]  # fmt: skip
ENGLISH: Rows = [
    {"name": "Building permit", "duration": "30 days", "validity": "1 year", "fee": "Free",
     "required documents": "Site plan ; Identity card", "legal basis": "Act 12"},
    {"name": "Trading licence", "duration": "2 days", "validity": "3 months", "fee": "40 pounds",
     "required documents": "Lease ; Identity card", "legal basis": "Act 9"},
]  # fmt: skip
ARABIC: Rows = [
    {"الاسم": "رخصة البناء", "المدة": "ثلاثون يوما", "مدة الصلاحية": "سنة واحدة",
     "الوثائق المطلوبة": "تصميم المهندس ; البطاقة الوطنية"},
    {"الاسم": "السجل التجاري", "المدة": "يومان", "مدة الصلاحية": "خمس سنوات",
     "الوثائق المطلوبة": "عقد الكراء ; البطاقة الوطنية"},
]  # fmt: skip
BY_LANGUAGE: dict[Language, Rows] = {"fr": FRENCH, "en": ENGLISH, "ar": ARABIC}


@pytest.fixture(scope="module")
def approaches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Extractive]]:
    with ExitStack() as opened:
        yield {
            language: opened.enter_context(answering(rows, language, tmp_path_factory.mktemp(language)))
            for language, rows in BY_LANGUAGE.items()
        }


@pytest.mark.parametrize(("language", "question", "answer"), [
    ("fr", "Combien de temps est valable le certificat négatif ?", "90 jours"),
    ("fr", "Pendant combien de temps le certificat négatif reste-t-il valable ?", "90 jours"),
    ("fr", "Le casier judiciaire est bon pendant combien de mois ?", "3 mois"),
    ("fr", "Combien de temps pour le certificat négatif ?", "1 jour ouvrable"),
    ("fr", "Quels documents pour un permis de construire ?", "Plan d'architecte ; Carte nationale"),
    ("fr", "Quels papiers pour un casier judiciaire ?", "Carte nationale ; Demande signée"),
    ("fr", "Où demander un casier judiciaire ?", "Tribunal ; Mairie"),
    ("fr", "Quelle loi fonde le permis de construire ?", "Loi 12-90"),
    ("en", "How long is the building permit valid?", "1 year"),
    ("en", "How long does the building permit take?", "30 days"),
    ("en", "Which documents do I need for the trading licence?", "Lease ; Identity card"),
    ("ar", "كم من الوقت تبقى رخصة البناء صالحة؟", "سنة واحدة"),
    ("ar", "ما مدة رخصة البناء؟", "ثلاثون يوما"),
    ("ar", "ما هي وثائق السجل التجاري؟", "عقد الكراء ; البطاقة الوطنية"),
])  # fmt: skip
def test_the_field_that_is_asked_for_answers(
    approaches: dict[str, Extractive], language: str, question: str, answer: str
) -> None:
    given = ask(approaches[language], question)
    assert (given.status, given.answer) == ("answered", answer)


@pytest.mark.parametrize(("language", "question", "answer"), [
    ("fr", "Combien de procédures demandent la carte nationale ?", "3"),
    ("fr", "Combien de fiches ont Gratuit pour le coût ?", "2"),
    ("fr", "combien sont gratuites", "2"),
    ("fr", "Pour le coût, certaines fiches indiquent Gratuit : combien y en a-t-il ?", "2"),
    ("en", "How many records have Identity card for the required documents?", "2"),
    ("ar", "كم عدد البطاقات التي فيها البطاقة الوطنية في الوثائق المطلوبة؟", "2"),
])  # fmt: skip
def test_records_are_counted_where_records_are_asked_for(
    approaches: dict[str, Extractive], language: str, question: str, answer: str
) -> None:
    proposal = approaches[language].propose(Question("1", question))
    assert (proposal.path, proposal.text) == ("list", answer)


@pytest.mark.parametrize(("language", "question"), [
    ("fr", "Combien je dois payer pour refaire ma carte nationale que j'ai perdue ?"),
    ("fr", "Combien de temps ai-je pour le signaler sur ma carte nationale ?"),
    ("fr", "Au bout de combien de jours ma carte nationale est-elle prête ?"),
    ("fr", "Combien de photos pour la carte nationale ?"),
    ("fr", "Combien de documents faut-il pour la carte nationale ?"),
    ("fr", "Quel est le nombre de photos pour la carte nationale ?"),
    ("fr", "C'est combien la carte nationale ?"),
    ("en", "How many photos for the identity card?"),
    ("en", "How many days until my identity card is ready?"),
    ("ar", "كم يكلف تعويض البطاقة الوطنية الضائعة؟"),
    ("ar", "كم صورة تلزم البطاقة الوطنية؟"),
])  # fmt: skip
def test_days_money_and_photos_are_not_counted_in_records(
    approaches: dict[str, Extractive], language: str, question: str
) -> None:
    assert approaches[language].propose(Question("1", question)).path != "list"
