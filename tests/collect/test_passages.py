"""Passages cover the document, quote it exactly, and stay within their heading."""

from __future__ import annotations

import pickle
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dalil.collect.passages import PassageSplitter, weight
from dalil.config import PassageSettings
from dalil.records import Document, Dropped, Field, Passage, Section, make_document

SMALL = PassageSplitter(PassageSettings(words=20, overlap=6))


def text_document(text: str, sections: tuple[Section, ...] = ()) -> Document:
    return make_document("a.md", "A", text, "fr", "a.md", sections=sections)


def passages(document: Document, splitter: PassageSplitter = SMALL) -> list[Passage]:
    made = splitter(document)
    assert all(isinstance(item, Passage) for item in made)
    found = [item for item in made if isinstance(item, Passage)]
    covered = set[int]()
    for i, passage in enumerate(found):
        assert passage.text == document.text[passage.start : passage.end]
        assert passage.ordinal == i
        covered.update(range(passage.start, passage.end))
    assert all(i in covered for i, c in enumerate(document.text) if not c.isspace())
    assert len({passage.id for passage in found}) == len(found)
    return found


def test_sentences_are_packed_and_overlap() -> None:
    text = " ".join(f"Voici la phrase numéro {i} du texte." for i in range(12))
    found = passages(text_document(text))
    assert all(weight(p.text) <= 20 for p in found)
    assert all(p.text.startswith("Voici") and p.text.endswith(".") for p in found)
    assert all(after.start < before.end for before, after in pairwise(found))


def test_a_passage_stays_under_its_heading() -> None:
    body = "Une phrase de sept mots est ici. " * 6
    text = f"Un\n{body}\nDeux ?\nCourt.\nTrois ?\nBref."
    second, third = text.index("Deux"), text.index("Trois")
    sections = (Section("Un", 1, 0, len(text)), Section("Deux ?", 2, second, third), Section("Trois ?", 2, third, len(text)))  # fmt: skip
    found = passages(text_document(text, sections))
    assert {p.heading for p in found} == {("Un",), ("Un", "Deux ?"), ("Un", "Trois ?")}
    assert [p.text for p in found if len(p.heading) == 2] == ["Deux ?\nCourt.", "Trois ?\nBref."]


def test_small_sections_join_under_their_parent() -> None:
    text = "Guide\nA\nun mot\nB\ndeux mots"
    a, b = text.index("A\n"), text.index("B\n")
    sections = (Section("Guide", 1, 0, len(text)), Section("A", 2, a, b), Section("B", 2, b, len(text)))
    found = passages(text_document(text, sections))
    assert [(p.heading, p.text) for p in found] == [(("Guide",), text)]


def test_a_record_is_one_passage_and_a_long_one_is_packed_by_field() -> None:
    values = ["Chorus", "Lyon", "mot " * 15 + "fin", "Une phrase de sept mots est ici. " * 8, "dernier"]
    text, fields = "", []
    for i, value in enumerate(value.strip() for value in values):
        start = len(text) + 5
        text += f"f{i} : {value}\n"
        fields.append(Field(f"f{i}", value, start, start + len(value)))
    record = make_document("a.csv#Chorus", "Chorus", text.strip(), "fr", "a.csv", fields=tuple(fields))
    assert len(passages(record, PassageSplitter(PassageSettings(words=200)))) == 1
    found = passages(record)
    assert found[0].text.startswith("f0 : Chorus\nf1 : Lyon")
    assert found[-1].text == "f4 : dernier"
    assert all(p.field == "" and p.name == "Chorus" for p in found)


def test_one_endless_word_and_a_document_without_text() -> None:
    found = passages(text_document("x" * 100_000))
    assert max(len(p.text) for p in found) <= 2 * 40 * 20
    assert SMALL(text_document(" \n ")) == [Dropped("a.md", "no text")]


def test_a_splitter_can_be_sent_to_another_process() -> None:
    document = text_document("Une phrase. Une autre.")
    assert pickle.loads(pickle.dumps(SMALL))(document) == SMALL(document)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.text(st.sampled_from("ab. \n?é؟ل-"), min_size=1, max_size=150), min_size=1, max_size=4),
    st.integers(20, 40),
    st.integers(0, 50),
)
def test_every_character_lies_in_a_passage(parts: list[str], words: int, overlap: int) -> None:
    text = "\n".join(parts)
    starts = [sum(len(part) + 1 for part in parts[:i]) for i in range(len(parts))]
    sections = tuple(Section(f"s{i}", 1 + i % 2, start, len(text)) for i, start in enumerate(starts) if i)
    if text.strip():
        assert passages(text_document(text, sections), PassageSplitter(PassageSettings(words=words, overlap=overlap)))


def test_a_passage_has_its_own_language_and_a_record_that_of_its_document() -> None:
    french = "Les pièces sont à déposer au guichet de la commune. "
    english = "The papers are to be left at the desk of the town hall. "
    arabic = "توضع الوثائق المطلوبة في مكتب الجماعة قبل نهاية الشهر."
    cut = passages(text_document(french * 2 + english * 2 + arabic), SMALL)
    assert {passage.language for passage in cut} == {"fr", "en", "ar"}
    assert next(passage.language for passage in cut if passage.text == arabic) == "ar"
    text = "name : the one of the town"
    record = make_document("c#1", "c", text, "fr", "c", fields=(Field("name", "the one of the town", 7, len(text)),))
    assert passages(record)[0].language == "fr"
