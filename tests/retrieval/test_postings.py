"""Postings as arrays: BM25 as its formula says it, terms by their hashes, and what a merge takes over."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from dalil.language.grams import gram_terms
from dalil.retrieval.best_rows import Floats, Ints, best
from dalil.retrieval.common_terms import COMMON, STEP, Common, Shares
from dalil.retrieval.leg import K1, B, Leg
from dalil.retrieval.lexical_pieces import hashed_grams
from dalil.retrieval.merging import Merging, counted
from dalil.retrieval.postings import PARTS, Postings, hashed, hashed_few


def written(
    folder: Path, texts: list[str], before: Postings | None = None, gone: int = 0, at_once: int = 100
) -> Postings:
    """Postings of the texts' words; of texts after those `before`, whose first `gone` went."""
    held = len(before.lengths) if before else 0
    made = Merging(held - gone + len(texts))
    if before:
        made.add_postings(before, np.arange(held) - gone, at_once)
    words = [text.split() for text in texts]
    numbers = made.vocabulary.numbers(hashed([word for text in words for word in text]))
    lengths = np.array([len(text) for text in words], dtype=np.int32)
    made.add(
        counted(numbers, np.repeat(np.arange(len(texts)), lengths), lengths),
        np.arange(held - gone, held - gone + len(texts)),
    )
    folder.mkdir()
    made.write(folder, "words")
    return Postings.read(folder, "words")


def drawn(count: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(f"w{n}" for n in rng.zipf(1.3, rng.integers(1, 60)) % 500) for _ in range(count)]


def bm25(texts: list[str], asked: list[str]) -> list[float]:
    """The formula, word by word."""
    counts = [Counter(text.split()) for text in texts]
    mean = sum(one.total() for one in counts) / len(counts)
    found = {word: sum(word in one for one in counts) for word in asked}
    idfs = {word: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for word, n in found.items()}
    return [sum(idfs[word] * (K1 + 1) * one[word] / (one[word] + K1 * (1 - B + B * one.total() / mean)) for word in asked)
            for one in counts]  # fmt: skip


def scored(postings: Postings, asked: list[str]) -> list[float]:
    leg = Leg([postings])
    return list(leg.scores([(one, one.idf) for one in leg.held(asked).values()]))


def test_scores_are_those_of_bm25(tmp_path: Path) -> None:
    texts = drawn(300, 1)
    postings = written(tmp_path / "whole", texts)
    for asked in (["w1", "w2", "w7"], ["w499", "never"], ["never"], []):
        assert scored(postings, asked) == pytest.approx(bm25(texts, asked), rel=1e-4)


def test_a_term_said_hundreds_of_times(tmp_path: Path) -> None:
    texts = ["a " * 1000 + "b", "a b", "b"]
    assert scored(written(tmp_path / "whole", texts), ["a"]) == pytest.approx(bm25(texts, ["a"]), rel=2e-2)


@pytest.mark.parametrize("at_once", [1, 50, 4_000])
def test_built_upon_those_of_before_they_are_as_if_written_whole(tmp_path: Path, at_once: int) -> None:
    texts = ["gone only gone", *drawn(200, 2), "much " * 90 + "said"]
    before = written(tmp_path / "before", texts)
    upon = written(tmp_path / "upon", drawn(70, 3), before, 20, at_once)
    whole = written(tmp_path / "whole", texts[20:] + drawn(70, 3))
    for part in PARTS:
        np.testing.assert_array_equal(getattr(upon, part), getattr(whole, part))
    for asked in ([f"w{n}"] for n in range(60)):
        assert scored(upon, asked) == scored(whole, asked)
    assert Leg([upon]).held(["gone"])["gone"].count == 0
    assert scored(upon, ["much"]) == scored(whole, ["much"])


def test_the_best_are_those_of_a_sort(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    for size in (0, 1, 63, 64, 65, 5000, 20_000):
        for share in (0.0, 0.01, 1.0):
            scores = np.round(rng.random(size) * (rng.random(size) < share), 3).astype(np.float32)
            order = np.argsort(-scores, kind="stable")
            assert best(scores, 100).tolist() == order[scores[order] > 0][:100].tolist()
            among = np.flatnonzero(rng.random(size) < 0.1)
            assert best(scores, 100, among).tolist() == [row for row in order if row in among and scores[row] > 0][:100]


def test_the_best_are_those_of_all_scores_though_common_terms_are_looked_at_in_few_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = drawn(6000, 5)
    leg = Leg([written(tmp_path / "a", texts[:2500]), written(tmp_path / "b", texts[2500:])])
    looked_at = list[int]()
    may_be_best = Shares.may_be_best

    def spied(shares: Shares, made: Floats, k: int) -> Ints | None:
        rows = may_be_best(shares, made, k)
        looked_at.append(6000 if rows is None else len(rows))
        return rows

    monkeypatch.setattr(Shares, "may_be_best", spied)
    rng = np.random.default_rng(6)
    for case in range(60):
        asked = [f"w{n}" for n in rng.zipf(1.3, rng.integers(1, 12)) % 500]
        held = leg.held(asked).values()
        beside = rng.random(6000).astype(np.float32) if case % 3 == 0 else None
        without = np.unique(rng.integers(6000, size=900)) if case % 4 == 0 else None
        among = np.unique(rng.integers(6000, size=500)) if case % 5 == 0 else None
        every = leg.scores([(one, one.idf) for one in held]) + (0 if beside is None else beside)
        every[[] if without is None else without] = 0
        wanted = best(every, 20, among)
        rows, scores = leg.best(held, 20, among, without, beside)
        np.testing.assert_allclose(scores, every[wanted], rtol=1e-5)
        np.testing.assert_allclose(every[rows], every[wanted], rtol=1e-5)  # of nearly equal ones either may be first
    assert len(looked_at) > 20
    assert np.median(looked_at) < 400


def test_common_terms_are_counted_the_same_after_they_were_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leg = Leg([written(tmp_path / "whole", drawn(300, 7))])
    asked = [[f"w{n}" for n in range(first, first + 4)] for first in (0, 2, 4, 0)]
    kept = [leg.best(leg.held(terms).values(), 9) for terms in asked]
    monkeypatch.setattr("dalil.retrieval.leg._COMMON_KEPT", 0)
    for terms, (rows, scores) in zip(asked, kept, strict=True):
        found = leg.best(leg.held(terms).values(), 9)
        assert (found[0].tolist(), found[1].tolist()) == (rows.tolist(), scores.tolist())


def test_what_common_terms_count_roughly_is_no_more_and_hardly_less() -> None:
    rng = np.random.default_rng(8)
    added = (0.3 + 3 * rng.random(5000)).astype(np.float32)
    most = 2.2 * math.log(COMMON)
    weights = [most] * 7 + [most * share for share in rng.random(12)]
    times = [np.minimum(rng.zipf(1.5, 5000), 255).astype(np.uint8) * (rng.random(5000) < 0.4) for _ in weights]
    for one in times:
        one[:9] = 255  # all that a term can count, of every term
    shares = Shares([Common.of(one, weight, added) for one, weight in zip(times, weights, strict=True)], added)
    exact = sum(weight * one / (one + added.astype(np.float64)) for one, weight in zip(times, weights, strict=True))
    made = np.zeros(5000, dtype=np.float32)
    shares.add(made, None)
    np.testing.assert_allclose(made, exact, rtol=1e-5)
    left = made - STEP * shares._steps()
    assert -1e-4 < left.min() < left.max() < STEP * len(weights)
    some = np.arange(3, 5000, 7)
    again = np.zeros(5000, dtype=np.float32)
    shares.add(again, some)
    assert again[some].tolist() == made[some].tolist()


def test_rows_of_rare_terms_are_told_and_those_of_frequent_ones_are_not(tmp_path: Path) -> None:
    texts = ["often rare" if n in (3, 90) else "often other" if n == 40 else "often" for n in range(200)]
    leg = Leg([written(tmp_path / "whole", texts)])
    for asked, rows in (
        (["rare"], [3, 90]),
        (["rare", "other", "never"], [3, 40, 90]),
        (["never"], []),
        (["often", "rare"], None),
    ):
        found = leg.rows_of(leg.held(asked).values())
        assert (found if found is None else found.tolist()) == rows


def test_hashes_tell_terms_apart_and_4_grams_are_hashed_as_terms() -> None:
    words = [f"{a}{b}{n}" for a in ("pré", "باب", "x") for b in ("", "y", "zz") for n in range(300)] + [
        "a",
        "ab",
        "\U00020000b",
    ]
    assert len(set(hashed(words).tolist())) == len(words)
    assert hashed_grams(words).tolist() == hashed(gram_terms(words).split()).tolist()
    assert hashed([]).tolist() == hashed_grams([]).tolist() == []


def test_few_terms_have_the_hashes_that_many_have() -> None:
    terms = ["", "a", "ab", "_été", "باب", "\U00020000b", "\ud800", "long" * 100, "longer" * 1000]
    assert hashed_few(terms) == hashed(terms).tolist()
    assert [hashed_few([term])[0] for term in terms] == hashed_few(terms)
    assert hashed_few([]) == []
