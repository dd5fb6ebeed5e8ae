"""Of several texts about things of one kind the one is read that the question names."""

from __future__ import annotations

from dalil.answering.meant import of_what_is_meant
from dalil.answering.terms import query_terms
from dalil.records import Hit, Passage

LOADER, COMPRESSOR = "Manual of the WL 180 Wheel Loader", "Manual of the MC 75 Air Compressor"


def hit(rank: int, name: str, text: str) -> Hit:
    return Hit(rank, Passage(f"{name}{rank}", name, name, (), text, 0, len(text), None, "en", rank), 1.0 / rank)


TOWED = hit(1, COMPRESSOR, "It may be towed at 80 km/h.")
FILTER = hit(2, LOADER, "Replace the air filter.")
TOWING = hit(7, LOADER, "Tow it at 5 km/h at most.")


def meant(question: str, *hits: Hit) -> list[str]:
    terms = query_terms(question, ["en"], lambda _: 1.0, lambda _: True)
    found = of_what_is_meant(hits, terms, lambda path, k: [h for h in (FILTER, TOWING) if h.passage.document == path])
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    return [one.passage.text for one in found]


def test_what_is_named_is_read_further_and_nothing_else_of_its_kind() -> None:
    found = meant("How fast may the loader be towed?", TOWED, FILTER)
    assert found == [FILTER.passage.text, TOWING.passage.text]


def test_a_word_of_a_name_that_stands_in_the_other_text_names_nothing() -> None:
    first, second = hit(1, LOADER, "Replace the air filter."), hit(2, COMPRESSOR, "The cooler needs space.")
    found = meant("When do I replace the air filter?", first, second)
    assert found == [first.passage.text, second.passage.text]


def test_where_nothing_or_both_are_named_all_stay() -> None:
    for question in ("How fast may it be towed?", "How fast may loader and compressor be towed?"):
        assert meant(question, TOWED, FILTER) == [TOWED.passage.text, FILTER.passage.text]
