from __future__ import annotations

import cProfile
import random

import numpy as np
import pytest
from records_by_hand import own, record

from dalil.dataset.groups import group_examples, members_by_group
from dalil.dataset.near import jaccard, near_pairs, shingles
from dalil.errors import WorkError
from dalil.records import Document, make_document


def text(path: str, content: str) -> Document:
    return make_document(path, path, content, "fr", "text")


def prose(seed: int, length: int = 80) -> str:
    return " ".join(f"mot{n}" for n in np.random.default_rng(seed).integers(0, 3000, length))


def same_group(a: Document, b: Document) -> bool:
    made = group_examples([own("Qui vient ?", a.path), own("Combien en coûte ?", b.path)], [a, b], 1)
    return made[0].group == made[1].group


def test_near_duplicates_and_translations_are_one_group() -> None:
    assert same_group(text("a.txt", prose(1)), text("b.txt", prose(1) + " fin"))
    assert not same_group(text("a.txt", prose(1)), text("b.txt", prose(2)))
    assert same_group(text("guide.fr.html", prose(1)), text("guide.ar.html", prose(2)))
    assert same_group(text("fr/guide.html", prose(1)), text("en/guide.html", prose(2)))
    english = record("Git", {"licence": "GPL"}, source="tools.json", language="en")
    assert same_group(record("Git", {"licence": "MIT"}), english)


def test_equal_field_values_join_nothing() -> None:
    fields = {"statut": "En production", "licence": "GPL-3.0", "version": "1.0", "sites": "Rennes"}
    assert not same_group(record("Alpha", fields), record("Beta", fields))
    long = prose(3, 40)
    assert same_group(record("Alpha", {"descriptif": long}), record("Beta", {"descriptif": long}))


def test_questions_without_a_document_cluster_by_their_words() -> None:
    questions = [
        "Comment renouveler ma carte de séjour temporaire ?",
        "comment renouveler la carte de séjour temporaire",
        "Où payer mes impôts locaux ?",
    ]
    made = group_examples([own(question) for question in questions], [], 1)
    assert made[0].group == made[1].group != made[2].group


def test_aggregates_join_nothing_and_take_no_part_in_the_split() -> None:
    a, b = record("Alpha", {"licence": "GPL"}), record("Beta", {"licence": "GPL"})
    listing = own("Lesquelles ?", a.path, b.path)
    listing = type(listing)(**{f: getattr(listing, f) for f in listing.__slots__} | {"values": ("Alpha", "Beta")})
    made = group_examples([own("A ?", a.path), own("B ?", b.path), listing], [a, b], 1)
    assert made[2].group.startswith("aggregate:")
    assert members_by_group(made) == {a.path: [a.path], b.path: [b.path]}


def test_a_giant_component_is_refused_with_its_bridge() -> None:
    documents = [text(f"d{i}.txt", prose(i)) for i in range(40)]
    examples = [own(f"Question {i} ?", f"d{i}.txt") for i in range(40)]
    assert group_examples(examples, documents, 1)
    bridges = [own(f"Lien {i} ?", f"d{i}.txt", f"d{i + 1}.txt") for i in range(9)]
    with pytest.raises(WorkError, match=r"d\d\.txt and d\d\.txt, because the question « Lien"):
        group_examples([*examples, *bridges], documents, 1)


def test_few_groups_are_never_refused() -> None:
    documents = [text(f"d{i}.txt", prose(i)) for i in range(5)]
    examples = [own(f"Question {i} ?", f"d{i}.txt") for i in range(5)] + [own("Lien ?", "d0.txt", "d1.txt")]
    assert len(members_by_group(group_examples(examples, documents, 1))) == 4


def test_minhash_finds_what_exact_comparison_finds() -> None:
    rng = np.random.default_rng(5)
    runs = []
    for i in range(60):
        words = [f"w{n}" for n in rng.integers(0, 4000, 200)]
        runs += [words, words[: 200 - i % 40]]
    sets = [shingles([run], 5) for run in runs]
    exact = {(i, j) for i in range(len(sets)) for j in range(i) if jaccard(sets[i], sets[j]) >= 0.8}
    found = {(max(i, j), min(i, j)) for i, j, _ in near_pairs(sets, 0.8, 1)}
    assert found == exact
    assert len(exact) >= 40


def test_pages_that_share_much_of_their_text_are_not_all_compared() -> None:
    rng = random.Random(3)
    shared = [f"w{rng.randrange(9000)}" for _ in range(150)]
    own = [[f"w{rng.randrange(9000)}" for _ in range(100)] for _ in range(120)]
    own[7] = [*own[3][:-2], "x", "y"]
    watched = cProfile.Profile()
    found = watched.runcall(list, near_pairs([shingles([shared + words], 5) for words in own], 0.8, 1))
    assert [(i, j) for i, j, _ in found] == [(3, 7)]
    assert 1 <= sum(row.callcount for row in watched.getstats() if row.code is jaccard.__code__) < 120
