from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from records_by_hand import own, record, tools

from built_examples import build_examples
from dalil.config import DatasetSettings
from dalil.dataset.groups import group_examples, members_by_group
from dalil.dataset.pairs import read_questions
from dalil.records import Document, Section, make_document


def test_the_build_is_the_same_whatever_the_order_of_documents() -> None:
    documents = tools(15)
    first, _ = build_examples(documents, DatasetSettings(), "fr", [], 42)
    second, _ = build_examples(documents[::-1], DatasetSettings(), "fr", [], 42)
    assert first == second
    assert first == sorted(first, key=lambda e: (e.group, e.id))
    assert len({e.id for e in first}) == len(first)
    assert all(e.group for e in first)


def test_origins_and_shares_follow_the_settings() -> None:
    text = "Qui peut venir ?\nTous."
    faq = make_document(
        "faq.md", "faq", text, "fr", "markdown", sections=(Section("Qui peut venir ?", 1, 0, len(text)),)
    )
    documents = [*tools(30), faq]
    made, _ = build_examples(documents, DatasetSettings(negatives=0.2), "fr", [own("A ?")], 42)
    assert {e.origin for e in made} == {"templates", "harvest", "pairs"}
    assert sum(not e.answerable for e in made) / len(made) == pytest.approx(0.2, abs=0.02)
    only, _ = build_examples(documents, DatasetSettings(origins=["harvest"]), "fr", [own("A ?")], 42)
    assert Counter(e.origin for e in only) == {"harvest": 1}


def test_what_two_catalogues_answer_differently_is_not_asked() -> None:
    """Each of two catalogues has its own cheapest record: neither is the cheapest."""

    def priced(source: str, names: Sequence[str], first: int) -> list[Document]:
        return [record(name, {"prix": f"{first + i} €"}, source=source) for i, name in enumerate(names)]

    cars, tools_ = (
        priced("parc.json", ("Kangoo", "Master", "Zoé", "Trafic"), 9000),
        priced("stock.json", ("Vis", "Clou", "Écrou", "Boulon"), 2),
    )
    wanted = DatasetSettings(kinds=["minimum", "maximum", "other"], negatives=0)
    alone, _ = build_examples(cars, wanted, "fr", [], 42)
    both, dropped = build_examples([*cars, *tools_], wanted, "fr", [], 42)
    assert {e.kind for e in alone} >= {"minimum", "maximum"}
    assert not {e.kind for e in both} & {"minimum", "maximum"}
    assert {e.documents[0] for e in both} >= {"parc.json#Zoé", "stock.json#Vis"}
    asked = {e.question for e in alone if e.kind in ("minimum", "maximum")}
    assert {d.what for d in dropped if d.reason.startswith("not asked: several")} >= asked


def test_only_the_kinds_that_are_wanted_are_written_and_own_questions_stay() -> None:
    text = "Guide\nCoût\nLe dossier complet coûte 20 dirhams et se paie sur place.\n"
    guide = make_document(
        "g.md", "Guide du dossier", text, "fr", "markdown", sections=(Section("Coût", 2, 6, len(text)),)
    )
    wanted = DatasetSettings(kinds=["value", "listing"], negatives=0)
    made, _ = build_examples([*tools(15), guide], wanted, "fr", [own("A ?")], 42)
    assert {e.kind for e in made} == {"value", "listing", "question"}


def test_repeated_ids_of_own_files_are_told_apart() -> None:
    made, _ = build_examples(
        [], DatasetSettings(negatives=0), "fr", [own("A b ?", ident="1"), own("C d ?", ident="1")], 42
    )
    assert sorted(e.id for e in made) == ["1", "1~2"]


def test_a_language_without_wordings_is_said() -> None:
    made, dropped = build_examples(
        [record("Git", {"licence": "GPL"}, language="ary")], DatasetSettings(), "ary", [], 42
    )
    assert made == []
    assert "no wordings" in dropped[0].reason


@pytest.mark.skipif("DALIL_CORPORA" not in os.environ, reason="real data: set DALIL_CORPORA to its folder")
def test_squad_questions_group_by_article() -> None:
    path = next((Path(os.environ["DALIL_CORPORA"]) / "piaf_fr").glob("*.json"))
    given = read_questions(path, None, expected=("fr",))
    groups = members_by_group(group_examples(given.examples, [], 42))
    assert len(given.examples) > 3000
    assert 150 < len(groups) < 250
