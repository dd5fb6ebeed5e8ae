"""Near questions about texts that have no answer: each is held against the very text that it is asked of."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import closing

import pytest

from built_examples import build_examples
from dalil.config import DatasetSettings
from dalil.dataset.groups import takes_part
from dalil.dataset.sections import AskedText, asked_texts
from dalil.dataset.text_negatives import TextNegatives, about_of
from dalil.dataset.text_spool import texts_on_disk
from dalil.language import content_words, fold, stem, words
from dalil.records import Document, Example, Language, Section, make_document

LOADER = """Loader X 10
Slopes
The largest permitted slope is 25 % with an empty bucket.
Data
Property: Bucket capacity | Value: 2 m³
Property: Breakout force | Value: 90 kN
Changing the oil
1. Stop the engine.
2. Put a pan under the drain plug.
3. Fill in 16.5 l of oil.
"""
COMPRESSOR = """Compressor Z 7
Data
Property: Separator vessel | Value: 12 l
Property: Delivery rate | Value: 7 m³/min
Starting
1. Open the outlet valve.
2. Turn the key.
"""
PASSEPORT = """Passeport biométrique
Droits de timbre
Situation | Montant
Adulte célibataire | 500 dirhams
Mineur émancipé | 100 dirhams
"""
PERMIS = """Permis de chasse
Épreuves
Situation | Montant
Examen théorique | 50 dirhams
Tir au fusil | 90 dirhams
"""
LICENCE = """رخصة السياقة
الرسوم
الحالة | المبلغ
نسخة بدل الضائعة | 400 درهم
تمديد الصلاحية | 100 درهم
"""
MARRIAGE = """عقد الزواج
الفحوص
الحالة | المبلغ
شهادة الخطوبة | 50 درهم
ترجمة محلفة | 90 درهم
"""


def text(path: str, content: str, language: Language, *headings: str) -> Document:
    starts = [content.index(f"\n{heading}\n") + 1 for heading in headings]
    spans = zip(headings, starts, [*starts[1:], len(content)], strict=True)
    sections = tuple(Section(heading, 2, start, end) for heading, start, end in spans)
    return make_document(path, content.split("\n")[0], content, language, "text", sections=sections)


def corpus() -> list[Document]:
    return [
        text("loader.md", LOADER, "en", "Slopes", "Data", "Changing the oil"),
        text("compressor.md", COMPRESSOR, "en", "Data", "Starting"),
        text("passeport.html", PASSEPORT, "fr", "Droits de timbre"),
        text("permis.html", PERMIS, "fr", "Épreuves"),
        text("licence.html", LICENCE, "ar", "الرسوم"),
        text("marriage.html", MARRIAGE, "ar", "الفحوص"),
    ]


def negatives(documents: list[Document], number: int = 400, count: int = 2) -> list[Example]:
    vocabulary = {word for document in documents for word in words(document.text)}
    names = [fold(document.name) for document in documents]
    return list(TextNegatives(texts_of(documents), names, count, vocabulary).examples(number, seed=1))


def texts_of(documents: list[Document]) -> list[AskedText]:
    found = asked_texts(sorted(documents, key=lambda document: document.path), 25)
    return [text for text in found if isinstance(text, AskedText) and text.facts]


def test_texts_that_lie_on_disk_are_asked_as_those_in_memory() -> None:
    texts = texts_of(corpus())
    with closing(texts_on_disk()) as spool:
        for text in texts:
            spool.add(text)
        assert list(spool) == texts
        of_spool, of_list = (
            list(TextNegatives(kept, ["Slopes"], 2, {"slopes"}).examples(200, seed=1)) for kept in (spool, texts)
        )
        assert of_spool == of_list != []


def of_kind(made: list[Example], kind: str) -> list[Example]:
    return [example for example in made if example.kind == kind]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_what_another_text_speaks_of_is_asked_where_no_word_of_it_stands(language: Language) -> None:
    documents = corpus()
    texts = texts_of(documents)
    abouts = {about_of(fact) for t in texts if t.document.language == language for fact in t.facts}
    made = [e for e in of_kind(negatives(documents), "absent_topic") if e.language == language]
    by_path = {document.path: document for document in documents}
    assert made
    for example in made:
        held = {stem(word, language) for word in words(by_path[example.documents[0]].text)}
        named = [a for a in abouts if a.lower() in example.question.lower()]
        assert named
        longest = max(named, key=len)
        assert held.isdisjoint(stem(word, language) for word in content_words(longest, language))
        assert by_path[example.documents[0]].name in example.question
        assert (example.answer, example.answerable, example.evidence) == ("", False, ())


def test_a_fact_of_a_known_meaning_is_not_moved_for_it_may_stand_there_in_other_words() -> None:
    other = text("hall.md", "Town hall\nHours\nOpening: 9 to 17\nPostal address: 3 Elm Row\n", "en", "Hours")
    made = of_kind(negatives([*corpus(), other]), "absent_topic")
    assert made
    assert not [e for e in made if "ostal address" in e.question]


def test_a_step_is_asked_behind_the_last_one() -> None:
    made = of_kind(negatives(corpus()), "absent_step")
    steps = {"loader.md": 3, "compressor.md": 2}
    assert {example.documents[0] for example in made} == set(steps)
    for example in made:
        (number,) = (int(found) for found in re.findall(r"(?:step|point) (\d+)", example.question))
        assert number > steps[example.documents[0]]


def test_an_invented_text_is_no_word_of_the_corpus_and_either_trained_or_held_out() -> None:
    documents = corpus()
    vocabulary = {word for document in documents for word in words(document.text)}
    made = of_kind(negatives(documents), "invented_text")
    for example in made:
        name = example.group.removeprefix("invented:")
        assert name in example.question
        assert vocabulary.isdisjoint(words(name))
        assert example.documents == ()
        assert not takes_part(example)
    by_group = {e.group: {x.wording == "held_out" for x in made if x.group == e.group} for e in made}
    assert sorted(Counter(len(sides) for sides in by_group.values())) == [1]
    arabic = [e.group.removeprefix("invented:") for e in made if e.language == "ar"]
    assert arabic
    assert all("\u0600" <= name[0] <= "\u06ff" for name in arabic)


@pytest.mark.parametrize("share", [0.1, 0.15, 0.3])
def test_texts_alone_reach_the_share_that_was_asked_for(share: float) -> None:
    settings = DatasetSettings(origins=["sections", "templates"], wordings=2, negatives=share)
    examples, dropped = build_examples(corpus(), settings, "en", [], seed=1)
    silent = sum(not example.answerable for example in examples)
    assert silent / len(examples) == pytest.approx(share, abs=0.04)
    assert not [drop for drop in dropped if drop.what == "negatives"]


def test_peoples_own_questions_without_an_answer_count_for_the_share() -> None:
    settings = DatasetSettings(origins=["pairs", "sections", "templates"], wordings=2, negatives=0.15)
    own = [Example(f"{i}", f"Question {i}?", "", "question", "en", "pairs", answerable=False) for i in range(300)]
    examples, _ = build_examples(corpus(), settings, "en", own, seed=1)
    assert [e for e in examples if not e.answerable and e.origin != "pairs"] == []


def test_where_no_more_are_provable_it_is_said() -> None:
    notes = make_document("notes.md", "Notes", "A text without a heading.", "en", "text")
    own = [Example(f"{i}", f"Question {i}?", "Yes.", "question", "en", "pairs", answerable=True) for i in range(2000)]
    settings = DatasetSettings(origins=["pairs", "templates"], negatives=0.3)
    examples, dropped = build_examples([notes], settings, "en", own, seed=1)
    made = sum(not example.answerable for example in examples)
    assert [d.reason for d in dropped if d.what == "negatives"] == [
        f"{made} of 858 unanswerable questions: no more are provably so here"
    ]


def test_what_a_text_says_in_another_word_is_not_asked_as_absent() -> None:
    """The compressor has a guarantee: what the warranty period is has an answer there."""
    warranty = f"{LOADER}Warranty period\nThe warranty period is 24 months.\n"
    loader = text("loader.md", warranty, "en", "Slopes", "Data", "Changing the oil", "Warranty period")
    silent, speaking = (text("z.md", f"{COMPRESSOR}{more}", "en", "Data", "Starting") for more in ("", "The guarantee lasts 36 months.\n"))  # fmt: skip

    def asked(other: Document) -> bool:
        made = of_kind(negatives([loader, other]), "absent_topic")
        return any("warranty" in e.question and e.documents == ("z.md",) for e in made)

    assert (asked(silent), asked(speaking)) == (True, False)


def test_a_case_is_not_asked_as_absent_where_the_text_speaks_of_its_heading() -> None:
    """A stamp duty that the text gives for everybody holds for adults too."""
    passport = text("passeport.html", PASSEPORT, "fr", "Droits de timbre")

    def cases(*lines: str) -> list[str]:
        permit = text("permis.html", "".join([PERMIS, *lines]), "fr", "Épreuves")
        made = of_kind(negatives([passport, permit]), "absent_topic")
        return [e.question for e in made if "Adulte" in e.question and e.documents == ("permis.html",)]

    assert cases()
    assert not cases("Le droit de timbre est de 75 dirhams.\n")
