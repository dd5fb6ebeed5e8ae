"""Questions written from texts: what is asked, where its answer stands, and what is left out with its reason."""

from __future__ import annotations

from collections import Counter

import pytest

from dalil.dataset.sections import AskedText, asked_texts, section_examples
from dalil.dataset.text_wordings import load_text_wordings
from dalil.dataset.wordings import FAMILIES, HELD_OUT
from dalil.records import Document, Dropped, Example, Language, Section, make_document

MANUAL = """Loader X 10: Manual
2.2 Slopes
The largest permitted slope is 25 % with an empty bucket. Drive straight up or down a slope, never across it.
7.2 Changing the oil
1. Stop the engine.
2. Put a pan under the drain plug.
3. Fill in 16.5 l of oil.
8 Words
A pre-filter is a small filter that stands before the main one.
It is a part that wears.
9 Notes
DANGER: death will follow if the rule is not observed.
Service hotline: 0123 456
Figure 3: the plug
"""
PAGE = """Passeport
Administration | Annexe administrative
Délai de délivrance | 7 jours ouvrables
Documents à fournir
- Formulaire signé
- Copie de la carte nationale
Droits de timbre
Situation | Montant
Adulte | 500 dirhams
Mineur | 100 dirhams
Perte
Le remplacement d'un passeport perdu coûte 600 dirhams. Il est remis en personne.
"""
ARABIC = """رخصة السياقة
أجل التسليم | 15 يوما
الوثائق المطلوبة
- صورتان شمسيتان
- شهادة طبية
التجديد
تجديد رخصة قديمة يكلف 400 درهم. يقدم الطلب لدى مركز التسجيل في مكان السكنى.
"""


def text(path: str, content: str, language: Language, *headings: str, name: str = "") -> Document:
    lines = content.split("\n")
    starts = [sum(len(line) + 1 for line in lines[: lines.index(heading)]) for heading in headings]
    ends = [*starts[1:], len(content)]
    sections = tuple(Section(h, 2, s, e) for h, s, e in zip(headings, starts, ends, strict=True))
    return make_document(path, name or lines[0], content, language, "text", sections=sections)


def written(documents: list[Document], most: int, count: int) -> tuple[list[Example], list[Dropped]]:
    found = list(asked_texts(sorted(documents, key=lambda document: document.path), most))
    examples = [e for text in found if isinstance(text, AskedText) for e in section_examples(text, count)]
    return examples, [item for item in found if isinstance(item, Dropped)]


def manual(path: str = "x10.pdf", name: str = "") -> Document:
    return text(path, MANUAL, "en", "2.2 Slopes", "7.2 Changing the oil", "8 Words", "9 Notes", name=name)


def page() -> Document:
    return text("passeport.html", PAGE, "fr", "Documents à fournir", "Droits de timbre", "Perte")


def asked(document: Document, family: str = "w1") -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for example in written([document], 50, 5)[0]:
        if example.wording == family:
            found.setdefault(example.kind, []).append(example)
    return found


def test_a_manual_gives_sections_steps_definitions_and_values() -> None:
    found = asked(manual())
    assert Counter({kind: len(examples) for kind, examples in found.items()}) == {
        "section": 2, "procedure": 1, "step": 3, "definition": 1, "value": 1, "row": 1,
    }  # fmt: skip
    assert found["value"][0].question == "For Loader X 10: what is the largest permitted slope?"
    assert found["value"][0].answer == "25 % with an empty bucket"
    assert found["step"][2].question == "What is step 3 of “Changing the oil” for Loader X 10?"
    assert found["step"][2].answer == "Fill in 16.5 l of oil."
    assert found["definition"][0].question == "What is a pre-filter, according to Loader X 10?"
    assert found["row"][0].answer == "0123 456"


def test_a_page_gives_labels_rows_papers_and_costs() -> None:
    found = asked(page())
    assert [e.question for e in found["value_of_label"]] == [
        "Pouvez-vous me dire l'administration, pour Passeport ?",
        "Pouvez-vous me dire le délai de délivrance, pour Passeport ?",
    ]
    assert [e.answer for e in found["row"]] == ["500 dirhams", "100 dirhams"]
    assert found["documents"][0].values == ("Formulaire signé", "Copie de la carte nationale")
    assert found["value"][0].question == "Pour Passeport : combien coûte le remplacement d'un passeport perdu ?"


TABLES = """Loader X 10
4 Data
Property: Operating weight | Value: 10,400 kg
Property: Batteries | Value: 2
6 Schedule
No.: 1 | Interval (h): 10 or daily | Task: Check oil | Part: –
No.: 2 | Interval (h): 250 | Task: Check belt | Part: V-belt
No.: 3 | Interval (h): 250 | Task: Check nuts | Part: –
"""


def test_a_ruled_table_gives_its_cells_and_who_shares_a_value() -> None:
    found = asked(text("x.pdf", TABLES, "en", "4 Data", "6 Schedule"))
    assert [(e.question, e.answer) for e in found["value_of_label"]] == [
        ("What is the operating weight for Loader X 10?", "10,400 kg"),
        ("What is “Batteries” for Loader X 10?", "2"),
    ]
    assert [e.answer for e in found["cell"]] == ["10 or daily", "250", "V-belt", "250"]
    assert found["cell"][1].question == "For “Check belt” of Loader X 10, what is given as “Interval (h)”?"
    (entries,) = found["entries"]
    assert entries.question == "In Loader X 10, which entries under “Task” have “250” as “Interval (h)”?"
    assert entries.values == ("Check belt", "Check nuts")
    assert [TABLES[e.start : e.end] for e in entries.evidence] == ["Check belt", "Check nuts"]


def test_an_arabic_page_is_asked_about_in_arabic() -> None:
    found = asked(text("permis.html", ARABIC, "ar", "الوثائق المطلوبة", "التجديد"))
    assert found["value"][0].question == "بالنسبة إلى رخصة السياقة: كم يكلف تجديد رخصة قديمة؟"
    assert found["value"][0].answer == "400 درهم"
    assert found["value_of_label"][0].answer == "15 يوما"
    assert found["documents"][0].language == "ar"


@pytest.mark.parametrize("document", [manual(), page(), text("x.pdf", TABLES, "en", "4 Data", "6 Schedule")])
def test_answers_are_verbatim_and_their_evidence_holds_them(document: Document) -> None:
    made, _ = written([document], 50, 5)
    for example in made:
        quoted = [document.text[e.start : e.end] for e in example.evidence]
        assert example.answer in (*quoted, " ; ".join(quote.rstrip(" ;.,") for quote in quoted))
        assert all(quote == quote.strip() != "" for quote in quoted)
        assert example.documents == (document.path,)


def test_every_fact_is_asked_in_the_families_and_no_question_twice() -> None:
    made, _ = written([manual(), page()], 50, 2)
    assert {e.wording for e in made} == {"w1", "w2", HELD_OUT}
    assert len({e.question for e in made}) == len({e.id for e in made}) == len(made)


def test_a_fact_with_two_answers_in_its_document_is_not_asked() -> None:
    twice = "Machine Z\nDaily care\n- Oil\n- Water\nWeekly\n- Air\n- Belt\nDaily care \n- Grease\n- Dust\n"
    made, dropped = written([text("z.md", twice, "en", "Daily care", "Weekly", "Daily care ")], 50, 1)
    assert {e.question for e in made if e.wording == "w1"} == {"What does the list “Weekly” of Machine Z hold?"}
    assert [d.reason for d in dropped] == ["2 answers in one document (list)"]


def test_documents_of_one_name_are_not_asked_about() -> None:
    made, dropped = written([manual("a.pdf"), manual("b.pdf")], 50, 1)
    assert made == []
    assert [d.reason for d in dropped] == ["not asked about: another document has the same name"] * 2


def test_the_subtitle_stays_where_it_tells_documents_apart() -> None:
    made, _ = written([manual("a.pdf", "Loader X 10: Manual"), manual("b.pdf", "Loader X 10: Parts")], 50, 1)
    assert any("Loader X 10: Parts" in e.question for e in made)


def test_a_language_without_wordings_for_texts_is_said() -> None:
    made, dropped = written([text("d.html", PAGE, "ary", "Perte")], 50, 1)
    assert made == []
    assert dropped[0].reason == "not asked about: dalil has no wordings for texts in `ary`"


def test_at_most_so_many_facts_of_a_kind_are_spread_over_a_document() -> None:
    steps = "Machine Q\nWork\n" + "".join(f"{i}. Do the thing number {i}.\n" for i in range(1, 11))
    made, _ = written([text("q.md", steps, "en", "Work")], 2, 1)
    assert [e.answer for e in made if e.kind == "step" and e.wording == "w1"] == [
        "Do the thing number 1.", "Do the thing number 6.",
    ]  # fmt: skip


def test_a_notice_that_stands_in_many_texts_is_no_fact_of_any() -> None:
    documents = [text(f"{n}.md", f"Text {n}\nPart\nWhat stands here is about subject {n} alone.\nThis notice stands everywhere.\n",
                      "en", "Part") for n in range(3)]  # fmt: skip
    made, _ = written(documents, 5, 1)
    assert {e.answer for e in made} == {f"What stands here is about subject {n} alone." for n in range(3)}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_kind_has_six_wordings_that_name_the_document(language: str) -> None:
    wordings = load_text_wordings(language)
    english = load_text_wordings("en")
    assert wordings is not None
    assert english is not None
    assert wordings.kinds.keys() == english.kinds.keys()
    for templates in wordings.kinds.values():
        assert len(templates) == len(FAMILIES) == len(set(templates))
        assert all("{name}" in template or "{title}" in template for template in templates)


def test_french_elides_before_the_name_of_a_text() -> None:
    wordings = load_text_wordings("fr")
    assert wordings is not None
    asked = {"topic": "Tarifs", "label": "Mineur"}
    assert (
        wordings.ask("row", "w5", asked, "Inscription")
        == "« Tarifs » d'Inscription, cas « Mineur » : que faut-il lire ?"
    )
    assert (
        wordings.ask("row", "w5", asked, "Passeport") == "« Tarifs » de Passeport, cas « Mineur » : que faut-il lire ?"
    )
    assert not any("de {name}" in template for templates in wordings.kinds.values() for template in templates)
